// Deals, requests, what may be done with them, and what waits.
import { describe, expect, it } from 'vitest'
import { actions, actionsFor } from '../src/core/actions'
import { parseMessage } from '../src/core/protocol'
import { stageOf } from '../src/core/stage'
import { fenOf, isQueue, itemKey, unpaidFen, waited, type FullDeal, type WorkRequest } from '../src/core/work'
import { tables } from '../src/office/text'

const deal = (more: Partial<FullDeal> = {}): FullDeal => ({
  id: 'd1', unit: '1-101', buyer: 'b1', consultant: 'ann', status: 'locked', created_ms: 1, deadline: 2, list_price_fen: 100_00, price_fen: 100_00, ...more,
})
const request = (more: Partial<WorkRequest> = {}): WorkRequest => ({
  id: 'r1', kind: 'swap', deal: 'd1', unit: '1-101', reason: '换', status: 'waiting', by: 'ann', by_role: 'consultant', at_ms: 1, ...more,
})
const all = () => 'any' as const
const ids = (subject: { deal?: FullDeal; request?: WorkRequest }, me = 'max') => actionsFor(subject, me, all).map((a) => a.id)

describe('what may be done', () => {
  it('follows the deal from lock to settled', () => {
    expect(ids({ deal: deal() })).toEqual(['receipt', 'extend', 'release'])
    expect(ids({ deal: deal({ application: 'submitted' }) })).toEqual(['approve', 'reject', 'receipt', 'extend', 'release'])
    expect(ids({ deal: deal({ status: 'subscribed' }) })).toEqual(['receipt', 'pass', 'back', 'extend', 'release'])
    expect(ids({ deal: deal({ status: 'subscribed', review: 'pass', paid_fen: 1 }) })).toEqual(['receipt', 'back', 'sign', 'extend', 'release'])
    expect(ids({ deal: deal({ status: 'subscribed', review: 'pass' }) })).not.toContain('sign')
    expect(ids({ deal: deal({ status: 'contracted', paid_fen: 1 }) })).toEqual(['receipt'])
    expect(ids({ deal: deal({ status: 'settled', paid_fen: 100_00 }) })).toEqual([])
    expect(ids({ deal: deal({ status: 'expired', paid_fen: 50_00, refund_fen: 50_00 }) })).toEqual(['receipt', 'refund'])
  })

  it('offers nobody to decide what he asked for himself', () => {
    expect(ids({ request: request() })).toEqual(['grant', 'refuse'])
    expect(ids({ request: request({ by: 'max' }) })).toEqual([])
    expect(actionsFor({ request: request({ kind: 'discount' }) }, 'max', all).map((a) => a.cmd)).toEqual(['discount.decide', 'discount.decide'])
    expect(ids({ request: request({ kind: 'discount', status: 'approved' }) })).toEqual(['file'])
  })

  it('asks for the right, and for one’s own deal where that is all it gives', () => {
    const own = (right: string) => (right === 'unit.release' ? ('own' as const) : ('no' as const))
    expect(actionsFor({ deal: deal() }, 'ann', own).map((a) => a.id)).toEqual(['release'])
    expect(actionsFor({ deal: deal() }, 'bob', own)).toEqual([])
  })

  it('has words for every action, field and choice', () => {
    for (const a of actions) {
      expect(tables.zh).toHaveProperty(`act_${a.id}`)
      for (const f of a.fields) {
        expect(tables.zh).toHaveProperty(`f_${f.name}`)
        for (const c of f.choices ?? []) expect(tables.zh).toHaveProperty(`o_${c}`)
      }
    }
  })

  it('begins the fields with what is likely', () => {
    const start = (id: string, name: string, d: FullDeal) => actions.find((a) => a.id === id)!.fields.find((f) => f.name === name)!.start!({ deal: d })
    expect(start('receipt', 'kind', deal({ status: 'subscribed' }))).toBe('subscription')
    expect(start('receipt', 'kind', deal({ status: 'contracted', paid_fen: 1 }))).toBe('mortgage')
    expect(start('refund', 'amount_fen', deal({ refund_fen: 123_05 }))).toBe('123.05')
  })
})

describe('a deal', () => {
  it('has one stage at a time', () => {
    expect(stageOf(deal())).toBe('locked')
    expect(stageOf(deal({ application: 'rejected' }))).toBe('rejected')
    expect(stageOf(deal({ status: 'subscribed', paid_fen: 1 }))).toBe('paying')
    expect(stageOf(deal({ status: 'subscribed', review: 'back', paid_fen: 1 }))).toBe('back')
    expect(stageOf(deal({ status: 'subscribed', overdue_ms: 5 }))).toBe('overdue')
    expect(stageOf(deal({ status: 'contracted', overdue_ms: 5 }))).toBe('contracted')
  })

  it('is owed what has not been paid, never less than nothing', () => {
    expect(unpaidFen(deal({ paid_fen: 40_00 }))).toBe(60_00)
    expect(unpaidFen(deal({ paid_fen: 200_00 }))).toBe(0)
  })
})

describe('money that people type', () => {
  it.each([
    ['50000', 5_000_000], ['1,234.5', 123_450], ['¥ 12,000.05', 1_200_005], ['0.07', 7], ['3元', 300], ['9999999999999', 999999999999900],
  ])('%s is %d fen', (text, fen) => expect(fenOf(text)).toBe(fen))
  it.each(['', '-5', '1.234', '1e5', 'abc', '12.', '.5', '99999999999999'])('%j is none', (text) => expect(fenOf(text)).toBeUndefined())
})

describe('the queue', () => {
  const message = { ev: 'notice', kind: 'queue', project: 'p', seq: 3, at: 9, count: 1, items: [{ kind: 'review', since: 4, deal: { id: 'd1', unit: 'u' } }] }

  it('is taken when it has the promised shape', () => {
    expect(parseMessage(JSON.stringify(message))).toMatchObject({ kind: 'queue', count: 1 })
    for (const broken of [{ items: [{ kind: 'review', since: 4 }] }, { seq: 'x' }, { items: {} }, { count: 1.5 }])
      expect(isQueue({ ...message, ...broken })).toBe(false)
    expect(parseMessage(JSON.stringify({ ...message, kind: 'what' }))).toBeUndefined()
  })

  it('names its items so that they stay themselves', () => {
    expect(itemKey({ kind: 'approval', since: 1, deal: deal(), request: request() })).toBe('approval|r1')
    expect(itemKey({ kind: 'review', since: 1, deal: deal() })).toBe('review|d1')
  })

  it('tells ages in days, hours and minutes', () => {
    expect(waited(((26 * 60 + 5) * 60 + 59) * 1000)).toEqual({ days: 1, hours: 2, minutes: 5 })
    expect(waited(-5)).toEqual({ days: 0, hours: 0, minutes: 0 })
  })
})
