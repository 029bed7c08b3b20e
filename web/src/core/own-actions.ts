// What a consultant does with a deal of one's own: carries it on, or asks the manager for something.
import type { Action, Field, Subject } from './actions'
import type { FullDeal } from './work'

const REASON: Field = { name: 'reason', kind: 'lines' }
const ofDeal = (s: Subject) => ({ deal: s.deal!.id })
const isHeld = (d: FullDeal | undefined) => d?.status === 'locked' || d?.status === 'subscribed'
const isOpen = (d: FullDeal | undefined) => isHeld(d) || d?.status === 'contracted'
const yuanText = (fen: number | undefined) => (fen ? `${Math.floor(fen / 100)}.${String(fen % 100).padStart(2, '0')}` : '')

export const ownActions: readonly Action[] = [
  {
    id: 'apply',
    cmd: 'deal.apply',
    right: 'deal.apply',
    args: ofDeal,
    // Again after a rejection, and after a contract was sent back.
    fits: ({ deal: d }) => (d?.status === 'locked' && d.application !== 'submitted') || (d?.status === 'subscribed' && d.review === 'back'),
    fields: [
      {
        name: 'eligibility',
        kind: 'choice',
        choices: ['qualified', 'unqualified', 'unknown'],
        start: (s) => s.deal?.eligibility ?? 'qualified',
      },
      { name: 'down_payment_fen', kind: 'fen', optional: true, start: (s) => yuanText(s.deal?.down_payment_fen) },
      { name: 'note', kind: 'lines', optional: true, start: (s) => s.deal?.note ?? '' },
    ],
  },
  {
    id: 'discount',
    cmd: 'discount.ask',
    right: 'discount.ask',
    args: ofDeal,
    fits: (s) => s.deal?.status === 'locked',
    fields: [{ name: 'price_fen', kind: 'fen', start: (s) => yuanText(s.deal?.price_fen) }, REASON],
  },
  {
    id: 'extension',
    cmd: 'deal.extend',
    right: 'deal.extend',
    args: ofDeal,
    fits: (s) => isHeld(s.deal) && (s.deal?.deadline ?? 0) > 0,
    fields: [{ name: 'deadline', kind: 'moment' }, REASON],
  },
  {
    id: 'swap',
    cmd: 'deal.swap',
    right: 'deal.swap',
    args: ofDeal,
    fits: (s) => isOpen(s.deal),
    fields: [{ name: 'to', kind: 'unit' }, REASON],
  },
  {
    id: 'rename',
    cmd: 'deal.rename',
    right: 'deal.rename',
    args: ofDeal,
    fits: (s) => isHeld(s.deal),
    fields: [{ name: 'buyer', kind: 'buyer' }, REASON],
  },
  {
    id: 'withdraw',
    cmd: 'deal.withdraw',
    right: 'deal.withdraw',
    args: ofDeal,
    // A lock is released, until money was received for it.
    fits: (s) => (s.deal?.status === 'locked' && Boolean(s.deal.paid_fen)) || ['subscribed', 'contracted', 'settled'].includes(s.deal?.status ?? ''),
    fields: [REASON],
    danger: true,
  },
  {
    id: 'release',
    cmd: 'unit.release',
    right: 'unit.release',
    args: (s) => ({ unit: s.deal!.unit }),
    // What has been paid for goes back through a withdrawal, which a manager sees.
    fits: (s) => isHeld(s.deal) && !s.deal?.paid_fen,
    fields: [REASON],
    danger: true,
  },
]
