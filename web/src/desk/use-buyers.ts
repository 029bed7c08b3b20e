// The consultant's buyers, and the one who sits here today. Kept in memory only: nothing personal is stored.
import { onUnmounted, ref, shallowRef } from 'vue'
import { ApiError, type Buyer } from '../core/api'
import { api } from '../ui/use-session'

const RETRY_MS = 3000

export function useBuyers(project: string) {
  /** Undefined until they are here: an empty list would say that there are none. */
  const buyers = shallowRef<Buyer[]>()
  const customer = shallowRef<Buyer>()
  /** The list could not be read: it is tried again by itself. */
  const isMissing = ref(false)
  /** Ids that no list had: they are asked for once, not with every change of a deal. */
  const strange = new Set<string>()
  let timer = 0

  async function reload(): Promise<void> {
    window.clearTimeout(timer)
    try {
      const found = await api.buyers(project)
      buyers.value = found.sort((a, b) => a.name.localeCompare(b.name, 'zh-CN'))
      isMissing.value = false
    } catch (e) {
      isMissing.value = true
      if (e instanceof ApiError && e.status >= 400 && e.status < 500) buyers.value ??= []
      else timer = window.setTimeout(() => void reload(), RETRY_MS)
    }
  }

  /** Buyers of deals who were recorded elsewhere since the list was read. */
  function expect(ids: readonly string[]): void {
    const known = new Set(buyers.value?.map((b) => b.id))
    const missing = ids.filter((id) => !known.has(id) && !strange.has(id))
    if (!buyers.value || !missing.length) return
    missing.forEach((id) => strange.add(id))
    void reload()
  }

  const nameOf = (id: string): string => buyers.value?.find((b) => b.id === id)?.name ?? id

  /** What a search for a name or the end of a number finds. */
  function find(search: string, most = 30): Buyer[] {
    const what = search.trim().toLowerCase()
    const digits = what.replace(/[\s-]/g, '')
    const has = (b: Buyer) => b.name.toLowerCase().includes(what) || (digits !== '' && b.phone.includes(digits))
    return (buyers.value ?? []).filter((b) => !what || has(b)).slice(0, most)
  }

  void reload()
  onUnmounted(() => window.clearTimeout(timer))
  return { buyers, customer, isMissing, reload, expect, nameOf, find }
}
