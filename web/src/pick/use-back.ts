// The telephone's own "back" takes away what lies on top; it does not leave the page, as long as something does.
import { nextTick, onUnmounted, watch, type Ref } from 'vue'

export function useBack(isDeep: Ref<boolean>, stepBack: () => void): void {
  // Loaded anew, the page still has the entry that it made before.
  let isPushed = (history.state as { deep?: boolean } | null)?.deep === true

  function push(): void {
    if (!isPushed) history.pushState({ deep: true }, '')
    isPushed = true
  }
  function onPop(): void {
    if (!isPushed) return
    isPushed = false
    stepBack()
    void nextTick(() => isDeep.value && push())
  }
  // What is closed by its own button leaves the entry where it is: going back by script comes late, and would close what was opened
  // meanwhile.
  watch(isDeep, (deep) => deep && push())
  window.addEventListener('popstate', onPop)
  onUnmounted(() => window.removeEventListener('popstate', onPop))
}
