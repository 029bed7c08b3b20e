// The settings of a project as people set them: hours and days instead of milliseconds, a time of day instead of minutes, and
// the bounds that the server tells checked before anything is sent.

export interface Bound {
  kind: 'int' | 'text' | 'choice'
  min?: number
  max?: number
  choices?: string[]
}

export interface Settings {
  settings: Record<string, string | number>
  bounds: Record<string, Bound>
}

export type Look = 'text' | 'number' | 'choice' | 'duration' | 'durations' | 'clock' | 'offset' | 'palette'

export function lookOf(name: string, bound: Bound | undefined): Look {
  if (name === 'palette') return 'palette'
  if (name === 'warn_ms') return 'durations'
  if (name === 'utc_offset_min') return 'offset'
  if (name === 'sheet_at_min') return 'clock'
  if (bound?.kind === 'choice') return 'choice'
  if (name.endsWith('_ms')) return 'duration'
  return bound?.kind === 'int' ? 'number' : 'text'
}

export const units = { s: 1000, min: 60_000, h: 3_600_000, d: 86_400_000 } as const
export type TimeUnit = keyof typeof units
export const timeUnits = Object.keys(units) as TimeUnit[]

export interface Duration {
  count: string
  unit: TimeUnit
}

/** In the largest unit that has no remainder; hours up to two days, as the office says it: 24 h, 48 h, 7 d. */
export function durationOf(ms: number): Duration {
  const fits = (unit: TimeUnit) => ms % units[unit] === 0
  const unit: TimeUnit = fits('d') && ms > 2 * units.d ? 'd' : fits('h') && ms > 0 ? 'h' : fits('min') && ms > 0 ? 'min' : 's'
  return { count: String(ms / units[unit]), unit }
}

/** Whole milliseconds; undefined where the text is no number. */
export function msOf(d: Duration): number | undefined {
  if (!/^\d{1,9}(\.\d{1,3})?$/.test(d.count.trim())) return undefined
  const ms = Number(d.count) * units[d.unit]
  return Number.isInteger(ms) ? ms : undefined
}

const short: Record<string, TimeUnit> = { s: 's', 秒: 's', m: 'min', min: 'min', 分: 'min', 分钟: 'min', h: 'h', 小时: 'h', 时: 'h', d: 'd', 天: 'd' }

/** "2 小时, 30 分钟, 5m" → "7200000,1800000,300000"; undefined where one of them is none. The empty text: no warnings. */
export function durationsOf(text: string): string | undefined {
  const parts = text.split(/[,,、;;]/).map((p) => p.trim()).filter(Boolean)
  const all = parts.map((p) => {
    const found = /^(\d{1,6}(?:\.\d{1,3})?)\s*(\D+)$/.exec(p)
    const unit = found ? short[found[2]!.trim().toLowerCase()] : undefined
    return unit ? msOf({ count: found![1]!, unit }) : undefined
  })
  return all.some((ms) => ms === undefined || ms <= 0) ? undefined : all.join(',')
}

export function durationsText(value: string, name: (unit: TimeUnit) => string): string {
  return value
    .split(',')
    .filter(Boolean)
    .map((ms) => durationOf(Number(ms)))
    .map((d) => `${d.count} ${name(d.unit)}`)
    .join(', ')
}

const two = (n: number) => String(n).padStart(2, '0')

/** 530 → "08:50" */
export const clockText = (minutes: number): string => `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`
export function minutesOf(text: string): number | undefined {
  const found = /^(\d{1,2}):(\d{2})$/.exec(text.trim())
  if (!found || Number(found[1]) > 23 || Number(found[2]) > 59) return undefined
  return Number(found[1]) * 60 + Number(found[2])
}

/** 480 → "+08:00" */
export const offsetText = (minutes: number): string => `${minutes < 0 ? '-' : '+'}${clockText(Math.abs(minutes))}`
export function offsetOf(text: string): number | undefined {
  const found = /^([+-]?)(\d{1,2})(?::?([0-5]\d))?$/.exec(text.trim().replace(/^UTC/i, '').replace(/[−–]/, '-'))
  if (!found || Number(found[2]) > 14) return undefined
  return (found[1] === '-' ? -1 : 1) * (Number(found[2]) * 60 + Number(found[3] ?? 0))
}

export type Fault = 'bad' | 'few' | 'much' | 'long' | 'needed' | 'over'

/** What is wrong with a value, by the server's bounds; undefined when nothing is. */
export function faultOf(value: string | number | undefined, bound: Bound | undefined): Fault | undefined {
  if (value === undefined) return 'bad'
  if (!bound) return undefined
  if (bound.kind === 'choice') return bound.choices?.includes(String(value)) === false ? 'bad' : undefined
  if (bound.kind === 'int') {
    const n = Number(value)
    if (!Number.isSafeInteger(n)) return 'bad'
    if (bound.min !== undefined && n < bound.min) return 'few'
    return bound.max !== undefined && n > bound.max ? 'much' : undefined
  }
  const bytes = new TextEncoder().encode(String(value)).length
  if (bound.min !== undefined && bytes < bound.min) return 'needed'
  return bound.max !== undefined && bytes > bound.max ? 'long' : undefined
}

/** What has to be sent: only what is another value than before. */
export function changed(before: Settings['settings'], now: Record<string, string | number | undefined>): Record<string, string | number> {
  return Object.fromEntries(
    Object.entries(now).filter((e): e is [string, string | number] => e[1] !== undefined && String(e[1]) !== String(before[e[0]] ?? '')),
  )
}
