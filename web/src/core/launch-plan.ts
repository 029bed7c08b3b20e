// The plan of a session as people write it: times of the office, minutes, rounds by group; what is wrong with it, and what of it
// has to be sent. The bounds are those of the function library, which decides.
import type { Launch, LaunchMode } from './launches'
import { fieldAt, momentOf } from './office-day'
import { msOf } from './settings'

export interface Round {
  name: string
  minutes: string
}

export interface PlanForm {
  name: string
  opens: string
  closes: string
  hold: string
  limit: string
  mode: LaunchMode
  windowSize: string
  windowMinutes: string
  groups: Round[]
  activeMax: string
  rules: string
}

/** As the server calls them. */
export type PlanField = 'name' | 'opens_ms' | 'closes_ms' | 'hold_ms' | 'limit' | 'window_size' | 'window_ms' | 'groups' | 'active_max' | 'rules'
export type PlanFault = 'needed' | 'long' | 'bad' | 'past' | 'order' | 'range' | 'number' | 'round' | 'span'
export type PlanFaults = Partial<Record<PlanField, PlanFault>>

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const NAME_MAX_BYTES = 120
const GROUP_MAX_BYTES = 72
const GROUPS_MAX_BYTES = 300
const RULES_MAX_BYTES = 6000
/** From, to; whole numbers, times in ms. */
export const bounds = {
  hold_ms: [1000, 24 * HOUR_MS],
  limit: [1, 20],
  window_size: [1, 100_000],
  window_ms: [1000, 24 * HOUR_MS],
  active_max: [0, 100_000],
} as const

const bytesOf = (text: string): number => new TextEncoder().encode(text).length
/** Eleven digits in a row would be somebody's number. */
const hasNumber = (text: string): boolean => /\d{11}/.test(text)
const minutes = (ms: number): string => String(ms / MINUTE_MS)
const minutesMs = (text: string): number | undefined => msOf({ count: text, unit: 'min' })
const whole = (text: string): number | undefined => (/^\d{1,9}$/.test(text.trim()) ? Number(text) : undefined)

/** "A=600000,B=300000" */
export function roundsOf(groups: string): Round[] {
  return groups
    .split(',')
    .map((round) => /^([^=]+)=(\d+)$/.exec(round))
    .filter((found) => found !== null)
    .map((found) => ({ name: found[1]!, minutes: minutes(Number(found[2])) }))
}

const groupsText = (rounds: readonly Round[]): string => rounds.map((r) => `${r.name.trim()}=${minutesMs(r.minutes) ?? 0}`).join(',')

/** What the form begins with: the session, or for a new one the next day at nine. */
export function planOf(launch: Launch | undefined, offsetMin: number, now: number): PlanForm {
  const tomorrow = momentOf(`${fieldAt(now + 24 * HOUR_MS, offsetMin).slice(0, 10)}T09:00:00`, offsetMin)!
  return {
    name: launch?.name ?? '',
    opens: fieldAt(launch?.opens_ms ?? tomorrow, offsetMin),
    closes: fieldAt(launch?.closes_ms ?? tomorrow + 2 * HOUR_MS, offsetMin),
    hold: minutes(launch?.hold_ms ?? 10 * MINUTE_MS),
    limit: String(launch?.limit ?? 1),
    mode: launch?.mode ?? 'all',
    windowSize: String(launch?.window_size ?? 20),
    windowMinutes: minutes(launch?.window_ms ?? 5 * MINUTE_MS),
    groups: roundsOf(launch?.groups ?? ''),
    activeMax: String(launch?.active_max ?? 0),
    rules: launch?.rules ?? '',
  }
}

type Values = Record<PlanField | 'mode', string | number | undefined>

function valuesOf(form: PlanForm, offsetMin: number): Values {
  return {
    name: form.name.trim(),
    mode: form.mode,
    opens_ms: momentOf(form.opens, offsetMin),
    closes_ms: momentOf(form.closes, offsetMin),
    hold_ms: minutesMs(form.hold),
    limit: whole(form.limit),
    window_size: whole(form.windowSize),
    window_ms: minutesMs(form.windowMinutes),
    groups: groupsText(form.groups),
    active_max: form.mode === 'all' ? whole(form.activeMax) : 0, // its places are drawn: that goes with no other order
    rules: form.rules.replace(/\r\n?/g, '\n').replace(/\t/g, ' ').trim(),
  }
}

/** Fields that the plan has no use for keep what they have. A window is also how long a seat lasts while others wait for one. */
const usedIn: Partial<Record<PlanField, (form: PlanForm) => boolean>> = {
  window_size: (form) => form.mode === 'order',
  window_ms: (form) => form.mode === 'order' || hasRoom(form),
  groups: (form) => form.mode === 'groups',
}
const isUsed = (field: PlanField, form: PlanForm): boolean => usedIn[field]?.(form) ?? true
export const hasRoom = (form: PlanForm): boolean => form.mode === 'all' && whole(form.activeMax) !== 0

function roundsFault(rounds: readonly Round[], sessionMs: number): PlanFault | undefined {
  if (rounds.length === 0) return 'needed'
  const names = rounds.map((r) => r.name.trim())
  const isBad = (r: Round) => {
    const name = r.name.trim()
    const ms = minutesMs(r.minutes)
    return name === '' || bytesOf(name) > GROUP_MAX_BYTES || /[\s|"\\=,\u0000-\u001f]/.test(name) || ms === undefined || ms < 1000 || ms > 999_999_999
  }
  if (rounds.some(isBad) || new Set(names).size < names.length) return 'round'
  if (bytesOf(groupsText(rounds)) > GROUPS_MAX_BYTES) return 'long'
  return rounds.reduce((sum, r) => sum + minutesMs(r.minutes)!, 0) > sessionMs ? 'span' : undefined
}

function textFault(text: string, maxBytes: number): PlanFault | undefined {
  return bytesOf(text) > maxBytes ? 'long' : hasNumber(text) ? 'number' : undefined
}

/** What still has to be put right. */
export function faultsOf(form: PlanForm, offsetMin: number, now: number): PlanFaults {
  const v = valuesOf(form, offsetMin)
  const found: PlanFaults = {}
  const note = (field: PlanField, fault: PlanFault | undefined) => {
    if (fault && isUsed(field, form)) found[field] = fault
  }
  note('name', v.name === '' ? 'needed' : textFault(String(v.name), NAME_MAX_BYTES))
  note('opens_ms', v.opens_ms === undefined ? 'bad' : Number(v.opens_ms) <= now ? 'past' : undefined)
  note('closes_ms', v.closes_ms === undefined ? 'bad' : Number(v.closes_ms) <= Number(v.opens_ms) ? 'order' : undefined)
  for (const [field, [from, to]] of Object.entries(bounds) as [keyof typeof bounds, readonly [number, number]][]) {
    const n = v[field] as number | undefined
    note(field, n === undefined ? 'bad' : n < from || n > to ? 'range' : undefined)
  }
  note('groups', roundsFault(form.groups, Number(v.closes_ms) - Number(v.opens_ms)))
  note('rules', textFault(String(v.rules), RULES_MAX_BYTES))
  return found
}

/** The arguments of `launch.put`: all of a new session, and of one that is planned what is other than before. */
export function putOf(form: PlanForm, offsetMin: number, before?: Launch): Record<string, unknown> {
  const args: Record<string, unknown> = before ? { launch: before.id } : {}
  for (const [name, value] of Object.entries(valuesOf(form, offsetMin))) {
    if (!isUsed(name as PlanField, form) || (!before && value === '')) continue
    if (!before || String(before[name as keyof Launch] ?? '') !== String(value)) args[name] = value
  }
  return args
}

/** The field that a refusal names. */
export function refusedField(detail: Record<string, unknown> | undefined): PlanField | undefined {
  const field = detail?.field
  const known: readonly string[] = ['name', 'opens_ms', 'closes_ms', 'hold_ms', 'limit', 'window_size', 'window_ms', 'groups', 'active_max', 'rules']
  return typeof field === 'string' && known.includes(field) ? (field as PlanField) : undefined
}
