// Dims the cells of what nobody here is looking for, and counts the others.
import { computed, reactive, watch, type Ref, type ShallowRef } from 'vue'
import type { Catalog } from '../core/catalog'
import { isNarrow, matches, noFilter, typesOf } from '../core/filter'
import type { Live } from '../core/live'
import type { Grid } from '../ui/grid'

export function useFilter(
  live: Live,
  catalog: ShallowRef<Catalog | undefined>,
  grid: ShallowRef<Grid | undefined>,
  version: Ref<number>,
  favourites: ShallowRef<ReadonlySet<string>>,
) {
  const filter = reactive(noFilter())
  const isFiltering = computed(() => isNarrow(filter))
  const types = computed(() => typesOf(catalog.value?.units ?? []))

  /** The indexes that fit, looked at anew whenever the board has changed. */
  const found = computed<ReadonlySet<number>>(() => {
    void version.value
    const fitting = new Set<number>()
    catalog.value?.units.forEach((unit, i) => {
      if (matches(filter, unit, live.board.letter(i), favourites.value.has(unit.id))) fitting.add(i)
    })
    return fitting
  })
  const count = computed(() => found.value.size)

  /** How many fit in each building: one sees only one of them at a time. */
  const countOf = computed<ReadonlyMap<string, number>>(() => {
    const counts = new Map<string, number>()
    const units = catalog.value?.units ?? []
    for (const i of found.value) {
      const name = units[i]!.building
      counts.set(name, (counts.get(name) ?? 0) + 1)
    }
    return counts
  })

  watch([found, isFiltering, grid], () => {
    if (isFiltering.value) grid.value?.classify('faded', (i) => !found.value.has(i))
    else grid.value?.classify('faded')
  })
  watch([favourites, grid, catalog], () => {
    const units = catalog.value?.units ?? []
    grid.value?.classify('favourite', (i) => favourites.value.has(units[i]?.id ?? ''))
  })

  return { filter, isFiltering, types, count, countOf, clear: () => Object.assign(filter, noFilter()) }
}
