// The wall loads itself anew when the server has a new build of it.
import { onUnmounted } from 'vue'
import { BuildWatch, assetsOf } from '../core/build-watch'
import { browser } from '../core/link'

async function servedPage(): Promise<string> {
  const response = await fetch(location.pathname, { cache: 'no-cache' })
  return response.ok ? response.text() : ''
}

/** Returns what to call when the line is back. */
export function useBuildWatch(isOnline: () => boolean): () => void {
  const watch = new BuildWatch(assetsOf(document.head.outerHTML), {
    page: servedPage,
    reload: () => location.reload(),
    isOnline,
    after: browser.after,
    cancel: browser.cancel,
    random: browser.random,
  })
  watch.start()
  onUnmounted(() => watch.stop())
  return () => watch.reconnected()
}
