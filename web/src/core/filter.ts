// Which units somebody is looking for. Areas and prices come as people type them; what is not a number narrows nothing.
import type { Unit } from './catalog'
import type { Letter } from './protocol'

export interface Filter {
  type: string
  areaFrom: string
  areaTo: string
  /** in 万元, as the office speaks of prices */
  priceFrom: string
  priceTo: string
  floorFrom: string
  floorTo: string
  onlyAvailable: boolean
  onlyFavourites: boolean
}

export const noFilter = (): Filter => ({
  type: '',
  areaFrom: '',
  areaTo: '',
  priceFrom: '',
  priceTo: '',
  floorFrom: '',
  floorTo: '',
  onlyAvailable: false,
  onlyFavourites: false,
})

/** ¥10,000 in fen. */
export const FEN_PER_WAN = 1_000_000

function numberOf(text: string): number | undefined {
  const plain = text.trim().replace(/[,,\s]/g, '')
  return /^-?\d+(\.\d+)?$/.test(plain) ? Number(plain) : undefined
}

function isWithin(value: number, from: string, to: string): boolean {
  const least = numberOf(from)
  const most = numberOf(to)
  if (least === undefined && most === undefined) return true
  return !Number.isNaN(value) && value >= (least ?? -Infinity) && value <= (most ?? Infinity)
}

export function isNarrow(f: Filter): boolean {
  const ranges: [string, string][] = [
    [f.areaFrom, f.areaTo],
    [f.priceFrom, f.priceTo],
    [f.floorFrom, f.floorTo],
  ]
  return f.type !== '' || f.onlyAvailable || f.onlyFavourites || ranges.flat().some((text) => numberOf(text) !== undefined)
}

export function matches(f: Filter, unit: Unit, letter: Letter | undefined, isFavourite: boolean): boolean {
  if (f.onlyAvailable && letter !== 'a') return false
  if (f.onlyFavourites && !isFavourite) return false
  if (f.type && unit.type !== f.type) return false
  return (
    isWithin(parseFloat(unit.gross_area), f.areaFrom, f.areaTo) &&
    isWithin(unit.list_price_fen / FEN_PER_WAN, f.priceFrom, f.priceTo) &&
    isWithin(parseFloat(String(unit.floor)), f.floorFrom, f.floorTo)
  )
}

/** The types of a project, each once, the most frequent first. */
export function typesOf(units: readonly Unit[]): string[] {
  const counts = new Map<string, number>()
  for (const u of units) if (u.type) counts.set(u.type, (counts.get(u.type) ?? 0) + 1)
  return [...counts].sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0], 'zh-CN')).map(([type]) => type)
}
