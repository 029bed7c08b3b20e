// Numbers as people read them. Money is whole fen and never passes through floating point on its way to a price.
import { inOffice } from './zone'

/** 123456789 fen → "1,234,567.89" */
export function yuan(fen: number): string {
  const whole = Math.floor(fen / 100)
  const rest = fen % 100
  return `${whole.toLocaleString('en-US')}.${String(rest).padStart(2, '0')}`
}

/** Price per square metre, rounded to whole yuan; for orientation only. */
export function yuanPerSquareMetre(fen: number, area: string): string {
  const m2 = parseFloat(area)
  return m2 > 0 ? Math.round(fen / 100 / m2).toLocaleString('en-US') : '—'
}

/** The server's time is known to some tenths of a second: what is a little more than a full second is that second, so that a
 * hold of ten minutes does not begin at 10:01. */
const SLACK_MS = 400
const secondsLeft = (leftMs: number): number => Math.max(0, Math.ceil((leftMs - SLACK_MS) / 1000))

/** What is left of a hold: "23:59:07", "4:05", "0:00". */
export function countdown(leftMs: number): string {
  const s = secondsLeft(leftMs)
  const two = (n: number) => String(n).padStart(2, '0')
  const h = Math.floor(s / 3600)
  const m = Math.floor(s / 60) % 60
  return h > 0 ? `${h}:${two(m)}:${two(s % 60)}` : `${m}:${two(s % 60)}`
}

/** The same for a small cell: "23h", "59m", "42s". */
export function countdownShort(leftMs: number): string {
  const s = secondsLeft(leftMs)
  if (s >= 3600) return `${Math.floor(s / 3600)}h`
  return s >= 60 ? `${Math.floor(s / 60)}m` : `${s}s`
}

export function percent(fraction: number | undefined): string {
  return fraction === undefined ? '—' : `${(fraction * 100).toFixed(1)}%`
}

/** "10:32:07" by the office's clock */
export function timeOfDay(ms: number): string {
  return inOffice(ms).toISOString().slice(11, 19)
}
