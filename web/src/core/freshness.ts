// How old what is shown may be. A wall that shows old green is worse than none: after OLD_MS without a word from the server
// the page says so, goes grey and refuses to lock.
export type LinkState = 'connecting' | 'open' | 'waiting' | 'signed-out' | 'forbidden' | 'closed'
export type Freshness = 'live' | 'old' | 'offline'

/** The server speaks at least every 5 s; two in a row may be lost on a bad network. */
export const OLD_MS = 10_000

export class Watch {
  private heardAt: number | undefined
  private upTo = 0

  constructor(private readonly local: () => number = Date.now) {}

  /** Something vouched that the board is the newest. `at`: server time of that word. */
  heard(at: number): void {
    this.heardAt = this.local()
    this.upTo = at
  }

  /** Milliseconds since the board was last known to be the newest; undefined before the first time. */
  age(): number | undefined {
    return this.heardAt === undefined ? undefined : Math.max(0, this.local() - this.heardAt)
  }

  /** Server time of the last word, for "data as of 10:32:07". */
  get asOf(): number {
    return this.upTo
  }

  freshness(link: LinkState): Freshness {
    const age = this.age()
    if (link !== 'open') return age === undefined || age > OLD_MS ? 'offline' : 'old'
    return age !== undefined && age <= OLD_MS ? 'live' : 'old'
  }
}
