import { describe, expect, it } from 'vitest'
import type { Unit } from '../src/core/catalog'
import { isNarrow, matches, noFilter, typesOf, type Filter } from '../src/core/filter'

const unit = (more: Partial<Unit> = {}): Unit => ({
  id: '1-1203', building: '1栋', entrance: '', floor: 12, room: '1203', type: '三房', gross_area: '95.40', inside_area: '', list_price_fen: 475_000_000, ...more,
})
const fits = (more: Partial<Filter>, u = unit(), letter: 'a' | 'l' = 'a', kept = false) => matches({ ...noFilter(), ...more }, u, letter, kept)

describe('a filter', () => {
  it('lets everything through at first', () => {
    expect(isNarrow(noFilter())).toBe(false)
    expect(fits({}, unit({ floor: 'LG', gross_area: '' }))).toBe(true)
  })

  it.each([
    [{ type: '三房' }, true], [{ type: '两房' }, false], [{ areaFrom: '90', areaTo: '100' }, true], [{ areaTo: '95.4' }, true],
    [{ areaFrom: '95.41' }, false], [{ priceFrom: '475' }, true], [{ priceTo: '474.99' }, false], [{ priceTo: '1,000' }, true],
    [{ floorFrom: '12', floorTo: '12' }, true], [{ floorFrom: '13' }, false], [{ floorTo: 'x' }, true],
  ] as [Partial<Filter>, boolean][])('%j → %s', (f, expected) => {
    expect(fits(f)).toBe(expected)
    expect(isNarrow({ ...noFilter(), ...f })).toBe(f.floorTo !== 'x')
  })

  it('asks for what is free, and for what is kept in mind', () => {
    expect(fits({ onlyAvailable: true }, unit(), 'l')).toBe(false)
    expect(fits({ onlyFavourites: true })).toBe(false)
    expect(fits({ onlyFavourites: true, onlyAvailable: true }, unit(), 'a', true)).toBe(true)
  })

  it('leaves out what has no number where one is asked for', () => {
    expect(fits({ floorFrom: '1' }, unit({ floor: 'LG' }))).toBe(false)
  })

  it('knows the types, the most frequent first', () => {
    expect(typesOf([unit({ type: '两房' }), unit(), unit(), unit({ type: '' })])).toEqual(['三房', '两房'])
  })
})
