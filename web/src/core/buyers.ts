// Buyers as the office keeps them, and what a form about one becomes: only what was changed is sent, so that a number which
// the role sees masked stays as it is.
import type { Buyer } from './api'
import { isCard, isMasked, isPhone, wishesOf } from './person'

export type Qualification = 'unknown' | 'qualified' | 'refused'
export const qualifications: readonly Qualification[] = ['unknown', 'qualified', 'refused']
export const levels = ['A', 'B', 'C', ''] as const

export interface FullBuyer extends Buyer {
  card?: string
  wishes?: string[]
  consultant?: string
  qualification?: Qualification
  /** The daemon cannot open this one's data. */
  sealed?: boolean
}

export interface BuyerForm {
  name: string
  phone: string
  card: string
  level: string
  wishes: string
  consultant: string
  qualification: Qualification
}

const open = (number: string | undefined): string => (number && !isMasked(number) ? number : '')

export function formOf(buyer: FullBuyer | undefined, consultant = ''): BuyerForm {
  return {
    name: buyer?.name ?? '',
    phone: open(buyer?.phone),
    card: open(buyer?.card),
    level: buyer?.level ?? '',
    wishes: (buyer?.wishes ?? []).join('、'),
    consultant: buyer?.consultant ?? consultant,
    qualification: buyer?.qualification ?? 'unknown',
  }
}

export type FormProblem = 'name' | 'phone' | 'card' | 'wishes' | 'consultant'

/** What still has to be put right. */
export function problemsOf(form: BuyerForm): FormProblem[] {
  const found: FormProblem[] = []
  if (!form.name.trim()) found.push('name')
  if (form.phone.trim() && !isPhone(form.phone)) found.push('phone')
  if (form.card.trim() && !isCard(form.card)) found.push('card')
  if (wishesOf(form.wishes).length > 20) found.push('wishes')
  if (!form.consultant.trim()) found.push('consultant')
  return found
}

/** The arguments of `buyer.put`; undefined when nothing was changed. */
export function putOf(buyer: FullBuyer | undefined, form: BuyerForm): Record<string, unknown> | undefined {
  const before = formOf(buyer)
  const args: Record<string, unknown> = {}
  for (const name of ['name', 'phone', 'card', 'level', 'consultant', 'qualification'] as const) {
    if (form[name].trim() !== before[name]) args[name] = form[name].trim()
  }
  const wishes = wishesOf(form.wishes)
  if (wishes.join('、') !== before.wishes) args.wishes = wishes
  if (Object.keys(args).length === 0) return undefined
  return buyer ? { buyer: buyer.id, ...args } : args
}

/** By id, name, number, wish or consultant. */
export function findBuyers(buyers: Iterable<FullBuyer>, text: string): FullBuyer[] {
  const what = text.trim().toLowerCase()
  const has = (b: FullBuyer) => [b.id, b.name, b.phone, b.card ?? '', b.consultant ?? '', ...(b.wishes ?? [])].some((s) => s.toLowerCase().includes(what))
  return [...buyers]
    .filter((b) => !what || has(b))
    .sort((a, b) => (a.level || 'Z').localeCompare(b.level || 'Z') || a.name.localeCompare(b.name, 'zh-CN') || a.id.localeCompare(b.id, 'en', { numeric: true }))
}
