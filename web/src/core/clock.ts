// Server time on this device. A tablet's own clock may be wrong by hours: countdowns follow the server's stamps. A stamp
// can only be late, never early, so the largest offset of the last two windows is the best one.
const WINDOW = 16
const JUMP_MS = 5000

export class ServerClock {
  private offset: number | undefined
  private best = -Infinity
  private samples = 0

  constructor(private readonly local: () => number = Date.now) {}

  observe(serverMs: number): void {
    const sample = serverMs - this.local()
    if (this.offset === undefined || Math.abs(sample - this.offset) > JUMP_MS) {
      this.offset = this.best = sample
      this.samples = 0
      return
    }
    this.best = Math.max(this.best, sample)
    this.offset = Math.max(this.offset, this.best)
    if (++this.samples === WINDOW) {
      this.offset = this.best
      this.best = sample
      this.samples = 0
    }
  }

  now(): number {
    return this.local() + (this.offset ?? 0)
  }
}
