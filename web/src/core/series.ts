// The trend as lines and columns: one value a day, the oldest first.
import { fill, type Lang } from './i18n'

export interface TrendDay {
  date: string
  locks: number
  subscriptions: number
  contracts: number
  settled: number
  expiries: number
  releases: number
  withdrawals: number
  received_fen: number
  refund_fen: number
  contract_fen: number
  sell_through_bp: number
  available: number
  locked: number
  subscribed: number
  contracted: number
  settled_units: number
  withheld: number
}

export interface Trend {
  project: string
  seq: number
  days: TrendDay[]
}

export type DayFigure = Exclude<keyof TrendDay, 'date'>

export const valuesOf = (days: readonly TrendDay[], figure: DayFigure): number[] => days.map((d) => d[figure])
export const sumOf = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0)

/** How far a figure has moved since so many days ago; undefined when the trend does not reach back that far. */
export function changeOver(values: readonly number[], days: number): number | undefined {
  const now = values[values.length - 1]
  const then = values[values.length - 1 - days]
  return now === undefined || then === undefined ? undefined : now - then
}

/** Which days of `count` carry their date below a chart that has room for `room` of them: evenly, and the last always. */
export function labelled(count: number, room: number): number[] {
  if (count === 0) return []
  const step = Math.max(1, Math.ceil(count / Math.max(1, room)))
  const chosen: number[] = []
  for (let i = count - 1; i >= 0; i -= step) chosen.unshift(i)
  return chosen
}

export interface Axis {
  top: number
  step: number
}

const STEPS = 3

/** An axis from 0 that holds `max`, with lines on round numbers; `least` is the smallest step that makes sense. */
export function axisOf(max: number, least = 1): Axis {
  const rough = Math.max(max / STEPS, least)
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = ([1, 2, 5].find((n) => n * power >= rough) ?? 10) * power
  return { top: Math.max(1, Math.ceil(max / step)) * step, step }
}

/** Ten thousand yuan apart at least: a day without money has an axis, too, and not two lines that both say 0. */
export const moneyAxis = (lines: readonly { values: readonly number[] }[]): Axis => axisOf(Math.max(0, ...lines.flatMap((l) => l.values)), 1_000_000)

/** Money where there is little room: "3.20亿", "56.5万", "820"; "320M" in English. Yuan, rounded, for orientation only. */
export function shortMoney(fen: number, lang: Lang): string {
  const yuan = fen / 100
  const size = Math.abs(yuan)
  const steps: [number, number, string][] =
    lang === 'zh'
      ? [[1e8, 2, '{n}亿'], [1e4, 1, '{n}万']]
      : [[1e9, 2, '{n}B'], [1e6, 1, '{n}M'], [1e3, 1, '{n}K']]
  for (const [from, digits, text] of steps) if (size >= from) return fill(text, { n: (yuan / from).toFixed(digits).replace(/(\.\d*?)0+$/, '$1').replace(/\.$/, '') })
  return String(Math.round(yuan))
}
