// The slip (认购书) of a deal: what stands on the paper, and what its QR code says so that anybody can compare the two.
import type { Buyer } from './api'
import { capitalYuan } from './capital-yuan'
import type { Unit } from './catalog'
import { yuan } from './format'
import { hundredths } from './selection'
import type { FullDeal } from './work'
import { inOffice } from './zone'

export const papers = ['a4', 'a5'] as const
export type Paper = (typeof papers)[number]

export interface Slip {
  number: string
  project: string
  unit: Unit | undefined
  unitId: string
  deal: string
  price: string
  capital: string
  listPrice: string
  /** by gross area */
  perSquareMetre: string
  paid: string | undefined
  buyer: { name: string; phone: string; card: string }
  consultant: string
  issuedMs: number
  deadlineMs: number | undefined
  check: string
}

/** "20261123" of the office's day, which reports use too. */
export const dayText = (ms: number): string => inOffice(ms).toISOString().slice(0, 10)

/** Six digits at least: numbers in a file sort as they were issued. */
export const slipNumber = (n: number): string => String(n).padStart(6, '0')

/** Whole fen ÷ whole hundredths of m², rounded half up, with exact integers throughout. */
function perSquareMetre(fen: number, area: string): string {
  const size = BigInt(hundredths(area))
  if (size === 0n) return '—'
  const cents = (BigInt(fen) * 100n * 2n + size) / (size * 2n)
  return yuan(Number(cents))
}

/** Undefined where no slip was issued. No name and no number of a person is in the QR code. */
export function slipOf(deal: FullDeal, project: string, unit: Unit | undefined, buyer: Buyer | undefined): Slip | undefined {
  if (!deal.slip || !deal.slip_ms) return undefined
  const number = slipNumber(deal.slip)
  const price = yuan(deal.price_fen)
  return {
    number,
    project,
    unit,
    unitId: deal.unit,
    deal: deal.id,
    price,
    capital: capitalYuan(deal.price_fen),
    listPrice: yuan(deal.list_price_fen),
    perSquareMetre: unit ? perSquareMetre(deal.price_fen, unit.gross_area) : '—',
    paid: deal.paid_fen ? yuan(deal.paid_fen) : undefined,
    buyer: { name: buyer?.name ?? deal.buyer, phone: buyer?.phone ?? '', card: buyer?.card ?? '' },
    consultant: deal.consultant,
    issuedMs: deal.slip_ms,
    deadlineMs: deal.status === 'subscribed' && deal.deadline ? deal.deadline : undefined,
    check: [`No.${number}`, project, deal.unit, `¥${price}`, dayText(deal.slip_ms), deal.id].join(' | '),
  }
}
