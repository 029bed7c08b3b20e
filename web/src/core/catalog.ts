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

export function makeCatalog(name: string, version: number, units: Unit[], palette = '', launchAt?: number): Catalog {
  return { name, version, units, indexOf: new Map(units.map((u, i) => [u.id, i])), palette, launchAt }
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

const byText = (a: string, b: string) => a.localeCompare(b, 'zh-CN', { numeric: true })

export function layOut(units: Unit[]): Building[] {
  const names = new Map<string, number[]>()
  units.forEach((u, i) => {
    const list = names.get(u.building)
    if (list) list.push(i)
    else names.set(u.building, [i])
  })
  return [...names.keys()].sort(byText).map((name) => layOutBuilding(name, names.get(name)!, units))
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
  const keys = [...columns.keys()].sort(byText)
  const labels = [...floors.keys()].sort((a, b) => floorNumber(b) - floorNumber(a) || byText(b, a))
  return {
    name,
    columns: keys.map((k) => columns.get(k)!),
    floors: labels.map((label) => {
      const cells = keys.map((k) => floors.get(label)!.get(k))
      return { label, cells, indexes: cells.filter((c): c is number => c !== undefined) }
    }),
  }
}
