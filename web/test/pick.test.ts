// A buyer's step follows from the session, from what the server knows of him and from the clock.
import { describe, expect, it } from 'vitest'
import { withInterest } from '../src/core/interest'
import { askedLaunches, dealsOf, isMe, linkOf, movedWith, nextMoment, nextStep, ownLaunch, stepAt, wanToFen, type Me } from '../src/core/pick'
import { rehearsedBy } from '../src/core/rehearsal'
import type { FullDeal } from '../src/core/work'
import { launch } from './launch'

const session = launch({ opens_at: 1000, closes_at: 9000, opens_ms: 1000, closes_ms: 9000, limit: 1, rules_sha: 'r' })
const me = (more: Partial<Me> = {}): Me => ({
  admitted: true, now: 0, draw: 1, rank: 1, group: '', entered_ms: 1, entered_sha: 'r', turn_from: 1000, turn_to: 9000, again_from: 1000, opens_at: 1000, place: 'active', count: 0, deals: [], ...more,
})
const deal = (more: Partial<FullDeal>): FullDeal =>
  ({ id: 'd1', unit: 'U', buyer: 'b', consultant: 'c', status: 'locked', created_ms: 0, deadline: 0, list_price_fen: 0, price_fen: 0, ...more })

describe('the step of a buyer', () => {
  it.each([
    ['none', undefined, me(), 2000],
    ['stranger', session, me({ admitted: false }), 2000],
    ['over', session, me(), 9000],
    ['over', { ...session, closed_ms: 5 }, me({ entered_sha: '' }), 2000],
    ['rules', session, me({ entered_sha: 'older' }), 2000],
    ['before', session, me(), 999],
    ['paused', { ...session, paused_ms: 1500 }, me(), 2000],
    ['full', session, me({ count: 1 }), 2000],
    ['turn', session, me({ turn_from: 3000 }), 2000],
    ['standby', session, me({ turn_to: 2000, again_from: 5000 }), 2000],
    ['open', session, me({ turn_to: 2000, again_from: 5000 }), 5000],
    ['open', session, me(), 1000],
  ])('is %s', (step, l, m, now) => {
    expect(stepAt(l, m, 'active', now)).toBe(step)
  })

  it('is not known before the server has said who this is', () => expect(stepAt(session, undefined, '', 2000)).toBeUndefined())

  it('is waiting without a seat, where there is a room', () => {
    const withRoom = { ...session, active_max: 5 }
    for (const place of ['', 'waiting', 0, 7] as const) expect(stepAt(withRoom, me(), place, 2000)).toBe('waiting')
    expect(stepAt(withRoom, me(), 'active', 2000)).toBe('open')
  })

  it('has the clock that matters', () => {
    expect(nextMoment('before', session, me({ turn_from: 4000 }), 0)).toBe(4000)
    expect(nextMoment('standby', session, me({ again_from: 5000 }), 4000)).toBe(5000)
    expect(nextMoment('open', session, me({ turn_to: 3000 }), 2000)).toBe(3000)
    expect(nextMoment('open', session, me(), 2000)).toBe(9000)
    expect(nextMoment('full', session, me(), 2000)).toBeUndefined()
  })

  it('runs to the end of the session for who chooses on stand-by', () =>
    expect(nextMoment('open', session, me({ turn_to: 2000, again_from: 5000 }), 6000)).toBe(9000))

  it('moves with a session that stood still, without being asked for again', () => {
    const later = { ...session, opens_at: 1500 }
    expect(movedWith(me({ turn_from: 1000, turn_to: 3000, again_from: 5000 }), later)).toMatchObject({ turn_from: 1500, turn_to: 3500, again_from: 5500 })
    expect(movedWith(me(), session)).toEqual(me())
  })
})

describe('several sessions', () => {
  const early = launch({ id: 's1', opens_at: 1000, closes_at: 5000 })
  const late = launch({ id: 's2', opens_at: 9000, closes_at: 12_000 })
  const beside = launch({ id: 's3', opens_at: 1000, closes_at: 4000 })
  const known = (entries: [string, Partial<Me>][]) => new Map(entries.map(([id, more]) => [id, me(more)]))
  const DAY = 86_400_000

  it('shows the one that admits the buyer, though another would come first', () => {
    const all = [early, late, beside]
    expect(ownLaunch(all, new Map(), 2000, DAY)?.id).toBe('s3')
    expect(ownLaunch(all, known([['s3', { admitted: false }]]), 2000, DAY)?.id).toBe('s1')
    expect(ownLaunch(all, known([['s3', { admitted: false }], ['s1', { admitted: false }]]), 2000, DAY)?.id).toBe('s2')
    const nobody = known([['s1', { admitted: false }], ['s2', { admitted: false }], ['s3', { admitted: false }]])
    expect(ownLaunch(all, nobody, 2000, DAY)?.id).toBe('s3')
  })

  it('stays with the one that is over when the next does not admit the buyer, and keeps what was chosen there', () => {
    const mine = known([['s1', { deals: [deal({ id: 'd1' })] }], ['s2', { admitted: false }]])
    expect(ownLaunch([early, late], mine, 6000, DAY)?.id).toBe('s1')
    expect(dealsOf(mine).map((d) => d.id)).toEqual(['d1'])
    const both = known([['s1', { deals: [deal({ id: 'd1' })] }], ['s2', {}]])
    expect(ownLaunch([early, late], both, 6000, DAY)?.id).toBe('s2')
    expect(askedLaunches([early, late], both, late, 6000).map((l) => l.id)).toEqual(['s1', 's2'])
    expect(askedLaunches([early, late], both, early, 2000).map((l) => l.id)).toEqual(['s1'])
  })
})

describe('a selection', () => {
  it.each([
    ['complete', {}],
    ['check', { application: 'submitted' as const }],
    ['again', { application: 'rejected' as const }],
    ['pay', { status: 'subscribed' as const }],
    ['sign', { status: 'subscribed' as const, paid_fen: 5 }],
    ['done', { status: 'contracted' as const }],
    ['gone', { status: 'expired' as const }],
  ])('waits for %s', (next, more) => expect(nextStep(deal(more))).toBe(next))
})

describe('what people and servers send', () => {
  it('adds what has changed to how many keep a unit in mind', () => {
    const message = (whole: boolean, u: [number, number][]) => ({ ev: 'interest' as const, project: 'p', whole, u })
    const first = withInterest(new Map([[9, 9]]), message(true, [[1, 5], [2, 3]]))
    expect([...first]).toEqual([[1, 5], [2, 3]])
    expect([...withInterest(first, message(false, [[1, 0], [4, 1]]))]).toEqual([[2, 3], [4, 1]])
  })

  it('knows a rehearsal by its name', () => expect([rehearsedBy('demo--r1'), rehearsedBy('demo')]).toEqual(['demo', '']))

  it('takes amounts in 万元 to the fen', () => {
    expect([wanToFen('120'), wanToFen('120.5'), wanToFen(' 1,200 '), wanToFen('0.000001')]).toEqual([120_000_000, 120_500_000, 1_200_000_000, 1])
    for (const bad of ['', 'x', '-1', '1e3', '1.2345678', '12345678']) expect(wanToFen(bad)).toBeUndefined()
  })

  it('finds the signed link in the fragment only', () => {
    expect(linkOf('#link=a.b.c')).toBe('a.b.c')
    expect([linkOf(''), linkOf('#other=1'), linkOf(`#link=${'x'.repeat(5000)}`)]).toEqual(['', '', ''])
  })

  it('takes no answer that has not the promised shape', () => {
    expect(isMe(me())).toBe(true)
    for (const bad of [null, 'x', { ...me(), place: -1 }, { ...me(), deals: 'none' }, { ...me(), rank: '1' }]) expect(isMe(bad)).toBe(false)
  })
})
