import { beforeEach, describe, expect, it } from 'vitest'
import { OwnDeals, type Seen } from '../src/core/own-deals'

const deal = { id: 'd1', unit: '1-101', buyer: 'b1', status: 'locked', deadline: 90_000 }
const shows = (letter: Seen['letter'], deadline?: number) => () => ({ letter, deadline })

describe('the own locks', () => {
  let own: OwnDeals
  beforeEach(() => {
    own = new OwnDeals()
    own.put(deal)
  })

  it('keep a lock whose reply came before the board showed it', () => {
    expect(own.reconcile(shows('a'), 0)).toEqual([])
    expect(own.reconcile(shows('l', 90_000), 200)).toEqual([])
    expect(own.list).toEqual([deal])
  })

  it('drop a lock as soon as the board that showed it shows it free', () => {
    own.reconcile(shows('l', 90_000), 0)
    expect(own.reconcile(shows('a'), 100)).toEqual([deal])
    expect(own.list).toEqual([])
  })

  it('drop a lock that the board never shows, after a while', () => {
    own.reconcile(shows('a'), 0)
    expect(own.reconcile(shows('a'), 4_900)).toEqual([])
    expect(own.reconcile(shows('a'), 5_000)).toEqual([deal])
  })

  it('drop a unit that someone else has locked meanwhile', () => {
    own.reconcile(shows('l', 90_000), 0)
    expect(own.reconcile(shows('l', 120_000), 1_000)).toEqual([])
    expect(own.reconcile(shows('l', 120_000), 6_000)).toEqual([deal])
  })

  it('keep an extended lock, whose push follows the board', () => {
    own.reconcile(shows('l', 120_000), 0)
    own.put({ ...deal, deadline: 120_000 })
    expect(own.reconcile(shows('l', 120_000), 6_000)).toEqual([])
  })

  it('say once that a deal of the list has ended', () => {
    expect(own.put({ ...deal, status: 'expired' })).toBe(true)
    expect(own.put({ ...deal, status: 'expired' })).toBe(false)
    expect(own.put({ ...deal, id: 'd2', status: 'released' })).toBe(false)
  })

  it('leave a unit alone that the catalogue does not know yet', () => {
    expect(own.reconcile(() => undefined, 60_000)).toEqual([])
    expect(own.has('d1')).toBe(true)
  })
})
