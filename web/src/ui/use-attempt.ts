// One attempt to lock a unit, told honestly: on its way, line lost, asked again, won, refused, or not known. The key stays the
// same for as long as the outcome is not known, so asking again never locks twice.
import { computed, shallowRef } from 'vue'
import type { Buyer } from '../core/api'
import { CommandError, randomKey, type Phase } from '../core/commands'
import type { Live } from '../core/live'

/** For whom: a customer of the consultant; nobody, when a buyer locks for himself. */
type ForWhom = Buyer | undefined

export interface Attempt<B extends ForWhom = Buyer> {
  unit: string
  buyer: B
  key: string
  state: Phase | 'won' | 'refused' | 'unknown'
  code?: string
  detail?: Record<string, unknown> | undefined
}

const UNDER_WAY: readonly string[] = ['sent', 'lost', 'again']

export function useAttempt<B extends ForWhom = Buyer>(
  live: Live,
  onWon: (attempt: Attempt<B>, ok: Record<string, unknown>) => void,
  onRefused: (attempt: Attempt<B>, code: string) => void,
) {
  const attempt = shallowRef<Attempt<B>>()
  const isUnderWay = computed(() => UNDER_WAY.includes(attempt.value?.state ?? ''))

  async function send(a: Attempt<B>): Promise<boolean> {
    attempt.value = a
    const tell = (state: Phase) => (attempt.value = { ...a, state })
    try {
      const args = a.buyer ? { unit: a.unit, buyer: a.buyer.id } : { unit: a.unit }
      const ok = await live.change('unit.lock', args, { key: a.key, tell })
      attempt.value = { ...a, state: 'won' }
      onWon(a, ok)
      return true
    } catch (e) {
      const code = e instanceof CommandError ? e.code : 'unavailable'
      const refused: Attempt<B> = { ...a, state: code === 'unknown' ? 'unknown' : 'refused', code, detail: e instanceof CommandError ? e.body.detail : undefined }
      attempt.value = refused
      onRefused(refused, code)
      return false
    }
  }

  const lock = (unit: string, buyer: B): Promise<boolean> => send({ unit, buyer, key: randomKey(), state: 'sent' })

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
