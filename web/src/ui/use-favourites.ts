// The units that this consultant keeps in mind; the server keeps them, on every device.
import { onUnmounted, ref, shallowRef } from 'vue'
import { ApiError } from '../core/api'
import { CommandError } from '../core/commands'
import type { Live } from '../core/live'
import { api } from './use-session'

const RETRY_MS = 3000

export function useFavourites(project: string, live: Live, onProblem: (code: string) => void) {
  const favourites = shallowRef<ReadonlySet<string>>(new Set())
  const isBusy = ref(false)
  let timer = 0

  async function reload(): Promise<void> {
    try {
      favourites.value = new Set(await api.favourites(project))
    } catch (e) {
      if (!(e instanceof ApiError) || e.status === 0 || e.status >= 500) timer = window.setTimeout(() => void reload(), RETRY_MS)
    }
  }

  async function setFavourite(unit: string, on: boolean): Promise<void> {
    if (isBusy.value) return
    isBusy.value = true
    try {
      await live.change('favourite.set', { unit, on })
      const next = new Set(favourites.value)
      if (on) next.add(unit)
      else next.delete(unit)
      favourites.value = next
    } catch (e) {
      onProblem(e instanceof CommandError ? e.code : 'unavailable')
    } finally {
      isBusy.value = false
    }
  }

  void reload()
  onUnmounted(() => window.clearTimeout(timer))
  return { favourites, setFavourite, isFavouriteBusy: isBusy }
}
