// Which units are offered by a session that is not over: while it is, nobody but its buyers has them.
import { onUnmounted, shallowRef, watch, type Ref, type ShallowRef } from 'vue'
import { isOver, type Launch } from '../core/launches'
import { Offers } from '../core/offers'
import { api } from './use-session'

const RETRY_MS = 3000

export function useOffers(project: string, launches: ShallowRef<Launch[]>, now: Ref<number>) {
  const offers = new Offers()
  const offered = shallowRef<ReadonlyMap<string, string>>(new Map())
  let isReading = false
  let isAgain = false
  let timer = 0

  async function readOne(launch: Launch): Promise<void> {
    const { units } = await api.read<{ units: string[] }>(project, `launches/${encodeURIComponent(launch.id)}/offer`)
    offers.put(launch, units)
  }

  async function look(): Promise<void> {
    window.clearTimeout(timer)
    isAgain = isReading
    if (isReading) return
    isReading = true
    await Promise.allSettled(offers.stale(launches.value, now.value).map(readOne))
    isReading = false
    offered.value = offers.byUnit
    if (isAgain) return look()
    // Not answered, or by a daemon that did not know yet, or changed meanwhile.
    if (offers.stale(launches.value, now.value).length) timer = window.setTimeout(() => void look(), RETRY_MS)
  }

  const over = () => launches.value.filter((l) => isOver(l, now.value)).length
  watch([launches, over], () => void look(), { immediate: true })
  onUnmounted(() => window.clearTimeout(timer))
  return { offered }
}
