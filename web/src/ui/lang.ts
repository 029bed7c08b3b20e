// The language of the page, as Vue sees it.
import { ref, watchEffect } from 'vue'
import { errorText, storedLang, storeLang, translate, type Key } from '../core/i18n'

export const lang = ref(storedLang())

watchEffect(() => {
  document.documentElement.lang = lang.value === 'zh' ? 'zh-CN' : 'en'
})

export function t(key: Key, values?: Record<string, string | number>): string {
  return translate(lang.value, key, values)
}

export function errorMessage(code: string): string {
  return errorText(lang.value, code)
}

export function switchLang(): void {
  lang.value = lang.value === 'zh' ? 'en' : 'zh'
  storeLang(lang.value)
}
