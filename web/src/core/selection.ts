// Several units at once (区选): which cells a rectangle covers, what is selected, and which of it can be withheld or offered.
import type { Unit } from './catalog'
import type { Letter } from './protocol'

/** What the server takes in one command. */
export const UNITS_MAX = 500

export interface Box {
  left: number
  top: number
  right: number
  bottom: number
}

/** The cells whose middle lies in the rectangle that two cells span. */
export function spanned(boxes: ReadonlyMap<number, Box>, a: number, b: number): number[] {
  const from = boxes.get(a)
  const to = boxes.get(b)
  if (!from || !to) return []
  const area: Box = {
    left: Math.min(from.left, to.left),
    top: Math.min(from.top, to.top),
    right: Math.max(from.right, to.right),
    bottom: Math.max(from.bottom, to.bottom),
  }
  const isIn = (box: Box) => {
    const x = (box.left + box.right) / 2
    const y = (box.top + box.bottom) / 2
    return x >= area.left && x <= area.right && y >= area.top && y <= area.bottom
  }
  return [...boxes].filter(([, box]) => isIn(box)).map(([index]) => index)
}

export type Direction = 'ArrowUp' | 'ArrowDown' | 'ArrowLeft' | 'ArrowRight'

/** The nearest cell in a direction, as the arrow keys go: also from one building to the next. */
export function neighbour(boxes: ReadonlyMap<number, Box>, from: number, direction: Direction): number | undefined {
  const start = boxes.get(from)
  if (!start) return undefined
  const isAcross = direction === 'ArrowLeft' || direction === 'ArrowRight'
  const sign = direction === 'ArrowRight' || direction === 'ArrowDown' ? 1 : -1
  const x = (b: Box) => (b.left + b.right) / 2
  const y = (b: Box) => (b.top + b.bottom) / 2
  let best: number | undefined
  let least = Infinity
  for (const [index, box] of boxes) {
    const along = sign * (isAcross ? x(box) - x(start) : y(box) - y(start))
    if (index === from || along < 1) continue
    const aside = Math.abs(isAcross ? y(box) - y(start) : x(box) - x(start))
    const cost = along + aside * 8 // straight on before near
    if (cost < least) [best, least] = [index, cost]
  }
  return best
}

/** A heading pressed: all of its units, or none of them when all were selected already. */
export function toggled(selected: ReadonlySet<number>, indexes: readonly number[]): Set<number> {
  const next = new Set(selected)
  const isFull = indexes.every((i) => next.has(i))
  for (const i of indexes) {
    if (isFull) next.delete(i)
    else next.add(i)
  }
  return next
}

export type Deed = 'withhold' | 'offer'
/** The state a unit must have for it. */
const needed: Record<Deed, Letter> = { withhold: 'a', offer: 'w' }

export const canBe = (deed: Deed, letter: Letter | undefined): boolean => letter === needed[deed]

/** Square metres as whole hundredths, so that a sum is exact: "118.65" → 11865. */
export function hundredths(area: string): number {
  const found = /^(\d+)(?:\.(\d{1,2}))?/.exec(area)
  return found ? Number(found[1]) * 100 + Number((found[2] ?? '').padEnd(2, '0')) : 0
}

export const squareMetres = (sum: number): string => `${Math.floor(sum / 100).toLocaleString('en-US')}.${String(sum % 100).padStart(2, '0')}`

export interface Preview {
  count: number
  area: number
  price_fen: number
  types: { type: string; count: number; area: number; price_fen: number }[]
  withhold: number[]
  offer: number[]
}

/** What is selected, counted. */
export function preview(selected: Iterable<number>, units: readonly Unit[], letter: (index: number) => Letter | undefined): Preview {
  const all: Preview = { count: 0, area: 0, price_fen: 0, types: [], withhold: [], offer: [] }
  const types = new Map<string, Preview['types'][0]>()
  for (const i of [...selected].sort((a, b) => a - b)) {
    const unit = units[i]
    if (!unit) continue
    const of = types.get(unit.type) ?? { type: unit.type, count: 0, area: 0, price_fen: 0 }
    types.set(unit.type, of)
    for (const sum of [all, of]) {
      sum.count++
      sum.area += hundredths(unit.gross_area)
      sum.price_fen += unit.list_price_fen
    }
    for (const deed of ['withhold', 'offer'] as const) if (canBe(deed, letter(i))) all[deed].push(i)
  }
  all.types = [...types.values()].sort((a, b) => b.count - a.count)
  return all
}

/** The units that a refusal names: a list, or a text with commas or blanks. */
export function refusedUnits(detail: Record<string, unknown> | undefined): string[] {
  const units = detail?.units
  if (Array.isArray(units)) return units.filter((u): u is string => typeof u === 'string')
  return typeof units === 'string' ? units.split(/[\s,]+/).filter(Boolean) : []
}
