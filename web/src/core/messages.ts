// What happened while the consultant was busy, for as long as the page is open: holds that run out, freezes, and what the
// office decided, seen from how a deal has changed. Nothing is stored: it names units, never persons.
import type { FullDeal } from './work'

export type NewsKind =
  | 'expiring'
  | 'expired'
  | 'released'
  | 'withdrawn'
  | 'frozen'
  | 'thawed'
  | 'approved'
  | 'rejected'
  | 'discounted'
  | 'extended'
  | 'swapped'
  | 'renamed'
  | 'decided'
  | 'refused'
  | 'paid'
  | 'back'
  | 'passed'
  | 'contracted'
  | 'settled'
  | 'overdue'

export interface News {
  kind: NewsKind
  unit?: string
  /** A reason, a number, an amount in fen, a moment: what the sentence of this kind needs. */
  text?: string
  number?: number
}

export interface Message extends News {
  id: number
  at: number
}

const BAD: readonly NewsKind[] = ['expiring', 'expired', 'frozen', 'rejected', 'refused', 'back', 'overdue']
export const isBad = (news: News): boolean => BAD.includes(news.kind)

/** What the office did with a deal between two readings. */
export function newsOf(before: FullDeal, after: FullDeal): News[] {
  const news: News[] = []
  const unit = after.unit
  const say = (kind: NewsKind, more: Partial<News> = {}) => news.push({ kind, unit, ...more })
  if (after.application === 'rejected' && before.application !== 'rejected') say('rejected', { text: after.reject_reason ?? '' })
  if (after.unit !== before.unit) say('swapped', { text: before.unit })
  else if (after.buyer !== before.buyer) say('renamed')
  else if (after.slip && after.slip !== before.slip) say('approved', { number: after.slip })
  if (after.price_fen < before.price_fen && after.unit === before.unit) say('discounted', { number: after.price_fen })
  if ((after.paid_fen ?? 0) > (before.paid_fen ?? 0)) say('paid', { number: after.paid_fen ?? 0 })
  if (after.review !== before.review && after.review) say(after.review === 'pass' ? 'passed' : 'back', { text: after.review_comment ?? '' })
  if (after.overdue_ms && !before.overdue_ms) say('overdue')
  if (after.status !== before.status && (after.status === 'contracted' || after.status === 'settled')) say(after.status)
  const isLater = after.deadline > before.deadline && before.deadline > 0 && after.status === before.status
  if (isLater && after.unit === before.unit && after.slip === before.slip) say('extended', { number: after.deadline })
  if (isRefusedAnew(before, after)) say('refused', { text: after.refused_comment ?? '' })
  if (news.length === 0 && openRequests(after) < openRequests(before)) say('decided')
  return news
}

const isRefusedAnew = (before: FullDeal, after: FullDeal): boolean =>
  after.refused_kind !== undefined && (after.refused_kind !== before.refused_kind || after.refused_comment !== before.refused_comment)
const openRequests = (d: FullDeal): number => (d.requests ?? '').split(' ').filter(Boolean).length

const KEPT = 100

export class Messages {
  private all: Message[] = []
  private next = 1
  private seen = 0

  /** The newest first. */
  get list(): Message[] {
    return this.all
  }

  get unread(): number {
    return this.all.filter((m) => m.id > this.seen).length
  }

  isUnread(m: Message): boolean {
    return m.id > this.seen
  }

  add(news: News, at: number): void {
    this.all = [{ ...news, id: this.next++, at }, ...this.all].slice(0, KEPT)
  }

  read(): void {
    this.seen = this.next - 1
  }
}
