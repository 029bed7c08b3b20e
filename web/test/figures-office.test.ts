// What the office's figures are made of: days, series, funnel, demand, money lists.
import { describe, expect, it } from 'vitest'
import { matching, moneyDays, plainYuan, refundLines, sortUnpaid, sumDays, unpaidLines } from '../src/core/collection'
import { historyOf } from '../src/core/deal-history'
import { heatLevel, heatOf, ranked } from '../src/core/demand'
import { funnelOf } from '../src/core/funnel'
import { addDays, addMonths, dateAt, dayByKey, mondayOf, shortDate, timeAt, weekdayOf, weeksOf } from '../src/core/office-day'
import { percentOfBp, type MoneyDay, type Report, type UnpaidRow } from '../src/core/report'
import { axisOf, changeOver, labelled, shortMoney } from '../src/core/series'
import type { FullDeal } from '../src/core/work'

describe('days of the office', () => {
  it('belong to its time zone, whatever the device thinks', () => {
    const ms = Date.UTC(2026, 2, 1, 16, 30)
    expect(dateAt(ms, 480)).toBe('2026-03-02')
    expect(dateAt(ms, 0)).toBe('2026-03-01')
    expect(dateAt(ms, -720)).toBe('2026-03-01')
    expect(dateAt(ms, 840)).toBe('2026-03-02')
    expect(timeAt(ms, 480)).toBe('00:30')
    expect(timeAt(ms, 345)).toBe('22:15')
  })

  it('are walked through by the keys of a calendar', () => {
    const from = (key: string) => dayByKey('2026-03-31', key)
    expect(['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown'].map(from)).toEqual(['2026-03-30', '2026-04-01', '2026-03-24', '2026-04-07'])
    expect(['Home', 'End', 'PageUp', 'PageDown'].map(from)).toEqual(['2026-03-30', '2026-04-05', '2026-02-28', '2026-04-30'])
    expect(from('Enter')).toBeUndefined()
  })

  it('go over months, years and leap days', () => {
    expect(addDays('2026-12-31', 1)).toBe('2027-01-01')
    expect(addDays('2028-03-01', -1)).toBe('2028-02-29')
    expect(addDays('2026-03-29', 1)).toBe('2026-03-30')
    expect(addMonths('2026-01', -1)).toBe('2025-12')
    expect(addMonths('2026-12', 1)).toBe('2027-01')
  })

  it('make weeks from Monday on', () => {
    expect(weekdayOf('2026-03-02')).toBe(0)
    expect(mondayOf('2026-03-08')).toBe('2026-03-02')
    expect(mondayOf('2026-03-02')).toBe('2026-03-02')
    const weeks = weeksOf('2026-03')
    expect(weeks[0]![0]).toBe('2026-02-23')
    expect(weeks.at(-1)!.at(-1)).toBe('2026-04-05')
    expect(weeks.every((w) => w.length === 7)).toBe(true)
    expect(weeksOf('2027-02').length).toBe(4)
    expect(shortDate('2026-03-02')).toBe('3/2')
  })
})

describe('series', () => {
  it('finds an axis of round steps that holds everything', () => {
    expect(axisOf(0)).toEqual({ top: 1, step: 1 })
    expect(axisOf(2)).toEqual({ top: 2, step: 1 })
    expect(axisOf(44)).toEqual({ top: 60, step: 20 })
    expect(axisOf(634, 100)).toEqual({ top: 1000, step: 500 })
    for (const max of [1, 3, 7, 9, 19, 99, 101, 12_345, 987_654_321]) {
      const { top, step } = axisOf(max)
      expect(top).toBeGreaterThanOrEqual(max)
      expect(top % step).toBe(0)
      expect(top / step).toBeLessThanOrEqual(4)
    }
  })

  it('labels some days evenly and the last always', () => {
    expect(labelled(0, 5)).toEqual([])
    expect(labelled(3, 5)).toEqual([0, 1, 2])
    expect(labelled(30, 10)).toEqual([2, 5, 8, 11, 14, 17, 20, 23, 26, 29])
    expect(labelled(400, 0)).toContain(399)
  })

  it('tells a change only where the series reaches back that far', () => {
    expect(changeOver([10, 20, 35], 2)).toBe(25)
    expect(changeOver([10, 20, 35], 3)).toBeUndefined()
    expect(changeOver([], 1)).toBeUndefined()
  })

  it('shortens money as each language does', () => {
    expect(shortMoney(32_000_000_000, 'zh')).toBe('3.2亿')
    expect(shortMoney(15_000_000_000, 'zh')).toBe('1.5亿')
    expect(shortMoney(60_000_000_00, 'zh')).toBe('6000万')
    expect(shortMoney(56_512_300, 'zh')).toBe('56.5万')
    expect(shortMoney(82_000, 'zh')).toBe('820')
    expect(shortMoney(0, 'zh')).toBe('0')
    expect(shortMoney(32_000_000_000, 'en')).toBe('320M')
    expect(percentOfBp(4055)).toBe('40.5%')
    expect(percentOfBp(undefined)).toBe('—')
  })
})

describe('funnel', () => {
  const c = { locked: 40, subscribed: 30, contracted: 12, settled: 0, locked_to_subscribed_bp: 7500, subscribed_to_contracted_bp: 4000, contracted_to_settled_bp: 0, locked_to_settled_bp: 0 }
  it('shares of the first step and of the one before', () => {
    expect(funnelOf(c).map((s) => [s.count, s.ofFirst, s.ofPrevious])).toEqual([
      [40, 1, undefined],
      [30, 0.75, 0.75],
      [12, 0.3, 0.4],
      [0, 0, 0],
    ])
  })
  it('has no shares of nothing', () => {
    const none = funnelOf({ ...c, locked: 0, subscribed: 0, contracted: 0 })
    expect(none.every((s) => s.ofFirst === undefined && s.ofPrevious === undefined)).toBe(true)
  })
})

describe('demand', () => {
  const units = [
    { unit: 'a', refused: 1, favourites: 1 },
    { unit: 'b', refused: 0, favourites: 0 },
    { unit: 'c', refused: 5, favourites: 0 },
    { unit: 'd', refused: 0, favourites: 2 },
  ]
  it('puts the most wanted first and leaves out the rest', () => {
    expect(ranked(units).map((u) => u.unit)).toEqual(['c', 'a', 'd'])
    expect(heatOf(units[0]!)).toBe(2)
  })
  it('has five levels, and none for nothing', () => {
    expect([0, 1, 4, 5, 10].map((h) => heatLevel(h, 10))).toEqual([0, 1, 2, 3, 5])
    expect(heatLevel(3, 0)).toBe(0)
  })
})

const DAY = 86_400_000
const row = (unit: string, signed_ms: number, unpaid_fen: number): UnpaidRow => ({
  deal: `d-${unit}`, unit, consultant: 'consultant1', signed_ms, price_fen: 1000, paid_fen: 1000 - unpaid_fen, unpaid_fen,
})
const deals = new Map([['d-1-201', { id: 'd-1-201', buyer: 'b1', contract: 'HT-9' } as FullDeal]])

describe('money lists', () => {
  const lines = unpaidLines([row('1-1203', 5 * DAY, 10), row('1-201', 2 * DAY, 300), row('1-301', 9 * DAY, 20)], deals, () => '张三', 10 * DAY + 5)

  it('join what is known of the deals, with the age in whole days', () => {
    expect(lines.map((l) => l.age)).toEqual([5, 8, 1])
    expect(lines[1]).toMatchObject({ buyer: '张三', contract: 'HT-9' })
    expect(lines[0]).toMatchObject({ buyer: '', contract: '' })
    const [refund] = refundLines([{ deal: 'd-1-201', unit: '1-201', consultant: 'x', end: 'withdrawn', ended_ms: 20 * DAY, due_fen: 5, refunded_fen: 0, refund_fen: 5 }], deals, () => '张三', 10 * DAY)
    expect(refund).toMatchObject({ buyer: '张三', age: 0, record: { id: 'd-1-201' } })
  })

  it('are sorted by age, amount and unit, and searched', () => {
    expect(sortUnpaid(lines, 'age').map((l) => l.unit)).toEqual(['1-201', '1-1203', '1-301'])
    expect(sortUnpaid(lines, 'amount').map((l) => l.unit)).toEqual(['1-201', '1-301', '1-1203'])
    expect(sortUnpaid(lines, 'unit').map((l) => l.unit)).toEqual(['1-201', '1-301', '1-1203'])
    expect(matching(lines, ' 张 ').map((l) => l.unit)).toEqual(['1-201'])
    expect(matching(lines, 'ht-9').length).toBe(1)
    expect(matching(lines, '').length).toBe(3)
  })

  it('take each day once, from the report that knows most of it', () => {
    const of = (date: string, received_fen: number) => ({ date, received_fen, refund_fen: 1, contract_fen: 2, contracts: 1 }) as MoneyDay
    const report = (until_ms: number, days: MoneyDay[]) => ({ until_ms, money: { days, totals: days[0] } }) as unknown as Report
    const days = moneyDays([report(9, [of('2026-03-03', 7)]), report(5, [of('2026-03-02', 1), of('2026-03-03', 3)])])
    expect(days.map((d) => [d.date, d.received_fen])).toEqual([['2026-03-02', 1], ['2026-03-03', 7]])
    expect(sumDays(days)).toEqual({ received_fen: 8, refund_fen: 2, contract_fen: 4, contracts: 2 })
    expect(sumDays([]).received_fen).toBe(0)
  })

  it('write yuan for a spreadsheet without floating point', () => {
    expect([602163225, 5, 0, -1234].map(plainYuan)).toEqual(['6021632.25', '0.05', '0.00', '-12.34'])
    expect(plainYuan(9007199254740991)).toBe('90071992547409.91')
  })
})

describe('history of a deal', () => {
  const event = (seq: number, deal: string) => ({ seq, type: 'lock', at: seq, by: 'x', deal })
  it('is in order, and none where the server cannot look by deal', () => {
    expect(historyOf([event(3, 'd1'), event(2, 'd1')], 'd1').map((e) => e.seq)).toEqual([2, 3])
    expect(historyOf([event(3, 'd1'), event(2, 'd2')], 'd1')).toEqual([])
  })
})
