// Days of the office. A date is "2026-03-02" and belongs to the office's time zone, whatever zone this device is in; arithmetic
// goes through UTC so that no summer time gets into it.

const DAY_MS = 86_400_000

export function dateAt(ms: number, offsetMin: number): string {
  return new Date(ms + offsetMin * 60_000).toISOString().slice(0, 10)
}

/** "10:32" in the office. */
export function timeAt(ms: number, offsetMin: number): string {
  return new Date(ms + offsetMin * 60_000).toISOString().slice(11, 16)
}

/** A moment as the browser's own field has it, in the office's time: "2026-03-02T10:32:07". */
export function fieldAt(ms: number, offsetMin: number): string {
  return new Date(ms + offsetMin * 60_000).toISOString().slice(0, 19)
}

/** What such a field says; undefined when it says nothing. */
export function momentOf(field: string, offsetMin: number): number | undefined {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?$/.test(field)) return undefined
  const ms = Date.parse(`${field}Z`)
  return Number.isNaN(ms) ? undefined : ms - offsetMin * 60_000
}

const noonOf = (date: string): number => Date.parse(`${date}T12:00:00Z`)

export function addDays(date: string, days: number): string {
  return new Date(noonOf(date) + days * DAY_MS).toISOString().slice(0, 10)
}

/** Monday is 0. */
export function weekdayOf(date: string): number {
  return (new Date(noonOf(date)).getUTCDay() + 6) % 7
}

export function mondayOf(date: string): string {
  return addDays(date, -weekdayOf(date))
}

export const monthOf = (date: string): string => date.slice(0, 7)

/** The month before (-1) or after (1): "2026-01" → "2025-12". */
export function addMonths(month: string, months: number): string {
  const [year = 0, number = 1] = month.split('-').map(Number)
  return new Date(Date.UTC(year, number - 1 + months, 1)).toISOString().slice(0, 7)
}

/** The weeks that a month touches, whole, Monday first. */
export function weeksOf(month: string): string[][] {
  const weeks: string[][] = []
  for (let monday = mondayOf(`${month}-01`); monthOf(monday) <= month; monday = addDays(monday, 7)) {
    weeks.push(Array.from({ length: 7 }, (_, i) => addDays(monday, i)))
  }
  return weeks
}

/** The same day of another month, or its last. */
function inMonth(date: string, month: string): string {
  const last = addDays(`${addMonths(month, 1)}-01`, -1)
  const same = `${month}-${date.slice(8)}`
  return same < last ? same : last
}

/** Where a key of a calendar leads from a day; undefined for keys that lead nowhere. */
export function dayByKey(date: string, key: string): string | undefined {
  const days: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7, Home: -weekdayOf(date), End: 6 - weekdayOf(date) }
  if (key in days) return addDays(date, days[key]!)
  if (key === 'PageUp') return inMonth(date, addMonths(monthOf(date), -1))
  if (key === 'PageDown') return inMonth(date, addMonths(monthOf(date), 1))
  return undefined
}

/** "3/2", for the foot of a chart. */
export function shortDate(date: string): string {
  const [, month, day] = date.split('-').map(Number)
  return `${month}/${day}`
}
