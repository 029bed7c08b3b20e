// The names of settings and what their values are called.
import { clockText, durationOf, durationsText, lookOf, offsetText, type Bound, type TimeUnit } from '../../core/settings'
import { t, tables } from './text'

type Key = keyof typeof tables.zh
const isKey = (key: string): key is Key => key in tables.zh
const wordOf = (prefix: string) => (name: string) => {
  const key = `${prefix}_${name}`
  return isKey(key) ? t(key) : undefined
}

const named = wordOf('s')
const chosen = wordOf('c')
export const settingName = (name: string): string => named(name) ?? name
export const settingHint = wordOf('h')
export const choiceName = (choice: string): string => chosen(choice) ?? choice
export const unitName = (unit: TimeUnit): string => t(`u_${unit}`)

/** A bound as people read it: "1 秒", "90 天". */
export function boundText(name: string, bound: Bound | undefined, value: number | undefined): string {
  if (value === undefined) return ''
  const look = lookOf(name, bound)
  if (look === 'clock') return clockText(value)
  if (look === 'offset') return offsetText(value)
  if (look !== 'duration') return String(value)
  const d = durationOf(value)
  return `${d.count} ${unitName(d.unit)}`
}

/** A value as the trail keeps it, as people read it; "—" for none. */
export function settingText(name: string, value: string): string {
  if (value === '') return '—'
  if (lookOf(name, undefined) === 'durations') return durationsText(value, unitName)
  const isNumber = name.endsWith('_ms') || name.endsWith('_min')
  return isNumber ? boundText(name, { kind: 'int' }, Number(value)) : choiceName(value)
}
