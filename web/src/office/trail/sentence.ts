// An event as a sentence in the page's language.
import { yuan } from '../../core/format'
import { roleName } from '../../core/rights'
import { eventKinds, type TrailEvent } from '../../core/trail'
import { lang } from '../../ui/lang'
import { moment } from '../../ui/moment'
import { settingName, settingText } from '../settings/words'
import { t, tables } from './text'

type Key = keyof typeof tables.zh
const isKey = (key: string): key is Key => key in tables.zh
const named = (value: unknown): string => {
  const key = `v_${String(value ?? '')}`
  return isKey(key) ? t(key) : String(value ?? '')
}

const planField = (name: string): string => {
  const key = `p_${name}`
  return isKey(key) ? t(key) : name
}

export const kindText = (type: string): string => {
  const key = `k_${type}`
  return isKey(key) ? t(key) : type
}

/** "认购保留 1 天 → 2 天"; without values where an older event has none. */
function settingChange(name: string, was: string | undefined, val: string | undefined): string {
  return val === undefined ? settingName(name) : `${settingName(name)} ${settingText(name, was ?? '')} → ${settingText(name, val)}`
}

/** Some kinds have a sentence for each case. */
function sentenceOf(e: TrailEvent): Key {
  if (e.type === 'receipt') return e.kind === 'refund' ? 's_refund' : e.late ? 's_receipt_late' : 's_receipt'
  if (e.type === 'ask') return e.price_fen ? 's_ask_price' : e.to ? 's_ask_to' : 's_ask'
  if (e.type === 'lock' && e.launch) return 's_lock_launch'
  if (e.type === 'launch_units' && e.offered === 'no') return 's_launch_units_out'
  const key = `s_${e.type}`
  return (eventKinds as readonly string[]).includes(e.type) && isKey(key) ? key : 's_other'
}

export function sentence(e: TrailEvent, buyerName: (id: string) => string): string {
  const entry = e.catalog as { list_price_fen?: number } | undefined
  const money = (fen: number | undefined) => (fen === undefined ? '—' : yuan(fen))
  // A change of name asks for a buyer, a swap for a unit.
  const to = e.kind === 'rename' && e.to ? buyerName(e.to) : (e.to ?? '')
  const text = t(sentenceOf(e), {
    type: kindText(e.type),
    unit: e.unit ?? '',
    buyer: e.buyer ? buyerName(e.buyer) : '',
    status: named(e.status),
    deadline: e.deadline ? moment(e.deadline) : '—',
    price: money(e.price_fen ?? entry?.list_price_fen),
    amount: money(e.amount_fen),
    paid: money(e.paid_fen),
    kind: named(e.kind),
    result: named(e.result),
    receipt: e.receipt ?? '',
    slip: e.slip ?? '',
    contract: e.contract ?? '',
    request: e.request ?? '',
    to,
    from: e.from ?? '',
    version: e.version ?? '',
    added: e.added ?? 0,
    changed: e.changed ?? 0,
    count: e.count ?? 0,
    account: e.account ?? '',
    account_role: roleName(e.account_role ?? '', lang.value),
    display: e.display ?? '',
    launch: e.launch ?? '',
    closes: e.closes_ms ? moment(Number(e.closes_ms)) : '—',
    set: (e.set ?? []).map((name, at) => (e.type === 'launch_plan' ? planField(name) : settingChange(name, e.was?.[at], e.val?.[at]))).join(lang.value === 'zh' ? '、' : ', '),
  })
  return text.trim() + (e.refund_fen ? t('refundDue', { refund: yuan(e.refund_fen) }) : '')
}
