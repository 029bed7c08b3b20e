import { describe, expect, it } from 'vitest'
import { layOut, type Unit } from '../src/core/catalog'
import { Grid } from '../src/ui/grid'
import { onGridKey } from '../src/ui/grid-keys'

const units: Unit[] = Array.from({ length: 6 }, (_, i) => ({
  id: `1-${i}`, building: '1栋', entrance: '', floor: Math.floor(i / 3) + 1, room: `0${(i % 3) + 1}`, type: '', gross_area: '',
  inside_area: '', list_price_fen: 1,
}))

function build() {
  const grid = new Grid({ tag: 'button', left: { heading: () => '余', ofFloor: String, ofBuilding: (n) => `余${n}` } })
  const root = grid.build(layOut(units)[0]!, units)
  for (let i = 0; i < 6; i++) grid.patch(i, { letter: 'a', deadline: undefined, mine: false }, 0, false)
  grid.settle()
  const cell = (id: string) => root.querySelector<HTMLElement>(`[data-unit="${id}"]`)!
  return { grid, root, cell }
}

describe('the grid', () => {
  it('has a cell for every unit, the highest floor on top', () => {
    const { root } = build()
    expect(root.querySelectorAll('.cell')).toHaveLength(6)
    expect(root.querySelector('.row:not(.head) .floor')!.textContent).toBe('2')
  })

  it('patches only the cell that changed', () => {
    const { grid, root, cell } = build()
    const before = root.innerHTML
    grid.patch(4, { letter: 'l', deadline: 3_600_000, mine: true }, 0)
    expect(cell('1-4').dataset.st).toBe('l')
    expect(cell('1-4').textContent).toContain('1h')
    expect(cell('1-4').classList.contains('mine')).toBe(true)
    const changed = before.split('<button').filter((piece, i) => piece !== root.innerHTML.split('<button')[i])
    expect(changed).toHaveLength(1)
  })

  it('calls each cell by its state and whose it is', () => {
    const grid = new Grid({ tag: 'button', spoken: (u, letter, mine) => `${u.room} ${letter}${mine ? ' mine' : ''}` })
    const cell = grid.build(layOut(units)[0]!, units).querySelector('[data-unit="1-4"]')!
    grid.patch(4, { letter: 'l', deadline: undefined, mine: false }, 0)
    expect([cell.ariaLabel, cell.getAttribute('role')]).toEqual(['02 l', 'gridcell'])
    grid.patch(4, { letter: 'l', deadline: undefined, mine: true }, 0)
    expect(cell.ariaLabel).toBe('02 l mine')
  })

  it('leaves out the floors where nothing fits, and keeps a door for the keyboard', () => {
    const grid = new Grid({ tag: 'button', spoken: (u) => u.room })
    const root = grid.build(layOut(units)[0]!, units)
    const shown = () => [...root.querySelectorAll('.row:not(.head):not([hidden]) .floor')].map((e) => e.textContent)
    const door = () => [...root.querySelectorAll<HTMLElement>('[tabindex="0"]')].map((e) => e.dataset.unit)
    expect([shown(), door()]).toEqual([['2', '1'], ['1-3']])
    grid.leaveOut((i) => i < 2)
    expect([shown(), door()]).toEqual([['1'], ['1-0']])
    grid.leaveOut(() => false)
    expect(shown()).toEqual(['2', '1'])
    grid.leaveOut()
    expect([shown(), door()]).toEqual([['2', '1'], ['1-0']])
  })

  it('counts what is left on a floor and in the building', () => {
    const { grid, root } = build()
    const left = () => [...root.querySelectorAll('.row:not(.head) .floor-left')].map((e) => e.textContent)
    expect(left()).toEqual(['3', '3'])
    grid.patch(4, { letter: 'l', deadline: undefined, mine: false }, 0)
    grid.settle()
    expect(left()).toEqual(['2', '3'])
    expect(root.querySelector('.building-name')!.textContent).toBe('1栋余5')
  })

  it('gives a class to the cells that it fits and takes it from the others', () => {
    const { grid, root } = build()
    const faded = () => [...root.querySelectorAll('.faded')].map((e) => (e as HTMLElement).dataset.index)
    grid.classify('faded', (i) => i < 2)
    expect(faded().sort()).toEqual(['0', '1'])
    grid.classify('faded')
    expect(faded()).toEqual([])
  })

  it('shows the time that is left, and none when the hold is over', () => {
    const { grid, cell } = build()
    grid.patch(0, { letter: 'l', deadline: 60_000, mine: false }, 0)
    grid.tick(30_000)
    expect(cell('1-0').querySelector('.left')!.textContent).toBe('30s')
    grid.patch(0, { letter: 'a', deadline: undefined, mine: false }, 40_000)
    expect(cell('1-0').querySelector('.left')!.textContent).toBe('')
  })

  it('has a sign beside every colour but the free one', () => {
    const { grid, cell } = build()
    for (const letter of ['s', 'c', 'p', 'w', 'x', 't'] as const) {
      grid.patch(0, { letter, deadline: undefined, mine: false }, 0)
      expect(cell('1-0').querySelector('.glyph')!.textContent).not.toBe('')
    }
  })

  it('is a grid to screen readers and the keyboard where it is asked to be', () => {
    const grid = new Grid({ tag: 'div', spoken: (u, letter) => `${u.room}, ${letter}` })
    const root = grid.build(layOut(units)[0]!, units)
    document.body.append(root)
    const cell = (id: string) => root.querySelector<HTMLElement>(`[data-unit="${id}"]`)!
    for (let i = 0; i < 6; i++) grid.patch(i, { letter: 'a', deadline: undefined, mine: false }, 0, false)
    grid.patch(3, { letter: 'l', deadline: undefined, mine: false }, 0, false)
    expect(cell('1-3').ariaLabel ?? cell('1-3').getAttribute('aria-label')).toBe('01, l')
    expect(root.querySelector('[role=grid] > [role=row] > [role=rowheader]')!.textContent).toBe('2')
    expect([...root.querySelectorAll('.cell')].filter((c) => (c as HTMLElement).tabIndex === 0)).toEqual([cell('1-3')])
    root.addEventListener('keydown', onGridKey)
    const press = (id: string, key: string) => cell(id).dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }))
    press('1-3', 'ArrowRight')
    expect(document.activeElement).toBe(cell('1-4'))
    press('1-4', 'ArrowDown')
    expect(document.activeElement).toBe(cell('1-1'))
    press('1-1', 'ArrowDown')
    expect(document.activeElement).toBe(cell('1-1'))
    expect([...root.querySelectorAll('.cell')].filter((c) => (c as HTMLElement).tabIndex === 0)).toEqual([cell('1-1')])
    root.remove()
  })
})
