// One line of news at the foot of a page, for a few seconds; failures stay longer.
import { onUnmounted, ref } from 'vue'

const GOOD_MS = 5000
const BAD_MS = 8000

export function useToast() {
  const toast = ref<{ text: string; bad: boolean }>()
  let timer = 0

  function say(text: string, bad = false): void {
    toast.value = { text, bad }
    window.clearTimeout(timer)
    timer = window.setTimeout(() => (toast.value = undefined), bad ? BAD_MS : GOOD_MS)
  }

  onUnmounted(() => window.clearTimeout(timer))
  return { toast, say }
}
