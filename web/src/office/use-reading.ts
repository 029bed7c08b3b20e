// What a view reads over HTTP, at a path that may change, and reads again when the board has moved. It says why there is
// nothing: an address that this server does not have is no failure of the page.
import { onUnmounted, ref, shallowRef, watch } from 'vue'
import { ApiError } from '../core/api'
import { api } from '../ui/use-session'
import { officeOfPage } from './use-office'

const RETRY_MS = 4000

export interface ReadingOptions {
  /** Read again at most so often while the board changes; 0: only when the path does. */
  everyMs?: number
}

export function useReading<T>(path: () => string | undefined, { everyMs = 0 }: ReadingOptions = {}) {
  const office = officeOfPage()
  const data = shallowRef<T>()
  /** '' or the code of what went wrong last; `missing` where the server has no such thing. */
  const problem = ref('')
  const isLoading = ref(false)
  let timer = 0
  let asked = 0
  let lastAt = 0

  async function load(): Promise<void> {
    window.clearTimeout(timer)
    timer = 0
    const from = path()
    const mine = ++asked
    if (from === undefined) return
    lastAt = Date.now()
    isLoading.value = true
    try {
      const found = await api.read<T>(office.project, from)
      if (mine !== asked) return
      data.value = found
      problem.value = ''
    } catch (e) {
      if (mine !== asked) return
      fail(e)
    } finally {
      if (mine === asked) isLoading.value = false
    }
  }

  function fail(e: unknown): void {
    const error = e instanceof ApiError ? e : new ApiError('unavailable', 0)
    problem.value = error.status === 404 ? 'missing' : error.code
    if (error.status === 404 || error.status === 403) data.value = undefined
    else if (error.status === 0 || error.status >= 500) timer = window.setTimeout(() => void load(), RETRY_MS)
  }

  function loadSoon(): void {
    if (timer || !everyMs || problem.value === 'missing' || problem.value === 'forbidden') return
    timer = window.setTimeout(() => void load(), Math.max(300, lastAt + everyMs - Date.now()))
  }

  watch(
    path,
    (now, before) => {
      // Of another day or kind: what is shown must not be taken for it.
      if (now !== before) data.value = undefined
      problem.value = ''
      void load()
    },
    { immediate: true },
  )
  watch(office.version, loadSoon)
  onUnmounted(() => {
    window.clearTimeout(timer)
    asked++
  })
  return { data, problem, isLoading, load }
}
