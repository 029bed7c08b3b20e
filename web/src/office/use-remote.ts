// What a view reads over HTTP: the data, or why there are none. A daemon of an older version does not know the address.
import { onUnmounted, ref, shallowRef } from 'vue'
import { ApiError } from '../core/api'
import { api } from '../ui/use-session'
import { officeOfPage } from './use-office'

const RETRY_MS = 4000

export function useRemote<T>(path: string) {
  const office = officeOfPage()
  const data = shallowRef<T>()
  /** The code of what went wrong last; `missing` where the server has no such thing. */
  const problem = ref('')
  let timer = 0

  async function load(): Promise<void> {
    window.clearTimeout(timer)
    try {
      data.value = await api.read<T>(office.project, path)
      problem.value = ''
    } catch (e) {
      problem.value = e instanceof ApiError ? (e.status === 404 ? 'missing' : e.code) : 'unavailable'
      const isPassing = !(e instanceof ApiError) || e.status === 0 || e.status >= 500
      if (isPassing) timer = window.setTimeout(() => void load(), RETRY_MS)
    }
  }

  void load()
  onUnmounted(() => window.clearTimeout(timer))
  return { data, problem, load }
}
