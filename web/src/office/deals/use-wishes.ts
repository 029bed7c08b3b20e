// What a request asks for, and how far that lies from what holds: beside it in the queue, and in the question that decides it.
import { computed } from 'vue'
import { yuan } from '../../core/format'
import type { FullDeal, WorkRequest } from '../../core/work'
import { moment } from '../../ui/moment'
import { t } from '../text'
import { officeOfPage } from '../use-office'

export function useWishes() {
  const { deals, catalog, buyerName } = officeOfPage()
  const open = computed(() => new Map(deals.value.map((d) => [d.id, d])))
  /** Whoever decides wants to know whose deal it is. */
  const dealOf = (r: WorkRequest | undefined): FullDeal | undefined => open.value.get(r?.deal ?? '')

  function wish(r: WorkRequest): string {
    if (r.kind === 'swap') return t('wishTo', { to: r.to ?? '' })
    if (r.kind === 'rename') return t('wishBuyer', { to: buyerName(r.to ?? '') })
    if (r.kind === 'extension') return t('wishUntil', { when: moment(r.deadline ?? 0) })
    return r.price_fen ? t('wishPrice', { price: yuan(r.price_fen) }) : ''
  }

  /** How far the price that is asked for lies from the one that holds. */
  function against(r: WorkRequest): string {
    const wished = r.price_fen
    const unit = catalog.value?.units[catalog.value.indexOf.get(r.unit) ?? -1]
    const holds = r.kind === 'price' ? unit?.list_price_fen : dealOf(r)?.price_fen
    if (!wished || !holds || wished === holds) return ''
    const sign = wished < holds ? '−' : '+'
    const by = Math.abs(wished - holds)
    return t('wishAgainst', { price: yuan(holds), change: `${sign}¥${yuan(by)}`, percent: `${sign}${((by / holds) * 100).toFixed(2)}%` })
  }

  return { dealOf, wish, against }
}
