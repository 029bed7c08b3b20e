// Every deal that there was, the ended ones too: there may be many pages of them, so they are read one reading at a time, and
// not at the pace at which the open ones change.
import { onUnmounted, ref, shallowRef, watch } from 'vue'
import type { FullDeal } from '../core/work'
import { api } from '../ui/use-session'
import { officeOfPage } from './use-office'

const EVERY_MS = 3000

export function useAllDeals(isWanted: () => boolean = () => true) {
  const office = officeOfPage()
  const all = shallowRef<FullDeal[]>([])
  const isRead = ref(false)
  let timer = 0
  let isReading = false
  let isOver = false

  async function read(): Promise<void> {
    if (isReading || timer || isOver || !isWanted()) return
    isReading = true
    const found = await api.deals(office.project, 'all').catch(() => undefined)
    isReading = false
    if (isOver) return
    if (found) all.value = found
    isRead.value ||= found !== undefined
    timer = window.setTimeout(next, EVERY_MS)
  }

  /** What changed meanwhile is read when it is time. */
  let isStale = false
  function next(): void {
    timer = 0
    if (isStale || !isRead.value) soon()
  }
  function soon(): void {
    isStale = isReading || timer > 0
    void read()
  }

  watch([isWanted, office.deals], soon, { immediate: true })
  onUnmounted(() => {
    isOver = true
    window.clearTimeout(timer)
  })
  return { all, isRead }
}
