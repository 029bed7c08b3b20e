// Which session offers a unit. Asked for again when a session says that it has another number of units than were found: of several
// daemons one may hear a moment later.
import { isOver, type Launch } from './launches'

export class Offers {
  private units = new Map<string, readonly string[]>()
  private known = new Map<string, number>()

  /** Those whose units have to be read (again), and forgets those that are over. */
  stale(launches: readonly Launch[], now: number): Launch[] {
    const offering = launches.filter((l) => !isOver(l, now))
    for (const id of [...this.known.keys()]) if (!offering.some((l) => l.id === id)) this.forget(id)
    return offering.filter((l) => this.known.get(l.id) !== l.units)
  }

  put(launch: Launch, units: readonly string[]): void {
    this.units.set(launch.id, units)
    this.known.set(launch.id, units.length)
  }

  forget(id: string): void {
    this.units.delete(id)
    this.known.delete(id)
  }

  /** unit → the id of the session that offers it */
  get byUnit(): ReadonlyMap<string, string> {
    return new Map([...this.units].flatMap(([id, units]) => units.map((u) => [u, id] as const)))
  }
}
