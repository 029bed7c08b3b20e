// One attempt to lock a unit, told honestly: on its way, line lost, asked again, won, refused, or not known. The key stays the
// same for as long as the outcome is not known, so asking again never locks twice.
import { computed, shallowRef } from 'vue'
import type { Buyer } from '../core/api'
import { CommandError, randomKey, type Phase } from '../core/commands'
import type { Live } from '../core/live'

export interface Attempt {
  unit: string
  buyer: Buyer
  key: string
  state: Phase | 'won' | 'refused' | 'unknown'
  code?: string
}

const UNDER_WAY: readonly string[] = ['sent', 'lost', 'again']

export function useAttempt(
  live: Live,
  onWon: (attempt: Attempt, ok: Record<string, unknown>) => void,
  onRefused: (attempt: Attempt, code: string) => void,
) {
  const attempt = shallowRef<Attempt>()
  const isUnderWay = computed(() => UNDER_WAY.includes(attempt.value?.state ?? ''))

  async function send(a: Attempt): Promise<boolean> {
    attempt.value = a
    const tell = (state: Phase) => (attempt.value = { ...a, state })
    try {
      const ok = await live.change('unit.lock', { unit: a.unit, buyer: a.buyer.id }, { key: a.key, tell })
      attempt.value = { ...a, state: 'won' }
      onWon(a, ok)
      return true
    } catch (e) {
      const code = e instanceof CommandError ? e.code : 'unavailable'
      attempt.value = { ...a, state: code === 'unknown' ? 'unknown' : 'refused', code }
      onRefused(a, code)
      return false
    }
  }

  const lock = (unit: string, buyer: Buyer): Promise<boolean> => send({ unit, buyer, key: randomKey(), state: 'sent' })

  /** Asks once more for an outcome that is not known. */
  async function askAgain(): Promise<void> {
    if (attempt.value?.state === 'unknown') await send({ ...attempt.value, state: 'again' })
  }

  /** What is over and read needs no place on the page. */
  function dismiss(): void {
    if (!isUnderWay.value && attempt.value?.state !== 'unknown') attempt.value = undefined
  }

  return { attempt, isUnderWay, lock, askAgain, dismiss }
}
