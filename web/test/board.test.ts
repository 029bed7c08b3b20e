import { beforeEach, describe, expect, it } from 'vitest'
import { Board } from '../src/core/board'
import type { BoardMessage, UnitsMessage } from '../src/core/protocol'

const snapshot: BoardMessage = {
  ev: 'board', project: 'p', epoch: 'e1', seq: 10, at: 1, catalog_version: 2, st: 'aal', deadlines: [[2, 500]],
}
const units = (more: Partial<UnitsMessage>): UnitsMessage => ({
  ev: 'units', project: 'p', epoch: 'e1', from: 10, seq: 12, at: 2, u: [[0, 'l', 900]], ...more,
})

describe('a board', () => {
  let board: Board
  beforeEach(() => {
    board = new Board('p')
    board.load(snapshot)
  })

  it('shows what a snapshot says', () => {
    expect([0, 1, 2].map((i) => board.letter(i))).toEqual(['a', 'a', 'l'])
    expect(board.deadline(2)).toBe(500)
    expect(board.resume).toEqual({ epoch: 'e1', seq: 10 })
    expect(board.catalogVersion).toBe(2)
  })

  it('applies units that begin where it is', () => {
    expect(board.apply(units({}))).toEqual({ kind: 'some', indexes: [0], isEcho: false })
    expect(board.letter(0)).toBe('l')
    expect(board.deadline(0)).toBe(900)
    expect(board.seq).toBe(12)
  })

  it('forgets the deadline of a unit that is free again', () => {
    board.apply(units({ u: [[2, 'a']] }))
    expect(board.deadline(2)).toBeUndefined()
  })

  it.each([{ from: 9 }, { from: 11 }, { epoch: 'e2' }, { u: [[5, 'a']] as UnitsMessage['u'] }])(
    'finds a gap in units with %j and changes nothing it shows',
    (more) => {
      expect(board.apply(units(more))).toEqual({ kind: 'gap' })
      expect([board.seq, board.letter(0), board.size]).toEqual([10, 'a', 3])
    },
  )

  it('notices a unit that came with the state it had', () => {
    expect(board.apply(units({ u: [[2, 'l', 500]] }))).toMatchObject({ isEcho: true })
    expect(board.apply(units({ from: 12, seq: 13, u: [[2, 'l', 600]] }))).toMatchObject({ isEcho: false })
  })

  it('takes a unit that was added at the end', () => {
    expect(board.apply(units({ u: [[3, 'a']] }))).toEqual({ kind: 'some', indexes: [3], isEcho: false })
    expect(board.size).toBe(4)
  })

  it('leaves messages of other projects alone', () => {
    expect(board.apply(units({ project: 'q' }))).toEqual({ kind: 'none' })
    expect(board.load({ ...snapshot, project: 'q', seq: 99 })).toEqual({ kind: 'none' })
    expect(board.seq).toBe(10)
  })
})
