// Much at once, done together.
import type { Applied } from './board'

/** Runs at once when it has not run for `everyMs`, else when that time is over; however often it was asked for. */
export function paced(everyMs: () => number, run: () => void, now: () => number = () => performance.now()) {
  let ranAt = -Infinity
  let timer: ReturnType<typeof setTimeout> | undefined

  function go(): void {
    timer = undefined
    ranAt = now()
    run()
  }

  function soon(): void {
    if (timer !== undefined) return
    const wait = ranAt + everyMs() - now()
    if (wait <= 0) go()
    else timer = setTimeout(go, wait)
  }

  function stop(): void {
    clearTimeout(timer)
    timer = undefined
  }

  return { soon, stop }
}

/** What several changes of a board come to. */
export function merged(changes: Applied[]): Applied {
  if (changes.some((c) => c.kind === 'all')) return { kind: 'all' }
  const some = changes.filter((c): c is Extract<Applied, { kind: 'some' }> => c.kind === 'some')
  if (some.length === 0) return { kind: 'none' }
  return { kind: 'some', indexes: [...new Set(some.flatMap((c) => c.indexes))], isEcho: some.some((c) => c.isEcho) }
}
