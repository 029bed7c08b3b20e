// The latest changes of a board, newest first: which unit became what, and when. No names: the board has none.
import type { Applied } from './board'
import type { Letter } from './protocol'

export interface StripEntry {
  /** Counts up; a key for lists. */
  id: number
  index: number
  before: Letter
  letter: Letter
  at: number
}

export class Strip {
  private letters: (Letter | undefined)[] = []
  private entries: StripEntry[] = []
  private lastId = 0

  constructor(private readonly max: number) {}

  get list(): readonly StripEntry[] {
    return this.entries
  }

  /** Returns what changed. A whole new board is no news: what it changed happened at times that nobody told. */
  take(change: Applied, size: number, letter: (index: number) => Letter | undefined, at: number): StripEntry[] {
    if (change.kind === 'all') this.letters = Array.from({ length: size }, (_, i) => letter(i))
    if (change.kind !== 'some') return []
    const news: StripEntry[] = []
    for (const index of change.indexes) {
      const [before, now] = [this.letters[index], letter(index)]
      this.letters[index] = now
      if (before && now && before !== now) news.push({ id: ++this.lastId, index, before, letter: now, at })
    }
    const told = news.filter(isTold)
    if (told.length) this.entries = [...told.reverse(), ...this.entries].slice(0, this.max)
    return news
  }
}

/** That a unit is kept from sale is to be seen on the board, but it is not announced. */
function isTold(e: StripEntry): boolean {
  return e.letter !== 'x' && e.letter !== 'w'
}

/** The word for a change: a unit that was never open is new on offer, one that was held is free again. */
export function wordOf(e: StripEntry): `now_${Letter}` | 'now_new' {
  return e.letter === 'a' && (e.before === 'x' || e.before === 'w') ? 'now_new' : `now_${e.letter}`
}
