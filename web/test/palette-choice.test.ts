import { describe, expect, it } from 'vitest'
import { alike, contrast, house, inkOn } from '../src/core/palette'
import { paletteLetters, paletteText, readPalette, tooNear } from '../src/core/palette-choice'

describe('choosing colours', () => {
  it('keeps only what is not the colour of the house', () => {
    expect(paletteText({ a: '#34D399', l: '#00ff00' })).toBe('l=#00ff00')
    expect(paletteText({})).toBe('')
    expect(readPalette(paletteText({ w: '#123456' }))).toEqual({ w: '#123456' })
    expect(readPalette('what is this')).toEqual({})
  })
  it('can be read: some ink has a contrast of 4.5 on every colour', () => {
    for (let r = 0; r < 256; r += 15)
      for (let g = 0; g < 256; g += 15)
        for (let b = 0; b < 256; b += 15) {
          const colour = `#${[r, g, b].map((v) => v.toString(16).padStart(2, '0')).join('')}`
          expect(contrast(colour, inkOn(colour)), colour).toBeGreaterThanOrEqual(4.5)
        }
  })
  it('refuses a colour near to another state, on both sides, but not settled beside contracted', () => {
    expect(tooNear({})).toEqual({})
    expect(tooNear({ s: '#35d29a' })).toEqual({ a: 's', s: 'a' })
    expect(tooNear({ p: house.c })).toEqual({})
    expect(tooNear({ w: '#3b4459' })).toEqual({ w: 'x' })
  })
  it('refuses what the screens refuse, and nothing else', () => {
    for (const letter of paletteLetters)
      for (const colour of ['#34d398', '#ffe45c', '#e0702b', '#a01b30', '#4f7df3', '#3b4458', '#123456', '#ff00ff', '#00ffff'])
        expect(Object.keys(tooNear({ [letter]: colour })).length > 0, `${letter} ${colour}`).toBe(alike({ [letter]: colour }) !== undefined)
  })
})
