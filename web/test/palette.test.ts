import { describe, expect, it } from 'vitest'
import { contrast, defaultPalette, distance, inkOn, paletteLetters, paletteText, readPalette, tooNear } from '../src/core/palette'

describe('a palette', () => {
  it('is read and written, without what is no colour', () => {
    expect(readPalette('a=#34D399, l=#ffe45c,z=#000000,s=red,c')).toEqual({ a: '#34d399', l: '#ffe45c' })
    expect(readPalette('')).toEqual({})
    expect(paletteText({ a: '#34D399', l: '#00ff00' })).toBe('l=#00ff00')
    expect(readPalette(paletteText({ w: '#123456' }))).toEqual({ w: '#123456' })
  })
  it('can be read: some ink has a contrast of 4.5 on every colour', () => {
    for (let r = 0; r < 256; r += 15)
      for (let g = 0; g < 256; g += 15)
        for (let b = 0; b < 256; b += 15) {
          const colour = `#${[r, g, b].map((v) => v.toString(16).padStart(2, '0')).join('')}`
          expect(contrast(colour, inkOn(colour)), colour).toBeGreaterThanOrEqual(4.5)
        }
  })
  it('knows the extremes', () => {
    expect(contrast('#000000', '#ffffff')).toBeCloseTo(21, 5)
    expect(distance('#000000', '#ffffff')).toBeCloseTo(100, 3)
    expect(distance('#34d399', '#34d399')).toBe(0)
  })
  it('has defaults that are far enough apart', () => expect(tooNear({})).toEqual({}))
  it('refuses a colour near to another state, on both sides, but not settled beside contracted', () => {
    expect(tooNear({ s: '#35d29a' })).toEqual({ a: 's', s: 'a' })
    expect(tooNear({ p: defaultPalette.c })).toEqual({})
    for (const letter of paletteLetters) expect(tooNear({ [letter]: defaultPalette[letter] })).toEqual({})
  })
})
