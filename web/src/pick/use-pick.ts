// What the parts of the buyer's page share: the live project, the session, what the server knows of the buyer, and the one way in
// which a touch becomes a command.
import { computed, inject, onUnmounted, provide, ref, shallowRef, watch, type InjectionKey } from 'vue'
import type { Session } from '../core/api'
import { CommandError } from '../core/commands'
import { withInterest, type Interest } from '../core/interest'
import { phaseAt } from '../core/launches'
import { askedLaunches, dealsOf, isHeld, isMe, movedWith, nextMoment, ownLaunch, stepAt, type Me } from '../core/pick'
import type { Place, RoomMessage } from '../core/protocol'
import { errorMessage } from '../ui/lang'
import { useAttempt } from '../ui/use-attempt'
import { useFavourites } from '../ui/use-favourites'
import { useLive } from '../ui/use-live'
import { useOffers } from '../ui/use-offers'
import { api } from '../ui/use-session'
import { useToast } from '../ui/use-toast'
import { t } from './text'

const DAY_MS = 86_400_000
const RETRY_MS = 2000
/** Several reasons to look again come together; the buyer does not notice so little. */
const LOOK_MS = 150
/** What every buyer hears at the same moment must not bring them all back at the same moment: nothing of it is urgent, for the page
 *  knows by itself when it opens, stands still and goes on. */
const SPREAD_MS = 3000

export type Pick = ReturnType<typeof usePick>
const key: InjectionKey<Pick> = Symbol('pick')

/** For the parts of the page. */
export function pickOfPage(): Pick {
  const pick = inject(key)
  if (!pick) throw new Error('a part of the page for buyers outside it')
  return pick
}

export function usePick(project: string, session: Session, onSignedOut: () => void) {
  const { toast, say } = useToast()
  const isBusy = ref(false)
  /** What the server knows of the buyer, by session. */
  const mine = shallowRef<ReadonlyMap<string, Me>>(new Map())
  const room = shallowRef<RoomMessage>()
  const interest = shallowRef<Interest>(new Map())
  const deals = computed(() => dealsOf(mine.value))
  const ownUnits = computed(() => new Set(deals.value.filter(isHeld).map((d) => d.unit)))

  const connection = useLive(
    project,
    { tag: 'button', spoken: (unit, letter) => t('cell', { room: unit.room, state: t(`st_${letter}`) }) },
    {
      onSignedOut,
      onUp: () => soon(me.value ? spread() : 0),
      onRoom: (r) => r.launch === launch.value?.id && (room.value = r),
      onInterest: (i) => (interest.value = withInterest(interest.value, i)),
      isMine: (id) => ownUnits.value.has(id),
    },
  )
  const { live, catalog, grid, launches, now, freshness, version, listen, repaint } = connection
  const launch = computed(() => ownLaunch(launches.value, mine.value, now.value, DAY_MS))
  const me = computed(() => {
    const found = launch.value && mine.value.get(launch.value.id)
    return found && movedWith(found, launch.value!)
  })
  const { offered } = useOffers(project, launches, now)
  const liking = useFavourites(project, live, (code) => say(errorMessage(code), true))

  // --- what the server knows of the buyer

  let timer = 0
  let due = Infinity
  let isLooking = false
  let isAgain = false
  const spread = (): number => Math.random() * SPREAD_MS
  /** What is sooner counts. */
  function soon(ms = LOOK_MS): void {
    const at = performance.now() + ms
    if (at >= due) return
    window.clearTimeout(timer)
    due = at
    timer = window.setTimeout(() => void look(), ms)
  }
  async function lookAt(id: string): Promise<void> {
    const found = await api.read<unknown>(project, `launches/${encodeURIComponent(id)}/me`)
    if (isMe(found)) mine.value = new Map(mine.value).set(id, found)
  }
  async function look(): Promise<void> {
    due = Infinity
    // What is asked for while an answer is under way may be newer than that answer.
    isAgain = isLooking
    if (isLooking) return
    isLooking = true
    try {
      await Promise.all(askedLaunches(launches.value, mine.value, launch.value, now.value).map((l) => lookAt(l.id)))
    } catch {
      soon(RETRY_MS)
    } finally {
      isLooking = false
      if (isAgain) soon(0)
    }
  }
  watch([launches, () => launch.value?.id], () => soon(me.value ? spread() : 0))
  onUnmounted(() => window.clearTimeout(timer))
  onUnmounted(
    listen((change) => {
      const units = catalog.value?.units ?? []
      if (change.kind === 'all' || (change.kind === 'some' && change.indexes.some((i) => ownUnits.value.has(units[i]?.id ?? '')))) soon()
    }),
  )
  watch(ownUnits, repaint)

  // --- where the buyer stands

  const place = computed<Place>(() => {
    const told = room.value
    // What was pushed is newer than what was read, unless one has looked since.
    return told && told.launch === launch.value?.id && told.at >= (me.value?.now ?? 0) ? told.place : (me.value?.place ?? '')
  })
  const phase = computed(() => (launch.value && now.value ? phaseAt(launch.value, now.value) : undefined))
  const step = computed(() => (now.value ? stepAt(launch.value, me.value, place.value, now.value) : undefined))
  const moment = computed(() => (launch.value && me.value ? nextMoment(step.value, launch.value, me.value, now.value) : undefined))
  // The seat, the turn and the opening change what may be done: ask once more when they come.
  watch([phase, step], ([p, s], [before, was]) => {
    if (p !== before || s === 'open') soon(spread())
    // The seat is somebody else's now: said aloud, for the line above changes without a sound.
    if (was === 'open' && s === 'waiting') say(t('step_standby'))
  })

  // --- the rules

  const rules = ref('')
  const rulesSha = ref('')
  async function loadRules(): Promise<void> {
    const wanted = launch.value
    if (!wanted || rulesSha.value === wanted.rules_sha) return
    const found = await api.read<{ launches: { id: string; rules_sha: string; rules: string }[] }>(project, 'launches').catch(() => undefined)
    const record = found?.launches.find((l) => l.id === wanted.id)
    if (record) [rules.value, rulesSha.value] = [record.rules, record.rules_sha]
    else window.setTimeout(() => void loadRules(), RETRY_MS)
  }
  watch(() => launch.value?.rules_sha, () => void loadRules(), { immediate: true })

  // --- what people do

  const locking = useAttempt<undefined>(
    live,
    (a) => {
      say(t('won', { unit: a.unit }))
      soon(0)
    },
    () => soon(),
  )

  /** Runs a command, one at a time; whether it was carried out. */
  async function act(cmd: string, args: object): Promise<boolean> {
    if (isBusy.value) return false
    isBusy.value = true
    try {
      await live.change(cmd, args)
      return true
    } catch (e) {
      const failed = e instanceof CommandError ? e : undefined
      say(errorMessage(failed?.code ?? 'unavailable', failed?.body.detail), true)
      return false
    } finally {
      isBusy.value = false
      await look()
    }
  }
  const enter = (): Promise<boolean> => act('launch.enter', { launch: launch.value?.id, rules_sha: rulesSha.value })

  // --- the unit at hand

  const chosen = ref<number>()
  const building = ref(0)
  /** Also the floors where the session offers nothing. */
  const isWhole = ref(false)
  const unit = computed(() => (chosen.value === undefined ? undefined : catalog.value?.units[chosen.value]))
  const isOffered = (index: number): boolean => offered.value.get(catalog.value?.units[index]?.id ?? '') === launch.value?.id
  const isFree = (index: number): boolean => live.board.letter(index) === 'a' && isOffered(index)
  const letter = computed(() => {
    void version.value
    return chosen.value === undefined ? undefined : live.board.letter(chosen.value)
  })
  function choose(index: number | undefined): void {
    locking.dismiss()
    chosen.value = index
    const name = index === undefined ? undefined : catalog.value?.units[index]?.building
    const at = connection.buildings.value.findIndex((b) => b.name === name)
    if (at >= 0) building.value = at
  }
  watch([chosen, grid], () => grid.value?.choose(chosen.value))
  watch([offered, grid, launch], () => grid.value?.classify('outside', (i) => offered.value.size > 0 && !isOffered(i)))
  watch([offered, grid, launch, isWhole], () => grid.value?.leaveOut(isWhole.value || !offered.value.size ? undefined : isOffered))
  watch([liking.favourites, grid], () => {
    const units = catalog.value?.units ?? []
    grid.value?.classify('favourite', (i) => liking.favourites.value.has(units[i]?.id ?? ''))
  })

  // What comes next is with the own selection, and that is below.
  watch(ownUnits, (own) => locking.attempt.value?.state === 'won' && own.has(unit.value?.id ?? '') && choose(undefined))

  const canAct = computed(() => freshness.value === 'live' && !isBusy.value && !locking.isUnderWay.value)
  const pick = {
    ...connection, ...liking, ...locking, project, session, launch, offered, me, deals, ownUnits, interest, room, place, phase, step, moment, rules, rulesSha, enter, act, say,
    toast, chosen, building, isWhole, unit, letter, choose, isFree, isOffered, canAct, isBusy,
  }
  provide(key, pick as unknown as Pick)
  return pick
}
