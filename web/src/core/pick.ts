// A buyer's way through a launch session: what the server knows of him, and which step that is at a moment of the server's clock.
// The server decides; this only says what to show.
import { phaseAt, type Launch } from './launches'
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
  ['now', 'draw', 'rank', 'entered_ms', 'turn_from', 'turn_to', 'again_from', 'count'].every((name) => isCount(v[name])) &&
  typeof v.group === 'string' &&
  typeof v.entered_sha === 'string' &&
  isPlace(v.place) &&
  Array.isArray(v.deals)

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
export function nextMoment(step: Step | undefined, launch: Launch, me: Me): number | undefined {
  if (step === 'before') return Math.max(launch.opens_at, me.turn_from)
  if (step === 'turn') return me.turn_from
  if (step === 'standby') return me.again_from
  if (step === 'open') return Math.min(launch.closes_at, me.turn_to > me.turn_from ? Math.max(me.turn_to, 0) : launch.closes_at)
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
