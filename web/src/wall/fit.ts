// How large the cells of a wall may be so that the whole project is on one screen: buildings stand side by side, in as many
// rows as make the smallest cell largest.

export interface Box {
  columns: number
  floors: number
}

/** Text must fit a cell with its room, sign and remaining time; `roomChars` is the longest room's length. */
export function fontOf(cellWidth: number, cellHeight: number, roomChars: number, hasTime: boolean): number {
  const ems = roomChars * 0.6 + 1.4 + (hasTime ? 2 : 0)
  return Math.min(cellHeight * 0.56, (cellWidth - 4) / ems)
}

export interface Fit {
  /** How many buildings stand in each row of the screen. */
  perRow: number[]
  cellWidth: number
  cellHeight: number
}

/** Beside the cells a building needs: floor label and "left" column (in cell widths), heading rows (in cell heights). */
const EXTRA_COLUMNS = 1.2
const EXTRA_ROWS = 3.2
/** A wider cell than this is no easier to read. */
const MAX_RATIO = 3.2

function rowsOf(boxes: Box[], count: number): Box[][] {
  const rows: Box[][] = []
  const each = Math.ceil(boxes.length / count)
  for (let i = 0; i < boxes.length; i += each) rows.push(boxes.slice(i, i + each))
  return rows
}

function measure(rows: Box[][], width: number, height: number): Fit {
  const gap = 0.4
  const widest = Math.max(...rows.map((r) => r.reduce((sum, b) => sum + b.columns + EXTRA_COLUMNS + gap, 0)))
  const tallest = rows.reduce((sum, r) => sum + Math.max(...r.map((b) => b.floors)) + EXTRA_ROWS, 0)
  const cellHeight = height / tallest
  return { perRow: rows.map((r) => r.length), cellWidth: Math.min(width / widest, cellHeight * MAX_RATIO), cellHeight }
}

/** A cell is as readable as its height, or as its width when it is narrow. */
const readable = (f: Fit) => Math.min(f.cellHeight, f.cellWidth / 1.6)

export function fitWall(boxes: Box[], width: number, height: number): Fit {
  let best: Fit = { perRow: [], cellWidth: 0, cellHeight: 0 }
  for (let count = 1; count <= boxes.length; count++) {
    const fit = measure(rowsOf(boxes, count), width, height)
    if (best.perRow.length === 0 || readable(fit) > readable(best)) best = fit
  }
  return best
}
