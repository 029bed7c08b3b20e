// Light or dark: what the person chose here, else what the device prefers. A wall is dark unless it is told otherwise.
import { ref } from 'vue'

export type Theme = 'dark' | 'light'
const STORED = 'listingd.theme'

function stored(): Theme | undefined {
  try {
    const found = localStorage.getItem(STORED)
    return found === 'dark' || found === 'light' ? found : undefined
  } catch {
    return undefined // storage may be forbidden
  }
}

const preferred = (): Theme => (window.matchMedia?.('(prefers-color-scheme: light)').matches ? 'light' : 'dark')

export const theme = ref<Theme>('dark')

export function useTheme(otherwise: Theme = preferred()): void {
  show(stored() ?? otherwise)
}

function show(next: Theme): void {
  theme.value = next
  document.documentElement.dataset.theme = next
}

export function switchTheme(): void {
  show(theme.value === 'dark' ? 'light' : 'dark')
  try {
    localStorage.setItem(STORED, theme.value)
  } catch {
    return // the choice then lasts as long as the page
  }
}
