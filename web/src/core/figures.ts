// The figures of a heat map, counted over the letters of a board. Held (locked) and sold are separate: an abandoned hold is
// not a sale. Sell-through = (subscribed + contracted + settled) ÷ (all that are not withheld).
import type { Letter } from './protocol'

export interface Counts {
  units: number
  available: number
  locked: number
  subscribed: number
  contracted: number
  settled: number
  /** withheld, or "not open" to the public */
  withheld: number
  /** only on a merged public board */
  taken: number
}

const field: Record<Letter, keyof Counts> = {
  a: 'available',
  l: 'locked',
  s: 'subscribed',
  c: 'contracted',
  p: 'settled',
  w: 'withheld',
  x: 'withheld',
  t: 'taken',
}

export function noCounts(): Counts {
  return { units: 0, available: 0, locked: 0, subscribed: 0, contracted: 0, settled: 0, withheld: 0, taken: 0 }
}

export function countInto(c: Counts, letter: Letter | undefined): void {
  if (!letter) return
  c.units++
  c[field[letter]]++
}

export function count(indexes: Iterable<number>, letter: (index: number) => Letter | undefined): Counts {
  const c = noCounts()
  for (const i of indexes) countInto(c, letter(i))
  return c
}

/** A fraction, or undefined where it cannot be told: nothing on sale, or a board that merges held and sold. */
export function sellThrough(c: Counts): number | undefined {
  const offered = c.units - c.withheld
  return offered === 0 || c.taken > 0 ? undefined : (c.subscribed + c.contracted + c.settled) / offered
}

export interface Group {
  label: string
  counts: Counts
}

export function countBy<T>(items: T[], label: (item: T) => string, letter: (index: number) => Letter | undefined): Group[] {
  const groups = new Map<string, Counts>()
  items.forEach((item, i) => {
    const key = label(item)
    const c = groups.get(key) ?? noCounts()
    groups.set(key, c)
    countInto(c, letter(i))
  })
  return [...groups].map(([name, counts]) => ({ label: name, counts }))
}
