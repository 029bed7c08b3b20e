// Money that is still to come in (未回款) and to go out (待退款), joined with what is known of the deals, searched and sorted.
import type { MoneyDay, RefundRow, Report, UnpaidRow } from './report'
import type { FullDeal } from './work'

const DAY_MS = 86_400_000

export interface UnpaidLine extends UnpaidRow {
  buyer: string
  contract: string
  /** whole days since the signing */
  age: number
}

export interface RefundLine extends RefundRow {
  buyer: string
  record: FullDeal | undefined
  age: number
}

const ageOf = (sinceMs: number, now: number): number => Math.max(0, Math.floor((now - sinceMs) / DAY_MS))

export function unpaidLines(rows: readonly UnpaidRow[], deals: ReadonlyMap<string, FullDeal>, name: (buyer: string) => string, now: number): UnpaidLine[] {
  return rows.map((r) => {
    const deal = deals.get(r.deal)
    return { ...r, buyer: deal ? name(deal.buyer) : '', contract: deal?.contract ?? '', age: ageOf(r.signed_ms, now) }
  })
}

export function refundLines(rows: readonly RefundRow[], deals: ReadonlyMap<string, FullDeal>, name: (buyer: string) => string, now: number): RefundLine[] {
  return rows.map((r) => {
    const record = deals.get(r.deal)
    return { ...r, record, buyer: record ? name(record.buyer) : '', age: ageOf(r.ended_ms, now) }
  })
}

export type UnpaidOrder = 'age' | 'amount' | 'unit'

export function sortUnpaid(lines: readonly UnpaidLine[], order: UnpaidOrder): UnpaidLine[] {
  const by: Record<UnpaidOrder, (a: UnpaidLine, b: UnpaidLine) => number> = {
    age: (a, b) => a.signed_ms - b.signed_ms,
    amount: (a, b) => b.unpaid_fen - a.unpaid_fen,
    unit: (a, b) => a.unit.localeCompare(b.unit, 'zh-CN', { numeric: true }),
  }
  return [...lines].sort(by[order])
}

/** Those in whose unit, buyer, consultant, deal or contract the text stands. */
export function matching<T extends { unit: string; consultant: string; deal: string; buyer: string; contract?: string }>(lines: readonly T[], text: string): T[] {
  const what = text.trim().toLowerCase()
  return lines.filter((l) => !what || [l.unit, l.consultant, l.deal, l.buyer, l.contract ?? ''].some((s) => s.toLowerCase().includes(what)))
}

/** The days of several reports, each once, the oldest first; a later report knows more of a day. */
export function moneyDays(reports: readonly Report[]): MoneyDay[] {
  const days = new Map<string, MoneyDay>()
  for (const report of [...reports].sort((a, b) => a.until_ms - b.until_ms)) for (const day of report.money?.days ?? []) days.set(day.date, day)
  return [...days.values()].sort((a, b) => a.date.localeCompare(b.date))
}

export interface MoneySums {
  received_fen: number
  refund_fen: number
  contract_fen: number
  contracts: number
}

export function sumDays(days: readonly MoneyDay[]): MoneySums {
  const sums: MoneySums = { received_fen: 0, refund_fen: 0, contract_fen: 0, contracts: 0 }
  for (const d of days) for (const name of ['received_fen', 'refund_fen', 'contract_fen', 'contracts'] as const) sums[name] += d[name]
  return sums
}

/** Fen as a spreadsheet reads yuan: "6021632.25", without floating point. */
export function plainYuan(fen: number): string {
  const whole = Math.floor(Math.abs(fen) / 100)
  return `${fen < 0 ? '-' : ''}${whole}.${String(Math.abs(fen) % 100).padStart(2, '0')}`
}

