import { describe, expect, it } from 'vitest'
import type { Unit } from '../src/core/catalog'
import { distance, nearEquals } from '../src/core/near'

const unit = (id: string, floor: number, more: Partial<Unit> = {}): Unit => ({
  id, building: '1栋', entrance: '', floor, room: id, type: '三房', gross_area: '100', inside_area: '', list_price_fen: 500_000_000, ...more,
})
const free = () => true

describe('near equals', () => {
  it('are the nearest floors when all else is the same', () => {
    const units = [unit('a', 10), unit('b', 20), unit('c', 11), unit('d', 8), unit('e', 13)]
    expect(nearEquals(units, 0, free)).toEqual([2, 3, 4])
  })

  it('have the same type and are free', () => {
    const units = [unit('a', 10), unit('b', 10, { type: '两房' }), unit('c', 11), unit('d', 12)]
    expect(nearEquals(units, 0, (i) => i !== 2)).toEqual([3])
    expect(nearEquals(units, 0, () => false)).toEqual([])
    expect(nearEquals(units, 9, free)).toEqual([])
  })

  it('weigh price and area, and prefer the same building', () => {
    const units = [unit('a', 10), unit('b', 10, { list_price_fen: 550_000_000 }), unit('c', 12), unit('d', 10, { building: '2栋' }), unit('e', 10, { gross_area: '90' })]
    expect(nearEquals(units, 0, free)).toEqual([2, 3, 1])
    expect(distance(units[0]!, units[0]!)).toBe(0)
    expect(distance(unit('a', 1, { gross_area: '', list_price_fen: 0 }), unit('b', 2, { floor: 'LG' }))).toBe(1)
  })
})
