// Buildings that do not fit on one screen at a readable size take turns.

export const TURN_MS = 15_000
/** A group in which something has just changed stays until people have seen it … */
export const FRESH_MS = 6_000
/** … but not for ever: on a busy morning the others must be seen too. */
export const TURN_MAX_MS = 45_000

/** As few groups of neighbours as fit, all about as large; where even one alone does not fit, each stands alone. */
export function groupsOf<T>(items: T[], fits: (group: T[]) => boolean): T[][] {
  for (let count = 1; count < items.length; count++) {
    const groups = split(items, count)
    if (groups.every(fits)) return groups
  }
  return items.map((item) => [item])
}

function split<T>(items: T[], count: number): T[][] {
  const bound = (k: number) => Math.round((items.length * k) / count)
  return Array.from({ length: count }, (_, k) => items.slice(bound(k), bound(k + 1)))
}

export class Rotation {
  private count = 1
  private shown = 0
  private since: number | undefined
  private changedAt = -Infinity
  isPaused = false

  get current(): number {
    return this.shown
  }

  /** Another number of groups: the place is kept as far as there is one. */
  setCount(count: number, now: number): void {
    this.count = Math.max(1, count)
    if (this.since === undefined || this.shown >= this.count) this.goTo(0, now)
  }

  goTo(group: number, now: number): void {
    this.shown = group
    this.since = now
    this.changedAt = -Infinity
  }

  changed(group: number, now: number): void {
    if (group === this.shown) this.changedAt = now
  }

  /** How much of the turn is over, 0 to 1; stays at 1 while a fresh change holds the group. */
  progress(now: number): number {
    return this.isPaused ? 0 : Math.min(1, Math.max(0, (now - (this.since ?? now)) / TURN_MS))
  }

  /** True when the next group came. Call it once a second or so. */
  tick(now: number): boolean {
    if (this.count === 1) return false
    // A clock that was set back, a pause: the turn begins anew.
    if (this.since === undefined || this.isPaused || now < this.since) this.since = now
    const turn = now - this.since
    const isHeld = now - this.changedAt < FRESH_MS && turn < TURN_MAX_MS
    if (turn < TURN_MS || isHeld) return false
    this.goTo((this.shown + 1) % this.count, now)
    return true
  }
}
