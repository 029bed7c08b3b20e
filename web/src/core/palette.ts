// The colours of a project: "a=#34d399,l=#ffe45c". Strict, and all or nothing: a palette that is malformed or makes two states
// look alike is refused, and the colours of the house stay.
import type { Letter } from './protocol'

export type Painted = Extract<Letter, 'w' | 'a' | 'l' | 's' | 'c' | 'p'>
export type Palette = Partial<Record<Painted, string>>

/** Those of ui/style.css; `x` (not open) cannot be changed but must be told from the others. */
export const house: Record<Painted | 'x', string> = {
  w: '#4f7df3',
  a: '#34d399',
  l: '#ffe45c',
  s: '#e0702b',
  c: '#a01b30',
  p: '#a01b30',
  x: '#3b4458',
}
/** Below this two colours are taken for one on a wall (CIE 1976); those of the house are 42 apart at least. */
export const DISTANCE_MIN = 20
/** The hatch of a locked unit: its second stripe is this much darker. */
const STRIPE = 0.9

type Triple = [number, number, number]

const channels = (hex: string): Triple => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16)) as Triple
const linear = (v: number) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)

function luminance(hex: string): number {
  const [r, g, b] = channels(hex).map((v) => linear(v / 255)) as Triple
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

/** As WCAG defines it: 1 to 21. */
export function contrast(one: string, other: string): number {
  const [low, high] = [luminance(one), luminance(other)].sort((x, y) => x - y) as [number, number]
  return (high + 0.05) / (low + 0.05)
}

/** One of the two always has a contrast of 4.58 or more. */
export const inkOn = (ground: string): string =>
  contrast(ground, '#000000') >= contrast(ground, '#ffffff') ? '#000000' : '#ffffff'

function lab(hex: string): Triple {
  const [r, g, b] = channels(hex).map((v) => linear(v / 255)) as Triple
  const f = (t: number) => (t > 216 / 24389 ? Math.cbrt(t) : (24389 / 27) * t / 116 + 16 / 116)
  const x = f((0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.9505)
  const y = f(0.2126 * r + 0.7152 * g + 0.0722 * b)
  const z = f((0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.089)
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)]
}

export function distance(one: string, other: string): number {
  const [a, b] = [lab(one), lab(other)]
  return Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2])
}

/** Undefined for what is not of the form; an empty text is a palette without entries. */
export function parsePalette(text: string): Palette | undefined {
  const palette: Palette = {}
  for (const entry of text === '' ? [] : text.split(',')) {
    const found = /^([walscp])=(#[0-9a-f]{6})$/i.exec(entry)
    const letter = found?.[1] as Painted | undefined
    if (!found || !letter || !(letter in house) || palette[letter]) return undefined
    palette[letter] = found[2]!.toLowerCase()
  }
  return palette
}

/** The first two states that look alike. Contracted and settled may: their signs tell them apart, as in the house's colours. */
export function alike(palette: Palette): [string, string] | undefined {
  const all = Object.entries({ ...house, ...palette })
  for (const [i, [one, colour]] of all.entries())
    for (const [other, another] of all.slice(i + 1)) {
      const isAllowed = one + other === 'cp'
      if (!isAllowed && distance(colour, another) < DISTANCE_MIN) return [one, other]
    }
  return undefined
}

function darker(hex: string): string {
  return `#${channels(hex).map((v) => Math.round(v * STRIPE).toString(16).padStart(2, '0')).join('')}`
}

/** The CSS variables of .cell and .swatch; none when the palette is refused. */
export function paletteVariables(text: string): Record<string, string> {
  const palette = parsePalette(text)
  const variables: Record<string, string> = {}
  if (!palette || alike(palette)) return variables
  for (const [letter, ground] of Object.entries(palette)) {
    variables[`--st-${letter}`] = ground
    variables[`--st-${letter}-ink`] = inkOn(ground)
  }
  if (palette.l) variables['--st-l-stripe'] = stripeOf(palette.l)
  return variables
}

/** The ink must be readable on both stripes. */
function stripeOf(ground: string): string {
  const stripe = darker(ground)
  return contrast(stripe, inkOn(ground)) >= 4.5 ? stripe : ground
}
