// Where in the view one is: "#launch/s1/units" → s1, units. The address may be kept and opened again.
import { onUnmounted, ref } from 'vue'

export const parts = ['plan', 'units', 'buyers', 'control'] as const
export type Part = (typeof parts)[number]

export interface Place {
  id: string | undefined
  part: Part
}

function read(): Place {
  const [, id, part] = location.hash.slice(1).split('/')
  return { id: id || undefined, part: parts.find((p) => p === part) ?? 'plan' }
}

export function usePlace() {
  const place = ref(read())
  const follow = () => (place.value = read())
  window.addEventListener('hashchange', follow)
  onUnmounted(() => window.removeEventListener('hashchange', follow))

  function go(id?: string, part: Part = 'plan'): void {
    history.replaceState(null, '', id ? `#launch/${id}/${part}` : '#launch')
    follow()
  }
  return { place, go }
}
