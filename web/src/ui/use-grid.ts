// A grid of its own over a live project, for a view that shows the board among other things.
import { onUnmounted, shallowRef, watch } from 'vue'
import type { Applied } from '../core/board'
import { layOut, type Catalog } from '../core/catalog'
import { FLASHES_MAX, Grid, type GridOptions } from './grid'
import { lang } from './lang'
import type { useLive } from './use-live'

export function useGrid(connection: ReturnType<typeof useLive>, options: GridOptions) {
  const grid = shallowRef<Grid>()
  const buildings = shallowRef<{ name: string; element: HTMLElement }[]>([])
  const { live, catalog, now, listen } = connection

  function build(next: Catalog): void {
    const fresh = new Grid(options)
    buildings.value = layOut(next.units).map((b) => ({ name: b.name, element: fresh.build(b, next.units) }))
    grid.value = fresh
    paint({ kind: 'all' })
  }

  function paintOne(index: number, flash: boolean): void {
    const letter = live.board.letter(index)
    if (letter) grid.value?.patch(index, { letter, deadline: live.board.deadline(index), mine: false }, live.clock.now(), flash)
  }

  function paint(change: Applied): void {
    if (change.kind === 'some') for (const i of change.indexes) paintOne(i, change.indexes.length <= FLASHES_MAX)
    else if (change.kind === 'all') for (let i = 0; i < live.board.size; i++) paintOne(i, false)
    grid.value?.settle()
  }

  onUnmounted(listen(paint))
  watch(now, (ms) => grid.value?.tick(ms))
  // What the cells are called is written when they are built.
  watch([catalog, () => options.spoken && lang.value], () => catalog.value && build(catalog.value), { immediate: true })
  return { grid, buildings }
}
