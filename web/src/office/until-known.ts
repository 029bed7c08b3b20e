// A command by HTTP whose answer was lost is sent again, with the same key, until its outcome is known.
import { ApiError } from '../core/api'

const AGAIN_MS = 1000
const TRIES = 5

/** `send` uses the same key each time. */
export async function untilKnown<T>(send: () => Promise<T>): Promise<T> {
  for (let left = TRIES; ; left--) {
    try {
      return await send()
    } catch (e) {
      const isKnown = !(e instanceof ApiError) || (e.status !== 0 && e.code !== 'unknown')
      if (isKnown || left === 1) throw e
      await new Promise((go) => window.setTimeout(go, AGAIN_MS))
    }
  }
}
