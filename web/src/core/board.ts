// One project's board as this client has it. It follows the contract to the letter: `units` are applied only when they
// begin where we are; anything else is a gap, and the caller asks again.
import type { BoardMessage, Letter, UnitsMessage } from './protocol'

/** What a message did: everything is new, some indexes changed, it was not for us, or something is missing. */
// isEcho: a unit came with the state it had, as it does when its entry in the catalogue was changed (a new price, say).
export type Applied = { kind: 'all' } | { kind: 'some'; indexes: number[]; isEcho: boolean } | { kind: 'none' } | { kind: 'gap' }

export class Board {
  epoch = ''
  seq = -1
  catalogVersion = 0
  private letters: Letter[] = []
  private deadlines = new Map<number, number>()

  constructor(readonly project: string) {}

  get isLoaded(): boolean {
    return this.seq >= 0
  }

  get size(): number {
    return this.letters.length
  }

  letter(index: number): Letter | undefined {
    return this.letters[index]
  }

  /** Server time in ms at which the hold ends; undefined when nothing runs. */
  deadline(index: number): number | undefined {
    return this.deadlines.get(index)
  }

  /** What a new connection says to get only what it missed. */
  get resume(): { epoch: string; seq: number } | undefined {
    return this.isLoaded ? { epoch: this.epoch, seq: this.seq } : undefined
  }

  load(m: BoardMessage): Applied {
    if (m.project !== this.project) return { kind: 'none' }
    this.epoch = m.epoch
    this.seq = m.seq
    this.catalogVersion = m.catalog_version
    this.letters = Array.from(m.st) as Letter[]
    this.deadlines = new Map(m.deadlines)
    return { kind: 'all' }
  }

  apply(m: UnitsMessage): Applied {
    if (m.project !== this.project) return { kind: 'none' }
    if (m.epoch !== this.epoch || m.from !== this.seq) return { kind: 'gap' }
    const indexes: number[] = []
    let isEcho = false
    for (const [index, letter, deadline] of m.u) {
      // New units are appended one after the other; a hole would mean that we missed some.
      if (index > this.letters.length) return { kind: 'gap' }
      if (this.letters[index] === letter && this.deadlines.get(index) === (deadline || undefined)) isEcho = true
      this.letters[index] = letter
      if (deadline) this.deadlines.set(index, deadline)
      else this.deadlines.delete(index)
      indexes.push(index)
    }
    this.seq = m.seq
    return { kind: 'some', indexes, isEcho }
  }
}
