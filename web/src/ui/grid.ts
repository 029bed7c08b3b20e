// The unit grid as plain DOM: built once per catalogue, then each cell is patched by itself. Two thousand cells and hundreds
// of changes a second leave a tablet idle this way; a template for the whole grid would not (measured 67 % against 3–6 %).
import type { Building, Unit } from '../core/catalog'
import { countdownShort } from '../core/format'
import type { Letter } from '../core/protocol'

/** The sign beside the colour; the lock of `l` is a picture (style.css), for fonts without one. */
export const glyphs: Record<Letter, string> = { a: '', l: '', s: '认', c: '签', p: '清', w: '留', x: '—', t: '售' }

export interface CellState {
  letter: Letter
  deadline: number | undefined
  mine: boolean
}

interface Cell {
  element: HTMLElement
  glyph: HTMLElement
  left: HTMLElement
  deadline: number | undefined
  letter: Letter | undefined
  mine: boolean
  unit: Unit
}

export interface GridOptions {
  tag: 'div' | 'button'
  /** How many are left, at the end of each floor and beside each building's name; without it neither is shown. */
  left?: { heading(): string; ofFloor(count: number): string; ofBuilding(count: number): string }
  /** What a cell is called, as "1203, 可售": makes the board a grid for the keyboard and for screen readers. */
  spoken?(unit: Unit, letter: Letter, mine: boolean): string
}

const FLASH_MS = 1200
/** Where more change at once the light says nothing, and its frames would cost most of the time: then none is lit. */
export const FLASHES_MAX = 6
const wantsCalm = () => window.matchMedia?.('(prefers-reduced-motion: reduce)').matches ?? false

function make(tag: string, className: string, text = ''): HTMLElement {
  const e = document.createElement(tag)
  e.className = className
  e.textContent = text
  return e
}

/** The roles of a grid (ui/grid-keys.ts moves in it); the first cell is its door. */
function giveRoles(table: HTMLElement, name: string): void {
  table.setAttribute('role', 'grid')
  table.ariaLabel = name
  table.ariaReadOnly = 'true'
  for (const row of table.children) {
    row.setAttribute('role', 'row')
    const isHead = row.classList.contains('head')
    for (const e of row.children) {
      const header = isHead ? 'columnheader' : e.classList.contains('floor') ? 'rowheader' : undefined
      e.setAttribute('role', (e.textContent && header) || 'gridcell')
      if (e.classList.contains('cell')) (e as HTMLElement).tabIndex = -1
    }
  }
  const door = table.querySelector<HTMLElement>('.cell')
  if (door) door.tabIndex = 0
}

/** A place that says how many of some units are available: a floor, a building. */
interface Tally {
  element: HTMLElement
  text(count: number): string
  count: number
  shown: number
}

export class Grid {
  private cells = new Map<number, Cell>()
  private talliesOf = new Map<number, Tally[]>()
  private dirty = new Set<Tally>()
  private flashes = 0

  constructor(private readonly options: GridOptions) {}

  /** One building as an element; indexes are those of the catalogue. */
  build(building: Building, units: Unit[]): HTMLElement {
    const root = make('section', 'building')
    const name = make('h2', 'building-name', building.name)
    root.append(name)
    if (this.options.left) {
      const indexes = building.floors.flatMap((f) => f.indexes)
      name.append(this.tally('building-left', indexes, this.options.left.ofBuilding))
    }
    const table = make('div', 'rows')
    table.style.setProperty('--columns', String(building.columns.length))
    if (building.columns.some((c) => c.entrance)) table.append(this.head(building, (c) => c.entrance, true))
    table.append(this.head(building, (c) => c.room, false, this.options.left?.heading()))
    for (const floor of building.floors) {
      const row = make('div', 'row')
      row.append(make('span', 'floor', floor.label))
      for (const index of floor.cells) row.append(index === undefined ? make('span', 'hole') : this.cell(index, units[index]!))
      if (this.options.left) row.append(this.tally('floor-left', floor.indexes, this.options.left.ofFloor))
      table.append(row)
    }
    root.append(table)
    if (this.options.spoken) giveRoles(table, building.name)
    return root
  }

  private tally(className: string, indexes: number[], text: (count: number) => string): HTMLElement {
    const tally: Tally = { element: make('span', className), text, count: 0, shown: -1 }
    for (const index of indexes) {
      const all = this.talliesOf.get(index)
      if (all) all.push(tally)
      else this.talliesOf.set(index, [tally])
    }
    return tally.element
  }

  private head(building: Building, text: (c: Building['columns'][0]) => string, once: boolean, left = ''): HTMLElement {
    const row = make('div', 'row head')
    row.append(make('span', 'floor'))
    let before: string | undefined
    for (const column of building.columns) {
      const label = text(column)
      row.append(make('span', 'column', once && label === before ? '' : label))
      before = label
    }
    if (this.options.left) row.append(make('span', 'floor-left', left))
    return row
  }

  private cell(index: number, unit: Unit): HTMLElement {
    const element = make(this.options.tag, 'cell')
    const glyph = make('span', 'glyph')
    const left = make('span', 'left')
    element.dataset.unit = unit.id
    element.dataset.index = String(index)
    element.append(make('span', 'room', unit.room), glyph, left)
    this.cells.set(index, { element, glyph, left, deadline: undefined, letter: undefined, mine: false, unit })
    return element
  }

  patch(index: number, state: CellState, now: number, flash = true): void {
    const c = this.cells.get(index)
    if (!c) return
    const spoken = this.options.spoken
    if (spoken && (c.letter !== state.letter || c.mine !== state.mine)) c.element.ariaLabel = spoken(c.unit, state.letter, state.mine)
    if (c.letter !== state.letter) {
      c.element.dataset.st = state.letter
      c.glyph.textContent = glyphs[state.letter]
      if (flash && c.letter !== undefined) this.flash(c.element)
      this.count(index, c.letter, state.letter)
      c.letter = state.letter
    }
    c.deadline = state.deadline
    if (c.mine !== state.mine) c.element.classList.toggle('mine', state.mine)
    c.mine = state.mine
    this.showLeft(c, now)
  }

  private count(index: number, before: Letter | undefined, now: Letter): void {
    for (const tally of this.talliesOf.get(index) ?? []) {
      tally.count += Number(now === 'a') - Number(before === 'a')
      this.dirty.add(tally)
    }
  }

  /** A change lights up for a moment. */
  private flash(e: HTMLElement): void {
    if (this.flashes >= FLASHES_MAX || wantsCalm()) return
    // Not a CSS class: to start that anew the whole page would have to be laid out for each cell.
    const light = e.animate?.([{ filter: 'brightness(1.7)', boxShadow: '0 0 0 0.25em var(--text)' }, { filter: 'none' }], { duration: FLASH_MS, easing: 'ease-out' })
    if (!light) return
    this.flashes++
    light.onfinish = light.oncancel = () => this.flashes--
  }

  private showLeft(c: Cell, now: number): void {
    const text = c.deadline === undefined ? '' : countdownShort(c.deadline - now)
    if (c.left.textContent !== text) c.left.textContent = text
  }

  /** Once a second: what is left of each hold. */
  tick(now: number): void {
    for (const c of this.cells.values()) if (c.deadline !== undefined) this.showLeft(c, now)
  }

  /** Writes how many are left on the floors and in the buildings that were touched. */
  settle(): void {
    for (const tally of this.dirty) {
      if (tally.count !== tally.shown) tally.element.textContent = tally.text(tally.count)
      tally.shown = tally.count
    }
    this.dirty.clear()
  }

  /** Marks one cell, or none. */
  choose(index: number | undefined): void {
    for (const [i, c] of this.cells) c.element.classList.toggle('chosen', i === index)
  }

  /** Scrolls to a cell, as little as possible. */
  reveal(index: number): void {
    this.cells.get(index)?.element.scrollIntoView?.({ block: 'nearest', inline: 'nearest', behavior: wantsCalm() ? 'auto' : 'smooth' })
  }

  /** Gives the class to the cells that it fits, and takes it from the others; none without `fits`. */
  classify(name: string, fits?: (index: number) => boolean): void {
    for (const [i, c] of this.cells) c.element.classList.toggle(name, fits?.(i) ?? false)
  }

  /** Leaves out the floors where no cell fits; none without `fits`, and none of a building that would be left without any. */
  leaveOut(fits?: (index: number) => boolean): void {
    const tables = new Map<HTMLElement, Map<HTMLElement, boolean>>()
    for (const [i, c] of this.cells) {
      const row = c.element.parentElement!
      const table = row.parentElement!
      const rows = tables.get(table) ?? new Map<HTMLElement, boolean>()
      tables.set(table, rows.set(row, rows.get(row) || !fits || fits(i)))
    }
    for (const [table, rows] of tables) {
      const isAny = [...rows.values()].includes(true)
      for (const [row, isShown] of rows) row.hidden = isAny && !isShown
      const door = table.querySelector<HTMLElement>('.cell[tabindex="0"]')
      if (!door?.closest('[hidden]')) continue
      door.tabIndex = -1
      table.querySelector<HTMLElement>('.row:not([hidden]) > .cell')!.tabIndex = 0
    }
  }

  get size(): number {
    return this.cells.size
  }
}
