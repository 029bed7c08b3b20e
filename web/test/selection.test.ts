import { describe, expect, it } from 'vitest'
import type { Unit } from '../src/core/catalog'
import type { Letter } from '../src/core/protocol'
import { canBe, hundredths, neighbour, preview, refusedUnits, spanned, squareMetres, toggled, type Box } from '../src/core/selection'

/** Four floors of three, 40 × 30 each, the highest first; then a second building to the right. */
const boxes = new Map<number, Box>()
for (let floor = 0; floor < 4; floor++)
  for (let column = 0; column < 3; column++) {
    const box = (left: number) => ({ left, top: floor * 33, right: left + 40, bottom: floor * 33 + 30 })
    boxes.set(floor * 3 + column, box(column * 43))
    boxes.set(100 + floor * 3 + column, box(300 + column * 43))
  }
const sorted = (list: Iterable<number>) => [...list].sort((a, b) => a - b)

describe('a rectangle', () => {
  it('spans from any corner to any other', () => {
    expect(sorted(spanned(boxes, 0, 4))).toEqual([0, 1, 3, 4])
    expect(sorted(spanned(boxes, 4, 0))).toEqual([0, 1, 3, 4])
    expect(sorted(spanned(boxes, 3, 1))).toEqual([0, 1, 3, 4])
    expect(spanned(boxes, 7, 7)).toEqual([7])
  })
  it('reaches over to the next building', () => expect(sorted(spanned(boxes, 2, 103))).toEqual([2, 5, 100, 103]))
  it('is empty where a cell is gone', () => expect(spanned(boxes, 0, 999)).toEqual([]))
})

describe('the arrow keys', () => {
  it.each([
    [4, 'ArrowUp', 1],
    [4, 'ArrowDown', 7],
    [4, 'ArrowLeft', 3],
    [4, 'ArrowRight', 5],
    [5, 'ArrowRight', 103],
    [103, 'ArrowLeft', 5],
    [0, 'ArrowUp', undefined],
    [0, 'ArrowLeft', undefined],
  ] as const)('from %i %s to %s', (from, key, to) => expect(neighbour(boxes, from, key)).toBe(to))
})

describe('a heading', () => {
  it('selects all of its units, then none of them', () => {
    const some = toggled(new Set([9, 1]), [1, 2, 3])
    expect(sorted(some)).toEqual([1, 2, 3, 9])
    expect(sorted(toggled(some, [1, 2, 3]))).toEqual([9])
  })
})

describe('the preview', () => {
  const unit = (id: string, type: string, gross_area: string, list_price_fen: number): Unit => ({
    id, building: '1栋', entrance: '', floor: '1', room: '01', type, gross_area, inside_area: '', list_price_fen,
  })
  const units = [unit('a', '三房', '95.4', 486_253_991), unit('b', '三房', '118.65', 1), unit('c', '两房', '0.1', 2), unit('d', '', '', 3)]
  const letters: Letter[] = ['a', 'w', 'l', 'a']
  const seen = preview([3, 0, 1, 2, 77], units, (i) => letters[i])

  it('counts by type with exact sums', () => {
    expect(seen.count).toBe(4)
    expect(seen.price_fen).toBe(486_253_997)
    expect(squareMetres(seen.area)).toBe('214.15')
    expect(seen.types[0]).toEqual({ type: '三房', count: 2, area: 21405, price_fen: 486_253_992 })
  })
  it('tells what can be withheld and what offered', () => {
    expect(seen.withhold).toEqual([0, 3])
    expect(seen.offer).toEqual([1])
    expect(canBe('withhold', 'l') || canBe('offer', 'l') || canBe('offer', undefined)).toBe(false)
  })
  it('reads areas without floating point', () => expect(['95.4', '0.07', '120', '', '1.239'].map(hundredths)).toEqual([9540, 7, 12000, 0, 123]))
})

describe('a refusal', () => {
  it('names units as a list or as a text', () => {
    expect(refusedUnits({ units: ['1-101', '1-102', 7] })).toEqual(['1-101', '1-102'])
    expect(refusedUnits({ units: '1-101, 1-102 1-103' })).toEqual(['1-101', '1-102', '1-103'])
    expect(refusedUnits({})).toEqual([])
    expect(refusedUnits(undefined)).toEqual([])
  })
})
