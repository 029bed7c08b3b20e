// A buyer's way through a launch session: what the server knows of him, and which step that is at a moment of the server's clock.
// The server decides; this only says what to show.
import { currentOf, phaseAt, type Launch } from './launches'
import { isPlace, type Place } from './protocol'
import type { FullDeal } from './work'

/** GET …/launches/{id}/me */
export interface Me {
  admitted: boolean
  now: number
  draw: number
  rank: number
  group: string
  entered_ms: number
  entered_sha: string
  turn_from: number
  turn_to: number
  again_from: number
  /** when the session opens or opened, by which the three above are told */
  opens_at: number
  place: Place
  count: number
  deals: FullDeal[]
}

/** The page before sign-in: GET /api/v1/pick/{project} */
export interface Doorplate {
  title: string
  rehearsal: string
  now: number
  utc_offset_min: number
  launches: { id: string; name: string; phase: string; opens_at: number; closes_at: number }[]
}

const isObject = (v: unknown): v is Record<string, unknown> => typeof v === 'object' && v !== null
const isCount = (v: unknown): v is number => typeof v === 'number' && Number.isSafeInteger(v) && v >= 0

export const isMe = (v: unknown): v is Me =>
  isObject(v) &&
  typeof v.admitted === 'boolean' &&
  ['now', 'draw', 'rank', 'entered_ms', 'turn_from', 'turn_to', 'again_from', 'opens_at', 'count'].every((name) => isCount(v[name])) &&
  typeof v.group === 'string' &&
  typeof v.entered_sha === 'string' &&
  isPlace(v.place) &&
  Array.isArray(v.deals)

/** The session that a buyer looks at: the one that everybody would, of those that do not turn him away. What has not been asked
 *  yet turns nobody away. */
export function ownLaunch(launches: readonly Launch[], mine: ReadonlyMap<string, Me>, now: number, keepMs: number): Launch | undefined {
  const open = launches.filter((l) => mine.get(l.id)?.admitted !== false)
  return currentOf(open, now, keepMs) ?? currentOf(launches, now, keepMs)
}

/** Those to ask what the buyer has: the one looked at, and every other that has opened and admits him, for its deals go on. */
export function askedLaunches(launches: readonly Launch[], mine: ReadonlyMap<string, Me>, own: Launch | undefined, now: number): Launch[] {
  const goesOn = (l: Launch) => phaseAt(l, now) !== 'planned' && mine.get(l.id)?.admitted !== false
  return launches.filter((l) => l.id === own?.id || goesOn(l))
}

/** The session stood still, or was put to another time, since this was read: the buyer's turn has moved with it. */
export function movedWith(me: Me, launch: Launch): Me {
  const by = launch.opens_at - me.opens_at
  if (by === 0 || !me.admitted) return me
  return { ...me, opens_at: launch.opens_at, turn_from: me.turn_from + by, turn_to: me.turn_to + by, again_from: me.again_from + by }
}

/** All that the buyer has chosen, the newest first. */
export function dealsOf(mine: ReadonlyMap<string, Me>): FullDeal[] {
  return [...mine.values()].flatMap((m) => m.deals).sort((a, b) => b.created_ms - a.created_ms)
}

/**
 * none: there is no session; stranger: not admitted; rules: to be read and accepted; before: it has not opened; turn: one's own time
 * comes later; standby: it is over, and comes again after all others'; waiting: in the waiting room; full: one has what one may have;
 * open: choose.
 */
export type Step = 'none' | 'stranger' | 'over' | 'rules' | 'before' | 'paused' | 'full' | 'turn' | 'standby' | 'waiting' | 'open'

export function stepAt(launch: Launch | undefined, me: Me | undefined, place: Place, now: number): Step | undefined {
  if (!launch) return 'none'
  if (!me) return undefined
  if (!me.admitted) return 'stranger'
  const phase = phaseAt(launch, now)
  if (phase === 'closed') return 'over'
  if (me.entered_sha !== launch.rules_sha) return 'rules'
  if (phase === 'planned') return 'before'
  if (phase === 'paused') return 'paused'
  if (me.count >= launch.limit) return 'full'
  if (now < me.turn_from) return 'turn'
  if (now >= me.turn_to && now < me.again_from) return 'standby'
  return launch.active_max > 0 && place !== 'active' ? 'waiting' : 'open'
}

/** The next moment of the buyer's own that a clock runs to; undefined when none does. */
export function nextMoment(step: Step | undefined, launch: Launch, me: Me, now: number): number | undefined {
  if (step === 'before') return Math.max(launch.opens_at, me.turn_from)
  if (step === 'turn') return me.turn_from
  if (step === 'standby') return me.again_from
  if (step === 'open') return now < me.turn_to ? Math.min(launch.closes_at, me.turn_to) : launch.closes_at // on stand-by one has the rest of it
  return undefined
}

/** A deal that still holds its unit for the buyer. */
export const isHeld = (d: FullDeal): boolean => ['locked', 'subscribed', 'contracted', 'settled'].includes(d.status)

/** What the buyer has to do next with a deal: complete the application, wait for the office, come and pay, come and sign, nothing. */
export function nextStep(d: FullDeal): 'complete' | 'again' | 'check' | 'pay' | 'sign' | 'done' | 'gone' {
  if (!isHeld(d)) return 'gone'
  if (d.status === 'locked') return d.application === 'submitted' ? 'check' : d.application === 'rejected' ? 'again' : 'complete'
  if (d.status === 'subscribed') return (d.paid_fen ?? 0) > 0 ? 'sign' : 'pay'
  return 'done'
}

/** The signed link in the address's fragment, `#link=…`; "" without one. */
export function linkOf(fragment: string): string {
  const found = new URLSearchParams(fragment.replace(/^#/, '')).get('link') ?? ''
  return found.length <= 4096 ? found : ''
}

/** "12.5" (万元) as fen; undefined when it is no amount. */
export function wanToFen(text: string): number | undefined {
  const plain = text.trim().replace(/[,,]/g, '')
  if (!/^\d{1,6}(\.\d{1,6})?$/.test(plain)) return undefined
  const [whole, part = ''] = plain.split('.')
  return Number(whole) * 1_000_000 + Number(part.padEnd(6, '0'))
}
