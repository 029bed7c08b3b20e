import { beforeEach, describe, expect, it } from 'vitest'
import { ApiError, type Session } from '../src/core/api'
import { BuildWatch, LOOK_MS, RELOAD_MS, SOON_MS, assetsOf } from '../src/core/build-watch'
import { Pairing, POLL_MS, type Offer } from '../src/core/pairing'
import { World } from './surroundings'

const settle = () => new Promise<void>((done) => setTimeout(done))

describe('pairing a display', () => {
  let world: World
  let offers: (Offer | ApiError)[]
  let claims: (Session | undefined | ApiError)[]
  let told: unknown[]
  let pairing: Pairing
  const next = <T,>(from: (T | ApiError)[]) => {
    const found = from.shift()
    return found instanceof ApiError ? Promise.reject(found) : Promise.resolve(found as T)
  }
  const pass = async (ms: number) => {
    world.pass(ms)
    await settle()
  }
  beforeEach(() => {
    world = new World()
    offers = [{ code: 'K7M4PX', secret: 's1' }, { code: 'ABCDEF', secret: 's2' }]
    claims = []
    told = []
    pairing = new Pairing(
      { offer: () => next(offers), claim: () => next(claims), after: world.surroundings.after, cancel: world.surroundings.cancel, random: () => 0.5 },
      {
        onCode: (c) => told.push(c),
        onPaired: (s) => told.push(s.account),
        onProblem: (p) => p && told.push(p),
      },
    )
    pairing.start()
  })

  it('shows a code and goes on by itself once it was confirmed', async () => {
    claims = [undefined, undefined, { account: 's3', role: 'display', projects: ['p'] }]
    await settle()
    for (let i = 0; i < 5; i++) await pass(POLL_MS)
    expect(told).toEqual(['K7M4PX', 's3'])
  })

  it('gets another code when the first is over', async () => {
    claims = [new ApiError('no_such_code', 404), undefined]
    await settle()
    await pass(POLL_MS)
    await pass(POLL_MS)
    expect(told).toEqual(['K7M4PX', undefined, 'ABCDEF'])
  })

  it('keeps its code while the server is away, and asks less and less often', async () => {
    claims = [new ApiError('offline', 0), new ApiError('offline', 0), undefined, { account: 's3', role: 'display', projects: ['p'] }]
    await settle()
    await pass(POLL_MS)
    await pass(POLL_MS)
    expect(claims).toHaveLength(3)
    await pass(3_000)
    expect(claims).toHaveLength(2)
    for (let i = 0; i < 7; i++) await pass(POLL_MS)
    expect(told).toEqual(['K7M4PX', 'offline', 'offline', 's3'])
  })

  it('says so when the server knows no pairing', async () => {
    pairing.stop()
    offers = [new ApiError('not_found', 404)]
    told = []
    pairing = new Pairing(
      { offer: () => next(offers), claim: () => next(claims), after: world.surroundings.after, cancel: world.surroundings.cancel, random: () => 0.5 },
      { onCode: (c) => told.push(c), onPaired: () => {}, onProblem: (p) => p && told.push(p) },
    )
    pairing.start()
    await settle()
    expect(told).toEqual(['not_found'])
  })

  it('is over when the page leaves', async () => {
    await settle()
    pairing.stop()
    claims = [{ account: 's3', role: 'display', projects: ['p'] }]
    await pass(10 * POLL_MS)
    expect(claims).toHaveLength(1)
  })
})

describe('a new build', () => {
  const html = (hash: string) => `<head><script type="module" crossorigin src="/assets/wall-${hash}.js"></script></head>`
  const setUp = (served: () => string | undefined) => {
    const world = new World()
    const state = { reloads: 0, online: true, looks: 0, loadedFor: '' }
    const watch = new BuildWatch(assetsOf(html('one')), {
      page: () => {
        state.looks++
        const found = served()
        return found === undefined ? Promise.reject(new Error('away')) : Promise.resolve(found)
      },
      reload: () => state.reloads++,
      wasLoadedFor: (assets) => assets === state.loadedFor,
      isOnline: () => state.online,
      after: world.surroundings.after,
      cancel: world.surroundings.cancel,
      random: () => 0.5,
    })
    watch.start()
    const pass = async (ms: number) => {
      world.pass(ms)
      await settle()
    }
    return { state, watch, pass }
  }

  it('is told by the names of scripts and styles', () => {
    expect(assetsOf(html('one'))).toBe('/assets/wall-one.js')
    expect(assetsOf('<h1>502</h1>')).toBe('')
  })

  it('is loaded some time after it was seen, and not before', async () => {
    let hash = 'one'
    const { state, pass } = setUp(() => html(hash))
    await pass(LOOK_MS * 1.1)
    await pass(RELOAD_MS)
    expect(state).toMatchObject({ looks: 1, reloads: 0 })
    hash = 'two'
    await pass(LOOK_MS * 1.1)
    expect(state.reloads).toBe(0)
    await pass(RELOAD_MS)
    expect(state.reloads).toBe(1)
  })

  it('is looked for soon after the line is back', async () => {
    const { state, watch, pass } = setUp(() => html('two'))
    watch.reconnected()
    await pass(SOON_MS)
    await pass(RELOAD_MS)
    expect(state.reloads).toBe(1)
  })

  it('waits while the server is away, and what is no page of ours is no build', async () => {
    let answer: string | undefined
    const { state, pass } = setUp(() => answer)
    await pass(LOOK_MS * 1.1)
    answer = '<h1>502 Bad Gateway</h1>'
    await pass(LOOK_MS * 1.3)
    expect(state.looks).toBe(2)
    answer = html('two')
    state.online = false
    await pass(LOOK_MS * 1.3)
    await pass(10 * RELOAD_MS)
    expect(state.reloads).toBe(0)
    state.online = true
    await pass(SOON_MS)
    expect(state.reloads).toBe(1)
  })

  it('is not loaded twice: a proxy that changes pages must not make a wall flicker for ever', async () => {
    const { state, pass } = setUp(() => html('two'))
    state.loadedFor = assetsOf(html('two'))
    await pass(LOOK_MS * 1.5)
    await pass(RELOAD_MS)
    expect(state).toMatchObject({ looks: 1, reloads: 0 })
  })

  it('is nothing to a page that is gone', async () => {
    const { state, watch, pass } = setUp(() => html('two'))
    watch.stop()
    watch.reconnected()
    await pass(10 * LOOK_MS)
    expect(state).toMatchObject({ looks: 0, reloads: 0 })
  })
})
