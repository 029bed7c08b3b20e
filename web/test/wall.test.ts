import { describe, expect, it } from 'vitest'
import { Announcer, TELL_MS } from '../src/core/announcer'
import type { Unit } from '../src/core/catalog'
import { floorBands } from '../src/core/distribution'
import { shortNames } from '../src/core/labels'
import { parseLaunch, untilLaunch } from '../src/core/launch'
import type { Letter } from '../src/core/protocol'
import { FRESH_MS, groupsOf, Rotation, TURN_MAX_MS, TURN_MS } from '../src/core/rotation'
import { Strip, wordOf } from '../src/core/strip'

describe('groups of buildings', () => {
  it('are as few as fit, of neighbours, about as large', () => {
    const items = [1, 2, 3, 4, 5, 6, 7]
    expect(groupsOf(items, (g) => g.length <= 10)).toEqual([items])
    expect(groupsOf(items, (g) => g.length <= 3).map((g) => g.length)).toEqual([2, 3, 2])
    expect(groupsOf(items, (g) => g.length <= 3).flat()).toEqual(items)
  })

  it('are single buildings where not even one fits', () => {
    expect(groupsOf([1, 2, 3], () => false)).toEqual([[1], [2], [3]])
    expect(groupsOf([], () => true)).toEqual([])
  })
})

describe('the turns', () => {
  const start = () => {
    const r = new Rotation()
    r.setCount(3, 0)
    r.goTo(0, 0)
    return r
  }

  it('begin when there is something to show', () => {
    const r = new Rotation()
    r.setCount(3, 1_000_000)
    expect(r.tick(1_000_000 + TURN_MS - 1)).toBe(false)
    expect(r.tick(1_000_000 + TURN_MS)).toBe(true)
  })

  it('take a quarter of a minute each and come round', () => {
    const r = start()
    const seen = [0]
    for (let at = 0; at <= 3 * TURN_MS; at += 1000) if (r.tick(at)) seen.push(r.current)
    expect(seen).toEqual([0, 1, 2, 0])
  })

  it('wait while what has just changed is on the screen, but not for ever', () => {
    const r = start()
    r.changed(0, TURN_MS - 1000)
    expect(r.tick(TURN_MS)).toBe(false)
    expect(r.progress(TURN_MS)).toBe(1)
    expect(r.tick(TURN_MS - 1000 + FRESH_MS)).toBe(true)
    const busy = start()
    let at = 0
    while (!busy.tick(at)) busy.changed(0, (at += 500))
    expect(at).toBe(TURN_MAX_MS)
  })

  it('do not wait for a change elsewhere', () => {
    const r = start()
    r.changed(2, TURN_MS - 1)
    expect(r.tick(TURN_MS)).toBe(true)
  })

  it('stop while paused and begin the turn anew afterwards', () => {
    const r = start()
    r.isPaused = true
    expect(r.tick(10 * TURN_MS)).toBe(false)
    r.isPaused = false
    expect(r.tick(11 * TURN_MS - 1)).toBe(false)
    expect(r.tick(11 * TURN_MS)).toBe(true)
  })

  it('survive fewer groups and a clock that was set back', () => {
    const r = start()
    r.goTo(2, 0)
    r.setCount(2, 0)
    expect(r.current).toBe(0)
    r.goTo(0, 1_000_000)
    expect(r.tick(5)).toBe(false)
    expect(r.tick(5 + TURN_MS)).toBe(true)
    const single = new Rotation()
    expect(single.tick(10 * TURN_MS)).toBe(false)
  })
})

describe('the latest changes', () => {
  const setUp = (text: string, max = 3) => {
    const letters = Array.from(text) as Letter[]
    const strip = new Strip(max)
    strip.take({ kind: 'all' }, letters.length, (i) => letters[i], 0)
    const change = (index: number, letter: Letter, at: number) => {
      letters[index] = letter
      return strip.take({ kind: 'some', indexes: [index], isEcho: false }, letters.length, (i) => letters[i], at)
    }
    return { strip, change }
  }

  it('come newest first, with their time, and only so many', () => {
    const { strip, change } = setUp('aaaa')
    for (const [i, at] of [[0, 10], [1, 20], [2, 30], [3, 40]] as const) change(i, 'l', at)
    expect(strip.list.map((e) => [e.index, e.letter, e.at])).toEqual([[3, 'l', 40], [2, 'l', 30], [1, 'l', 20]])
  })

  it('are no echoes, and a whole new board is none', () => {
    const { strip, change } = setUp('al')
    expect(change(1, 'l', 1)).toEqual([])
    expect(strip.take({ kind: 'all' }, 2, () => 's', 2)).toEqual([])
    expect(strip.list).toEqual([])
  })

  it('do not tell that a unit is kept from sale, but that it is offered', () => {
    const { strip, change } = setUp('ax')
    expect(change(0, 'x', 1)).toHaveLength(1)
    expect(strip.list).toEqual([])
    change(1, 'a', 2)
    expect(strip.list.map(wordOf)).toEqual(['now_new'])
  })

  it('tell a unit that is free again from one that is new', () => {
    const { strip, change } = setUp('l')
    change(0, 'a', 1)
    expect(strip.list.map(wordOf)).toEqual(['now_a'])
  })
})

describe('what is left by floor', () => {
  const units = (floors: (string | number)[]) => floors.map((floor) => ({ floor }) as Unit)

  it('is gathered into few bands, the highest first', () => {
    const floors = Array.from({ length: 28 }, (_, i) => i + 2)
    const bands = floorBands(units(floors), (i) => (i % 2 ? 'a' : 'l'), 7)
    expect(bands.map((b) => [b.from, b.to])).toEqual([[26, 29], [21, 25], [16, 20], [11, 15], [6, 10], [1, 5]])
    expect(bands.reduce((sum, b) => sum + b.counts.units, 0)).toBe(28)
    expect(bands[1]!.counts.available).toBe(3)
  })

  it('shows each floor of a low project, cellars and floors without number', () => {
    const bands = floorBands(units([1, 2, 3, -1, 'G']), () => 'a', 7)
    expect(bands.map((b) => b.from)).toEqual([3, 2, 1, -1, undefined])
  })
})

describe('announcements', () => {
  it('are gathered: one each ten seconds, three by name', () => {
    const a = new Announcer<number>()
    expect(a.take(0)).toBeUndefined()
    a.add(1)
    expect(a.take(100)).toEqual({ named: [1], more: 0 })
    for (let i = 2; i < 40; i++) a.add(i)
    expect(a.take(100 + TELL_MS - 1)).toBeUndefined()
    expect(a.take(100 + TELL_MS)).toEqual({ named: [2, 3, 4], more: 35 })
    expect(a.take(100 + 2 * TELL_MS)).toBeUndefined()
  })
})

describe('short names', () => {
  it('leave out what all have in common, but no part of a number', () => {
    const short = (...names: string[]) => [...shortNames(names).values()]
    expect(short('云庭花园1栋', '云庭花园2栋')).toEqual(['1栋', '2栋'])
    expect(short('A11栋', 'A12栋')).toEqual(['11栋', '12栋'])
    expect(short('云庭花园1栋')).toEqual(['云庭花园1栋'])
    expect(short('1', '12')).toEqual(['1', '12'])
    expect(short('东区', '西区')).toEqual(['东区', '西区'])
    expect(short()).toEqual([])
  })
})

describe('the launch', () => {
  it('is read from an ISO time only', () => {
    expect(parseLaunch('2025-09-20T09:00:00+08:00')).toBe(Date.UTC(2025, 8, 20, 1))
    expect(parseLaunch('2025-09-20T09:00 08:00')).toBe(Date.UTC(2025, 8, 20, 1))
    expect(parseLaunch('2025-09-20T01:00Z')).toBe(Date.UTC(2025, 8, 20, 1))
    for (const bad of [null, undefined, '', 'tomorrow', '2025-09-20', '2025-13-40T09:00Z', '1']) expect(parseLaunch(bad)).toBeUndefined()
  })

  it('is counted down to in days and hours', () => {
    expect(untilLaunch(86_400_000 + 3_661_000)).toEqual({ days: 1, clock: '01:01:01' })
    expect(untilLaunch(-1)).toEqual({ days: 0, clock: '00:00:00' })
  })
})
