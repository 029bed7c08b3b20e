// Deals, requests and the queue of what waits, as the office sees them. A member that is empty or 0 is absent.

export type DealStatus = 'locked' | 'subscribed' | 'contracted' | 'settled' | 'released' | 'expired' | 'withdrawn'

export interface FullDeal {
  id: string
  unit: string
  buyer: string
  consultant: string
  status: DealStatus
  /** of a buyer's own choice: the session */
  launch?: string
  created_ms: number
  held_since_ms?: number
  /** ms; 0: no clock runs */
  deadline: number
  list_price_fen: number
  price_fen: number
  application?: 'submitted' | 'rejected' | 'approved'
  applied_ms?: number
  eligibility?: 'qualified' | 'unqualified' | 'unknown'
  down_payment_fen?: number
  note?: string
  reject_reason?: string
  slip?: number
  slip_ms?: number
  /** confirmed and not paid back */
  paid_fen?: number
  review?: 'pass' | 'back'
  review_comment?: string
  reviewed_by?: string
  contract?: string
  signed_ms?: number
  settled_ms?: number
  /** since when the office has to decide: the clock ran out and money is confirmed */
  overdue_ms?: number
  refund_fen?: number
  /** open requests, separated by blanks */
  requests?: string
  /** what a manager refused last, and why, until it is asked for again */
  refused_kind?: Exclude<RequestKind, 'price'>
  refused_comment?: string
  ended_ms?: number
  end_reason?: string
  ended_by?: string
  held_as?: string
}

export type RequestKind = 'discount' | 'extension' | 'swap' | 'rename' | 'withdraw' | 'price'

export interface WorkRequest {
  id: string
  kind: RequestKind
  deal?: string
  unit: string
  to?: string
  price_fen?: number
  deadline?: number
  reason: string
  status: 'waiting' | 'approved' | 'refused' | 'filed' | 'void'
  by: string
  by_role: string
  at_ms: number
  decided_by?: string
  decided_ms?: number
  comment?: string
}

export const queueKinds = [
  'application',
  'filing',
  'money',
  'unpaid',
  'refund',
  'review',
  'correction',
  'sign',
  'approval',
  'overdue',
] as const
export type QueueKind = (typeof queueKinds)[number]

export interface QueueItem {
  kind: QueueKind
  /** ms of server time: since when it has waited */
  since: number
  deal?: FullDeal
  request?: WorkRequest
}

export interface Queue {
  seq: number
  at: number
  items: QueueItem[]
  /** How many wait, in all and of each kind: more than `items` holds where there are many. */
  count: number
  counts?: Partial<Record<QueueKind, number>>
}

const isObject = (v: unknown): v is Record<string, unknown> => typeof v === 'object' && v !== null && !Array.isArray(v)
const isNumber = (v: unknown): v is number => typeof v === 'number' && Number.isSafeInteger(v)

function isItem(v: unknown): boolean {
  if (!isObject(v) || typeof v.kind !== 'string' || !isNumber(v.since)) return false
  const subject = v.deal ?? v.request
  return isObject(subject) && typeof subject.id === 'string' && typeof subject.unit === 'string'
}

/** Whether a server's object is a queue; kinds that this page does not know are for a newer one, and stay. */
export function isQueue(v: Record<string, unknown>): boolean {
  return isNumber(v.seq) && isNumber(v.at) && isNumber(v.count) && Array.isArray(v.items) && v.items.every(isItem)
}

/** What identifies an item from one queue to the next. */
export function itemKey(item: QueueItem): string {
  return `${item.kind}|${item.request?.id ?? item.deal?.id ?? ''}`
}

/** How long something has waited, in the two largest units: "2 d 3 h", "5 h 10 min", "12 min". */
export function waited(ms: number): { days: number; hours: number; minutes: number } {
  const minutes = Math.max(0, Math.floor(ms / 60_000))
  return { days: Math.floor(minutes / 1440), hours: Math.floor(minutes / 60) % 24, minutes: minutes % 60 }
}

/** What is still to be paid of a contract. */
export function unpaidFen(deal: FullDeal): number {
  return Math.max(0, deal.price_fen - (deal.paid_fen ?? 0))
}

/** Yuan as people type them ("1,234.5", "12 345,67" is none) → whole fen, without floating point; undefined when it is none. */
export function fenOf(text: string): number | undefined {
  const plain = text.trim().replace(/[,,\s¥¥元]/g, '')
  const found = /^(\d{1,13})(?:\.(\d{1,2}))?$/.exec(plain)
  return found ? Number(found[1]) * 100 + Number((found[2] ?? '').padEnd(2, '0')) : undefined
}
