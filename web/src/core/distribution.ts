// How what is left is spread over the floors (剩余楼层分布): floors gathered into bands, the highest first.
import type { Unit } from './catalog'
import { noCounts, countInto, type Counts } from './figures'
import type { Letter } from './protocol'

export interface Band {
  /** Undefined for floors that are no numbers: a mezzanine, a shop row. */
  from: number | undefined
  to: number | undefined
  counts: Counts
}

const STEPS = [1, 2, 3, 5, 10, 20, 50]

const numberOf = (floor: string | number): number | undefined => {
  const n = Math.floor(parseFloat(String(floor)))
  return Number.isNaN(n) ? undefined : n
}

/** Floors 1–5, 6–10 …; those below ground are a band of their own. */
function bandOf(floor: number, step: number): { from: number; to: number } {
  if (floor < 1) return { from: floor, to: floor }
  const from = Math.floor((floor - 1) / step) * step + 1
  return { from, to: from + step - 1 }
}

/** The step that gives at most `max` bands. */
function stepFor(top: number, max: number): number {
  return STEPS.find((s) => Math.ceil(top / s) <= max) ?? Math.ceil(top / max)
}

export function floorBands(units: Unit[], letter: (index: number) => Letter | undefined, max: number): Band[] {
  const floors = units.map((u) => numberOf(u.floor))
  const top = floors.reduce<number>((most, f) => Math.max(most, f ?? 0), 1)
  const step = stepFor(top, max)
  const bands = new Map<number | undefined, Band>()
  floors.forEach((floor, i) => {
    const place = floor === undefined ? { from: undefined, to: undefined } : bandOf(floor, step)
    const band = bands.get(place.from) ?? { ...place, to: place.to && Math.min(place.to, top), counts: noCounts() }
    bands.set(place.from, band)
    countInto(band.counts, letter(i))
  })
  return [...bands.values()].sort((a, b) => (b.from ?? -Infinity) - (a.from ?? -Infinity))
}
