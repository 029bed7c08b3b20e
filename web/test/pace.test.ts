import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { merged, paced } from '../src/core/pace'

describe('what is paced', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('runs at once, and then at most once in its time', () => {
    let runs = 0
    const p = paced(() => 100, () => runs++)
    p.soon()
    expect(runs).toBe(1)
    for (let i = 0; i < 50; i++) {
      vi.advanceTimersByTime(10)
      p.soon()
    }
    expect(runs).toBe(6)
    vi.advanceTimersByTime(1000)
    p.soon()
    p.soon()
    expect(runs).toBe(8)
    p.stop()
    vi.advanceTimersByTime(1000)
    expect(runs).toBe(8)
  })
})

describe('changes together', () => {
  it('name each unit once; a whole board says it all', () => {
    const some = (...indexes: number[]) => ({ kind: 'some' as const, indexes, isEcho: false })
    expect(merged([some(1, 2), some(2, 3), { kind: 'none' }])).toEqual(some(1, 2, 3))
    expect(merged([some(1), { ...some(1), isEcho: true }])).toEqual({ ...some(1), isEcho: true })
    expect(merged([some(1), { kind: 'all' }])).toEqual({ kind: 'all' })
    expect(merged([])).toEqual({ kind: 'none' })
  })
})
