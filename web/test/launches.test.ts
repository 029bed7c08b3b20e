import { describe, expect, it } from 'vitest'
import { areLaunches, currentOf, endedAt, isLaunch, leftAt, phaseAt, runningOf, type Launch } from '../src/core/launches'
import { parseMessage } from '../src/core/protocol'
import { launch } from './launch'

describe('the record of a session', () => {
  it('is taken in its promised shape only', () => {
    expect(isLaunch(launch())).toBe(true)
    expect(isLaunch({ ...launch(), seed: 'x', rules: 'y', newer: {} })).toBe(true)
    for (const bad of [
      null, [], 'x', {}, { ...launch(), id: '../x' }, { ...launch(), id: '' }, { ...launch(), opens_at: '1000' }, { ...launch(), opens_at: -1 },
      { ...launch(), opens_at: 1.5 }, { ...launch(), mode: 'toString' }, { ...launch(), name: 'x'.repeat(9000) }, { ...launch(), seed: 5 },
      { ...launch(), message: undefined },
    ])
      expect(isLaunch(bad)).toBe(false)
  })

  it('comes as a push, or the push is dropped', () => {
    const push = { ev: 'launch', project: 'p', now: 7, launches: [launch()] }
    expect(parseMessage(JSON.stringify(push))).toEqual(push)
    expect(parseMessage(JSON.stringify({ ...push, launches: [launch(), { id: 's2' }] }))).toBeUndefined()
    expect(parseMessage(JSON.stringify({ ...push, now: 'x' }))).toBeUndefined()
    expect(areLaunches(Array(301).fill(launch()))).toBe(false)
  })
})

describe('the phase of a session', () => {
  it('follows the server clock, not the record', () => {
    const l = { ...launch(), phase: 'closed' } as Launch
    expect([999, 1000, 4999, 5000].map((now) => phaseAt(l, now))).toEqual(['planned', 'open', 'open', 'closed'])
    expect([0, 1000, 4000, 5000].map((now) => leftAt(l, now))).toEqual([1000, 4000, 1000, undefined])
    expect(endedAt(l, 4999)).toBeUndefined()
    expect(endedAt(l, 9000)).toBe(5000)
  })

  it('stands still while it is paused, before and after the opening', () => {
    const l = launch({ paused_ms: 2000 })
    expect(phaseAt(l, 99_000)).toBe('paused')
    expect(leftAt(l, 99_000)).toBe(3000)
    expect(leftAt(launch({ paused_ms: 400 }), 99_000)).toBe(600)
  })

  it('is over when it was closed by hand', () => {
    const l = launch({ closed_ms: 3000, paused_ms: 2000 })
    expect(phaseAt(l, 2500)).toBe('closed')
    expect(endedAt(l, 9000)).toBe(3000)
  })

  it('says which session a screen shows: the running one, the next, the last for a while', () => {
    const one = launch()
    const two = launch({ id: 's2', opens_at: 8000, closes_at: 9000 })
    const three = launch({ id: 's3', opens_at: 7000, closes_at: 9500 })
    const of = (now: number) => currentOf([two, one, three], now, 1500)?.id
    expect([0, 2000, 6000, 7500, 8200, 9600, 11_100].map(of)).toEqual(['s1', 's1', 's3', 's3', 's2', 's3', undefined])
    expect(runningOf([three, two], 8200).map((l) => l.id)).toEqual(['s2', 's3'])
  })
})
