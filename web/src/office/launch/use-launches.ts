// All sessions of the project with their rules, read again whenever the server tells that one has changed.
import { computed, watch } from 'vue'
import { isLaunch, isOver, phaseAt, type Launch, type LaunchPhase } from '../../core/launches'
import { officeOfPage } from '../use-office'
import { useOfficeDay } from '../use-office-day'
import { useReading } from '../use-reading'

const order: Record<LaunchPhase, number> = { open: 0, paused: 1, planned: 2, closed: 3 }

export function useLaunches() {
  const office = officeOfPage()
  const { offset } = useOfficeDay()
  const { data, problem, load } = useReading<{ launches: unknown[] }>(() => 'launches')
  watch(office.launches, () => void load())

  const all = computed<Launch[]>(() => (data.value?.launches ?? []).filter(isLaunch))
  // One that ends by its clock is told by nobody, and only then its seed is shown.
  watch(
    () => all.value.filter((l) => isOver(l, office.now.value)).length,
    (now, before) => now > before && void load(),
  )
  /** What runs first, then what comes next, then what is over. */
  const sorted = computed(() => {
    const now = office.now.value
    const rank = (l: Launch) => order[phaseAt(l, now)]
    const when = (l: Launch) => (phaseAt(l, now) === 'closed' ? -l.closes_at : l.opens_at)
    return [...all.value].sort((a, b) => rank(a) - rank(b) || when(a) - when(b))
  })
  const find = (id: string | undefined): Launch | undefined => all.value.find((l) => l.id === id)
  return { all, sorted, find, problem, isRead: computed(() => data.value !== undefined), offset, load }
}
