import { expect, test } from 'vitest'
import { Awaited } from '../src/core/awaited'

const refusal = (code: string) => Object.assign(new Error(code), { code })
const codeOf = (e: unknown) => (e as { code: string }).code

/** Answers one after the other; what is no code is a reply. */
function server(...answers: string[]) {
  const keys: string[] = []
  const send = (key: string) => {
    keys.push(key)
    const answer = answers.shift()!
    return answer === 'ok' ? Promise.resolve(answer) : Promise.reject(refusal(answer))
  }
  let n = 0
  const awaited = new Awaited(() => `k${++n}`)
  const press = (args: object) => awaited.run('deal.receipt', args, send, codeOf).catch(codeOf)
  return { keys, press }
}

test('the same command goes out under the same key until its outcome is known', async () => {
  const { keys, press } = server('unknown', 'unavailable', 'stale_screen', 'ok', 'ok')
  for (let n = 0; n < 5; n++) await press({ deal: 'd1', amount_fen: 5_000_000 })
  expect(keys).toEqual(['k1', 'k1', 'k1', 'k1', 'k2'])
})

test('a refusal is an outcome, and another command is another one', async () => {
  const { keys, press } = server('unknown', 'ok', 'duplicate', 'ok')
  await press({ deal: 'd1', amount_fen: 1 })
  await press({ deal: 'd2', amount_fen: 1 })
  await press({ deal: 'd1', amount_fen: 1 })
  await press({ deal: 'd1', amount_fen: 1 })
  expect(keys).toEqual(['k1', 'k2', 'k1', 'k3'])
})
