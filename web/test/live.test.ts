import { beforeEach, describe, expect, it } from 'vitest'
import type { Applied } from '../src/core/board'
import { CommandError } from '../src/core/commands'
import { Watch } from '../src/core/freshness'
import { Live, socketUrl } from '../src/core/live'
import { launch } from './launch'
import { World } from './surroundings'

const board = { ev: 'board', project: 'p', epoch: 'e', seq: 5, at: 2000, catalog_version: 1, st: 'aa', deadlines: [] }

describe('a live project', () => {
  let world: World
  let live: Live
  let changes: Applied[]
  let states: string[]
  beforeEach(() => {
    world = new World()
    changes = []
    states = []
    live = new Live(
      'p',
      'ws://x/ws',
      { onBoard: (c) => changes.push(c), onState: (s) => states.push(s), onDeal: () => {}, onNotice: () => {} },
      world.surroundings,
      () => world.now,
    )
    live.start()
    world.socket.hello()
  })
  const asked = () => world.socket.sent.filter((m) => m.cmd === 'board.watch')
  const answer = () => world.socket.says({ id: asked()[asked().length - 1]!.id, ok: { project: 'p' } })

  it('asks for the board after hello and shows it', () => {
    expect(asked()).toHaveLength(1)
    expect(asked()[0]!.args).toEqual({ project: 'p' })
    world.socket.says(board)
    expect(changes).toEqual([{ kind: 'all' }])
    expect(live.freshness()).toBe('live')
  })

  it('tells of the sessions of its own project only', () => {
    const heard: string[][] = []
    const one = new Live(
      'p',
      'ws://x/ws',
      { onBoard: () => {}, onState: () => {}, onDeal: () => {}, onNotice: () => {}, onLaunches: (all) => heard.push(all.map((l) => l.id)) },
      world.surroundings,
      () => world.now,
    )
    one.start()
    world.socket.hello()
    world.socket.says({ ev: 'launch', project: 'p', now: 9000, launches: [launch()] })
    world.socket.says({ ev: 'launch', project: 'other', now: 9000, launches: [launch({ id: 's9' })] })
    world.socket.says({ ev: 'launch', project: 'p', now: 9001, launches: [] })
    expect(heard).toEqual([['s1'], []])
    expect(one.clock.now()).toBe(9001)
  })

  it('asks again, once, when something is missing, and says what it has', () => {
    world.socket.says(board)
    answer()
    const gap = { ev: 'units', project: 'p', epoch: 'e', from: 7, seq: 8, at: 2001, u: [[0, 'l']] }
    world.socket.says(gap)
    world.socket.says({ ...gap, from: 8, seq: 9 })
    expect(asked()).toHaveLength(2)
    expect(asked()[1]!.args).toEqual({ project: 'p', resume: { epoch: 'e', seq: 5 } })
  })

  it('asks again when a beat tells of a newer board', () => {
    world.socket.says(board)
    answer()
    world.socket.says({ ev: 'beat', project: 'p', seq: 6, at: 3000 })
    expect(asked()).toHaveLength(2)
  })

  it('resumes after a lost line', () => {
    world.socket.says(board)
    world.socket.ends(1006)
    world.pass(1000)
    world.socket.hello()
    expect(asked()[0]!.args).toEqual({ project: 'p', resume: { epoch: 'e', seq: 5 } })
  })

  it('is delayed after five seconds without a word and refuses to lock then', async () => {
    world.socket.says(board)
    world.pass(5_000)
    expect(live.freshness()).toBe('live')
    world.pass(1)
    expect(live.freshness()).toBe('delayed')
    await expect(live.change('unit.lock', { unit: 'u', buyer: 'b' })).rejects.toMatchObject({ code: 'stale_screen' })
    expect(world.socket.sent.some((m) => m.cmd === 'unit.lock')).toBe(false)
    world.socket.says({ ev: 'beat', project: 'p', seq: 5, at: 13_000 })
    expect(live.freshness()).toBe('live')
  })

  it('is stale after half a minute, and remembers of when its data are', () => {
    world.socket.says(board)
    world.now += 30_001
    expect(live.freshness()).toBe('stale')
    expect(live.watch.asOf).toBe(2000)
    world.socket.says({ ev: 'beat', project: 'p', seq: 5, at: 33_000 })
    expect(live.freshness()).toBe('live')
    expect(live.watch.asOf).toBe(33_000)
  })

  it('is not live for a moment when the line is lost, and offline when it stays down', async () => {
    world.socket.says(board)
    world.socket.ends(1006)
    expect(live.freshness()).toBe('delayed')
    await expect(live.change('unit.lock', { unit: 'u', buyer: 'b' })).rejects.toMatchObject({ code: 'stale_screen' })
    world.now += 31_000
    expect(live.freshness()).toBe('offline')
  })

  it('sends an unknown outcome again with the same key until it is known', async () => {
    world.socket.says(board)
    const outcome = live.change('unit.lock', { unit: 'u', buyer: 'b' })
    const first = world.socket.sent.find((m) => m.cmd === 'unit.lock')!
    world.socket.says({ id: first.id, error: { code: 'unknown', status: 504, message: '', retryable: true } })
    world.pass(1_100)
    const both = world.socket.sent.filter((m) => m.cmd === 'unit.lock')
    expect(both).toHaveLength(2)
    expect(both[1]).toEqual(first)
    world.socket.says({ id: first.id, ok: { unit: 'u', status: 'locked' } })
    await expect(outcome).resolves.toMatchObject({ status: 'locked' })
  })

  it('tells how a change stands, and asks for an earlier one by its key', async () => {
    world.socket.says(board)
    const phases: string[] = []
    const outcome = live.change('unit.lock', { unit: 'u', buyer: 'b' }, { key: 'k1', tell: (p) => phases.push(p) })
    expect(phases).toEqual(['sent'])
    world.pass(8_100)
    expect(phases).toEqual(['sent', 'again'])
    world.socket.ends(1006)
    expect(phases.at(-1)).toBe('lost')
    world.pass(1000)
    world.socket.hello()
    expect(phases.at(-1)).toBe('again')
    const sent = world.socket.sent.find((m) => m.cmd === 'unit.lock')!
    expect(sent.key).toBe('k1')
    world.socket.says({ id: sent.id, ok: { unit: 'u', status: 'locked' } })
    await expect(outcome).resolves.toMatchObject({ status: 'locked' })
  })

  it('repeats a change with the same key when the line comes back', async () => {
    world.socket.says(board)
    const outcome = live.change('unit.lock', { unit: 'u', buyer: 'b' })
    const first = world.socket.sent.find((m) => m.cmd === 'unit.lock')!
    world.socket.ends(1006)
    world.pass(1000)
    world.socket.hello()
    expect(world.socket.sent.find((m) => m.cmd === 'unit.lock')).toEqual(first)
    world.socket.says({ id: first.id, error: { code: 'unit_taken', status: 409, message: '', retryable: false } })
    await expect(outcome).rejects.toMatchObject({ code: 'unit_taken' })
  })

  it('says that it does not know when no answer ever comes', async () => {
    world.socket.says(board)
    const outcome = live.change('unit.lock', { unit: 'u', buyer: 'b' })
    world.socket.ends(1006)
    world.pass(120_000)
    await expect(outcome).rejects.toBeInstanceOf(CommandError)
    await expect(outcome).rejects.toMatchObject({ code: 'unknown' })
  })

  it('keeps asking for a project that is not served yet', async () => {
    const e = { code: 'no_such_project', status: 404, message: '', retryable: false }
    world.socket.says({ id: asked()[0]!.id, error: e })
    await new Promise((done) => setTimeout(done))
    expect(states).not.toContain('forbidden')
    world.pass(30_000)
    expect(world.sockets).toHaveLength(2)
    world.socket.hello()
    expect(asked()).toHaveLength(1)
    world.socket.says(board)
    expect(live.freshness()).toBe('live')
  })

  it('stops when the account may not see the project', async () => {
    const e = { code: 'forbidden', status: 403, message: '', retryable: false }
    world.socket.says({ id: asked()[0]!.id, error: e })
    await new Promise((done) => setTimeout(done))
    expect(states).toContain('forbidden')
  })
})

describe('the age of what is shown', () => {
  it('grows although the clock of the device is set back, and over the sleep of the device', () => {
    const clocks = { local: 1_000_000, steady: 500 }
    const watch = new Watch(
      () => clocks.local,
      () => clocks.steady,
    )
    watch.heard(7)
    clocks.local -= 3_600_000
    clocks.steady += 31_000
    expect(watch.age()).toBe(31_000)
    expect(watch.freshness('open')).toBe('stale')
    watch.heard(8)
    expect(watch.freshness('open')).toBe('live')
    clocks.local += 60_000 // asleep: the steady clock stood still
    expect(watch.freshness('open')).toBe('stale')
  })
})

describe('the address of the WebSocket', () => {
  it('follows the page', () => {
    expect(socketUrl({ protocol: 'http:', host: 'h:1' })).toBe('ws://h:1/ws')
    expect(socketUrl({ protocol: 'https:', host: 'h' })).toBe('wss://h/ws')
  })
})
