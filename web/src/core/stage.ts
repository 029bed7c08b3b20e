// How far a deal has come, in one word, for lists.
import type { FullDeal } from './work'

export type Stage =
  | 'locked'
  | 'submitted'
  | 'rejected'
  | 'subscribed'
  | 'paying'
  | 'passed'
  | 'back'
  | 'contracted'
  | 'settled'
  | 'released'
  | 'expired'
  | 'withdrawn'
  | 'overdue'

export function stageOf(deal: FullDeal): Stage {
  if (deal.overdue_ms && (deal.status === 'locked' || deal.status === 'subscribed')) return 'overdue'
  if (deal.status === 'locked') {
    return deal.application === 'submitted' ? 'submitted' : deal.application === 'rejected' ? 'rejected' : 'locked'
  }
  if (deal.status !== 'subscribed') return deal.status
  if (deal.review === 'pass') return 'passed'
  if (deal.review === 'back') return 'back'
  return deal.paid_fen ? 'paying' : 'subscribed'
}
