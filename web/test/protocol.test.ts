import { describe, expect, it } from 'vitest'
import { parseMessage } from '../src/core/protocol'

const board = { ev: 'board', project: 'p', epoch: 'e', seq: 4, at: 9, catalog_version: 1, st: 'al', deadlines: [[1, 99]] }

describe('a message from the server', () => {
  it('is taken when it has the promised shape', () => {
    for (const m of [
      board,
      { ev: 'hello', protocol: 'listing.v1', now: 1, account: 'a', role: 'clerk', heartbeat_s: 5 },
      { ev: 'units', project: 'p', epoch: 'e', from: 4, seq: 6, at: 9, u: [[0, 'l', 99], [1, 'a']] },
      { ev: 'beat', project: 'p', seq: 6, at: 9 },
      { ev: 'deal', project: 'p', deal: { id: 'd1', unit: 'u', buyer: 'b', status: 'locked', deadline: 5 } },
      { ev: 'goaway', retry_ms: 700 },
    ])
      expect(parseMessage(JSON.stringify(m))).toEqual(m)
  })

  it('may bring members that this version does not know', () => {
    expect(parseMessage(JSON.stringify({ ...board, colour: 'red' }))).toBeDefined()
  })

  it.each([
    '', 'nonsense', '[]', '7', 'null', '{}', '{"ev":"nothing"}', '{"ev":"constructor"}', '{"ev":"board"}',
    JSON.stringify({ ...board, seq: -1 }),
    JSON.stringify({ ...board, seq: 1.5 }),
    JSON.stringify({ ...board, st: 'aZ' }),
    JSON.stringify({ ...board, deadlines: [[1]] }),
    JSON.stringify({ ev: 'units', project: 'p', epoch: 'e', from: 4, seq: 6, at: 9, u: [[0, 'll']] }),
    JSON.stringify({ ev: 'units', project: 'p', epoch: 'e', from: 4, seq: 6, at: 9, u: [['0', 'l']] }),
    '{"id":1}',
    '{"id":"1","ok":{}}',
    '{"id":1,"error":{}}',
  ])('is dropped when it is %s', (text) => {
    expect(parseMessage(text)).toBeUndefined()
  })

  it('is a reply when it has an id, ok or error', () => {
    expect(parseMessage('{"id":3,"ok":{"rev":1}}')).toEqual({ ev: 'reply', id: 3, ok: { rev: 1 } })
    const error = { code: 'unit_taken', status: 409, message: 'm', retryable: false, detail: { rev: 2 } }
    expect(parseMessage(JSON.stringify({ id: 3, error }))).toEqual({ ev: 'reply', id: 3, error })
  })
})
