// Choosing the colours of a project (palette.ts): which states there are, which of them look alike, and the text that is kept.
import { distance, DISTANCE_MIN, house, parsePalette, type Painted, type Palette } from './palette'

/** In the order of the legend. */
export const paletteLetters = ['a', 'l', 's', 'c', 'p', 'w'] as const satisfies readonly Painted[]

/** A text that is none is a palette without entries: the colours of the house are shown, as on every screen. */
export const readPalette = (text: string): Palette => parsePalette(text) ?? {}

/** Only what is not the house's; the empty text for all of the house's. */
export function paletteText(palette: Palette): string {
  return paletteLetters
    .filter((l) => palette[l] && palette[l]!.toLowerCase() !== house[l])
    .map((l) => `${l}=${palette[l]!.toLowerCase()}`)
    .join(',')
}

/** For each state another one, or "not open", whose colour is too near to its own. Contracted and settled may be alike. */
export function tooNear(palette: Palette): Partial<Record<Painted, keyof typeof house>> {
  const all = { ...house, ...palette }
  const others = Object.keys(all) as (keyof typeof house)[]
  const isAllowed = (a: string, b: string) => [a, b].sort().join('') === 'cp'
  const found: Partial<Record<Painted, keyof typeof house>> = {}
  for (const letter of paletteLetters) {
    const near = others.find((o) => o !== letter && !isAllowed(letter, o) && distance(all[letter], all[o]) < DISTANCE_MIN)
    if (near) found[letter] = near
  }
  return found
}
