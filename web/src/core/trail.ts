// The audit trail as people read it: what an event says, as values for a sentence of its kind. The sentences themselves are
// in the view's text.ts; a kind that has none is shown by its code.

import { addDays, momentOf } from './office-day'

export interface TrailEvent {
  seq: number
  type: string
  at: number
  by: string
  role: string
  unit?: string
  status?: string
  deal?: string
  buyer?: string
  holder?: string
  deadline?: number
  why?: string
  set?: string[]
  /** Of each setting in `set`, in that order. */
  was?: string[]
  val?: string[]
  price_fen?: number
  amount_fen?: number
  paid_fen?: number
  refund_fen?: number
  receipt?: number
  kind?: string
  late?: number
  slip?: number
  contract?: string
  request?: string
  result?: string
  to?: string
  from?: string
  version?: number
  added?: number
  changed?: number
  count?: number
  account?: string
  account_role?: string
  display?: string
  launch?: string
  offered?: string
  closes_ms?: number | string
  opens_ms?: number | string
  [more: string]: unknown
}

export interface TrailPage {
  events: TrailEvent[]
  /** Where the next page begins, as `before`; absent when there is none. */
  next?: number
}

/** In the order in which the filter offers them. */
export const eventKinds = [
  'lock', 'release', 'expire', 'overdue', 'extend', 'withhold', 'offer',
  'apply', 'approve', 'reject', 'receipt', 'review', 'sign', 'settle', 'revive',
  'ask', 'decide', 'file', 'rename', 'swap_out', 'swap_in', 'withdraw',
  'add', 'change', 'import', 'buyers', 'reveal', 'erase',
  'create', 'configure', 'freeze', 'thaw', 'clock_hold', 'clock_confirm',
  'account', 'disable', 'password', 'pair', 'revoke',
  'launch_plan', 'launch_units', 'launch_admit', 'launch_draw', 'launch_pause', 'launch_resume', 'launch_extend', 'launch_close',
  'launch_say', 'launch_code', 'checkin', 'replace', 'complete', 'rehearsal',
] as const

export interface Filter {
  unit: string
  deal: string
  by: string
  type: string
  /** Days of the office, "2026-03-02", both in it; "": no bound. */
  first: string
  last: string
}

export const noFilter: Readonly<Filter> = { unit: '', deal: '', by: '', type: '', first: '', last: '' }

/** No trail has so many events, and the server reads no longer numbers. */
const BEHIND_THE_NEWEST = 999_999_999_999_999

/** The query of a page, newest first; `before` 0: from the end. */
export function trailQuery({ first, last, ...exact }: Filter, before: number, limit: number, offsetMin: number): string {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(exact)) if (value.trim()) query.set(name, value.trim())
  // A year that is still being typed lies before all that the server counts from.
  const beginOf = (date: string): string => String(Math.max(1, momentOf(`${date}T00:00`, offsetMin) ?? 1))
  if (first) query.set('since', beginOf(first))
  if (last) query.set('until', beginOf(addDays(last, 1)))
  // Without an upper end the server begins at the oldest.
  query.set('before', String(before || BEHIND_THE_NEWEST))
  query.set('limit', String(limit))
  return `events?${query}`
}

/** What a price change of the catalogue tells, and the like: the fields that no sentence names are kept for those who look. */
const plain = new Set(['seq', 'type', 'at', 'by', 'role', 'hash', 'index', 'rev', 'unit', 'catalog', 'uuid', 'before'])

export function restOf(e: TrailEvent): [string, string][] {
  return Object.entries(e)
    .filter(([name, value]) => !plain.has(name) && value !== undefined && value !== '')
    .map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : typeof value === 'object' ? JSON.stringify(value) : String(value)])
}
