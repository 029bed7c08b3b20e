// The catalogue: what a unit is, by index, and how units lie in their buildings.

export interface Unit {
  id: string
  building: string
  entrance: string
  floor: string | number
  room: string
  type: string
  gross_area: string
  inside_area: string
  list_price_fen: number
  type_derived?: boolean
}

export interface Catalog {
  /** What people call the project. */
  name: string
  version: number
  units: Unit[]
  indexOf: Map<string, number>
  /** Colours of the project's own (palette.ts); empty for those of the house. */
  palette: string
  /** Server time of the launch, when it is known. */
  launchAt?: number
  /** Of a rehearsal (公测演练): the project that it is a copy of; empty for a real one. */
  rehearsal: string
  /** Minutes that the office's clock is ahead of UTC. */
  utcOffsetMin?: number
}

export interface Floor {
  label: string
  /** One per column of the building: the unit's index, or undefined where there is none. */
  cells: (number | undefined)[]
  indexes: number[]
}

export interface Building {
  name: string
  columns: { entrance: string; room: string }[]
  /** The highest first, as on every listing-control sheet. */
  floors: Floor[]
}

export function makeCatalog(name: string, version: number, units: Unit[], palette = '', launchAt?: number, rehearsal = '', utcOffsetMin?: number): Catalog {
  return { name, version, units, indexOf: new Map(units.map((u, i) => [u.id, i])), palette, launchAt, rehearsal, utcOffsetMin }
}

const floorNumber = (label: string): number => {
  const n = parseFloat(label)
  return Number.isNaN(n) ? -1000 : n
}

/** Room 1203 on floor 12 stands in column 03; room 03 too. */
export function columnOf(unit: Unit): string {
  const floor = String(unit.floor)
  const room = String(unit.room)
  return room.length > floor.length && room.startsWith(floor) ? room.slice(floor.length) : room
}

const DIGITS = '零一二三四五六七八九'

/** 二十三 → 23; what is no such number up to ninety-nine stays as it is. */
function numberOf(chinese: string): string {
  const found = /^([一二三四五六七八九]?)(十?)([一二三四五六七八九]?)$/.exec(chinese)
  if (!found || (!found[2] && chinese.length > 1)) return chinese
  const [, tens = '', ten, ones = ''] = found
  return ten ? String((tens ? DIGITS.indexOf(tens) : 1) * 10 + Math.max(0, DIGITS.indexOf(ones || '零'))) : String(DIGITS.indexOf(chinese))
}
/** 一单元 comes before 二单元, though it is the other way round by sound. */
const sortable = (name: string): string => name.replace(/[一二三四五六七八九十]+(?=[栋幢座号单区期组])/g, numberOf)
export const byName = (a: string, b: string) => sortable(a).localeCompare(sortable(b), 'zh-CN', { numeric: true })

export function layOut(units: Unit[]): Building[] {
  const names = new Map<string, number[]>()
  units.forEach((u, i) => {
    const list = names.get(u.building)
    if (list) list.push(i)
    else names.set(u.building, [i])
  })
  return [...names.keys()].sort(byName).map((name) => layOutBuilding(name, names.get(name)!, units))
}

function layOutBuilding(name: string, indexes: number[], units: Unit[]): Building {
  const columns = new Map<string, { entrance: string; room: string }>()
  const floors = new Map<string, Map<string, number>>()
  for (const i of indexes) {
    const u = units[i]!
    let room = columnOf(u)
    const label = String(u.floor)
    const floor = floors.get(label) ?? new Map<string, number>()
    floors.set(label, floor)
    // Two units in one place (duplexes, shops): each keeps a column of its own.
    while (floor.has(`${u.entrance}\n${room}`)) room += '+'
    const key = `${u.entrance}\n${room}`
    columns.set(key, { entrance: u.entrance, room })
    floor.set(key, i)
  }
  const keys = [...columns.keys()].sort(byName)
  const labels = [...floors.keys()].sort((a, b) => floorNumber(b) - floorNumber(a) || byName(b, a))
  return {
    name,
    columns: keys.map((k) => columns.get(k)!),
    floors: labels.map((label) => {
      const cells = keys.map((k) => floors.get(label)!.get(k))
      return { label, cells, indexes: cells.filter((c): c is number => c !== undefined) }
    }),
  }
}
