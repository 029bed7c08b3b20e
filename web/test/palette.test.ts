import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { alike, contrast, distance, house, inkOn, paletteVariables, parsePalette } from '../src/core/palette'

const style = readFileSync('src/ui/style.css', 'utf8')

describe('a palette', () => {
  it('is read strictly', () => {
    expect(parsePalette('')).toEqual({})
    expect(parsePalette('a=#34D399,l=#ffe45c')).toEqual({ a: '#34d399', l: '#ffe45c' })
    for (const bad of ['a', 'a=34d399', 'a=#34d39', 'x=#123456', 'a=#34d399,', ' a=#34d399', 'a=#34d399,a=#34d390', 'a=red', 'A=#34d399'])
      expect(parsePalette(bad), bad).toBeUndefined()
    expect(parsePalette('a=#34d399;}body{')).toBeUndefined()
  })

  it('has ink that can be read on every colour', () => {
    expect([inkOn('#ffe45c'), inkOn('#a01b30')]).toEqual(['#000000', '#ffffff'])
    for (let v = 0; v < 4096; v++) {
      const ground = `#${[v >> 8, (v >> 4) & 15, v & 15].map((c) => (c * 17).toString(16).padStart(2, '0')).join('')}`
      expect(contrast(ground, inkOn(ground))).toBeGreaterThanOrEqual(4.5)
    }
  })

  it('is refused when two states would look alike', () => {
    expect(alike({})).toBeUndefined()
    expect(alike({ a: '#ffe060' })).toEqual(['a', 'l'])
    expect(alike({ s: '#3c4559' })).toEqual(['s', 'x'])
    expect(alike({ c: '#7a1fa2', p: '#7a1fa2' })).toBeUndefined()
    expect(paletteVariables('a=#ffe060')).toEqual({})
    expect(paletteVariables('nonsense')).toEqual({})
  })

  it('becomes variables for the style sheet, ink and stripe with it', () => {
    const found = paletteVariables('a=#7ad151,l=#f4c20d')
    expect(found).toEqual({
      '--st-a': '#7ad151', '--st-a-ink': '#000000', '--st-l': '#f4c20d', '--st-l-ink': '#000000', '--st-l-stripe': '#dcaf0c',
    })
    for (const name of Object.keys(found)) expect(style).toContain(`var(${name},`)
  })

  it('knows the colours of the house as the style sheet has them', () => {
    for (const [letter, colour] of Object.entries(house)) {
      const at = style.indexOf(`.cell[data-st='${letter}']`)
      expect(style.slice(at, at + 300), letter).toContain(colour)
    }
    expect(distance('#000000', '#ffffff')).toBeCloseTo(100, 0)
  })
})
