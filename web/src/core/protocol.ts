// The messages of `listing.v1.json`, and the one place where a server's text becomes typed data. Whatever does not have
// the promised shape is dropped here (undefined), so nothing behind this file meets a surprise.

import { areLaunches, type Launch } from './launches'
import { isQueue, type Queue } from './work'

/** withheld, available, locked, subscribed, contracted, settled; to the public: x not open, t taken. */
export type Letter = 'w' | 'a' | 'l' | 's' | 'c' | 'p' | 'x' | 't'

export interface Hello {
  ev: 'hello'
  now: number
  account: string
  role: string
  heartbeat_s: number
}

export interface BoardMessage {
  ev: 'board'
  project: string
  epoch: string
  seq: number
  at: number
  catalog_version: number
  st: string
  deadlines: [number, number][]
}

export type UnitChange = [index: number, letter: Letter, deadline?: number]

export interface UnitsMessage {
  ev: 'units'
  project: string
  epoch: string
  from: number
  seq: number
  at: number
  u: UnitChange[]
}

export interface Beat {
  ev: 'beat'
  project: string
  seq: number
  at: number
}

export interface Deal {
  id: string
  unit: string
  buyer: string
  status: string
  deadline: number
}

export interface DealMessage {
  ev: 'deal'
  project: string
  deal: Deal
}

/** A hold ends soon. */
export interface Notice {
  ev: 'notice'
  kind: 'expiry'
  project: string
  unit: string
  deal: string
  deadline: number
  left_ms: number
}

/** What waits for the person at this screen, the longest waiting first. */
export interface QueueNotice extends Queue {
  ev: 'notice'
  kind: 'queue'
  project: string
}

/** The project takes no changes any more, or takes them again. */
export interface FreezeNotice {
  ev: 'notice'
  kind: 'frozen' | 'thawed' | 'checked'
  project: string
}

/** The sessions that are not over, those that ended during the last day, and the last that did; told at first and whenever one of them changes. */
export interface LaunchMessage {
  ev: 'launch'
  project: string
  now: number
  launches: Launch[]
}

/** Where a buyer stands in the waiting room: may choose, waits for the draw, so many before, or not in it. */
export type Place = 'active' | 'waiting' | '' | number

export interface RoomMessage {
  ev: 'room'
  project: string
  launch: string
  place: Place
  waiting: number
  active: number
  estimate_s: number | null
  at: number
}

/** How many keep a unit in mind, by index; `whole`: what is not named has none. For buyers, while there is a session. */
export interface InterestMessage {
  ev: 'interest'
  project: string
  whole: boolean
  u: [index: number, count: number][]
}

export interface GoAway {
  ev: 'goaway'
  retry_ms: number
}

export interface ErrorBody {
  code: string
  status: number
  message: string
  retryable: boolean
  detail?: Record<string, unknown>
}

export interface Reply {
  ev: 'reply'
  id: number
  ok?: Record<string, unknown>
  error?: ErrorBody
}

export type ServerMessage =
  | Hello
  | BoardMessage
  | UnitsMessage
  | Beat
  | DealMessage
  | Notice
  | QueueNotice
  | FreezeNotice
  | LaunchMessage
  | RoomMessage
  | InterestMessage
  | GoAway
  | Reply

type Fields = Record<string, unknown>

const isObject = (v: unknown): v is Fields => typeof v === 'object' && v !== null && !Array.isArray(v)
const isText = (v: unknown): v is string => typeof v === 'string'
const isCount = (v: unknown): v is number => typeof v === 'number' && Number.isSafeInteger(v) && v >= 0
const isLetters = (v: unknown): v is string => isText(v) && /^[walscpxt]*$/.test(v)

function arePairs(v: unknown): v is [number, number][] {
  return Array.isArray(v) && v.every((d) => Array.isArray(d) && d.length === 2 && d.every(isCount))
}

function isUnitChanges(v: unknown): v is UnitChange[] {
  return (
    Array.isArray(v) &&
    v.every(
      (u) =>
        Array.isArray(u) && isCount(u[0]) && isLetters(u[1]) && u[1].length === 1 && (u.length === 2 || isCount(u[2])),
    )
  )
}

const isDeal = (v: unknown): v is Deal =>
  isObject(v) && isText(v.id) && isText(v.unit) && isText(v.buyer) && isText(v.status) && isCount(v.deadline)

function isNotice(m: Fields): boolean {
  if (m.kind === 'queue') return isQueue(m)
  if (m.kind === 'expiry') return isText(m.unit) && isText(m.deal) && isCount(m.deadline)
  return m.kind === 'frozen' || m.kind === 'thawed' || m.kind === 'checked'
}

export const isPlace = (v: unknown): v is Place => v === 'active' || v === 'waiting' || v === '' || isCount(v)

const shapes: Record<string, (m: Fields) => boolean> = {
  hello: (m) => isCount(m.now) && isText(m.account) && isText(m.role) && isCount(m.heartbeat_s),
  board: (m) =>
    isText(m.project) &&
    isText(m.epoch) &&
    isCount(m.seq) &&
    isCount(m.at) &&
    isCount(m.catalog_version) &&
    isLetters(m.st) &&
    arePairs(m.deadlines),
  units: (m) =>
    isText(m.project) && isText(m.epoch) && isCount(m.from) && isCount(m.seq) && isCount(m.at) && isUnitChanges(m.u),
  beat: (m) => isText(m.project) && isCount(m.seq) && isCount(m.at),
  deal: (m) => isText(m.project) && isDeal(m.deal),
  notice: (m) => isText(m.project) && isNotice(m),
  launch: (m) => isText(m.project) && isCount(m.now) && areLaunches(m.launches),
  room: (m) =>
    isText(m.project) &&
    isText(m.launch) &&
    isPlace(m.place) &&
    isCount(m.waiting) &&
    isCount(m.active) &&
    (m.estimate_s === null || isCount(m.estimate_s)) &&
    isCount(m.at),
  interest: (m) => isText(m.project) && typeof m.whole === 'boolean' && arePairs(m.u),
  goaway: (m) => isCount(m.retry_ms),
}

function asReply(m: Fields): Reply | undefined {
  if (!isCount(m.id)) return undefined
  if (isObject(m.ok)) return { ev: 'reply', id: m.id, ok: m.ok }
  const e = m.error
  if (!isObject(e) || !isText(e.code)) return undefined
  return {
    ev: 'reply',
    id: m.id,
    error: {
      code: e.code,
      status: isCount(e.status) ? e.status : 500,
      message: isText(e.message) ? e.message : e.code,
      retryable: e.retryable === true,
      ...(isObject(e.detail) ? { detail: e.detail } : {}),
    },
  }
}

export function parseMessage(text: string): ServerMessage | undefined {
  let m: unknown
  try {
    m = JSON.parse(text)
  } catch {
    return undefined
  }
  if (!isObject(m)) return undefined
  if (!isText(m.ev)) return asReply(m)
  return Object.prototype.hasOwnProperty.call(shapes, m.ev) && shapes[m.ev]!(m)
    ? (m as unknown as ServerMessage)
    : undefined
}
