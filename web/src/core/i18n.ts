// Chinese first, English switchable. A page has a table of its own beside the shared one, so that no page loads the words of
// another; both languages of a table have the same keys (the type says so).
import * as errors from './text-errors'
import * as shared from './text-shared'

export type Lang = 'zh' | 'en'
export type Values = Record<string, string | number>
export type Tables<K extends string> = Record<Lang, Record<K, string>>

export const sharedTables: Tables<keyof typeof shared.zh> = { zh: shared.zh, en: shared.en }
export const errorTables: Tables<keyof typeof errors.zh> = { zh: errors.zh, en: errors.en }

/** "{n} left" with its values; what has none stays as it is. */
export function fill(text: string, values: Values = {}): string {
  return text.replace(/\{(\w+)\}/g, (all, name: string) => String(values[name] ?? all))
}

const sentences: Record<Lang, Record<string, string>> = { zh: { ...errors.zh }, en: { ...errors.en } }

/** Of the pages on which people work (ui/refusals.ts). */
export function addErrorTexts(more: Tables<string>): void {
  Object.assign(sentences.zh, more.zh)
  Object.assign(sentences.en, more.en)
}

/** A refusal may say more than its code: why, which field, or what the limit is. Where there is a sentence for that, it is the
 * better one. */
export function errorText(lang: Lang, code: string, detail: Record<string, unknown> = {}): string {
  const table = sentences[lang]
  // Why, or which field, or what else the detail tells (`deadline_max`).
  const more = [detail.why, detail.field, ...Object.keys(detail)]
  const keys = [...more.map((name) => `e_${code}_${String(name)}`), `e_${code}`]
  const found = keys.find((key) => Object.prototype.hasOwnProperty.call(table, key))
  return found ? table[found]! : fill(errors[lang].e_other, { code })
}

const STORED = 'listingd.lang'

export function storedLang(): Lang {
  try {
    return localStorage.getItem(STORED) === 'en' ? 'en' : 'zh'
  } catch {
    return 'zh' // storage may be forbidden; the choice then lasts as long as the page
  }
}

export function storeLang(lang: Lang): void {
  try {
    localStorage.setItem(STORED, lang)
  } catch {
    return
  }
}
