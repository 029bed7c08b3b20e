import { describe, expect, it } from 'vitest'
import { Api } from '../src/core/api'
import { columnOf, layOut, type Unit } from '../src/core/catalog'
import { ServerClock } from '../src/core/clock'
import { count, countBy, sellThrough } from '../src/core/figures'
import { countdown, countdownShort, percent, timeOfDay, yuan, yuanPerSquareMetre } from '../src/core/format'
import { momentOf } from '../src/core/office-day'
import type { Letter } from '../src/core/protocol'
import { setZone, zoneOffset } from '../src/core/zone'
import { fullMoment, momentField } from '../src/ui/moment'

const unit = (building: string, entrance: string, floor: string | number, room: string): Unit => ({
  id: `${building}-${entrance}-${room}-${floor}`, building, entrance, floor, room, type: 't', gross_area: '90.00',
  inside_area: '', list_price_fen: 1,
})

describe('the clock', () => {
  it('follows the server, not the device', () => {
    let local = 1_000_000
    const clock = new ServerClock(() => local)
    clock.observe(5_000)
    local += 250
    expect(clock.now()).toBe(5_250)
  })

  it('believes the stamp that was delayed least', () => {
    let local = 0
    const clock = new ServerClock(() => local)
    clock.observe(10_000)
    local = 1000
    clock.observe(10_400) // 600 ms late
    expect(clock.now()).toBe(11_000)
    clock.observe(11_200)
    expect(clock.now()).toBe(11_200)
  })

  it('follows a server whose clock was set back', () => {
    const clock = new ServerClock(() => 0)
    clock.observe(100_000)
    clock.observe(40_000)
    expect(clock.now()).toBe(40_000)
  })
})

describe('the figures', () => {
  const letters: Letter[] = ['a', 'l', 's', 'c', 'p', 'w']
  const at = (i: number) => letters[i]

  it('keep held and sold apart', () => {
    const c = count([0, 1, 2, 3, 4, 5], at)
    expect(c).toMatchObject({ units: 6, available: 1, locked: 1, subscribed: 1, contracted: 1, settled: 1, withheld: 1 })
    expect(sellThrough(c)).toBeCloseTo(3 / 5)
  })

  it('tell no sell-through where nothing is on sale or states are merged', () => {
    expect(sellThrough(count([5], at))).toBeUndefined()
    expect(sellThrough(count([0, 1], (i) => (['a', 't'] as Letter[])[i]))).toBeUndefined()
  })

  it('count by a label', () => {
    const groups = countBy(['x', 'y', 'x'], (s) => s, at)
    expect(groups.map((g) => [g.label, g.counts.units])).toEqual([['x', 2], ['y', 1]])
  })
})

describe('the layout', () => {
  it('puts the highest floor first and rooms into columns', () => {
    const units = [unit('1栋', '', 2, '201'), unit('1栋', '', 10, '1001'), unit('1栋', '', 10, '1002')]
    const [b] = layOut(units)
    expect(b!.columns.map((c) => c.room)).toEqual(['01', '02'])
    expect(b!.floors.map((f) => f.label)).toEqual(['10', '2'])
    expect(b!.floors[1]!.cells).toEqual([0, undefined])
  })

  it('keeps entrances apart and sorts buildings as people count', () => {
    const units = [unit('10栋', '1单元', 1, '01'), unit('2栋', '2单元', 1, '01'), unit('2栋', '1单元', 1, '01')]
    const buildings = layOut(units)
    expect(buildings.map((b) => b.name)).toEqual(['2栋', '10栋'])
    expect(buildings[0]!.columns.map((c) => c.entrance)).toEqual(['1单元', '2单元'])
  })

  it('counts in Chinese too: the first entrance before the second, ten after two', () => {
    const units = ['二十一栋', '十栋', '二栋'].flatMap((b) => ['三单元', '二单元', '一单元'].map((e) => unit(b, e, 1, '01')))
    const buildings = layOut(units)
    expect(buildings.map((b) => b.name)).toEqual(['二栋', '十栋', '二十一栋'])
    expect(buildings[0]!.columns.map((c) => c.entrance)).toEqual(['一单元', '二单元', '三单元'])
    expect(layOut([unit('九十九栋', '', 1, '1'), unit('三里屯', '', 1, '1'), unit('二三栋', '', 1, '1')])).toHaveLength(3)
  })

  it('loses no unit, even where two claim one place, and knows cellars', () => {
    const units = [unit('1', '', 1, '01'), unit('1', '', 1, '01'), unit('1', '', -1, '01'), unit('1', '', 'G', '01')]
    const [b] = layOut(units)
    expect(b!.floors.flatMap((f) => f.indexes).sort()).toEqual([0, 1, 2, 3])
    expect(b!.floors.map((f) => f.label)).toEqual(['1', '-1', 'G'])
  })

  it('finds the column of a room', () => {
    expect(columnOf(unit('1', '', 12, '1203'))).toBe('03')
    expect(columnOf(unit('1', '', 12, '03'))).toBe('03')
    expect(columnOf(unit('1', '', 1, '1'))).toBe('1')
  })

})

describe('times for people', () => {
  it("are the office's, whatever the device is set to", () => {
    const at = Date.UTC(2026, 2, 1, 23, 30, 7)
    setZone(480)
    expect([timeOfDay(at), momentField(at), fullMoment(at)]).toEqual(['07:30:07', '2026-03-02T07:30', '2026-03-02 07:30:07'])
    expect(momentOf(momentField(at), zoneOffset(at))).toBe(at - 7000)
    setZone(-210)
    setZone(undefined)
    expect(timeOfDay(at)).toBe('20:00:07')
  })
})

describe('numbers for people', () => {
  it('show money exactly', () => {
    expect(yuan(123456789)).toBe('1,234,567.89')
    expect(yuan(5)).toBe('0.05')
    expect(yuan(213426165666)).toBe('2,134,261,656.66')
    expect(yuanPerSquareMetre(900000000, '100.00')).toBe('90,000')
    expect(yuanPerSquareMetre(900000000, '')).toBe('—')
  })

  it('count down and stop at zero', () => {
    expect(countdown(86_400_000)).toBe('24:00:00')
    expect(countdown(600_300)).toBe('10:00')
    expect(countdown(1_000)).toBe('0:01')
    expect(countdown(245_000)).toBe('4:05')
    expect(countdown(-5)).toBe('0:00')
    expect([86_400_000, 120_000, 42_000, -1].map(countdownShort)).toEqual(['24h', '2m', '42s', '0s'])
    expect([percent(0.1234), percent(undefined)]).toEqual(['12.3%', '—'])
  })
})


describe('the HTTP side', () => {
  const response = (status: number, body: unknown, headers: Record<string, string> = {}) =>
    new Response(status === 304 ? null : JSON.stringify(body), { status, headers })

  it('keeps the catalogue while its tag holds', async () => {
    const asked: (string | null)[] = []
    const api = new Api((_url, o) => {
      const tag = new Headers(o?.headers).get('If-None-Match')
      asked.push(tag)
      const body = { project: 'p', catalog_version: 3, units: [unit('1', '', 1, '01')] }
      return Promise.resolve(tag ? response(304, null) : response(200, body, { ETag: '"p-3"' }))
    })
    const first = await api.catalog('p')
    expect(await api.catalog('p')).toBe(first)
    expect(asked).toEqual([null, '"p-3"'])
  })

  it('knows nobody on 401 and passes the code of a problem on', async () => {
    expect(await new Api(() => Promise.resolve(response(401, { code: 'unauthenticated' }))).session()).toBeUndefined()
    const throttled = new Api(() => Promise.resolve(response(429, { code: 'rate_limited' })))
    await expect(throttled.login('a', 'b')).rejects.toMatchObject({ code: 'rate_limited', status: 429 })
    const dead = new Api(() => Promise.reject(new TypeError('failed')))
    await expect(dead.session()).rejects.toMatchObject({ code: 'offline' })
  })
})
