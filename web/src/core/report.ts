// Reports, the trend and what is wanted, as the daemon tells them. A report that is only a part has only some of the members.

export type ReportKind = 'sheet' | 'daily' | 'weekly'
export const reportKinds: readonly ReportKind[] = ['sheet', 'daily', 'weekly']

export interface KeptReport {
  kind: ReportKind
  date: string
  formats: { format: 'json' | 'xlsx'; bytes: number }[]
}

/** What was counted in a period, in the order in which a report shows it. */
export const countNames = [
  'locks', 'applications', 'rejections', 'subscriptions', 'contracts', 'settled',
  'releases', 'expiries', 'overdue', 'extensions', 'withdrawals', 'swaps', 'renames', 'revivals',
  'discounts_asked', 'discounts_approved', 'discounts_refused',
] as const
export type CountName = (typeof countNames)[number]
export type PeriodCounts = Record<CountName, number>

export interface Conversion {
  locked: number
  subscribed: number
  contracted: number
  settled: number
  locked_to_subscribed_bp: number
  subscribed_to_contracted_bp: number
  contracted_to_settled_bp: number
  locked_to_settled_bp: number
}

export interface Money {
  subscription_fen: number
  down_payment_fen: number
  mortgage_fen: number
  refund_fen: number
  received_fen: number
  net_fen: number
  contracts: number
  contract_fen: number
}

export interface MoneyDay extends Money {
  date: string
}

export interface ConsultantFigures {
  consultant: string
  counts: PeriodCounts
  conversion: { began: Conversion; all: Conversion }
  money: Money
}

export interface UnpaidRow {
  deal: string
  unit: string
  consultant: string
  signed_ms: number
  price_fen: number
  paid_fen: number
  unpaid_fen: number
}

export interface RefundRow {
  deal: string
  unit: string
  consultant: string
  end: string
  ended_ms: number
  due_fen: number
  refunded_fen: number
  refund_fen: number
}

export interface StateCounts {
  units: number
  withheld: number
  available: number
  locked: number
  subscribed: number
  contracted: number
  settled: number
  sell_through_bp: number
}

export interface SheetGroup extends StateCounts {
  type?: string
  building?: string
  floor?: string
  list_price_fen: number
  deal_price_fen: number
}

export interface SheetUnit {
  id: string
  building: string
  entrance: string
  floor: string
  room: string
  type: string
  gross_area: string
  inside_area: string
  list_price_fen: number
  status: string
  deal: string
  consultant: string
  deal_price_fen: number
  paid_fen: number
}

export interface Report {
  kind: ReportKind
  project: string
  title: string
  date: string
  from_ms?: number
  until_ms: number
  utc_offset_min: number
  /** Its time was not over when it was made. */
  interim: boolean
  seq: number
  part?: 'own' | 'money'
  counts?: PeriodCounts
  conversion?: { began: Conversion; all: Conversion }
  consultants?: ConsultantFigures[]
  money?: { days: MoneyDay[]; totals: Money }
  unpaid?: UnpaidRow[]
  unpaid_fen?: number
  refunds?: RefundRow[]
  refund_fen?: number
  sell_through?: { begin: StateCounts; end: StateCounts; change_bp: number }
  totals?: SheetGroup
  by_type?: SheetGroup[]
  by_building?: SheetGroup[]
  by_floor?: SheetGroup[]
  units?: SheetUnit[]
}

export function reportPath(kind: ReportKind, date: string, form: 'json' | 'xlsx'): string {
  return `reports/${kind}/${date}.${form}`
}

/** 4055 → "40.6%" */
export function percentOfBp(bp: number | undefined): string {
  return bp === undefined ? '—' : `${(bp / 100).toFixed(1)}%`
}
