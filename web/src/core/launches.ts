// Launch sessions (场次) as the server tells of them, and how each stands at a moment of the server's clock. A record that has not
// the promised shape is none; the phase is never taken from the record, for that was true only when it was read.

export type LaunchMode = 'all' | 'order' | 'groups'
export type LaunchPhase = 'planned' | 'open' | 'paused' | 'closed'

export interface Launch {
  id: string
  name: string
  mode: LaunchMode
  opens_ms: number
  closes_ms: number
  /** With the time that it stood still: when it opens and closes, as far as one knows now. */
  opens_at: number
  closes_at: number
  hold_ms: number
  /** units per buyer (限购) */
  limit: number
  window_size: number
  window_ms: number
  /** "A=600000,B=300000" */
  groups: string
  /** 0: no waiting room */
  active_max: number
  commit: string
  /** only of one that is over */
  seed?: string
  rules_sha: string
  /** only by HTTP */
  rules?: string
  paused_ms: number
  closed_ms: number
  message: string
  message_ms: number
  drawn_ms: number
  admitted: number
  entered: number
  units: number
}

const LAUNCHES_MAX = 300
const TEXT_MAX = 8000

const isObject = (v: unknown): v is Record<string, unknown> => typeof v === 'object' && v !== null && !Array.isArray(v)
const isCount = (v: unknown): v is number => typeof v === 'number' && Number.isSafeInteger(v) && v >= 0
const isText = (v: unknown): v is string => typeof v === 'string' && v.length <= TEXT_MAX
/** It becomes a part of addresses. */
const isId = (v: unknown): boolean => isText(v) && /^[A-Za-z0-9_-]{1,32}$/.test(v)

const counts = ['opens_ms', 'closes_ms', 'opens_at', 'closes_at', 'hold_ms', 'limit', 'window_size', 'window_ms', 'active_max', 'paused_ms',
  'closed_ms', 'message_ms', 'drawn_ms', 'admitted', 'entered', 'units'] as const satisfies readonly (keyof Launch)[]
const texts = ['name', 'groups', 'commit', 'rules_sha', 'message'] as const satisfies readonly (keyof Launch)[]

export const isLaunch = (v: unknown): v is Launch =>
  isObject(v) &&
  isId(v.id) &&
  (v.mode === 'all' || v.mode === 'order' || v.mode === 'groups') &&
  counts.every((name) => isCount(v[name])) &&
  texts.every((name) => isText(v[name])) &&
  [v.seed, v.rules].every((text) => text === undefined || isText(text))

export const areLaunches = (v: unknown): v is Launch[] => Array.isArray(v) && v.length <= LAUNCHES_MAX && v.every(isLaunch)

export function phaseAt(l: Launch, now: number): LaunchPhase {
  if (l.closed_ms > 0) return 'closed'
  if (l.paused_ms > 0) return 'paused'
  if (now < l.opens_at) return 'planned'
  return now < l.closes_at ? 'open' : 'closed'
}

/** What is left until it opens or, once it is open, until it ends; while it stands still, what was left when it was stopped.
 *  Undefined when it is over. */
export function leftAt(l: Launch, now: number): number | undefined {
  const phase = phaseAt(l, now)
  if (phase === 'closed') return undefined
  const at = phase === 'paused' ? l.paused_ms : now
  return at < l.opens_at ? l.opens_at - at : Math.max(0, l.closes_at - at)
}

/** When it ended; undefined while it has not. */
export function endedAt(l: Launch, now: number): number | undefined {
  return phaseAt(l, now) === 'closed' ? (l.closed_ms > 0 ? l.closed_ms : l.closes_at) : undefined
}

export const isOver = (l: Launch, now: number): boolean => phaseAt(l, now) === 'closed'

/** Those that run or stand still, by their end. */
export function runningOf(launches: readonly Launch[], now: number): Launch[] {
  const runs = (l: Launch) => ['open', 'paused'].includes(phaseAt(l, now))
  return launches.filter(runs).sort((a, b) => a.closes_at - b.closes_at || (a.id < b.id ? -1 : 1))
}

/** The one that everybody looks at: the one that runs, else the next, else the last that ended not longer ago than `keepMs`. */
export function currentOf(launches: readonly Launch[], now: number, keepMs: number): Launch | undefined {
  const running = runningOf(launches, now)[0]
  if (running) return running
  const next = launches.filter((l) => phaseAt(l, now) === 'planned').sort((a, b) => a.opens_at - b.opens_at)[0]
  if (next) return next
  const ended = (l: Launch) => endedAt(l, now) ?? 0
  return launches.filter((l) => now - ended(l) < keepMs).sort((a, b) => ended(b) - ended(a))[0]
}
