// Pages of the trail, the newest first, filtered by the server.
import { computed, ref, shallowRef } from 'vue'
import { ApiError } from '../../core/api'
import { noFilter, trailQuery, type Filter, type TrailEvent, type TrailPage } from '../../core/trail'
import { zoneOffset } from '../../core/zone'
import { api } from '../../ui/use-session'
import { officeOfPage } from '../use-office'

const PAGE = 100
export const EXPORT_MAX = 10_000

export function useTrail() {
  const { project, now } = officeOfPage()
  const events = shallowRef<TrailEvent[]>([])
  const next = ref<number>()
  const problem = ref('')
  const isBusy = ref(false)
  let filter: Filter = { ...noFilter }
  /** What was asked last counts; an answer to an older question is dropped. */
  let question = 0

  const page = (before: number, limit: number) => api.read<TrailPage>(project, trailQuery(filter, before, limit, zoneOffset(now.value)))

  async function load(before: number): Promise<void> {
    const mine = ++question
    isBusy.value = true
    try {
      const got = await page(before, PAGE)
      if (mine !== question) return
      events.value = before ? [...events.value, ...got.events] : got.events
      next.value = got.next
      problem.value = ''
    } catch (e) {
      if (mine === question) problem.value = e instanceof ApiError ? e.code : 'unavailable'
    } finally {
      if (mine === question) isBusy.value = false
    }
  }

  async function look(wanted: Filter): Promise<void> {
    filter = { ...wanted }
    await load(0)
  }
  const older = async (): Promise<void> => (next.value === undefined ? undefined : load(next.value))

  /** All that matches, up to EXPORT_MAX; tells how far it is. */
  async function all(progress: (count: number) => void): Promise<{ events: TrailEvent[]; isCut: boolean }> {
    const found: TrailEvent[] = []
    let before: number | undefined = 0
    while (before !== undefined && found.length < EXPORT_MAX) {
      const got: TrailPage = await page(before, 1000)
      found.push(...got.events)
      progress(found.length)
      before = got.next
    }
    return { events: found.slice(0, EXPORT_MAX), isCut: before !== undefined || found.length > EXPORT_MAX }
  }

  const hasMore = computed(() => next.value !== undefined)
  return { events, hasMore, problem, isBusy, look, older, all }
}
