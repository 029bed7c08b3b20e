// The deals of the person at this screen. They are read over HTTP; what a `deal` push or a reply says in between is newer
// than a reading that began before it, so such a reading is not believed and has to be repeated.
import type { Deal } from './protocol'
import type { DealStatus, FullDeal } from './work'

const ENDED: readonly string[] = ['released', 'expired', 'withdrawn']

export const isEnded = (status: string): boolean => ENDED.includes(status)

/** What a lock's reply tells of the new deal, with what the page knows beside it. */
export function newDeal(deal: Deal, consultant: string, priceFen: number, nowMs: number): FullDeal {
  return {
    ...deal,
    status: deal.status as DealStatus,
    consultant,
    created_ms: nowMs,
    held_since_ms: nowMs,
    list_price_fen: priceFen,
    price_fen: priceFen,
  }
}

const isWhole = (deal: Deal): deal is FullDeal =>
  'consultant' in deal && 'created_ms' in deal && 'price_fen' in deal

export class OwnDeals {
  private deals = new Map<string, FullDeal>()
  private heard = 0

  get list(): FullDeal[] {
    return [...this.deals.values()]
  }

  ofUnit(unit: string): FullDeal | undefined {
    return this.list.find((d) => d.unit === unit)
  }

  /** Before a reading: what `take` wants to know of its beginning. */
  mark(): number {
    return this.heard
  }

  /** The open deals as they were read; false when something newer was heard meanwhile. */
  take(found: readonly FullDeal[], mark: number): boolean {
    if (mark !== this.heard) return false
    this.deals = new Map(found.filter((d) => !isEnded(d.status)).map((d) => [d.id, d]))
    return true
  }

  add(deal: FullDeal): void {
    this.heard++
    if (!this.deals.has(deal.id)) this.deals.set(deal.id, deal)
  }

  /** A push: the whole deal as it is now. What it was when this ended it, else what it is. */
  put(deal: Deal): { ended?: FullDeal | undefined; now?: FullDeal } {
    this.heard++
    const known = this.deals.get(deal.id)
    if (isEnded(deal.status)) {
      this.deals.delete(deal.id)
      return { ended: known }
    }
    // Members that are absent are empty, so nothing of before may stay; an older daemon's push has five members only.
    const now = isWhole(deal) ? deal : known && { ...known, ...deal, status: deal.status as DealStatus }
    if (!now) return {}
    this.deals.set(deal.id, now)
    return { now }
  }
}
