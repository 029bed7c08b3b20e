// The headings of a built grid become buttons that select what they stand for.
import type { Building } from '../../core/catalog'
import { t } from './text'

function button(text: string, label: string, press: () => void): HTMLButtonElement {
  const b = document.createElement('button')
  b.type = 'button'
  b.className = 'heading'
  b.textContent = text
  b.setAttribute('aria-label', label)
  b.title = label
  b.addEventListener('click', press)
  return b
}

const isThere = (index: number | undefined): index is number => index !== undefined

export function addHeadings(building: Building, element: HTMLElement, select: (indexes: number[]) => void): void {
  const name = building.name
  const column = (at: number) => building.floors.map((f) => f.cells[at]).filter(isThere)
  const all = building.floors.flatMap((f) => f.indexes)
  element.querySelector('.building-name')?.append(button(t('wholeBuilding'), t('selectBuilding', { name }), () => select(all)))

  element.querySelectorAll('.row:not(.head) > .floor').forEach((place, i) => {
    const floor = building.floors[i]
    if (floor) place.replaceChildren(button(floor.label, t('selectFloor', { name, floor: floor.label }), () => select(floor.indexes)))
  })

  const heads = [...element.querySelectorAll('.row.head')]
  heads[heads.length - 1]?.querySelectorAll('.column').forEach((place, i) => {
    const at = building.columns[i]
    if (at) place.replaceChildren(button(at.room, t('selectColumn', { name, room: `${at.entrance} ${at.room}`.trim() }), () => select(column(i))))
  })
  if (heads.length < 2) return
  heads[0]?.querySelectorAll('.column').forEach((place, i) => {
    const entrance = building.columns[i]?.entrance
    if (!place.textContent || !entrance) return
    const ofEntrance = building.columns.flatMap((c, at) => (c.entrance === entrance ? column(at) : []))
    place.replaceChildren(button(entrance, t('selectEntrance', { name, entrance }), () => select(ofEntrance)))
  })
}
