// Keeps the catalogue as new as the board. The board may run ahead: a daemon tells of an import first and reads the new
// catalogue then, so one look that finds the old one is not the end of it. And `units` do not name the version: a unit
// that comes with the state it had already is the hint that its entry was changed.
import type { Applied, Board } from './board'
import type { Catalog } from './catalog'

const RETRY_FIRST_MS = 1_000
const RETRY_MAX_MS = 30_000
/** After a hint: time for the daemon to read the catalogue, and so that a thousand screens do not ask as one. */
const HINT_MS = 2_000
const HINT_SPREAD_MS = 3_000

export interface KeeperSurroundings {
  load(): Promise<Catalog>
  show(catalog: Catalog): void
  after(ms: number, run: () => void): number
  cancel(timer: number): void
  random(): number
}

export class CatalogKeeper {
  private catalog: Catalog | undefined
  private isLoading = false
  private isStopped = false
  private timer: number | undefined
  private retryMs = RETRY_FIRST_MS

  constructor(
    private readonly board: Board,
    private readonly around: KeeperSurroundings,
  ) {}

  onBoard(change: Applied): void {
    if (this.isLoading || this.timer !== undefined) return
    if (this.isBehind()) void this.look()
    else if (change.kind === 'some' && change.isEcho) this.later(HINT_MS + this.around.random() * HINT_SPREAD_MS)
  }

  stop(): void {
    this.isStopped = true
    if (this.timer !== undefined) this.around.cancel(this.timer)
    this.timer = undefined
  }

  private isBehind(): boolean {
    const c = this.catalog
    return !c || c.version < this.board.catalogVersion || c.units.length < this.board.size
  }

  private later(ms: number): void {
    this.timer = this.around.after(ms, () => {
      this.timer = undefined
      void this.look()
    })
  }

  private async look(): Promise<void> {
    this.isLoading = true
    const next = await this.around.load().catch(() => undefined)
    this.isLoading = false
    if (this.isStopped) return
    if (next && next.version !== this.catalog?.version) {
      this.catalog = next
      this.around.show(next)
    }
    if (next && !this.isBehind()) {
      this.retryMs = RETRY_FIRST_MS
      return
    }
    this.later(this.retryMs * (0.75 + this.around.random() / 2))
    this.retryMs = Math.min(this.retryMs * 2, RETRY_MAX_MS)
  }
}
