// What every view of the back office shares: the live project, who is signed in, what waits, the deals, and the one way in
// which a button becomes a command.
import { computed, inject, onUnmounted, provide, ref, shallowRef, watch, type InjectionKey } from 'vue'
import type { Buyer, Session } from '../core/api'
import { ApiError } from '../core/api'
import type { Action, Subject } from '../core/actions'
import { Awaited } from '../core/awaited'
import { CommandError, type Phase } from '../core/commands'
import { inLines } from '../core/field-check'
import type { Grant, Rights } from '../core/rights'
import type { FullDeal, Queue } from '../core/work'
import { errorMessage } from '../ui/lang'
import { moment } from '../ui/moment'
import '../ui/refusals'
import { useLive } from '../ui/use-live'
import { api } from '../ui/use-session'
import { tellHindrance, useToast } from '../ui/use-toast'
import { t } from './text'
import { untilKnown } from './until-known'

/** Deals and queue are read again at most so often, however fast the board changes. */
const RELOAD_MS = 1000
const RETRY_MS = 4000
/** As long as a command waits for its line. */
const LOST_MS = 31_000

export type Office = ReturnType<typeof useOffice>
const key: InjectionKey<Office> = Symbol('office')

/** For the views inside the page. */
export function officeOfPage(): Office {
  const office = inject(key)
  if (!office) throw new Error('a view of the office outside its page')
  return office
}

export function useOffice(project: string, session: Session, onSignedOut: () => void) {
  const queue = shallowRef<Queue>()
  const deals = shallowRef<FullDeal[]>([])
  const buyers = shallowRef<Map<string, Buyer>>(new Map())
  const rights = shallowRef<Rights>()
  const isFrozen = ref(false)
  const isBusy = ref(false)
  const { toast, say } = useToast()
  const connection = useLive(project, undefined, {
    onSignedOut,
    onQueue: (q) => (queue.value = q),
    // It may have been thawed meanwhile; if it was not, the notice of it follows the board.
    onUp: () => (isFrozen.value = false),
    onFreeze: (n) => {
      if (n.kind !== 'checked') isFrozen.value = n.kind === 'frozen'
    },
  })
  const { live, freshness, version } = connection
  tellHindrance(computed(() => (freshness.value === 'live' ? '' : t('notLive'))))

  const grant = (right: string): Grant => rights.value?.rights[right]?.[session.role] ?? 'no'
  const may = (right: string): boolean => grant(right) !== 'no'

  // --- what is read over HTTP, and read again when the board has moved

  let timer = 0
  async function reload(): Promise<void> {
    window.clearTimeout(timer)
    timer = 0
    try {
      rights.value ??= await api.rights()
      const [open, waiting] = await Promise.all([api.deals(project), api.queue(project)])
      deals.value = open
      if (!queue.value || waiting.seq >= queue.value.seq) queue.value = waiting
    } catch (e) {
      if (e instanceof ApiError && e.status === 401) onSignedOut()
      else if (!(e instanceof ApiError) || e.status === 0 || e.status >= 500) timer = window.setTimeout(() => void reload(), RETRY_MS)
    }
  }
  function reloadSoon(): void {
    // A thousand deals come at a time: many of them are read less often.
    if (!timer) timer = window.setTimeout(() => void reload(), RELOAD_MS * Math.max(1, deals.value.length / 1000))
  }

  async function reloadBuyers(): Promise<void> {
    const found = await api.buyers(project).catch(() => undefined)
    if (found) buyers.value = new Map(found.map((b) => [b.id, b]))
  }
  /** What a person calls a buyer; the id where this role may not see more. */
  const buyerName = (id: string): string => buyers.value.get(id)?.name ?? id

  watch(version, reloadSoon)
  watch(queue, reloadSoon)
  watch(deals, (now) => {
    if (now.some((d) => !buyers.value.has(d.buyer))) void reloadBuyers()
  })
  void reload()
  void reloadBuyers()
  onUnmounted(() => window.clearTimeout(timer))

  // --- what people do

  /** What the last refusal said beside its code. */
  const refusal = shallowRef<{ code: string; detail: Record<string, unknown> | undefined }>()
  type Told = string | ((ok: Record<string, unknown>) => string)

  const awaited = new Awaited()
  const codeOf = (e: unknown): string => (e instanceof CommandError || e instanceof ApiError ? e.code : 'unavailable')
  const detailOf = (e: unknown) =>
    e instanceof CommandError ? e.body.detail : e instanceof ApiError ? (e.problem.fields as Record<string, unknown> | undefined) : undefined

  /** Runs a command, one at a time, and tells what came of it. The reply, or undefined when it was refused. */
  const act = (cmd: string, args: object, done?: Told) =>
    carryOut(cmd, inLines(args), (key, lines) => live.change(cmd, lines, { key, tell: follow }), done)

  /** The same by HTTP, for what is longer than a message of the WebSocket may be. */
  const actAtLength = (cmd: string, args: object, done?: Told) =>
    carryOut(
      cmd,
      inLines(args),
      (key, lines) => {
        if (freshness.value !== 'live') throw new ApiError('stale_screen', 409)
        return untilKnown(() => api.command(project, cmd, lines, key))
      },
      done,
    )

  function refusalText(code: string, detail: Record<string, unknown> | undefined): string {
    const until = Number(detail?.deadline_max)
    return errorMessage(code, detail) + (until ? t('atLatest', { when: moment(until) }) : '')
  }

  function follow(phase: Phase): void {
    if (phase === 'lost') say(t('lineLost'), true, LOST_MS)
  }

  type Send = (key: string, args: object) => Promise<Record<string, unknown>>
  async function carryOut(cmd: string, args: object, send: Send, done?: Told): Promise<Record<string, unknown> | undefined> {
    if (isBusy.value) return undefined
    isBusy.value = true
    refusal.value = undefined
    try {
      const ok = await awaited.run(cmd, args, async (key) => send(key, args), codeOf)
      say(typeof done === 'function' ? done(ok) : (done ?? t('done')))
      void reload()
      return ok
    } catch (e) {
      const code = codeOf(e)
      const detail = detailOf(e)
      if (code === 'frozen') isFrozen.value = true
      refusal.value = { code, detail }
      say(code === 'unknown' || code === 'offline' ? t('outcomeOpen') : refusalText(code, detail), true)
      return undefined
    } finally {
      isBusy.value = false
    }
  }

  // --- the question that is open; it outlives the row that it was asked from

  const asking = shallowRef<{ action: Action; subject: Subject }>()
  const ask = (action: Action, subject: Subject) => (asking.value = { action, subject })

  /** Whether anything may be changed from here at this moment. */
  const canAct = (): boolean => freshness.value === 'live' && !isBusy.value && !isFrozen.value

  const office = {
    ...connection,
    project,
    session,
    queue,
    deals,
    buyers,
    buyerName,
    reloadBuyers,
    reload,
    rights,
    grant,
    may,
    isFrozen,
    isBusy,
    canAct,
    toast,
    say,
    refusal,
    act,
    actAtLength,
    asking,
    ask,
  }
  provide(key, office)
  return office
}
