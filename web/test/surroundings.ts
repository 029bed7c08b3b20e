// A network and a clock that tests turn by hand.
import type { Surroundings } from '../src/core/link'

export class FakeSocket {
  sent: Record<string, unknown>[] = []
  onmessage: ((e: { data: string }) => void) | null = null
  onclose: ((e: { code: number }) => void) | null = null
  closedWith: number | undefined

  constructor(
    readonly url: string,
    readonly protocol: string,
  ) {}

  send(text: string): void {
    this.sent.push(JSON.parse(text) as Record<string, unknown>)
  }

  close(code?: number): void {
    this.closedWith = code
  }

  says(message: object): void {
    this.onmessage?.({ data: JSON.stringify(message) })
  }

  ends(code: number): void {
    this.onclose?.({ code })
  }

  hello(): void {
    this.says({ ev: 'hello', protocol: 'listing.v1', now: 1000, account: 'a', role: 'clerk', heartbeat_s: 5 })
  }
}

export class World {
  now = 0
  sockets: FakeSocket[] = []
  private timers: { id: number; at: number; run: () => void }[] = []
  private nextTimer = 1

  readonly surroundings: Surroundings = {
    open: (url, protocol) => {
      const s = new FakeSocket(url, protocol)
      this.sockets.push(s)
      return s as unknown as WebSocket
    },
    after: (ms, run) => {
      this.timers.push({ id: this.nextTimer, at: this.now + ms, run })
      return this.nextTimer++
    },
    cancel: (id) => {
      this.timers = this.timers.filter((t) => t.id !== id)
    },
    random: () => 0.5,
  }

  get socket(): FakeSocket {
    return this.sockets[this.sockets.length - 1]!
  }

  pass(ms: number): void {
    const end = this.now + ms
    for (;;) {
      const next = this.timers.filter((t) => t.at <= end).sort((a, b) => a.at - b.at)[0]
      if (!next) break
      this.timers = this.timers.filter((t) => t !== next)
      this.now = next.at
      next.run()
    }
    this.now = end
  }
}
