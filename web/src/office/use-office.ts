// What every view of the back office shares: the live project, who is signed in, what waits, the deals, and the one way in
// which a button becomes a command.
import { inject, onUnmounted, provide, ref, shallowRef, watch, type InjectionKey } from 'vue'
import type { Buyer, Session } from '../core/api'
import { ApiError } from '../core/api'
import { CommandError } from '../core/commands'
import type { Grant, Rights } from '../core/rights'
import type { FullDeal, Queue } from '../core/work'
import { errorMessage } from '../ui/lang'
import { useLive } from '../ui/use-live'
import { api } from '../ui/use-session'
import { useToast } from '../ui/use-toast'
import { t } from './text'

/** Deals and queue are read again at most so often, however fast the board changes. */
const RELOAD_MS = 1000
const RETRY_MS = 4000

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
    onFreeze: (n) => {
      if (n.kind !== 'checked') isFrozen.value = n.kind === 'frozen'
    },
  })
  const { live, freshness, version } = connection

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
    if (!timer) timer = window.setTimeout(() => void reload(), RELOAD_MS)
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

  /** Runs a command, one at a time, and tells what came of it. The reply, or undefined when it was refused. */
  async function act(
    cmd: string,
    args: object,
    done?: string | ((ok: Record<string, unknown>) => string),
  ): Promise<Record<string, unknown> | undefined> {
    if (isBusy.value) return undefined
    isBusy.value = true
    try {
      const ok = await live.change(cmd, args)
      say(typeof done === 'function' ? done(ok) : (done ?? t('done')))
      void reload()
      return ok
    } catch (e) {
      const code = e instanceof CommandError ? e.code : 'unavailable'
      if (code === 'frozen') isFrozen.value = true // it was so before this page came
      say(errorMessage(code), true)
      return undefined
    } finally {
      isBusy.value = false
    }
  }

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
    act,
  }
  provide(key, office)
  return office
}
