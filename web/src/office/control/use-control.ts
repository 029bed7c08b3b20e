// The control room reads once a second, while somebody looks, and keeps the last minutes.
import { computed, ref, shallowRef, triggerRef } from 'vue'
import { ApiError } from '../../core/api'
import { ControlHistory, counted, percentiles, readControl, refusals, refusedOf, type Control } from '../../core/control'
import type { Launch } from '../../core/launches'
import { api } from '../../ui/use-session'
import { officeOfPage } from '../use-office'
import { usePolling } from '../use-polling'

const EVERY_MS = 1000

export function useControl(launch: Launch) {
  const office = officeOfPage()
  const history = shallowRef(new ControlHistory())
  const problem = ref('')

  async function read(): Promise<void> {
    try {
      const found = readControl(await api.read(office.project, `launches/${encodeURIComponent(launch.id)}/control`))
      problem.value = found ? '' : 'unavailable'
      if (!found) return
      history.value.add(found)
      triggerRef(history)
    } catch (e) {
      problem.value = e instanceof ApiError ? (e.status === 404 ? 'missing' : e.code) : 'unavailable'
    }
  }
  usePolling(read, EVERY_MS)

  const latest = computed<Control | undefined>(() => history.value.latest)
  const of = (name: string): number => (latest.value ? counted(latest.value.tally, name) : 0)
  const numbers = computed(() => ({
    pressRate: history.value.rate('presses'),
    presses: of('presses'),
    granted: of('granted'),
    grantRate: history.value.rate('granted'),
    limited: of('limited'),
    completed: of('completed'),
    released: of('released'),
    refused: latest.value ? refusedOf(latest.value.tally) : 0,
  }))
  const reasons = computed(() => (latest.value ? refusals(latest.value.tally) : []))
  const times = computed(() => ({ minute: history.value.lastMinute(), all: latest.value && percentiles(latest.value.tally) }))
  const points = computed(() => history.value.points())
  return { latest, problem, numbers, reasons, times, points, read }
}
