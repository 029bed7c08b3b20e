// The stage: the grids of the buildings, cut, grouped and sized for this screen, and the groups' turns.
import { computed, nextTick, onMounted, onUnmounted, ref, shallowRef, watch, type Ref } from 'vue'
import type { Applied } from '../core/board'
import { layOut, type Building, type Catalog, type Unit } from '../core/catalog'
import type { Letter } from '../core/protocol'
import { groupsOf, Rotation } from '../core/rotation'
import { FLASHES_MAX, Grid } from '../ui/grid'
import { lang } from '../ui/lang'
import type { useLive } from '../ui/use-live'
import { boxOf, fitWall, isReadable, largestParts, partsOf, type Box, type Fit, type Space } from './fit'
import { t } from './text'

export interface Part {
  key: string
  element: HTMLElement
  box: Box
  indexes: number[]
}

interface Group {
  name: string
  rows: Part[][]
  fit: Fit
}

const options = {
  tag: 'div' as const,
  left: { heading: () => t('remaining'), ofFloor: String, ofBuilding: (n: number) => t('left', { n }) },
  spoken: (unit: Unit, letter: Letter) => t('cell', { room: unit.room, state: t(`st_${letter}`) }),
}

function partName(part: Building, whole: Building): string {
  if (part.floors.length === whole.floors.length) return part.name
  return `${part.name} ${t('floors', { from: part.floors[part.floors.length - 1]!.label, to: part.floors[0]!.label })}`
}

function groupName(group: Part[]): string {
  const [first, last] = [group[0]?.key ?? '', group.at(-1)?.key ?? '']
  return first === last ? first : `${first} – ${last}`
}

export function useStage(connection: ReturnType<typeof useLive>, stage: Ref<HTMLElement | undefined>) {
  const { live, catalog, now, listen } = connection
  const groups = shallowRef<Group[]>([])
  const current = ref(0)
  const progress = ref(0)
  const isPaused = ref(false)
  const rotation = new Rotation()
  let parts: Part[] = []
  let grid: Grid | undefined
  let built = ''
  let groupOf = new Map<number, number>()

  function paintOne(index: number, flash: boolean): void {
    const letter = live.board.letter(index)
    if (letter) grid?.patch(index, { letter, deadline: live.board.deadline(index), mine: false }, live.clock.now(), flash)
  }

  function paint(change: Applied): void {
    if (change.kind === 'some') for (const i of change.indexes) paintOne(i, change.indexes.length <= FLASHES_MAX)
    else if (change.kind === 'all') for (let i = 0; i < live.board.size; i++) paintOne(i, false)
    grid?.settle()
  }

  function spaceOf(element: HTMLElement, units: Unit[]): Space {
    const rem = parseFloat(getComputedStyle(document.documentElement).fontSize)
    const roomChars = units.reduce((most, u) => Math.max(most, u.room.length), 2)
    return { width: element.clientWidth, height: element.clientHeight, rem, roomChars }
  }

  /** Grids are built anew only for another catalogue, another language, or when towers are cut otherwise. */
  function build(next: Catalog, space: Space): void {
    const all = layOut(next.units)
    const cut = all.flatMap((whole) => {
      const parts = all.length === 1 ? largestParts(whole, space) : partsOf(whole, space)
      return parts.map((part) => ({ ...part, name: partName(part, whole) }))
    })
    const wanted = [next.version, next.units.length, next.name, ...cut.map((b) => b.name)].join('\n')
    if (wanted === built) return
    built = wanted
    const fresh = new Grid(options)
    parts = cut.map((b) => ({
      key: b.name,
      element: fresh.build(b, next.units),
      box: boxOf(b),
      indexes: b.floors.flatMap((f) => f.indexes),
    }))
    grid = fresh
    paint({ kind: 'all' })
  }

  function rowsOf(group: Part[], fit: Fit): Part[][] {
    let at = 0
    return fit.perRow.map((n) => group.slice(at, (at += n)))
  }

  function arrange(): void {
    const [element, next] = [stage.value, catalog.value]
    if (!element || !next || element.clientHeight === 0) return
    const space = spaceOf(element, next.units)
    build(next, space)
    const fitted = (group: Part[]) => fitWall(group.map((p) => p.box), space)
    const split = groupsOf(parts, (group) => isReadable(fitted(group), space))
    groupOf = new Map(split.flatMap((group, g) => group.flatMap((p) => p.indexes.map((i): [number, number] => [i, g]))))
    rotation.setCount(split.length, Date.now())
    groups.value = split.map((group) => ({ name: groupName(group), rows: rowsOf(group, fitted(group)), fit: fitted(group) }))
    show()
  }

  function show(): void {
    current.value = rotation.current
    const [style, fit] = [stage.value?.style, groups.value[current.value]?.fit]
    if (!style || !fit) return
    style.setProperty('--cell-w', `${fit.cellWidth}px`)
    style.setProperty('--cell-h', `${fit.cellHeight}px`)
    style.setProperty('--cell-font', `${fit.font}px`)
    stage.value!.classList.toggle('is-small', !fit.hasTime)
  }

  function goTo(group: number): void {
    rotation.goTo(group, Date.now())
    show()
  }

  /** The units that have just changed: a group that shows one of them stays a little. */
  function changed(indexes: number[]): void {
    for (const i of indexes) rotation.changed(groupOf.get(i) ?? -1, Date.now())
  }

  function turn(): void {
    const at = Date.now()
    // Who walks about in the grid by keyboard is not to lose his place.
    rotation.isPaused = isPaused.value || (stage.value?.contains(document.activeElement) ?? false)
    if (rotation.tick(at)) show()
    progress.value = rotation.progress(at)
  }

  onUnmounted(listen(paint))
  watch(now, (ms) => {
    grid?.tick(ms)
    turn()
  })
  watch([catalog, lang], () => {
    built = ''
    void nextTick(arrange)
  })
  // Not only the window: a header that wraps leaves the stage less room too.
  const room = new ResizeObserver(arrange)
  onMounted(() => {
    room.observe(stage.value!)
    arrange()
  })
  onUnmounted(() => room.disconnect())

  const rows = computed(() => groups.value[current.value]?.rows ?? [])
  const names = computed(() => groups.value.map((g) => g.name))
  return { names, rows, current, progress, isPaused, goTo, changed }
}
