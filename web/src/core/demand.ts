// Which units are wanted: locks refused because somebody else was faster, and favourites. One of either counts the same.

export interface Wanted {
  refused: number
  favourites: number
}
export interface WantedUnit extends Wanted {
  unit: string
}
export interface WantedType extends Wanted {
  type: string
}

export interface Demand {
  units: WantedUnit[]
  by_type: WantedType[]
  /** ms: since when refused locks are counted; 0: none yet */
  since: number
}

export const heatOf = (w: Wanted): number => w.refused + w.favourites

/** The most wanted first; equal ones in the order of the catalogue. */
export function ranked<T extends Wanted>(rows: readonly T[]): T[] {
  return rows.filter((r) => heatOf(r) > 0).sort((a, b) => heatOf(b) - heatOf(a))
}

export const HEAT_LEVELS = 5

/** 0: not wanted; 1 to 5 by the share of the hottest. */
export function heatLevel(heat: number, hottest: number): number {
  return heat <= 0 || hottest <= 0 ? 0 : Math.min(HEAT_LEVELS, Math.ceil((heat / hottest) * HEAT_LEVELS))
}
