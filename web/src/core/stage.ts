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

export const steps = ['lock', 'apply', 'slip', 'money', 'review', 'sign', 'settle'] as const
export type Step = (typeof steps)[number]

/** The steps of a deal's way that are done; money and review come in any order. */
export function stepsDone(deal: FullDeal): ReadonlySet<Step> {
  const done = new Set<Step>(['lock'])
  const isSigned = deal.status === 'contracted' || deal.status === 'settled'
  const hasSlip = isSigned || deal.status === 'subscribed'
  if (hasSlip || deal.application === 'submitted') done.add('apply')
  if (hasSlip) done.add('slip')
  if (deal.paid_fen) done.add('money')
  if (isSigned || (hasSlip && deal.review === 'pass')) done.add('review')
  if (isSigned) done.add('sign')
  if (deal.status === 'settled') done.add('settle')
  return done
}
