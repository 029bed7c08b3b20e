// What to offer somebody whose unit has just gone: free units of the same type that differ least in floor, area and price.
import type { Unit } from './catalog'

/** One floor weighs as much as one hundredth of the area or of the price. */
const HUNDREDTHS = 100
/** Another building means another place to walk to with the customer. */
const OTHER_BUILDING = 3

const part = (a: number, b: number): number => (b > 0 ? (Math.abs(a - b) / b) * HUNDREDTHS : 0)
const numberOf = (value: string | number): number => {
  const n = parseFloat(String(value))
  return Number.isNaN(n) ? 0 : n
}

/** How far apart two units are; 0 for twins. */
export function distance(a: Unit, b: Unit): number {
  return (
    Math.abs(numberOf(a.floor) - numberOf(b.floor)) +
    part(numberOf(b.gross_area), numberOf(a.gross_area)) +
    part(b.list_price_fen, a.list_price_fen) +
    (a.building === b.building ? 0 : OTHER_BUILDING)
  )
}

/** Up to `most` indexes of free units like the one at `index`, the nearest first. */
export function nearEquals(units: readonly Unit[], index: number, isFree: (index: number) => boolean, most = 3): number[] {
  const wanted = units[index]
  if (!wanted) return []
  const found: { index: number; far: number }[] = []
  units.forEach((unit, i) => {
    if (i !== index && unit.type === wanted.type && isFree(i)) found.push({ index: i, far: distance(wanted, unit) })
  })
  return found.sort((a, b) => a.far - b.far || a.index - b.index).slice(0, most).map((f) => f.index)
}
