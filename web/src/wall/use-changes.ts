// What the wall tells of changes: the strip for the eye, one sentence each ten seconds for the ear.
import { onUnmounted, ref, shallowRef, watch } from 'vue'
import { Announcer } from '../core/announcer'
import type { Catalog } from '../core/catalog'
import { timeOfDay } from '../core/format'
import { shortNames } from '../core/labels'
import { Strip, wordOf, type StripEntry } from '../core/strip'
import { lang } from '../ui/lang'
import type { useLive } from '../ui/use-live'
import { t } from './text'

const SHOWN_MAX = 20

function namer(catalog: Catalog): (index: number) => string {
  const names = shortNames([...new Set(catalog.units.map((u) => u.building))])
  return (index) => {
    const u = catalog.units[index]
    return u ? [names.get(u.building), u.entrance, u.room].filter(Boolean).join(' ') : ''
  }
}

export function useChanges(connection: ReturnType<typeof useLive>, changed: (indexes: number[]) => void) {
  const { live, catalog, now, listen } = connection
  const strip = new Strip(SHOWN_MAX)
  const announcer = new Announcer<StripEntry>()
  const changes = shallowRef<{ id: number; unit: string; what: string; letter: StripEntry['letter']; time: string }[]>([])
  const said = ref('')
  let name = (index: number) => String(index)

  function show(): void {
    changes.value = strip.list.map((e) => ({
      id: e.id,
      unit: name(e.index),
      what: t(wordOf(e)),
      letter: e.letter,
      time: timeOfDay(e.at).slice(0, 5),
    }))
  }

  const sentence = (e: StripEntry) => t('change', { unit: name(e.index), what: t(wordOf(e)) })

  function say(): void {
    const told = announcer.take(Date.now())
    if (!told) return
    const parts = told.named.map(sentence)
    if (told.more) parts.push(t('more', { n: told.more }))
    said.value = parts.join(lang.value === 'zh' ? '；' : '; ')
  }

  onUnmounted(
    listen((change) => {
      const news = strip.take(change, live.board.size, (i) => live.board.letter(i), live.watch.asOf)
      if (!news.length) return
      for (const e of news) announcer.add(e)
      changed(news.map((e) => e.index))
      show()
    }),
  )
  watch([catalog, lang], () => {
    if (catalog.value) name = namer(catalog.value)
    show()
  })
  watch(now, say)
  return { changes, said }
}
