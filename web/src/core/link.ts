// The WebSocket that keeps itself up. Reconnects with a jittered back-off on everything but the server's "do not come back"
// (close codes 4500–4999). Nothing of Vue or the page is known here.
import type { LinkState } from './freshness'
import { parseMessage, type ServerMessage } from './protocol'

export const SUBPROTOCOL = 'listing.v1.json'
const RETRY_FIRST_MS = 300
const RETRY_MAX_MS = 10_000
/** The server says hello or a beat within 5 s; this long without a word means a dead line that TCP has not noticed. */
const SILENCE_MS = 20_000

/** Close codes after which one does not come back, as what they mean. */
const ENDS: Record<number, LinkState> = { 4501: 'signed-out', 4503: 'forbidden', 4508: 'replaced' }

/** What of the browser the link uses; tests bring their own. */
export interface Surroundings {
  open(url: string, protocol: string): WebSocket
  after(ms: number, run: () => void): number
  cancel(timer: number): void
  random(): number
}

export const browser: Surroundings = {
  open: (url, protocol) => new WebSocket(url, protocol),
  after: (ms, run) => window.setTimeout(run, ms),
  cancel: (timer) => window.clearTimeout(timer),
  random: Math.random,
}

export interface LinkEvents {
  onState(state: LinkState): void
  onMessage(m: ServerMessage): void
  /** The line ended before hello. A browser does not tell why: the server may be away, or refuse an ended sign-in. */
  onRefused?(): void
}

export class Link {
  state: LinkState = 'waiting'
  private socket: WebSocket | undefined
  private retryMs = RETRY_FIRST_MS
  private askedMs: number | undefined
  private timer: number | undefined
  private silence: number | undefined
  private stopped = false
  private isGreeted = false

  constructor(
    private readonly url: string,
    private readonly events: LinkEvents,
    private readonly around: Surroundings = browser,
  ) {}

  start(): void {
    this.stopped = false
    this.connect()
  }

  stop(): void {
    this.stopped = true
    this.cancelTimers()
    this.socket?.close(1000)
    this.socket = undefined
    this.enter('waiting')
  }

  /** False when the line is down: nothing was sent. */
  send(message: object): boolean {
    if (this.state !== 'open' || !this.socket) return false
    this.socket.send(JSON.stringify(message))
    return true
  }

  /** Tries at once, when a person or the network says that it may work now. */
  retryNow(): void {
    if (this.stopped || this.state !== 'waiting') return
    this.cancelTimers()
    this.connect()
  }

  private enter(state: LinkState): void {
    if (this.state === state) return
    this.state = state
    this.events.onState(state)
  }

  private connect(): void {
    const socket = this.around.open(this.url, SUBPROTOCOL)
    this.socket = socket
    this.isGreeted = false
    this.enter('connecting')
    this.listenForSilence()
    socket.onmessage = (e) => {
      if (socket === this.socket && typeof e.data === 'string') this.receive(e.data)
    }
    socket.onclose = (e) => {
      if (socket === this.socket) this.lost(e.code)
    }
  }

  private receive(text: string): void {
    this.listenForSilence()
    const m = parseMessage(text)
    if (!m) return
    if (m.ev === 'hello') {
      this.retryMs = RETRY_FIRST_MS
      this.isGreeted = true
      this.enter('open')
    } else if (m.ev === 'goaway') {
      this.askedMs = m.retry_ms
    }
    this.events.onMessage(m)
  }

  private listenForSilence(): void {
    if (this.silence !== undefined) this.around.cancel(this.silence)
    this.silence = this.around.after(SILENCE_MS, () => {
      const socket = this.socket
      this.lost(1006)
      socket?.close()
    })
  }

  private lost(code: number): void {
    this.socket = undefined
    this.cancelTimers()
    if (this.stopped) return
    if (code >= 4500 && code <= 4999) {
      this.enter(ENDS[code] ?? 'closed')
      return
    }
    const wait = this.askedMs ?? this.retryMs * (0.5 + this.around.random())
    this.askedMs = undefined
    this.retryMs = Math.min(this.retryMs * 2, RETRY_MAX_MS)
    this.timer = this.around.after(wait, () => this.connect())
    this.enter('waiting')
    if (!this.isGreeted) this.events.onRefused?.()
  }

  private cancelTimers(): void {
    for (const t of [this.timer, this.silence]) if (t !== undefined) this.around.cancel(t)
    this.timer = this.silence = undefined
  }
}
