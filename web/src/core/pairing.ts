// How a display is signed in without a password: it shows a code; somebody of the office confirms it; the secret that only
// this page knows is then good for a session. The secret is never stored or shown.
import { ApiError, type Session } from './api'

export const POLL_MS = 2_000
const RETRY_MS = 5_000
const RETRY_MAX_MS = 60_000

export interface Offer {
  code: string
  secret: string
}

export interface PairingSurroundings {
  offer(): Promise<Offer>
  /** Undefined while nobody has confirmed. */
  claim(offer: Offer): Promise<Session | undefined>
  after(ms: number, run: () => void): number
  cancel(timer: number): void
  random(): number
}

export interface PairingEvents {
  /** The code to show; none while there is none. */
  onCode(code: string | undefined): void
  onPaired(session: Session): void
  /** A code of api errors, or '' when it works again. */
  onProblem(code: string): void
}

export class Pairing {
  private offered: Offer | undefined
  private timer: number | undefined
  private isStopped = false
  private retryMs = RETRY_MS

  constructor(
    private readonly around: PairingSurroundings,
    private readonly events: PairingEvents,
  ) {}

  start(): void {
    void this.step()
  }

  stop(): void {
    this.isStopped = true
    this.offered = undefined
    if (this.timer !== undefined) this.around.cancel(this.timer)
  }

  private async step(): Promise<void> {
    try {
      await (this.offered ? this.ask(this.offered) : this.begin())
    } catch (e) {
      if (!this.isStopped) this.failed(e instanceof ApiError ? e : new ApiError('offline', 0))
    }
  }

  private async begin(): Promise<void> {
    const offer = await this.around.offer()
    if (this.isStopped) return
    this.offered = offer
    this.worked()
    this.events.onCode(offer.code)
    this.again(POLL_MS)
  }

  private async ask(offer: Offer): Promise<void> {
    const session = await this.around.claim(offer)
    if (this.isStopped) return
    this.worked()
    if (session) this.events.onPaired(session)
    else this.again(POLL_MS)
  }

  private worked(): void {
    this.retryMs = RETRY_MS
    this.events.onProblem('')
  }

  private failed(e: ApiError): void {
    // The code is over: the next one at once.
    if (this.offered && e.status === 404) {
      this.offered = undefined
      this.events.onCode(undefined)
      this.again(POLL_MS * this.around.random())
      return
    }
    this.events.onProblem(e.code)
    this.again(this.retryMs * (0.75 + this.around.random() / 2))
    this.retryMs = Math.min(this.retryMs * 2, RETRY_MAX_MS)
  }

  private again(ms: number): void {
    this.timer = this.around.after(ms, () => void this.step())
  }
}
