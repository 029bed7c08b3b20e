// Commands whose outcome is not known. Who asks for the same once more hears what came of the first: it goes out under the same
// key, so that no receipt is counted twice because an answer was lost.
import { randomKey } from './commands'

/** Codes after which it may have been done, or may still have to be: everything else is a definite answer. */
const OPEN = new Set(['unknown', 'offline', 'unavailable', 'rate_limited', 'stale_screen'])
export const leavesOpen = (code: string): boolean => OPEN.has(code)

export class Awaited {
  private keys = new Map<string, string>()

  constructor(private readonly newKey: () => string = randomKey) {}

  async run<T>(cmd: string, args: object, send: (key: string) => Promise<T>, codeOf: (e: unknown) => string): Promise<T> {
    const what = JSON.stringify([cmd, args])
    const key = this.keys.get(what) ?? this.newKey()
    this.keys.set(what, key)
    try {
      const ok = await send(key)
      this.keys.delete(what)
      return ok
    } catch (e) {
      if (!leavesOpen(codeOf(e))) this.keys.delete(what)
      throw e
    }
  }
}
