import { beforeEach, describe, expect, it } from 'vitest'
import type { LinkState } from '../src/core/freshness'
import { Link } from '../src/core/link'
import type { ServerMessage } from '../src/core/protocol'
import { World } from './surroundings'

describe('a link', () => {
  let world: World
  let states: LinkState[]
  let messages: ServerMessage[]
  let link: Link
  let refusals: number
  beforeEach(() => {
    world = new World()
    states = []
    messages = []
    refusals = 0
    const events = {
      onState: (s: LinkState) => states.push(s),
      onMessage: (m: ServerMessage) => messages.push(m),
      onRefused: () => refusals++,
    }
    link = new Link('ws://x/ws', events, world.surroundings)
    link.start()
  })

  it('offers the subprotocol and is open after hello', () => {
    expect(world.socket.protocol).toBe('listing.v1.json')
    expect(link.send({ id: 1 })).toBe(false)
    world.socket.hello()
    expect(link.state).toBe('open')
    expect(link.send({ id: 1 })).toBe(true)
    expect(world.socket.sent).toEqual([{ id: 1 }])
  })

  it('comes back after a loss, later and later', () => {
    const gaps: number[] = []
    for (let i = 0; i < 8; i++) {
      const before = world.now
      const count = world.sockets.length
      world.socket.ends(1006)
      while (world.sockets.length === count) world.pass(10)
      gaps.push(world.now - before)
    }
    expect(gaps[0]).toBeLessThan(500)
    expect(gaps[7]).toBeGreaterThan(5000)
    expect(gaps[7]).toBeLessThanOrEqual(15010)
  })

  it('comes back when the server asks it to after a planned stop', () => {
    world.socket.hello()
    world.socket.says({ ev: 'goaway', retry_ms: 1500 })
    world.socket.ends(4001)
    world.pass(1490)
    expect(world.sockets.length).toBe(1)
    world.pass(20)
    expect(world.sockets.length).toBe(2)
  })

  it.each([
    [4501, 'signed-out'],
    [4503, 'forbidden'],
    [4508, 'replaced'],
    [4599, 'closed'],
  ])('does not come back after %i', (code, state) => {
    world.socket.hello()
    world.socket.ends(code)
    world.pass(60_000)
    expect(world.sockets.length).toBe(1)
    expect(link.state).toBe(state)
  })

  it('gives up a line on which nothing is heard', () => {
    world.socket.hello()
    world.pass(15_000)
    world.socket.says({ ev: 'beat', project: 'p', seq: 1, at: 1 })
    world.pass(15_000)
    expect(world.sockets.length).toBe(1)
    world.pass(6_000)
    expect(world.sockets.length).toBe(2)
  })

  it('tells when it was refused before hello, for the sign-in may have ended', () => {
    world.socket.ends(1006)
    expect(refusals).toBe(1)
    world.pass(1000)
    world.socket.hello()
    world.socket.ends(1006)
    expect(refusals).toBe(1)
  })

  it('drops what it cannot read and lives on', () => {
    world.socket.hello()
    world.socket.onmessage?.({ data: 'nonsense' })
    world.socket.says({ ev: 'beat', project: 'p', seq: 1, at: 1 })
    expect(messages.map((m) => m.ev)).toEqual(['hello', 'beat'])
  })

  it('does not hear an old socket', () => {
    const old = world.socket
    old.ends(1006)
    world.pass(1000)
    old.hello()
    expect(link.state).toBe('connecting')
  })

  it('stays down when it is stopped', () => {
    world.socket.hello()
    link.stop()
    world.pass(60_000)
    expect(world.sockets.length).toBe(1)
    expect(world.socket.closedWith).toBe(1000)
  })
})
