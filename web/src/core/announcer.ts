// What a screen reader is told: gathered, and at most one sentence each TELL_MS, for hundreds of changes an hour would drown
// everything else.
export const TELL_MS = 10_000
/** So many units are named; of the others only the number is told. */
export const NAMED_MAX = 3

export interface Told<T> {
  named: T[]
  more: number
}

export class Announcer<T> {
  private waiting: T[] = []
  private more = 0
  private toldAt = -Infinity

  add(item: T): void {
    if (this.waiting.length < NAMED_MAX) this.waiting.push(item)
    else this.more++
  }

  /** What is to be said now, if anything. */
  take(now: number): Told<T> | undefined {
    if (this.waiting.length === 0 || now - this.toldAt < TELL_MS) return undefined
    const told = { named: this.waiting, more: this.more }
    this.waiting = []
    this.more = 0
    this.toldAt = now
    return told
  }
}
