// A live project, bridged to Vue: what changes rarely is reactive; the cells are not, the grid patches them itself.
import { onUnmounted, ref, shallowRef, watch } from 'vue'
import type { Applied } from '../core/board'
import { layOut, type Catalog } from '../core/catalog'
import { CatalogKeeper } from '../core/catalog-keeper'
import { browser } from '../core/link'
import type { Launch } from '../core/launches'
import { Live, socketUrl } from '../core/live'
import { isOld, type Freshness, type LinkState } from '../core/freshness'
import type { Deal, FreezeNotice, InterestMessage, Notice, QueueNotice, RoomMessage } from '../core/protocol'
import { merged, paced } from '../core/pace'
import { setZone } from '../core/zone'
import { FLASHES_MAX, Grid, type GridOptions } from './grid'
import { lang } from './lang'
import { showPalette } from './palette'
import { api } from './use-session'

export interface LiveHooks {
  onDeal?(deal: Deal): void
  onNotice?(notice: Notice): void
  onQueue?(queue: QueueNotice): void
  onFreeze?(notice: FreezeNotice): void
  onRoom?(room: RoomMessage): void
  onInterest?(interest: InterestMessage): void
  onSignedOut?(): void
  /** The line is up, for the first time or again. */
  onUp?(): void
  isMine?(unitId: string): boolean
}

const PAINT_MS = 100
const PAINT_MS_PER_UNIT = 0.05

/** Without options no grid is built: the page has no board, or makes grids of its own and listens (use-grid.ts). */
export function useLive(project: string, options: GridOptions | undefined, hooks: LiveHooks = {}) {
  const catalog = shallowRef<Catalog>()
  const grid = shallowRef<Grid>()
  const buildings = shallowRef<{ name: string; element: HTMLElement; columns: number; floors: number }[]>([])
  const freshness = ref<Freshness>('offline')
  const age = ref<number>()
  /** The sessions that are not over, and those that ended last. */
  const launches = shallowRef<Launch[]>([])
  /** Server time up to which the board is known to be right. */
  const asOf = ref(0)
  const now = ref(0)
  /** Why the server ended it for good, as a text to show. */
  const ended = ref<'screenForbidden' | 'screenClosed' | 'screenReplaced'>()
  /** Goes up with every change of the board: whoever counts looks again. */
  const version = ref(0)
  const listeners = new Set<(change: Applied) => void>()

  const live = new Live(project, socketUrl(location), {
    onBoard,
    onState,
    onRefused: () => void checkSession(),
    onDeal: (d) => hooks.onDeal?.(d),
    onNotice: (n) => hooks.onNotice?.(n),
    onQueue: (q) => hooks.onQueue?.(q),
    onFreeze: (n) => hooks.onFreeze?.(n),
    onRoom: (r) => hooks.onRoom?.(r),
    onInterest: (i) => hooks.onInterest?.(i),
    onLaunches: (all) => (launches.value = all),
  })

  function onState(state: LinkState): void {
    if (state === 'open') hooks.onUp?.()
    if (state === 'signed-out') hooks.onSignedOut?.()
    if (state === 'forbidden') ended.value = 'screenForbidden'
    if (state === 'closed') ended.value = 'screenClosed'
    if (state === 'replaced') ended.value = 'screenReplaced'
    look()
  }

  /** A sign-in that ended while the line was down would be refused for ever without a word to the person. */
  async function checkSession(): Promise<void> {
    const session = await api.session().catch(() => 'unreachable')
    if (!session) hooks.onSignedOut?.()
  }

  const keeper = new CatalogKeeper(live.board, {
    load: () => api.catalog(project),
    show,
    after: browser.after,
    cancel: browser.cancel,
    random: browser.random,
  })

  function onBoard(change: Applied): void {
    keeper.onBoard(change)
    paint(change)
    look()
  }

  function show(next: Catalog): void {
    showPalette(next.palette)
    setZone(next.utcOffsetMin)
    if (options) buildGrid(next, options)
    catalog.value = next
    paint({ kind: 'all' })
  }

  function buildGrid(next: Catalog, gridOptions: GridOptions): void {
    const fresh = new Grid(gridOptions)
    buildings.value = layOut(next.units).map((b) => ({
      name: b.name,
      element: fresh.build(b, next.units),
      columns: b.columns.length,
      floors: b.floors.length,
    }))
    grid.value = fresh
  }

  function paintOne(index: number, flash: boolean): void {
    const letter = live.board.letter(index)
    const id = catalog.value?.units[index]?.id
    if (!letter || !id) return
    const state = { letter, deadline: live.board.deadline(index), mine: hooks.isMine?.(id) ?? false }
    grid.value?.patch(index, state, live.clock.now(), flash)
  }

  // A single change is shown at once. In a storm the changes of a tenth of a second (of a quarter, with 5,000 units) are shown
  // together: each time the browser walks over the whole page to paint it, which costs more than all the cells.
  const pace = () => Math.max(PAINT_MS, live.board.size * PAINT_MS_PER_UNIT)
  const painting = paced(pace, () => {
    const change = merged(waiting.splice(0))
    if (change.kind === 'some') for (const i of change.indexes) paintOne(i, change.indexes.length <= FLASHES_MAX)
    else if (change.kind === 'all') for (let i = 0; i < live.board.size; i++) paintOne(i, false)
    grid.value?.settle()
    for (const listener of listeners) listener(change)
    version.value++
  })
  const waiting: Applied[] = []
  function paint(change: Applied): void {
    waiting.push(change)
    painting.soon()
  }

  /** Once a second, and at every word from the server. What is shown to the second is told to the second: in a storm the
   * server speaks many times, and countdowns that are written anew each time make the whole page be painted again. */
  function look(): void {
    freshness.value = live.freshness()
    const ms = live.watch.age()
    age.value = ms === undefined ? undefined : Math.floor(ms / 1000) * 1000
    asOf.value = live.watch.asOf
    const at = live.clock.now()
    if (Math.floor(at / 1000) !== Math.floor(now.value / 1000)) now.value = at
  }

  const ticker = window.setInterval(() => {
    look()
    grid.value?.tick(now.value)
  }, 1000)
  const comeBack = () => live.retryNow()
  window.addEventListener('online', comeBack)
  document.addEventListener('visibilitychange', comeBack)

  // The few words in the grid are written when it is built.
  watch(lang, () => catalog.value && show(catalog.value))
  watch(freshness, (f) => document.documentElement.classList.toggle('is-old', isOld(f)), { immediate: true })
  live.start()
  onUnmounted(() => {
    window.clearInterval(ticker)
    painting.stop()
    window.removeEventListener('online', comeBack)
    document.removeEventListener('visibilitychange', comeBack)
    keeper.stop()
    live.stop()
    document.documentElement.classList.remove('is-old')
  })

  /** Tells of every change of the board until the returned function is called. */
  function listen(listener: (change: Applied) => void): () => void {
    listeners.add(listener)
    return () => listeners.delete(listener)
  }

  const repaint = () => paint({ kind: 'all' })
  return { live, catalog, grid, buildings, launches, freshness, age, asOf, now, ended, version, listen, repaint }
}
