// What somebody may do with a deal or a request, as a table: the command, the right it needs, when it fits, and what has to be
// filled in. The server decides; this only spares people buttons that would be refused.
import { unpaidFen, type FullDeal, type WorkRequest } from './work'

export interface Field {
  name: string
  /** `unit` and `buyer`: one that the page has to offer. */
  kind: 'line' | 'lines' | 'fen' | 'choice' | 'moment' | 'unit' | 'buyer'
  optional?: boolean
  choices?: readonly string[]
  /** What the field begins with. */
  start?(subject: Subject): string
  /** Of money: no more than this. */
  most?(subject: Subject): number
}

export interface Subject {
  deal?: FullDeal | undefined
  request?: WorkRequest | undefined
}

export interface Action {
  id: string
  cmd: string
  right: string
  /** Of the arguments beside those of the fields. */
  args(subject: Subject): Record<string, unknown>
  fits(subject: Subject, me: string): boolean
  fields: readonly Field[]
  danger?: boolean
}

const REASON: Field = { name: 'reason', kind: 'lines' }
const ofDeal = (s: Subject) => ({ deal: s.deal!.id })
const ofRequest = (s: Subject) => ({ request: s.request!.id })
const isHeld = (d: FullDeal | undefined) => d?.status === 'locked' || d?.status === 'subscribed'
const isWaiting = (s: Subject, me: string) => s.request?.status === 'waiting' && s.request.by !== me
const yuanText = (fen: number) => (fen > 0 ? `${Math.floor(fen / 100)}.${String(fen % 100).padStart(2, '0')}` : '')

export const actions: readonly Action[] = [
  {
    id: 'approve',
    cmd: 'deal.approve',
    right: 'deal.approve',
    args: ofDeal,
    fits: (s) => s.deal?.status === 'locked' && s.deal.application === 'submitted',
    fields: [],
  },
  {
    id: 'reject',
    cmd: 'deal.reject',
    right: 'deal.reject',
    args: ofDeal,
    fits: (s) => s.deal?.status === 'locked' && s.deal.application === 'submitted',
    fields: [REASON],
    danger: true,
  },
  {
    id: 'receipt',
    cmd: 'deal.receipt',
    right: 'deal.receipt',
    args: ofDeal,
    // Late money too: it revives a deal whose unit is still free, or goes onto the refund list.
    fits: (s) => s.deal !== undefined && s.deal.status !== 'settled' && unpaidFen(s.deal) > 0,
    fields: [
      {
        name: 'kind',
        kind: 'choice',
        choices: ['subscription', 'down_payment', 'mortgage'],
        start: (s) => (s.deal?.status === 'contracted' ? 'mortgage' : s.deal?.paid_fen ? 'down_payment' : 'subscription'),
      },
      { name: 'amount_fen', kind: 'fen', most: (s) => unpaidFen(s.deal!) },
      { name: 'ref', kind: 'line', optional: true },
    ],
  },
  {
    id: 'pass',
    cmd: 'deal.review',
    right: 'deal.review',
    args: (s) => ({ ...ofDeal(s), result: 'pass' }),
    fits: (s) => s.deal?.status === 'subscribed' && s.deal.review !== 'pass',
    fields: [{ name: 'comment', kind: 'lines', optional: true }],
  },
  {
    id: 'back',
    cmd: 'deal.review',
    right: 'deal.review',
    args: (s) => ({ ...ofDeal(s), result: 'back' }),
    fits: (s) => s.deal?.status === 'subscribed' && s.deal.review !== 'back',
    fields: [{ name: 'comment', kind: 'lines' }],
    danger: true,
  },
  {
    id: 'sign',
    cmd: 'deal.sign',
    right: 'deal.sign',
    args: ofDeal,
    fits: (s) => s.deal?.status === 'subscribed' && s.deal.review === 'pass' && (s.deal.paid_fen ?? 0) > 0,
    fields: [{ name: 'contract', kind: 'line' }],
  },
  {
    id: 'grant',
    cmd: 'request.decide',
    right: 'request.decide',
    args: (s) => ({ ...ofRequest(s), approve: true }),
    fits: (s, me) => isWaiting(s, me) && s.request?.kind !== 'discount',
    fields: [],
  },
  {
    id: 'refuse',
    cmd: 'request.decide',
    right: 'request.decide',
    args: (s) => ({ ...ofRequest(s), approve: false }),
    fits: (s, me) => isWaiting(s, me) && s.request?.kind !== 'discount',
    fields: [REASON],
    danger: true,
  },
  {
    id: 'grant',
    cmd: 'discount.decide',
    right: 'discount.decide',
    args: (s) => ({ ...ofRequest(s), approve: true }),
    fits: (s, me) => isWaiting(s, me) && s.request?.kind === 'discount',
    fields: [],
  },
  {
    id: 'refuse',
    cmd: 'discount.decide',
    right: 'discount.decide',
    args: (s) => ({ ...ofRequest(s), approve: false }),
    fits: (s, me) => isWaiting(s, me) && s.request?.kind === 'discount',
    fields: [REASON],
    danger: true,
  },
  {
    id: 'file',
    cmd: 'discount.file',
    right: 'discount.file',
    args: ofRequest,
    fits: (s) => s.request?.kind === 'discount' && s.request.status === 'approved',
    fields: [],
  },
  {
    id: 'extend',
    cmd: 'deal.extend',
    right: 'deal.extend',
    args: ofDeal,
    fits: (s) => isHeld(s.deal),
    fields: [{ name: 'deadline', kind: 'moment' }, REASON],
  },
  {
    id: 'release',
    cmd: 'unit.release',
    right: 'unit.release',
    args: (s) => ({ unit: s.deal!.unit }),
    fits: (s) => isHeld(s.deal),
    fields: [{ name: 'to', kind: 'choice', choices: ['available', 'withheld'], start: () => 'available' }, REASON],
    danger: true,
  },
  {
    id: 'refund',
    cmd: 'deal.refund',
    right: 'deal.refund',
    args: ofDeal,
    fits: (s) => (s.deal?.refund_fen ?? 0) > 0,
    fields: [
      { name: 'amount_fen', kind: 'fen', start: (s) => yuanText(s.deal?.refund_fen ?? 0), most: (s) => s.deal?.refund_fen ?? 0 },
      { name: 'ref', kind: 'line', optional: true },
    ],
  },
]

/** Those that fit and that the person has the right to. */
export function actionsFor(
  subject: Subject,
  me: string,
  grant: (right: string) => 'no' | 'own' | 'any',
  table: readonly Action[] = actions,
): Action[] {
  return table.filter((a) => {
    const extent = grant(a.right)
    const isAllowed = extent === 'any' || (extent === 'own' && subject.deal?.consultant === me)
    return isAllowed && a.fits(subject, me)
  })
}
