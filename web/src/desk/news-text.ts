// A piece of news as a sentence.
import { yuan } from '../core/format'
import type { News } from '../core/messages'
import { moment } from '../ui/moment'
import { t } from './text'

export function newsText(news: News): string {
  const n = news.number ?? 0
  const isMoney = news.kind === 'paid' || news.kind === 'discounted'
  const isMoment = news.kind === 'expiring' || news.kind === 'extended'
  const number = isMoney ? yuan(n) : isMoment ? moment(n) : String(n)
  return t(`m_${news.kind}`, { unit: news.unit ?? '', text: news.text ?? '', number })
}
