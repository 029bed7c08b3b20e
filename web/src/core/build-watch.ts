// A wall runs for months and nobody presses reload: it looks whether the server has another build of its page, and loads it.
// The names of scripts and styles carry the hash of what is in them, so another name is another build.
export const LOOK_MS = 5 * 60_000
/** After a reconnect the daemon may be a new one; but a thousand walls must not all ask in that second. */
export const SOON_MS = 20_000
/** And not all load at the same moment. */
export const RELOAD_MS = 60_000

export interface BuildSurroundings {
  /** The page as the server has it now; rejects when it does not answer. */
  page(): Promise<string>
  /** Loads the page anew for these assets, and remembers them. */
  reload(assets: string): void
  /** Whether the page was loaded for these already: if something on the way changes pages, once more would not help. */
  wasLoadedFor(assets: string): boolean
  isOnline(): boolean
  after(ms: number, run: () => void): number
  cancel(timer: number): void
  random(): number
}

/** The names of the scripts and styles in a page's HTML; empty for what is no page of ours. */
export function assetsOf(html: string): string {
  return [...html.matchAll(/\b(?:src|href)="(\/assets\/[^"]+)"/g)].map((m) => m[1]).join(' ')
}

export class BuildWatch {
  private timer: number | undefined
  private isStopped = false
  private isNew = false

  constructor(
    private readonly own: string,
    private readonly around: BuildSurroundings,
  ) {}

  start(): void {
    this.isStopped = false
    this.later(LOOK_MS * (0.5 + this.around.random()))
  }

  /** The line is back. */
  reconnected(): void {
    if (!this.isStopped && !this.isNew) this.later(this.around.random() * SOON_MS)
  }

  stop(): void {
    this.isStopped = true
    this.cancel()
  }

  private later(ms: number): void {
    this.cancel()
    this.timer = this.around.after(ms, () => void this.look())
  }

  private cancel(): void {
    if (this.timer !== undefined) this.around.cancel(this.timer)
    this.timer = undefined
  }

  private async look(): Promise<void> {
    const there = assetsOf(await this.around.page().catch(() => ''))
    if (this.isStopped) return
    this.isNew = there !== '' && this.own !== '' && there !== this.own && !this.around.wasLoadedFor(there)
    if (this.isNew) this.load(there, this.around.random() * RELOAD_MS)
    else this.later(LOOK_MS * (0.75 + this.around.random() / 2))
  }

  /** Not while the server is away: an old board that says so is better than the browser's page of an error. */
  private load(assets: string, ms: number): void {
    this.cancel()
    this.timer = this.around.after(ms, () => {
      if (this.around.isOnline()) this.around.reload(assets)
      else this.load(assets, this.around.random() * SOON_MS)
    })
  }
}
