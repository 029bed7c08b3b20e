// Dates and times in the page's language, by the office's clock, wherever this device is.
import { inOffice } from '../core/zone'
import { lang } from './lang'

const locale = () => (lang.value === 'zh' ? 'zh-CN' : 'en-GB')

/** "3月2日 10:32" */
export function moment(ms: number): string {
  return inOffice(ms).toLocaleString(locale(), { month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit', hour12: false, timeZone: 'UTC' })
}

/** "3月2日 周一 10:32:07" in the zone that a form is filled in for */
export function officeMoment(ms: number, offsetMin: number): string {
  const options = { month: 'short', day: 'numeric', weekday: 'short', hour: '2-digit', minute: '2-digit', second: '2-digit', hour12: false, timeZone: 'UTC' } as const
  return new Date(ms + offsetMin * 60_000).toLocaleString(locale(), options)
}

/** "2026年3月2日" */
export function day(ms: number): string {
  return inOffice(ms).toLocaleDateString(locale(), { year: 'numeric', month: 'long', day: 'numeric', timeZone: 'UTC' })
}

/** "2026年3月2日 10:32", for what is kept on paper */
export function dayAndTime(ms: number): string {
  return `${day(ms)} ${inOffice(ms).toISOString().slice(11, 16)}`
}

/** A moment as the browser's own field has it, to the minute. */
export function momentField(ms: number): string {
  return inOffice(ms).toISOString().slice(0, 16)
}

/** "2026-03-02 10:32:07", for lists that are sorted and exported */
export function fullMoment(ms: number): string {
  return inOffice(ms).toISOString().slice(0, 19).replace('T', ' ')
}
