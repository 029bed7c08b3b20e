// What a consultant may do with a deal of one's own, at each stage.
import { describe, expect, it } from 'vitest'
import { actionsFor } from '../src/core/actions'
import { ownActions } from '../src/core/own-actions'
import { stepsDone } from '../src/core/stage'
import type { FullDeal } from '../src/core/work'
import { tables } from '../src/desk/text'

const deal = (more: Partial<FullDeal> = {}): FullDeal => ({
  id: 'd1', unit: '1-101', buyer: 'b1', consultant: 'ann', status: 'locked', created_ms: 1, deadline: 2, list_price_fen: 100_00, price_fen: 100_00, ...more,
})
const own = () => 'own' as const
const ids = (more: Partial<FullDeal>, me = 'ann') => actionsFor({ deal: deal(more) }, me, own, ownActions).map((a) => a.id)

describe('own actions', () => {
  it('follow the deal', () => {
    expect(ids({})).toEqual(['apply', 'discount', 'extension', 'swap', 'rename', 'release'])
    expect(ids({ application: 'submitted' })).not.toContain('apply')
    expect(ids({ application: 'rejected' })[0]).toBe('apply')
    expect(ids({ status: 'subscribed' })).toEqual(['extension', 'swap', 'rename', 'withdraw', 'release'])
    // A lock with money has a way out too.
    expect(ids({ paid_fen: 1 })).toEqual(['apply', 'discount', 'extension', 'swap', 'rename', 'withdraw'])
    expect(ids({ status: 'subscribed', review: 'back' })[0]).toBe('apply')
    expect(ids({ status: 'subscribed', paid_fen: 1 })).not.toContain('release')
    expect(ids({ overdue_ms: 5, deadline: 0 })).not.toContain('extension')
    expect(ids({ status: 'contracted', deadline: 0 })).toEqual(['swap', 'withdraw'])
    expect(ids({ status: 'expired' })).toEqual([])
  })

  it('are for one’s own deals', () => expect(ids({}, 'bob')).toEqual([]))

  it('begin with what was said before', () => {
    const start = (name: string, d: FullDeal) => ownActions[0]!.fields.find((f) => f.name === name)!.start!({ deal: d })
    expect(start('eligibility', deal())).toBe('qualified')
    expect(start('eligibility', deal({ eligibility: 'unknown' }))).toBe('unknown')
    expect(start('down_payment_fen', deal({ down_payment_fen: 5_000_050 }))).toBe('50000.50')
    expect(start('note', deal({ note: '首套' }))).toBe('首套')
  })

  it('have words for all they ask', () => {
    for (const a of ownActions) {
      expect(tables.zh).toHaveProperty(`act_${a.id}`)
      expect(tables.zh).toHaveProperty(`did_${a.id}`)
      for (const f of a.fields) {
        expect(tables.zh).toHaveProperty(`f_${f.name}`)
        for (const c of f.choices ?? []) expect(tables.zh).toHaveProperty(`o_${c}`)
      }
    }
  })
})

describe('the steps of a deal', () => {
  it.each([
    [{}, ['lock']],
    [{ application: 'submitted' }, ['lock', 'apply']],
    [{ application: 'rejected' }, ['lock']],
    [{ status: 'subscribed', review: 'pass' }, ['lock', 'apply', 'slip', 'review']],
    [{ status: 'subscribed', paid_fen: 1, review: 'back' }, ['lock', 'apply', 'slip', 'money']],
    [{ status: 'settled', paid_fen: 1 }, ['lock', 'apply', 'slip', 'money', 'review', 'sign', 'settle']],
  ] as [Partial<FullDeal>, string[]][])('%j: %j', (more, expected) => expect([...stepsDone(deal(more))]).toEqual(expected))
})
