// How old what is shown may be. A wall that shows old green is worse than none: after LIVE_MS without a word from the server
// the page says so and refuses to lock; after STALE_MS it goes grey and says of when its data are.
export type LinkState = 'connecting' | 'open' | 'waiting' | 'signed-out' | 'forbidden' | 'replaced' | 'closed'
/** offline: like stale, and the line is down as well. */
export type Freshness = 'live' | 'delayed' | 'stale' | 'offline'

/** The server vouches for its data every 4 s. */
export const LIVE_MS = 5_000
export const STALE_MS = 30_000

/** Nobody may choose by such data any more. */
export const isOld = (f: Freshness): boolean => f === 'stale' || f === 'offline'

export class Watch {
  private heardAt: { local: number; steady: number } | undefined
  private upTo = 0

  /** Two clocks, and the older age counts: the one goes back when the device's time is set, the other stands still while
   *  the device sleeps. */
  constructor(
    private readonly local: () => number = Date.now,
    private readonly steady: () => number = () => performance.now(),
  ) {}

  /** Something vouched that the board is the newest. `at`: server time of that word. */
  heard(at: number): void {
    this.heardAt = { local: this.local(), steady: this.steady() }
    this.upTo = at
  }

  /** Milliseconds since the board was last known to be the newest; undefined before the first time. */
  age(): number | undefined {
    const h = this.heardAt
    return h && Math.max(0, this.local() - h.local, this.steady() - h.steady)
  }

  /** Server time of the last word, for "data as of 10:32:07". */
  get asOf(): number {
    return this.upTo
  }

  freshness(link: LinkState): Freshness {
    const age = this.age()
    if (age === undefined || age > STALE_MS) return link === 'open' ? 'stale' : 'offline'
    return link === 'open' && age <= LIVE_MS ? 'live' : 'delayed'
  }
}
