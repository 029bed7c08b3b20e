// The language of the page, as Vue sees it.
import { ref, watchEffect } from 'vue'
import { errorText, fill, sharedTables, storedLang, storeLang, type Tables, type Values } from '../core/i18n'

export const lang = ref(storedLang())

watchEffect(() => {
  document.documentElement.lang = lang.value === 'zh' ? 'zh-CN' : 'en'
})

type SharedKey = keyof typeof sharedTables.zh

/** The words of a page: its own table and the shared one. */
export function textsOf<K extends string>(zh: Record<K, string>, en: Record<NoInfer<K>, string>) {
  const tables: Tables<K | SharedKey> = { zh: { ...sharedTables.zh, ...zh }, en: { ...sharedTables.en, ...en } }
  const t = (key: K | SharedKey, values?: Values): string => fill(tables[lang.value][key], values)
  return { tables, t }
}

export const { t } = textsOf({}, {})

export function errorMessage(code: string, detail?: Record<string, unknown>): string {
  return errorText(lang.value, code, detail)
}

/** What the tab is called, for as long as no part of the page knows better. */
export function titlePage(title: () => string): void {
  watchEffect(() => {
    document.title = title()
  })
}

export function switchLang(): void {
  lang.value = lang.value === 'zh' ? 'en' : 'zh'
  storeLang(lang.value)
}
