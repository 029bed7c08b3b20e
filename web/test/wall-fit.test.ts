import { describe, expect, it } from 'vitest'
import type { Building } from '../src/core/catalog'
import { boxOf, fitWall, fontOf, isReadable, largestParts, partsOf, type Space } from '../src/wall/fit'

const screen: Space = { width: 1540, height: 920, rem: 16, roomChars: 4 }
const half: Space = { width: 770, height: 460, rem: 8, roomChars: 4 }
const tower = (floors: number, columns: number): Building => ({
  name: '1栋',
  columns: Array.from({ length: columns }, (_, i) => ({ entrance: '', room: `0${i}` })),
  floors: Array.from({ length: floors }, (_, i) => ({ label: String(floors - i), cells: [], indexes: [] })),
})

describe('the sizes of a wall', () => {
  it('leave room for room number, sign and time', () => {
    expect(fontOf(90, 100, 4, true) * (4 * 0.58 + 3.3)).toBeLessThanOrEqual(90)
    expect(fontOf(90, 20, 4, true)).toBeLessThan(20)
    expect(fontOf(40, 100, 4, false)).toBeGreaterThan(fontOf(40, 100, 4, true))
  })

  it('stay within the screen and grow with it', () => {
    const boxes = [{ columns: 6, floors: 24, heads: 2 }, { columns: 5, floors: 28, heads: 2 }, { columns: 8, floors: 20, heads: 3 }]
    const fit = fitWall(boxes, screen)
    expect(fit.perRow).toEqual([3])
    expect(fit.cellHeight * 30.2).toBeLessThanOrEqual(screen.height + 0.1)
    expect(fit.cellWidth * 22.9).toBeLessThanOrEqual(screen.width + 0.1)
    expect(isReadable(fit, screen)).toBe(true)
    expect(Math.abs(fitWall(boxes, half).font - fit.font / 2)).toBeLessThan(0.7)
  })

  it('put many low buildings into several rows', () => {
    expect(fitWall(Array(10).fill({ columns: 4, floors: 6, heads: 2 }), screen).perRow.length).toBeGreaterThan(1)
  })

  it('hide the time that is left rather than write small', () => {
    expect(fitWall([{ columns: 6, floors: 20, heads: 2 }], screen).hasTime).toBe(true)
    expect(fitWall([{ columns: 22, floors: 20, heads: 2 }], screen).hasTime).toBe(false)
  })

  it('cut a tower that is too tall into parts that can be read', () => {
    expect(partsOf(tower(30, 6), screen)).toHaveLength(1)
    const parts = partsOf(tower(60, 6), screen)
    expect(parts).toHaveLength(2)
    expect(parts.flatMap((p) => p.floors.map((f) => f.label))).toEqual(tower(60, 6).floors.map((f) => f.label))
  })

  it('use the whole screen for a tower that is the only one', () => {
    const whole = partsOf(tower(30, 4), screen)
    const parts = largestParts(tower(30, 4), screen)
    expect([whole.length, parts.length]).toEqual([1, 2])
    const font = (all: Building[]) => fitWall(all.map(boxOf), screen).font
    expect(font(parts)).toBeGreaterThan(font(whole) * 1.3)
    expect(largestParts(tower(6, 12), screen)).toHaveLength(1)
  })

  it('leave a building whole that no cut makes readable', () => {
    expect(partsOf(tower(60, 40), screen)).toHaveLength(1)
  })
})
