// News, and how an attempt to lock stands, as sentences.
import { yuan } from '../core/format'
import { isBad, type News } from '../core/messages'
import { errorMessage } from '../ui/lang'
import { moment } from '../ui/moment'
import type { Attempt } from '../ui/use-attempt'
import { t } from './text'

export function newsText(news: News): string {
  const n = news.number ?? 0
  const isMoney = news.kind === 'paid' || news.kind === 'discounted'
  const isMoment = news.kind === 'expiring' || news.kind === 'extended'
  const number = isMoney ? yuan(n) : isMoment ? moment(n) : String(n)
  return t(`m_${news.kind}`, { unit: news.unit ?? '', text: news.text ?? '', number })
}

/** Several at once as one sentence: the newest of those that call for something, and how many others there are. */
export function gatheredText(all: readonly News[]): string {
  const first = all.filter(isBad).at(-1) ?? all.at(-1)
  if (!first) return ''
  return all.length === 1 ? newsText(first) : t('andMore', { text: newsText(first), n: all.length - 1 })
}

export function attemptText(a: Attempt): string {
  return a.state === 'refused' ? errorMessage(a.code ?? 'unavailable', a.detail) : t(`try_${a.state}`, { unit: a.unit })
}
