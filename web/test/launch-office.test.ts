import { webcrypto } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { choosing, ControlHistory, percentiles, readControl, refusals, refusedOf } from '../src/core/control'
import { errorText } from '../src/core/i18n'
import { faultsOf, planOf, putOf, refusedField, roundsOf } from '../src/core/launch-plan'
import { fieldAt, momentOf } from '../src/core/office-day'
import { Offers } from '../src/core/offers'
import { checkSeed } from '../src/core/seed-check'
import '../src/ui/refusals'
import { launch } from './launch'

const NOW = Date.parse('2026-03-02T04:00:00Z')
const CHINA = 480

describe('the plan of a session', () => {
  const plan = () => ({ ...planOf(undefined, CHINA, NOW), name: '第一场' })

  it('is written in the time of the office', () => {
    expect(plan().opens).toBe('2026-03-03T09:00:00')
    expect(momentOf('2026-03-03T09:00', CHINA)).toBe(Date.parse('2026-03-03T01:00:00Z'))
    expect(fieldAt(Date.parse('2026-03-03T01:00:00Z'), -300)).toBe('2026-03-02T20:00:00')
    expect([momentOf('', CHINA), momentOf('2026-13-40T99:00', CHINA), momentOf('tomorrow', CHINA)]).toEqual([undefined, undefined, undefined])
  })

  it('begins without a fault once it has a name, and becomes the arguments of the command', () => {
    expect(faultsOf(planOf(undefined, CHINA, NOW), CHINA, NOW)).toEqual({ name: 'needed' })
    expect(faultsOf(plan(), CHINA, NOW)).toEqual({})
    expect(putOf(plan(), CHINA)).toEqual({
      name: '第一场', mode: 'all', opens_ms: Date.parse('2026-03-03T01:00:00Z'), closes_ms: Date.parse('2026-03-03T03:00:00Z'),
      hold_ms: 600_000, limit: 1, active_max: 0,
    })
  })

  it('tells every fault at its field', () => {
    expect(
      faultsOf({ ...plan(), name: '长'.repeat(41), opens: '2026-03-01T09:00', closes: '2026-03-01T08:00', hold: '0', limit: '21', activeMax: '-1', rules: '请拨 13800000000' }, CHINA, NOW),
    ).toEqual({ name: 'long', opens_ms: 'past', closes_ms: 'order', hold_ms: 'range', limit: 'range', active_max: 'bad', rules: 'number' })
    expect(faultsOf({ ...plan(), opens: '', closes: 'x', hold: 'ten' }, CHINA, NOW)).toEqual({ opens_ms: 'bad', closes_ms: 'bad', hold_ms: 'bad' })
    const order = { ...plan(), mode: 'order' as const, windowSize: '0', windowMinutes: '' }
    expect(faultsOf(order, CHINA, NOW)).toEqual({ window_size: 'range', window_ms: 'bad' })
    // What the mode has no use for is no fault.
    expect(faultsOf({ ...order, mode: 'all' }, CHINA, NOW)).toEqual({})
  })

  it('takes rounds by group', () => {
    expect(roundsOf('A=600000,B=90000')).toEqual([{ name: 'A', minutes: '10' }, { name: 'B', minutes: '1.5' }])
    expect(roundsOf('')).toEqual([])
    const groups = (...all: [string, string][]) => ({ ...plan(), mode: 'groups' as const, groups: all.map(([name, minutes]) => ({ name, minutes })) })
    expect(putOf(groups(['A', '10'], ['B ', '1.5']), CHINA).groups).toBe('A=600000,B=90000')
    expect(faultsOf(groups(), CHINA, NOW)).toEqual({ groups: 'needed' })
    for (const bad of [['A=', '1'], ['A,B', '1'], ['A B', '1'], ['', '1'], ['A', 'x'], ['A', '0']] as [string, string][])
      expect(faultsOf(groups(bad), CHINA, NOW)).toEqual({ groups: 'round' })
    expect(faultsOf(groups(['A', '1'], ['A', '2']), CHINA, NOW)).toEqual({ groups: 'round' })
    expect(faultsOf(groups(['A', '600'], ['B', '600']), CHINA, NOW)).toEqual({ groups: 'span' })
    expect(putOf({ ...groups(['A', '10']), activeMax: '50' }, CHINA).active_max).toBe(0)
  })

  it('has time for a seat where there is a waiting room only', () => {
    const form = { ...plan(), windowMinutes: '3' }
    expect(putOf({ ...form, activeMax: '50' }, CHINA)).toMatchObject({ active_max: 50, window_ms: 180_000 })
    expect(putOf(form, CHINA)).not.toHaveProperty('window_ms')
    expect(faultsOf({ ...form, activeMax: '50', windowMinutes: '0' }, CHINA, NOW)).toEqual({ window_ms: 'range' })
    expect(faultsOf({ ...form, windowMinutes: '0' }, CHINA, NOW)).toEqual({})
  })

  it('sends of a planned session only what is other than before', () => {
    const before = launch({ opens_ms: NOW + 60_000, closes_ms: NOW + 120_000, rules: '规则' })
    const form = planOf(before, CHINA, NOW)
    expect(putOf(form, CHINA, before)).toEqual({ launch: 's1' })
    expect(putOf({ ...form, limit: '2', rules: '' }, CHINA, before)).toEqual({ launch: 's1', limit: 2, rules: '' })
  })

  it('finds the field that a refusal names', () => {
    expect(refusedField({ field: 'closes_ms' })).toBe('closes_ms')
    expect([refusedField({ field: 'toString' }), refusedField(undefined), refusedField({ field: 3 })]).toEqual([undefined, undefined, undefined])
  })
})

describe('the control room', () => {
  const reading = (now: number, tally: Record<string, number>, available = 10) => ({
    now, launch: 's1', phase: 'open', elapsed_ms: 0, closes_at: 9, admitted: 3, entered: 2, online: 2, active: 1, waiting: 1,
    states: { available, locked: 1, subscribed: 0, withheld: 0 }, tally,
    unfinished: [{ unit: '1-2', deal: 'd2', buyer: 'b2', at: 5, deadline: 9, index: 1 }, { unit: '1-1', deal: 'd1', buyer: 'b1', at: 4, deadline: 8, index: 0 }],
  })
  const read = (...args: Parameters<typeof reading>) => readControl(reading(...args))!

  it('takes an answer in its promised shape only, and what ends first comes first', () => {
    expect(read(5, {}).unfinished.map((u) => u.unit)).toEqual(['1-1', '1-2'])
    for (const bad of [
      null, {}, { ...reading(5, {}), states: null }, { ...reading(5, {}), states: { available: 1 } }, { ...reading(5, {}), tally: [] },
      { ...reading(5, {}), tally: { presses: -1 } }, { ...reading(5, {}), unfinished: {} }, { ...reading(5, {}), unfinished: [{ unit: '' }] },
      { ...reading(5, {}), online: '2' },
    ])
      expect(readControl(bad)).toBeUndefined()
  })

  it('says of nobody before the opening that he is choosing', () => {
    const now = read(900, {})
    expect([choosing(now, launch()), choosing({ ...now, now: 2000 }, launch())]).toEqual([0, 2])
    expect(choosing({ ...now, now: 2000 }, launch({ active_max: 5 }))).toBe(1)
  })

  it('sorts refusals by how often they came', () => {
    const { tally } = read(5, { presses: 9, 'refused.unit_taken': 3, 'refused.not_open.before': 4, limited: 2, 'refused.x': 0 })
    expect(refusals(tally)).toEqual([{ why: 'not_open.before', count: 4 }, { why: 'unit_taken', count: 3 }])
    expect(refusedOf(tally)).toBe(7)
  })

  it('finds percentiles in buckets, of all and since an earlier reading', () => {
    const before = read(5, { 'lat.1': 50, 'lat.16384': 50 }).tally
    const now = read(6, { 'lat.1': 60, 'lat.2': 80, 'lat.4': 9, 'lat.1024': 1, 'lat.16384': 50, 'lat.x': 7 }).tally
    expect(percentiles(now, before)).toEqual({ count: 100, p50: 2, p95: 4, p99: 4 })
    expect(percentiles(now)).toEqual({ count: 200, p50: 2, p95: 16_384, p99: 16_384 })
    expect(percentiles(new Map([['presses', 3]]))).toBeUndefined()
  })

  it('makes rates of counts, whatever the pace of the readings', () => {
    const history = new ControlHistory()
    expect([history.rate('presses'), history.lastMinute()]).toEqual([0, undefined])
    for (let s = 0; s <= 400; s++) history.add(read(s * 1000, { presses: s < 390 ? 0 : (s - 390) * 20, 'lat.1': s < 350 ? 5 : 5 + s }, 400 - s))
    expect(history.rate('presses')).toBe(20)
    history.add(read(400_000, { presses: 9999 })) // the same moment again
    expect(history.rate('presses')).toBe(20)
    expect(history.points()).toHaveLength(300)
    expect(history.points()[299]).toEqual({ at: 400_000, presses: 20, available: 0 })
    expect(history.lastMinute()).toEqual({ count: 400, p50: 1, p95: 1, p99: 1 })
  })
})

describe('which session offers a unit', () => {
  it('is read again when the number of units is another, and forgotten when the session is over', () => {
    const offers = new Offers()
    const one = launch({ units: 2 })
    expect(offers.stale([one, launch({ id: 's0', closed_ms: 5 })], 2000).map((l) => l.id)).toEqual(['s1'])
    offers.put(one, ['1-1', '1-2'])
    expect(offers.stale([one], 2000)).toEqual([])
    expect(offers.byUnit.get('1-2')).toBe('s1')
    expect(offers.stale([launch({ units: 3 })], 2000)).toHaveLength(1)
    expect(offers.stale([one], 6000)).toEqual([])
    expect(offers.byUnit.size).toBe(0)
  })
})

describe('the seed', () => {
  const seed = '00'.repeat(32)
  const commit = '60e05bd1b195af2f94112fa7197a5c88289058840ce7c6df9693756bc6250f55'

  it('is checked against the hash that was shown before', async () => {
    expect(await checkSeed(seed, commit, webcrypto.subtle)).toBe('fits')
    expect(await checkSeed(seed, commit.toUpperCase(), webcrypto.subtle)).toBe('fits')
    expect(await checkSeed(`${seed} `, commit, webcrypto.subtle)).toBe('differs')
  })

  it('is not said to fit where the browser cannot compute it', async () => {
    expect(await checkSeed(seed, commit, { digest: () => Promise.reject(new Error('no')) })).toBe('cannot')
  })
})

describe('refusals of a session', () => {
  it('have a sentence for each reason, and the general one for others', () => {
    expect(errorText('zh', 'not_open', { why: 'session' })).toContain('场次')
    expect(errorText('zh', 'not_open', { why: 'toString' })).toBe(errorText('zh', 'not_open'))
    expect(errorText('en', 'not_open', { why: 7 })).toBe(errorText('en', 'not_open'))
    expect(errorText('en', 'no_such_launch')).not.toContain('no_such_launch')
    expect(errorText('zh', 'bad_request', { field: 'reason' })).not.toBe(errorText('zh', 'bad_request'))
  })
  it('says what is missing before a step, not only that something is', () => {
    // Every reason that the function library gives.
    for (const why of ['application', 'discount', 'eligibility', 'paid', 'receipt', 'review', 'rules'])
      for (const lang of ['zh', 'en'] as const) expect(errorText(lang, 'not_ready', { why }), why).not.toBe(errorText(lang, 'not_ready'))
    for (const field of ['reason', 'text', 'comment', 'note', 'amount_fen', 'price_fen', 'deadline', 'contract', 'ref'])
      expect(errorText('zh', 'bad_request', { field }), field).not.toBe(errorText('zh', 'bad_request'))
    expect(errorText('zh', 'limit_reached', { deadline_max: '7' })).toContain('最长保留')
    expect(errorText('zh', 'bad_request', { field: 'amount_fen', why: 'more than is outstanding' })).toContain('应收')
  })
})
