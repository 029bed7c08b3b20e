// The locks of the person at this screen. What `deal` pushes and replies say comes first; the board has the last word, for
// a push may be missed while the line is down. A reply may be ahead of the board by a tick, so a contradiction that the
// board has not grown out of must last before it is believed.
import type { Deal, Letter } from './protocol'

const GRACE_MS = 5_000

interface Entry {
  deal: Deal
  wasSeen: boolean
  oddSince: number | undefined
}

export interface Seen {
  letter: Letter
  deadline: number | undefined
}

const isHeld = (status: string) => status === 'locked' || status === 'subscribed'

export class OwnDeals {
  private entries = new Map<string, Entry>()

  get list(): Deal[] {
    return [...this.entries.values()].map((e) => e.deal)
  }

  has(id: string): boolean {
    return this.entries.has(id)
  }

  /** True when this ended a deal that was on the list. */
  put(deal: Deal): boolean {
    const known = this.entries.get(deal.id)
    if (!isHeld(deal.status)) return this.entries.delete(deal.id)
    this.entries.set(deal.id, { deal, wasSeen: known?.wasSeen ?? false, oddSince: undefined })
    return false
  }

  /** Drops what the board contradicts and returns it. Only for a board that is live. */
  reconcile(look: (unit: string) => Seen | undefined, nowMs: number): Deal[] {
    const over: Deal[] = []
    for (const [id, e] of this.entries) {
      const seen = look(e.deal.unit)
      if (!seen) continue
      const isFree = !'lscpt'.includes(seen.letter)
      const isAnothers = seen.letter === 'l' && e.deal.status === 'locked' && seen.deadline !== e.deal.deadline
      if (!isFree && !isAnothers) {
        e.wasSeen = true
        e.oddSince = undefined
        continue
      }
      e.oddSince ??= nowMs
      if ((isFree && e.wasSeen) || nowMs - e.oddSince >= GRACE_MS) {
        this.entries.delete(id)
        over.push(e.deal)
      }
    }
    return over
  }
}
