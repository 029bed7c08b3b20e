// The wall loads itself anew when the server has a new build of it.
import { onUnmounted } from 'vue'
import { BuildWatch, assetsOf } from '../core/build-watch'
import { browser } from '../core/link'

async function servedPage(): Promise<string> {
  const response = await fetch(location.pathname, { cache: 'no-cache' })
  return response.ok ? response.text() : ''
}

/** Returns what to call when the line is up; the first time is no news. */
export function useBuildWatch(isOnline: () => boolean): () => void {
  const watch = new BuildWatch(assetsOf(document.head.outerHTML), {
    page: servedPage,
    // The browser keeps the state of this entry over a reload, and forgets it with the tab.
    reload: (assets) => {
      history.replaceState({ assets }, '')
      location.reload()
    },
    wasLoadedFor: (assets) => (history.state as { assets?: string } | null)?.assets === assets,
    isOnline,
    after: browser.after,
    cancel: browser.cancel,
    random: browser.random,
  })
  watch.start()
  onUnmounted(() => watch.stop())
  let wasUp = false
  return () => {
    if (wasUp) watch.reconnected()
    wasUp = true
  }
}
