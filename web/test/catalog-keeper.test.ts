import { beforeEach, describe, expect, it } from 'vitest'
import { Board } from '../src/core/board'
import { makeCatalog, type Catalog, type Unit } from '../src/core/catalog'
import { CatalogKeeper } from '../src/core/catalog-keeper'
import { World } from './surroundings'

const unit = (id: string): Unit => ({
  id, building: '1', entrance: '', floor: 1, room: id, type: '', gross_area: '', inside_area: '', list_price_fen: 1,
})
const catalog = (version: number, ...ids: string[]) => makeCatalog('p', version, ids.map(unit))
/** Lets the promises that are settled run on. */
const settle = () => new Promise((done) => setTimeout(done, 0))

describe('the catalogue', () => {
  let world: World
  let board: Board
  let keeper: CatalogKeeper
  let served: Catalog | undefined
  let asked: number
  let shown: number[]
  beforeEach(() => {
    world = new World()
    board = new Board('p')
    served = catalog(1, 'a')
    asked = 0
    shown = []
    keeper = new CatalogKeeper(board, {
      load: () => (asked++, served ? Promise.resolve(served) : Promise.reject(new Error('away'))),
      show: (c) => shown.push(c.version),
      ...world.surroundings,
    })
  })
  const snapshot = (version: number, st: string) =>
    keeper.onBoard(
      board.load({ ev: 'board', project: 'p', epoch: 'e', seq: 1, at: 1, catalog_version: version, st, deadlines: [] }),
    )
  const change = (index: number, letter: 'a' | 'l') =>
    keeper.onBoard(
      board.apply({ ev: 'units', project: 'p', epoch: 'e', from: board.seq, seq: board.seq + 1, at: 2, u: [[index, letter]] }),
    )

  it('is loaded once for a board and not again while it fits', async () => {
    snapshot(1, 'a')
    await settle()
    snapshot(1, 'l')
    await settle()
    expect([asked, shown]).toEqual([1, [1]])
  })

  it('is loaded again when a board names a higher version', async () => {
    snapshot(1, 'a')
    await settle()
    served = catalog(2, 'a')
    snapshot(2, 'a')
    await settle()
    expect(shown).toEqual([1, 2])
  })

  it('is asked for until it has the new unit, for the server may read it later than it tells', async () => {
    snapshot(1, 'a')
    await settle()
    change(1, 'a')
    await settle()
    expect([asked, shown]).toEqual([2, [1]])
    served = catalog(2, 'a', 'b')
    world.pass(2_000)
    await settle()
    expect(shown).toEqual([1, 2])
    world.pass(60_000)
    await settle()
    expect(asked).toBe(3)
  })

  it('is looked at after a unit came with the state it had, as with a new price', async () => {
    snapshot(1, 'a')
    await settle()
    served = catalog(2, 'a')
    change(0, 'a')
    world.pass(5_000)
    await settle()
    expect(shown).toEqual([1, 2])
  })

  it('is not looked at for a plain change of state', async () => {
    snapshot(1, 'a')
    await settle()
    change(0, 'l')
    world.pass(60_000)
    await settle()
    expect(asked).toBe(1)
  })

  it('is asked for again, less and less often, while the server is away, and no more after the end', async () => {
    served = undefined
    snapshot(1, 'a')
    for (let i = 0; i < 120; i++) {
      await settle()
      world.pass(1_000)
    }
    expect(asked).toBeGreaterThan(5)
    expect(asked).toBeLessThan(12)
    const before = asked
    keeper.stop()
    world.pass(60_000)
    await settle()
    expect(asked).toBe(before)
  })
})
