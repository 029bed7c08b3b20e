// Dates and times in the page's language and the device's time zone.
import { lang } from '../ui/lang'

const locale = () => (lang.value === 'zh' ? 'zh-CN' : 'en-GB')

/** "3月2日 10:32" */
export function moment(ms: number): string {
  return new Date(ms).toLocaleString(locale(), { month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit', hour12: false })
}

/** "2026年3月2日" */
export function day(ms: number): string {
  return new Date(ms).toLocaleDateString(locale(), { year: 'numeric', month: 'long', day: 'numeric' })
}

/** "2026-03-02 10:32:07", for lists that are sorted and exported */
export function fullMoment(ms: number): string {
  const d = new Date(ms)
  const two = (n: number) => String(n).padStart(2, '0')
  return `${d.getFullYear()}-${two(d.getMonth() + 1)}-${two(d.getDate())} ${two(d.getHours())}:${two(d.getMinutes())}:${two(d.getSeconds())}`
}
