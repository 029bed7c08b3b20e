// The colours of the states: what a project may choose, and whether people can still tell them apart. A colour too near to
// another state's is refused, and the ink on each is chosen so that it can be read.

/** The states that have a colour of their own, in the order of the legend. */
export const paletteLetters = ['a', 'l', 's', 'c', 'p', 'w'] as const
export type PaletteLetter = (typeof paletteLetters)[number]
export type Palette = Partial<Record<PaletteLetter, string>>

export const defaultPalette: Record<PaletteLetter, string> = {
  a: '#34d399',
  l: '#ffe45c',
  s: '#e0702b',
  c: '#a01b30',
  p: '#a01b30',
  w: '#4f7df3',
}

const isLetter = (text: string): text is PaletteLetter => (paletteLetters as readonly string[]).includes(text)
const isColour = (text: string): boolean => /^#[0-9a-f]{6}$/.test(text)

/** "a=#34d399,l=#ffe45c" → its colours; what is none is left out, so that a wall never goes blank over it. */
export function readPalette(text: string): Palette {
  const found: Palette = {}
  for (const part of text.split(',')) {
    const [letter = '', colour = ''] = part.trim().toLowerCase().split('=')
    if (isLetter(letter) && isColour(colour)) found[letter] = colour
  }
  return found
}

/** Only what is not the default; the empty text for the defaults. */
export function paletteText(palette: Palette): string {
  return paletteLetters
    .filter((l) => palette[l] && palette[l]!.toLowerCase() !== defaultPalette[l])
    .map((l) => `${l}=${palette[l]!.toLowerCase()}`)
    .join(',')
}

type Triple = [number, number, number]

function linear(colour: string): Triple {
  const part = (at: number) => {
    const v = parseInt(colour.slice(at, at + 2), 16) / 255
    return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4
  }
  return [part(1), part(3), part(5)]
}

function luminance(colour: string): number {
  const [r, g, b] = linear(colour)
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

/** As WCAG has it, from 1 to 21. */
export function contrast(a: string, b: string): number {
  const [x, y] = [luminance(a), luminance(b)]
  return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05)
}

const DARK_INK = '#000000'
const LIGHT_INK = '#ffffff'

/** The ink that can be read on a colour; one of the two always has a contrast of 4.5 or more. */
export function inkOn(colour: string): string {
  return contrast(colour, DARK_INK) >= contrast(colour, LIGHT_INK) ? DARK_INK : LIGHT_INK
}

function lab(colour: string): Triple {
  const [r, g, b] = linear(colour)
  const f = (t: number) => (t > 216 / 24389 ? Math.cbrt(t) : ((24389 / 27) * t + 16) / 116)
  const x = f((0.4124564 * r + 0.3575761 * g + 0.1804375 * b) / 0.95047)
  const y = f(0.2126729 * r + 0.7151522 * g + 0.072175 * b)
  const z = f((0.0193339 * r + 0.119192 * g + 0.9503041 * b) / 1.08883)
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)]
}

/** How far two colours are apart for the eye (ΔE76). */
export function distance(a: string, b: string): number {
  const [p, q] = [lab(a), lab(b)]
  return Math.hypot(p[0] - q[0], p[1] - q[1], p[2] - q[2])
}

/** Less than this is one colour across a hall. */
export const DISTANCE_MIN = 25

/** Contracted and settled are both sold; their signs tell them apart, as in the defaults. */
const mayBeAlike = (a: PaletteLetter, b: PaletteLetter) => (a === 'c' && b === 'p') || (a === 'p' && b === 'c')

/** For each state the other one whose colour is too near to its own. */
export function tooNear(palette: Palette): Partial<Record<PaletteLetter, PaletteLetter>> {
  const all = { ...defaultPalette, ...palette }
  const found: Partial<Record<PaletteLetter, PaletteLetter>> = {}
  for (const a of paletteLetters) {
    const near = paletteLetters.find((b) => a !== b && !mayBeAlike(a, b) && distance(all[a], all[b]) < DISTANCE_MIN)
    if (near) found[a] = near
  }
  return found
}
