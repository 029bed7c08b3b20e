// What the parts of the tablet share: the live project, the own deals, the buyers, and the one way in which a button becomes
// a command.
import { computed, inject, nextTick, provide, ref, shallowRef, watch, type InjectionKey } from 'vue'
import type { Buyer, Session } from '../core/api'
import type { Unit } from '../core/catalog'
import { CommandError } from '../core/commands'
import { isBad, Messages, type News } from '../core/messages'
import { newDeal } from '../core/own-deals'
import type { FreezeNotice, Letter, Notice } from '../core/protocol'
import type { Grant, Rights } from '../core/rights'
import type { FullDeal } from '../core/work'
import { errorMessage } from '../ui/lang'
import '../ui/refusals'
import { useLive } from '../ui/use-live'
import { api } from '../ui/use-session'
import { useOffers } from '../ui/use-offers'
import { useToast } from '../ui/use-toast'
import { attemptText, gatheredText } from './news-text'
import { t } from './text'
import { useAttempt, type Attempt } from '../ui/use-attempt'
import { useBuyers } from './use-buyers'
import { useFavourites } from '../ui/use-favourites'
import { useFilter } from './use-filter'
import { useOwn } from './use-own'

export type Desk = ReturnType<typeof useDesk>
const key: InjectionKey<Desk> = Symbol('desk')

/** For the parts of the page. */
export function deskOfPage(): Desk {
  const desk = inject(key)
  if (!desk) throw new Error('a part of the tablet outside its page')
  return desk
}

export function useDesk(project: string, session: Session, onSignedOut: () => void) {
  const { toast, say } = useToast()
  const isFrozen = ref(false)
  const isBusy = ref(false)

  // --- messages

  const box = new Messages()
  const fresh: News[] = []
  const messages = shallowRef(box.list)
  const unread = ref(0)
  function tell(news: News): void {
    box.add(news, connection.live.clock.now())
    showMessages()
    // After a while without network all that has happened comes at once.
    if (fresh.push(news) === 1) void nextTick(() => sayAll(fresh.splice(0)))
  }
  const sayAll = (all: News[]) => say(gatheredText(all), all.some(isBad))
  function showMessages(): void {
    messages.value = box.list
    unread.value = box.unread
  }
  function readMessages(): void {
    box.read()
    showMessages()
  }

  /** What a cell is called for those who do not see it. */
  const cellText = (u: Unit, l: Letter, mine: boolean): string => t(mine ? 'ownCell' : 'cell', { room: u.room, state: t(`st_${l}`) })

  // --- the project and what belongs to the person here

  const connection = useLive(project, { tag: 'button', spoken: cellText }, {
    onDeal: (d) => own.hear(d),
    onNotice: (n: Notice) => tell({ kind: 'expiring', unit: n.unit, number: n.deadline }),
    onQueue: () => own.soon(),
    onFreeze,
    onUp,
    onSignedOut,
    isMine: (id) => own.ofUnit(id) !== undefined,
  })
  const { live, catalog, grid, launches, now, freshness, version, repaint } = connection
  const own = useOwn(project, { tell, now: () => live.clock.now(), onSignedOut })
  const buying = useBuyers(project)
  const liking = useFavourites(project, live, refuse)
  const filtering = useFilter(live, catalog, grid, version, liking.favourites)
  const locking = useAttempt(live, onWon, onRefused)
  const { offered } = useOffers(project, launches, now)
  watch([offered, grid, catalog], () => {
    const units = catalog.value?.units ?? []
    grid.value?.classify('offered', (i) => offered.value.has(units[i]?.id ?? ''))
  })

  /** What was frozen before the line was lost may be thawed; if it is not, the notice of it follows the board. */
  function onUp(): void {
    isFrozen.value = false
  }
  function onFreeze(n: FreezeNotice): void {
    if (n.kind === 'checked') return
    const frozen = n.kind === 'frozen'
    if (frozen !== isFrozen.value) tell({ kind: frozen ? 'frozen' : 'thawed' })
    isFrozen.value = frozen
  }

  connection.listen((change) => {
    if (change.kind === 'none') return
    const units = catalog.value?.units ?? []
    const isMine = change.kind !== 'some' || change.indexes.some((i) => own.ofUnit(units[i]?.id ?? ''))
    if (isMine) own.soon()
    else own.later()
  })
  watch(own.deals, () => {
    repaint()
    buying.expect(own.deals.value.map((d) => d.buyer))
  })
  watch(freshness, (f, before) => {
    if (f === 'live' && before !== 'live') own.soon()
  })

  // --- rights

  const rights = shallowRef<Rights>()
  const grant = (right: string): Grant => rights.value?.rights[right]?.[session.role] ?? 'no'
  async function loadRights(): Promise<void> {
    rights.value = await api.rights().catch(() => undefined)
    if (!rights.value) window.setTimeout(() => void loadRights(), 4000)
  }
  void loadRights()

  // --- the chosen unit

  const chosen = ref<number>()
  const building = ref(0)
  const unit = computed(() => (chosen.value === undefined ? undefined : catalog.value?.units[chosen.value]))
  const letter = computed(() => {
    void version.value
    return chosen.value === undefined ? undefined : live.board.letter(chosen.value)
  })
  const deadline = computed(() => {
    void version.value
    return chosen.value === undefined ? undefined : live.board.deadline(chosen.value)
  })
  /** For whom the next unit is to be locked, after a refusal. */
  const nextBuyer = shallowRef<Buyer>()
  /** The session that offers the chosen unit: it is not for the consultant then. */
  const offeringLaunch = computed(() => {
    const id = offered.value.get(unit.value?.id ?? '')
    return launches.value.find((l) => l.id === id)
  })
  const ownDeal = computed(() => own.deals.value.find((d) => d.unit === unit.value?.id))

  function choose(index: number | undefined): void {
    chosen.value = index
    const name = index === undefined ? undefined : catalog.value?.units[index]?.building
    const at = connection.buildings.value.findIndex((b) => b.name === name)
    if (at >= 0) building.value = at
  }
  function chooseUnit(id: string): void {
    const index = catalog.value?.indexOf.get(id)
    if (index === undefined) return
    choose(index)
    void nextTick(() => grid.value?.reveal(index))
  }
  watch([chosen, grid], () => grid.value?.choose(chosen.value))
  watch(chosen, locking.dismiss)

  /** What a screen reader is told: one place, so that nothing talks over the other. */
  const spoken = ref('')
  watch(toast, (now) => now && (spoken.value = now.text))
  watch(locking.attempt, (now) => now && now.state !== 'won' && (spoken.value = attemptText(now)))

  // --- what people do

  function refuse(code: string, detail?: Record<string, unknown>): void {
    if (code === 'frozen') isFrozen.value = true
    say(errorMessage(code, detail), true)
  }

  function onWon(a: Attempt, ok: Record<string, unknown>): void {
    const index = catalog.value?.indexOf.get(a.unit)
    const price = index === undefined ? 0 : (catalog.value?.units[index]?.list_price_fen ?? 0)
    const deal = { id: String(ok.deal), unit: a.unit, buyer: a.buyer.id, status: 'locked', deadline: Number(ok.deadline) }
    own.begin(newDeal(deal, session.account, price, live.clock.now()))
    say(t('locked', { unit: a.unit, buyer: a.buyer.name }))
  }

  /** Whoever looks at the unit reads it there. */
  function onRefused(a: Attempt, code: string): void {
    if (code === 'frozen') isFrozen.value = true
    if (unit.value?.id !== a.unit) say(`${a.unit}: ${errorMessage(code, a.detail)}`, true)
  }

  /** Runs a command, one at a time. The reply, or the code of the refusal. */
  async function act(cmd: string, args: object): Promise<{ ok: Record<string, unknown> } | { code: string }> {
    if (isBusy.value) return { code: 'unavailable' }
    isBusy.value = true
    try {
      const ok = await live.change(cmd, args)
      own.soon()
      return { ok }
    } catch (e) {
      const code = e instanceof CommandError ? e.code : 'unavailable'
      refuse(code, e instanceof CommandError ? e.body.detail : undefined)
      return { code }
    } finally {
      isBusy.value = false
    }
  }

  /** Whether anything may be changed from here at this moment. */
  const canAct = computed(() => freshness.value === 'live' && !isBusy.value && !isFrozen.value && !locking.isUnderWay.value)
  const isFree = (index: number): boolean => live.board.letter(index) === 'a' && !offered.value.has(catalog.value?.units[index]?.id ?? '')
  const describe = (deal: FullDeal): string => `${deal.unit} · ${buying.nameOf(deal.buyer)}`

  const desk = {
    ...connection,
    ...buying,
    ...liking,
    ...filtering,
    ...locking,
    project,
    session,
    own,
    deals: own.deals,
    messages,
    unread,
    isUnread: (m: Messages['list'][0]) => box.isUnread(m),
    readMessages,
    grant,
    chosen,
    building,
    unit,
    letter,
    deadline,
    ownDeal,
    offered,
    offeringLaunch,
    nextBuyer,
    choose,
    chooseUnit,
    isFrozen,
    isBusy,
    canAct,
    isFree,
    describe,
    act,
    toast,
    spoken,
    say,
  }
  provide(key, desk)
  return desk
}
