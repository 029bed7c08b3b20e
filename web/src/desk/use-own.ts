// The own deals, read again when something may have happened to them, and what the office did meanwhile.
import { onUnmounted, ref, shallowRef } from 'vue'
import { ApiError } from '../core/api'
import { newsOf, type News } from '../core/messages'
import { isEnded, OwnDeals } from '../core/own-deals'
import type { Deal } from '../core/protocol'
import type { FullDeal } from '../core/work'
import { api } from '../ui/use-session'

/** After a push, and after a change of a unit that is not one's own: a launch changes hundreds of those a second. */
const SOON_MS = 200
const LATER_MS = 5000
const RETRY_MS = 3000

export interface OwnHooks {
  tell(news: News): void
  now(): number
  onSignedOut(): void
}

export function useOwn(project: string, hooks: OwnHooks) {
  const own = new OwnDeals()
  const deals = shallowRef<FullDeal[]>([])
  /** False until they are here: an empty list would say that there are none. */
  const isRead = ref(false)
  /** As they were read last: against these one sees what the office did. */
  let before: Map<string, FullDeal> | undefined
  let timer = 0
  let due = Infinity
  let isReading = false

  const show = (): void => {
    deals.value = own.list
  }

  function reloadIn(ms: number): void {
    if (Date.now() + ms >= due) return
    window.clearTimeout(timer)
    due = Date.now() + ms
    timer = window.setTimeout(() => void reload(), ms)
  }

  async function reload(): Promise<void> {
    window.clearTimeout(timer)
    due = Infinity
    // One at a time: an older answer must not come after a newer one.
    if (isReading) return reloadIn(SOON_MS)
    isReading = true
    const mark = own.mark()
    try {
      const found = await api.deals(project)
      if (!own.take(found, mark)) return reloadIn(SOON_MS)
      isRead.value = true
      compare(found)
      show()
    } catch (e) {
      if (e instanceof ApiError && e.status === 401) hooks.onSignedOut()
      else if (!(e instanceof ApiError) || e.status === 0 || e.status >= 500) reloadIn(RETRY_MS)
      else isRead.value = true
    } finally {
      isReading = false
    }
  }

  function compare(found: readonly FullDeal[]): void {
    const now = new Map(found.map((d) => [d.id, d]))
    for (const old of before?.values() ?? []) {
      const next = now.get(old.id)
      // Its end was not pushed to us: the line was down.
      if (!next) hooks.tell({ kind: old.deadline && old.deadline <= hooks.now() ? 'expired' : 'released', unit: old.unit })
      else newsOf(old, next).forEach(hooks.tell)
    }
    before = now
  }

  /** One deal as it was pushed. */
  function learn(now: FullDeal): void {
    const old = before?.get(now.id)
    if (old) newsOf(old, now).forEach(hooks.tell)
    before?.set(now.id, now)
  }

  /** A deal that this page itself has begun. */
  function begin(deal: FullDeal): void {
    own.add(deal)
    before?.set(deal.id, deal)
    show()
    reloadIn(SOON_MS)
  }

  function hear(deal: Deal): void {
    const { ended, now } = own.put(deal)
    if (isEnded(deal.status)) before?.delete(deal.id)
    if (now) learn(now)
    if (ended) hooks.tell({ kind: deal.status as 'expired' | 'released' | 'withdrawn', unit: deal.unit })
    show()
    reloadIn(SOON_MS)
  }

  /** One that this page itself has ended: no news. */
  function end(deal: FullDeal): void {
    own.put({ ...deal, status: 'released' })
    before?.delete(deal.id)
    show()
    reloadIn(SOON_MS)
  }

  void reload()
  onUnmounted(() => window.clearTimeout(timer))
  return { deals, isRead, ofUnit: (unit: string) => own.ofUnit(unit), begin, hear, end, soon: () => reloadIn(SOON_MS), later: () => reloadIn(LATER_MS) }
}
