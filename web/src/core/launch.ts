// The launch (开盘): when it is, and how long until then.
/** How long "launched" stays on the wall. */
export const LAUNCHED_MS = 10 * 60_000

/** ISO date and time, "2025-09-20T09:00" or with a zone; without one it is the time of this device. */
export function parseLaunch(text: string | null | undefined): number | undefined {
  if (!text || !/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:?\d\d)?$/.test(text.replace(' ', '+'))) return undefined
  // A "+" that nobody escaped reaches us as a blank.
  const ms = Date.parse(text.replace(' ', '+'))
  return Number.isNaN(ms) ? undefined : ms
}

export interface UntilLaunch {
  days: number
  /** "03:04:05" */
  clock: string
}

export function untilLaunch(leftMs: number): UntilLaunch {
  const s = Math.max(0, Math.ceil(leftMs / 1000))
  const two = (n: number) => String(n).padStart(2, '0')
  return {
    days: Math.floor(s / 86_400),
    clock: `${two(Math.floor(s / 3600) % 24)}:${two(Math.floor(s / 60) % 60)}:${two(s % 60)}`,
  }
}
