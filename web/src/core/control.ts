// The control room's figures: what the server counts from the beginning becomes rates, shares and percentiles here.
import { phaseAt, type Launch } from './launches'

export interface Unfinished {
  unit: string
  deal: string
  buyer: string
  /** when it was chosen, and until when it is held */
  at: number
  deadline: number
}

export type Tally = ReadonlyMap<string, number>

export interface Control {
  now: number
  admitted: number
  entered: number
  online: number
  active: number
  waiting: number
  states: { available: number; locked: number; subscribed: number; withheld: number }
  tally: Tally
  unfinished: Unfinished[]
}

const NAMES_MAX = 500
const UNFINISHED_MAX = 5000

const isObject = (v: unknown): v is Record<string, unknown> => typeof v === 'object' && v !== null && !Array.isArray(v)
const isCount = (v: unknown): v is number => typeof v === 'number' && Number.isSafeInteger(v) && v >= 0
const isName = (v: unknown): v is string => typeof v === 'string' && v.length > 0 && v.length <= 200

const isUnfinished = (v: unknown): v is Unfinished =>
  isObject(v) && isName(v.unit) && isName(v.deal) && isName(v.buyer) && isCount(v.at) && isCount(v.deadline)

function tallyOf(v: unknown): Tally | undefined {
  if (!isObject(v)) return undefined
  const all = Object.entries(v)
  return all.length <= NAMES_MAX && all.every(([, n]) => isCount(n)) ? new Map(all as [string, number][]) : undefined
}

/** A server's answer as figures; undefined when it is none. */
export function readControl(v: unknown): Control | undefined {
  if (!isObject(v) || !isObject(v.states)) return undefined
  const tally = tallyOf(v.tally)
  const states = v.states
  const areCounts = (o: Record<string, unknown>, names: readonly string[]) => names.every((n) => isCount(o[n]))
  if (!tally || !areCounts(v, ['now', 'admitted', 'entered', 'online', 'active', 'waiting'])) return undefined
  if (!areCounts(states, ['available', 'locked', 'subscribed', 'withheld'])) return undefined
  if (!Array.isArray(v.unfinished) || v.unfinished.length > UNFINISHED_MAX || !v.unfinished.every(isUnfinished)) return undefined
  return { ...(v as unknown as Control), tally, unfinished: [...v.unfinished].sort((a, b) => a.deadline - b.deadline) }
}

/** How many may choose now: those with a seat where there is a waiting room, else everybody who is there; nobody before the opening. */
export const choosing = (c: Control, launch: Launch): number => (launch.active_max > 0 ? c.active : phaseAt(launch, c.now) === 'open' ? c.online : 0)

/** What has been counted under a name, since an earlier reading or in all. */
export const counted = (now: Tally, name: string, before?: Tally): number => Math.max(0, (now.get(name) ?? 0) - (before?.get(name) ?? 0))

const REFUSED = 'refused.'

/** Refusals by their reason ("unit_taken", "not_open.before"), the most frequent first. */
export function refusals(now: Tally): { why: string; count: number }[] {
  return [...now]
    .filter(([name, count]) => name.startsWith(REFUSED) && count > 0)
    .map(([name, count]) => ({ why: name.slice(REFUSED.length), count }))
    .sort((a, b) => b.count - a.count || (a.why < b.why ? -1 : 1))
}

export const refusedOf = (now: Tally): number => refusals(now).reduce((sum, r) => sum + r.count, 0)

export interface Percentiles {
  count: number
  /** ms: so many per cent were answered within that time */
  p50: number
  p95: number
  p99: number
}

const LAT = /^lat\.(\d{1,9})$/

/** From buckets: each is counted under the smallest time that holds it. Undefined when nothing was counted. */
export function percentiles(now: Tally, before?: Tally): Percentiles | undefined {
  const buckets = [...now.keys()]
    .map((name) => ({ name, ms: Number(LAT.exec(name)?.[1] ?? NaN) }))
    .filter((b) => !Number.isNaN(b.ms))
    .sort((a, b) => a.ms - b.ms)
    .map((b) => ({ ms: b.ms, count: counted(now, b.name, before) }))
  const count = buckets.reduce((sum, b) => sum + b.count, 0)
  if (count === 0) return undefined
  const within = (share: number): number => {
    let sum = 0
    return buckets.find((b) => (sum += b.count) >= count * share)!.ms
  }
  return { count, p50: within(0.5), p95: within(0.95), p99: within(0.99) }
}

/** Rates are taken over so long: the daemons bring their counts about once a second. */
export const RATE_MS = 3000
const MINUTE_MS = 60_000
/** How far the curves reach back. */
const KEPT_MS = 5 * MINUTE_MS

/** The readings of the last minutes. */
export class ControlHistory {
  private readings: Control[] = []

  add(reading: Control): void {
    const last = this.latest
    if (last && reading.now <= last.now) return
    this.readings = [...this.readings.filter((r) => r.now > reading.now - KEPT_MS), reading]
  }

  get latest(): Control | undefined {
    return this.readings[this.readings.length - 1]
  }

  /** The latest reading that is as old as that against `of`, or the oldest there is. */
  private ago(ms: number, of: Control): Control {
    const old = this.readings.filter((r) => r.now <= of.now - ms)
    return old[old.length - 1] ?? this.readings[0]!
  }

  /** A second's worth of what is counted under a name. */
  rate(name: string, of: Control | undefined = this.latest): number {
    if (!of) return 0
    const before = this.ago(RATE_MS, of)
    return before.now < of.now ? (counted(of.tally, name, before.tally) * 1000) / (of.now - before.now) : 0
  }

  /** Of the last minute, or since this page began to look. */
  lastMinute(): Percentiles | undefined {
    return this.latest && percentiles(this.latest.tally, this.ago(MINUTE_MS, this.latest).tally)
  }

  /** For the curves: when, presses a second, what is left. */
  points(): { at: number; presses: number; available: number }[] {
    return this.readings.map((r) => ({ at: r.now, presses: Math.round(this.rate('presses', r) * 10) / 10, available: r.states.available }))
  }
}
