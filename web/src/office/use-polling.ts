// Reads again and again, while somebody looks: a page in the background asks for nothing.
import { onUnmounted } from 'vue'

export function usePolling(read: () => Promise<unknown>, everyMs: number): void {
  let timer = 0
  let isReading = false

  async function turn(): Promise<void> {
    window.clearTimeout(timer)
    if (document.visibilityState === 'hidden' || isReading) return
    isReading = true
    await read().catch(() => undefined)
    isReading = false
    timer = window.setTimeout(() => void turn(), everyMs)
  }

  const look = () => void turn()
  document.addEventListener('visibilitychange', look)
  look()
  onUnmounted(() => {
    document.removeEventListener('visibilitychange', look)
    isReading = true // whatever is under way was the last
    window.clearTimeout(timer)
  })
}
