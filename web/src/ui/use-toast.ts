// One line of news at the foot of a page, for a few seconds; failures stay longer. A question that is open tells it too
// (AskDialog.vue): what stands behind a window is neither seen nor read out.
import { inject, onUnmounted, provide, ref, type InjectionKey, type Ref } from 'vue'

const GOOD_MS = 5000
const BAD_MS = 8000

interface News {
  text: string
  bad: boolean
}
const key: InjectionKey<Ref<News | undefined>> = Symbol('news')

/** What keeps a page from doing anything at this moment, in words; '' while nothing does. */
const hindranceKey: InjectionKey<Readonly<Ref<string>>> = Symbol('hindrance')
export const tellHindrance = (text: Readonly<Ref<string>>): void => provide(hindranceKey, text)
export const hindranceOfPage = (): Readonly<Ref<string>> => inject(hindranceKey, () => ref(''), true)

export const newsOfPage = (): Ref<News | undefined> => inject(key, () => ref<News>(), true)

export function useToast() {
  const toast = ref<News>()
  let timer = 0

  function say(text: string, bad = false, ms = bad ? BAD_MS : GOOD_MS): void {
    toast.value = { text, bad }
    window.clearTimeout(timer)
    timer = window.setTimeout(() => (toast.value = undefined), ms)
  }

  provide(key, toast)
  onUnmounted(() => window.clearTimeout(timer))
  return { toast, say }
}
