// The deals of the person at this screen: readings, pushes and replies in any order.
import { beforeEach, describe, expect, it } from 'vitest'
import { newDeal, OwnDeals } from '../src/core/own-deals'
import type { FullDeal } from '../src/core/work'

const push = { id: 'd1', unit: '1-101', buyer: 'b1', status: 'locked', deadline: 90_000 }
const deal = (more: Partial<FullDeal> = {}): FullDeal => ({ ...newDeal(push, 'ann', 100_00, 5), ...more })

describe('own deals', () => {
  let own: OwnDeals
  beforeEach(() => {
    own = new OwnDeals()
    own.add(deal())
  })

  it('begin with what the reply to a lock tells', () => {
    expect(own.list).toMatchObject([{ id: 'd1', consultant: 'ann', status: 'locked', price_fen: 100_00, deadline: 90_000 }])
    expect(own.ofUnit('1-101')?.id).toBe('d1')
    expect(own.ofUnit('1-102')).toBeUndefined()
  })

  it('are what was read, without those that have ended', () => {
    expect(own.take([deal({ slip: 3, status: 'subscribed' }), deal({ id: 'd0', status: 'expired' })], own.mark())).toBe(true)
    expect(own.list).toMatchObject([{ id: 'd1', slip: 3 }])
  })

  it('do not believe a reading that began before a push', () => {
    const mark = own.mark()
    own.put({ ...push, deadline: 120_000 })
    expect(own.take([], mark)).toBe(false)
    expect(own.list).toMatchObject([{ id: 'd1', deadline: 120_000 }])
    expect(own.take([], own.mark())).toBe(true)
    expect(own.list).toEqual([])
  })

  it('are what a push says, in which empty members are absent', () => {
    own.take([deal({ application: 'rejected', reject_reason: '缺证明' })], own.mark())
    const next = deal({ application: 'submitted' })
    expect(own.put(next)).toEqual({ now: next })
    expect(own.list).toEqual([next])
  })

  it('keep what a push of five members does not tell', () => {
    own.take([deal({ note: '首套' })], own.mark())
    own.put({ ...push, status: 'subscribed', deadline: 120_000 })
    expect(own.list).toMatchObject([{ note: '首套', status: 'subscribed', deadline: 120_000 }])
  })

  it('begin with a push, when a manager locks for a buyer of ours', () => {
    own.put(deal({ id: 'd7', unit: '1-107' }))
    expect(own.ofUnit('1-107')?.id).toBe('d7')
  })

  it('keep what was read when the reply to the lock comes later', () => {
    own.take([deal({ note: '首套' })], own.mark())
    own.add(deal())
    expect(own.list[0]!.note).toBe('首套')
  })

  it('tell once of a deal that has ended, and nothing of strange ones', () => {
    expect(own.put({ ...push, status: 'expired' }).ended).toMatchObject({ id: 'd1' })
    expect(own.put({ ...push, status: 'expired' })).toEqual({})
    expect(own.put({ ...push, id: 'd2', status: 'locked' })).toEqual({})
    expect(own.list).toEqual([])
  })
})
