// A project, live: link, board, clock, freshness and commands tied together. The views subscribe; they never touch the wire.
import { Board, type Applied } from './board'
import { ServerClock } from './clock'
import { Commands, CommandError, randomKey, type ChangeOptions } from './commands'
import { Watch, type Freshness, type LinkState } from './freshness'
import type { Launch } from './launches'
import { browser, Link, type Surroundings } from './link'
import type { Deal, FreezeNotice, InterestMessage, Notice, QueueNotice, RoomMessage, ServerMessage } from './protocol'

const ASK_AGAIN_MS = 5_000

export interface LiveEvents {
  onBoard(change: Applied): void
  onState(state: LinkState): void
  onRefused?(): void
  onDeal(deal: Deal): void
  onNotice(notice: Notice): void
  onQueue?(queue: QueueNotice): void
  onFreeze?(notice: FreezeNotice): void
  onLaunches?(launches: Launch[]): void
  onRoom?(room: RoomMessage): void
  onInterest?(interest: InterestMessage): void
}

export class Live {
  readonly board: Board
  readonly clock: ServerClock
  readonly watch: Watch
  readonly commands: Commands
  private readonly link: Link
  /** Local time at which the board was asked for; undefined when nothing is awaited. */
  private askedAt: number | undefined

  constructor(
    readonly project: string,
    url: string,
    private readonly events: LiveEvents,
    around: Surroundings = browser,
    private readonly local: () => number = Date.now,
  ) {
    this.board = new Board(project)
    this.clock = new ServerClock(local)
    this.watch = new Watch(local)
    const heard = {
      onState: (s: LinkState) => this.onState(s),
      onMessage: (m: ServerMessage) => this.onMessage(m),
      onRefused: () => events.onRefused?.(),
    }
    this.link = new Link(url, heard, around)
    this.commands = new Commands({
      send: (m) => this.link.send(m),
      after: around.after,
      cancel: around.cancel,
      now: local,
      newKey: randomKey,
    })
  }

  start(): void {
    this.link.start()
  }

  stop(): void {
    this.link.stop()
  }

  retryNow(): void {
    this.link.retryNow()
  }

  get state(): LinkState {
    return this.link.state
  }

  freshness(): Freshness {
    return this.watch.freshness(this.link.state)
  }

  /** Refuses on old data: what is shown as free may long be taken. */
  change(cmd: string, args: object, options: ChangeOptions = {}): Promise<Record<string, unknown>> {
    if (this.freshness() !== 'live') {
      const body = { code: 'stale_screen', status: 409, message: 'stale_screen', retryable: true }
      return Promise.reject(new CommandError(body))
    }
    return this.commands.change(cmd, { project: this.project, ...args }, options)
  }

  private onState(state: LinkState): void {
    if (state !== 'open') {
      this.askedAt = undefined
      this.commands.onLinkDown()
    }
    this.events.onState(state)
  }

  private onMessage(m: ServerMessage): void {
    switch (m.ev) {
      case 'hello':
        this.clock.observe(m.now)
        this.commands.onLinkUp()
        this.ask()
        break
      case 'board':
        this.done(this.board.load(m), m.at)
        break
      case 'units':
        this.done(this.board.apply(m), m.at)
        break
      case 'beat':
        this.onBeat(m.project, m.seq, m.at)
        break
      case 'deal':
        if (m.project === this.project) this.events.onDeal(m.deal)
        break
      case 'notice':
        if (m.project === this.project) this.onNotice(m)
        break
      case 'launch':
        if (m.project !== this.project) break
        this.clock.observe(m.now)
        this.events.onLaunches?.(m.launches)
        break
      case 'room':
        if (m.project === this.project) this.events.onRoom?.(m)
        break
      case 'interest':
        if (m.project === this.project) this.events.onInterest?.(m)
        break
      case 'reply':
        this.commands.onReply(m)
        break
      case 'goaway':
        break
    }
  }

  private onNotice(m: Notice | QueueNotice | FreezeNotice): void {
    if (m.kind === 'queue') this.events.onQueue?.(m)
    else if (m.kind === 'expiry') this.events.onNotice(m)
    else this.events.onFreeze?.(m)
  }

  private onBeat(project: string, seq: number, at: number): void {
    if (project !== this.project) return
    if (this.board.isLoaded && seq !== this.board.seq) this.ask()
    else this.heard(at)
  }

  private heard(at: number): void {
    this.clock.observe(at)
    this.watch.heard(at)
  }

  private done(change: Applied, at: number): void {
    if (change.kind === 'none') return
    if (change.kind === 'gap') {
      this.ask()
      return
    }
    this.askedAt = undefined
    this.heard(at)
    this.events.onBoard(change)
  }

  private ask(): void {
    // Once, not for every further message that does not fit; again when the answer does not come.
    if (this.askedAt !== undefined && this.local() - this.askedAt < ASK_AGAIN_MS) return
    this.askedAt = this.local()
    const resume = this.board.resume
    this.commands.ask('board.watch', { project: this.project, ...(resume ? { resume } : {}) }).catch((e: unknown) => {
      this.askedAt = undefined
      // A project that is not served now may be later; the silence that follows makes the link try anew.
      if (e instanceof CommandError && e.code === 'forbidden') {
        this.link.stop()
        this.events.onState('forbidden')
      }
    })
  }
}

export function socketUrl(location: { protocol: string; host: string }): string {
  return `${location.protocol === 'https:' ? 'wss:' : 'ws:'}//${location.host}/ws`
}
