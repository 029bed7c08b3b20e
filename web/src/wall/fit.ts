// How large the cells of a wall may be so that the buildings it shows are on one screen: they stand side by side, in as many
// rows as make the text largest. A room number must be read from five metres (see READABLE_REM).
import type { Building } from '../core/catalog'

/** The smallest text of a cell, in rem; 1 rem is 1/67.5 of the screen's shorter side. On a screen of 65 inches (0.81 m high) the
 *  digits are 8 mm high then: 5.7 minutes of arc at five metres, where a healthy eye needs 5. */
export const READABLE_REM = 0.95
/** A few units fill the screen, but their numbers are no easier to read when they are larger than the page's own headings. */
const CELL_MAX_REM = 6.5
const FONT_MAX_REM = 2.8
const MAX_RATIO = 3.4

export interface Box {
  columns: number
  floors: number
  /** Rows above the floors: the name, the rooms, perhaps the entrances. */
  heads: number
}

export interface Space {
  width: number
  height: number
  /** Pixels. */
  rem: number
  /** The longest room's length. */
  roomChars: number
}

export interface Fit {
  /** How many buildings stand in each row of the screen. */
  perRow: number[]
  cellWidth: number
  cellHeight: number
  font: number
  /** Whether a cell has room for what is left of a hold. */
  hasTime: boolean
}

/** Text must fit a cell with its room, sign and remaining time. */
export function fontOf(cellWidth: number, cellHeight: number, roomChars: number, hasTime: boolean): number {
  const ems = roomChars * 0.58 + 1.5 + (hasTime ? 1.8 : 0)
  return Math.min((cellHeight - 2) * 0.68, (cellWidth - 4) / ems)
}

/** Beside the cells a building needs a floor label and a "left" column (in cell widths). */
const EXTRA_COLUMNS = 1
const GAP = 0.3
const EXTRA_ROWS = 0.2

function rowsOf(boxes: Box[], count: number): Box[][] {
  const rows: Box[][] = []
  const each = Math.ceil(boxes.length / count)
  for (let i = 0; i < boxes.length; i += each) rows.push(boxes.slice(i, i + each))
  return rows
}

function measure(rows: Box[][], s: Space): Fit {
  const widest = Math.max(...rows.map((r) => r.reduce((sum, b) => sum + b.columns + EXTRA_COLUMNS + GAP, 0)))
  const tallest = rows.reduce((sum, r) => sum + Math.max(...r.map((b) => b.floors + b.heads)) + EXTRA_ROWS, 0)
  const cellHeight = Math.min(s.height / tallest, s.rem * CELL_MAX_REM)
  const cellWidth = Math.min(s.width / widest, cellHeight * MAX_RATIO)
  const timed = fontOf(cellWidth, cellHeight, s.roomChars, true)
  const hasTime = timed >= s.rem * READABLE_REM
  const font = Math.min(hasTime ? timed : fontOf(cellWidth, cellHeight, s.roomChars, false), s.rem * FONT_MAX_REM)
  return { perRow: rows.map((r) => r.length), cellWidth, cellHeight, font, hasTime }
}

export function fitWall(boxes: Box[], space: Space): Fit {
  let best: Fit | undefined
  for (let count = 1; count <= boxes.length; count++) {
    const fit = measure(rowsOf(boxes, count), space)
    if (!best || fit.font > best.font) best = fit
  }
  return best ?? { perRow: [], cellWidth: 0, cellHeight: 0, font: 0, hasTime: false }
}

export const isReadable = (fit: Fit, space: Space): boolean => fit.font >= space.rem * READABLE_REM

export const boxOf = (b: Building): Box => ({
  columns: b.columns.length,
  floors: b.floors.length,
  heads: b.columns.some((c) => c.entrance) ? 3 : 2,
})

const PARTS_MAX = 4
/** A building in one piece is easier to understand. */
const WORTH_A_CUT = 1.15

function partsIn(building: Building, count: number): Building[] {
  const each = Math.ceil(building.floors.length / count)
  const parts = Array.from({ length: count }, (_, k) => ({ ...building, floors: building.floors.slice(k * each, (k + 1) * each) }))
  return parts.filter((p) => p.floors.length > 0)
}

const cuts = (building: Building): Building[][] => Array.from({ length: PARTS_MAX }, (_, k) => partsIn(building, k + 1))

/** A tower too tall to be read is cut into parts that stand beside each other; none where that does not make it readable. */
export function partsOf(building: Building, space: Space): Building[] {
  return cuts(building).find((parts) => isReadable(fitWall(parts.map(boxOf), space), space)) ?? [building]
}

/** Where one tower is the whole project: cut where that makes its text much larger, for the screen is its alone. */
export function largestParts(building: Building, space: Space): Building[] {
  const size = (parts: Building[]) => fitWall(parts.map(boxOf), space).font
  return cuts(building).reduce((best, parts) => (size(parts) > size(best) * WORTH_A_CUT ? parts : best))
}
