import { describe, expect, it } from 'vitest'
import { isBad, Messages, newsOf } from '../src/core/messages'
import type { FullDeal } from '../src/core/work'

const deal = (more: Partial<FullDeal> = {}): FullDeal => ({
  id: 'd1', unit: '1-101', buyer: 'b1', consultant: 'ann', status: 'locked', created_ms: 1, deadline: 100, list_price_fen: 100_00, price_fen: 100_00, ...more,
})
const kinds = (before: Partial<FullDeal>, after: Partial<FullDeal>) => newsOf(deal(before), deal(after)).map((n) => n.kind)

describe('what the office decided', () => {
  it.each([
    [{}, {}, []],
    [{ application: 'submitted' }, { application: 'rejected', reject_reason: '缺证明' }, ['rejected']],
    [{ application: 'submitted' }, { application: 'approved', status: 'subscribed', slip: 4, deadline: 200 }, ['approved']],
    [{ requests: 'r1' }, { price_fen: 90_00 }, ['discounted']],
    [{ requests: 'r1' }, { requests: '' }, ['decided']],
    [{ requests: 'r1' }, { refused_kind: 'discount', refused_comment: '已是底价' }, ['refused']],
    [{ refused_kind: 'discount', refused_comment: '已是底价' }, { refused_kind: 'discount', refused_comment: '已是底价', paid_fen: 5 }, ['paid']],
    [{ requests: 'r1 r2' }, { deadline: 200, requests: 'r2' }, ['extended']],
    [{ requests: 'r1' }, { unit: '1-102', price_fen: 80_00 }, ['swapped']],
    [{ status: 'subscribed', slip: 4 }, { status: 'subscribed', slip: 5, buyer: 'b2' }, ['renamed']],
    [{ status: 'subscribed' }, { status: 'subscribed', paid_fen: 5 }, ['paid']],
    [{ status: 'subscribed' }, { status: 'subscribed', review: 'back', review_comment: '金额' }, ['back']],
    [{ status: 'subscribed', review: 'back' }, { status: 'subscribed', review: 'pass' }, ['passed']],
    [{ status: 'subscribed' }, { status: 'contracted', deadline: 0 }, ['contracted']],
    [{ status: 'contracted', paid_fen: 1 }, { status: 'settled', paid_fen: 100_00 }, ['paid', 'settled']],
    [{ status: 'subscribed' }, { status: 'subscribed', overdue_ms: 5, deadline: 0 }, ['overdue']],
  ] as [Partial<FullDeal>, Partial<FullDeal>, string[]][])('%j → %j: %j', (before, after, expected) => expect(kinds(before, after)).toEqual(expected))

  it('tells the reason of a rejection and the number of a slip', () => {
    expect(newsOf(deal(), deal({ application: 'rejected', reject_reason: '缺证明' }))[0]).toMatchObject({ unit: '1-101', text: '缺证明' })
    expect(newsOf(deal(), deal({ status: 'subscribed', slip: 7 }))[0]).toMatchObject({ number: 7 })
    expect(isBad({ kind: 'rejected' })).toBe(true)
    expect(isBad({ kind: 'approved' })).toBe(false)
  })
})

describe('messages', () => {
  it('are counted until they are read, the newest first and not without end', () => {
    const m = new Messages()
    m.add({ kind: 'approved', unit: 'a', number: 1 }, 5)
    m.add({ kind: 'frozen' }, 6)
    expect(m.list.map((x) => x.kind)).toEqual(['frozen', 'approved'])
    expect(m.unread).toBe(2)
    m.read()
    expect(m.unread).toBe(0)
    m.add({ kind: 'thawed' }, 7)
    expect(m.list.filter((x) => m.isUnread(x)).map((x) => x.kind)).toEqual(['thawed'])
    for (let i = 0; i < 200; i++) m.add({ kind: 'paid' }, i)
    expect(m.list).toHaveLength(100)
  })
})
