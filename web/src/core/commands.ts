// Commands and their replies. Everything that changes state carries a key: when the outcome is not known (line lost, no
// answer in time, `unknown`) the same command is sent again with the same key, which returns the first outcome. So a
// person never has to guess whether a lock was taken.
import type { ErrorBody, Reply } from './protocol'

const ANSWER_MS = 8_000
/** After this long the person is told that the outcome is not known. */
const GIVE_UP_MS = 30_000
const REPEAT_MS = 1_000

export class CommandError extends Error {
  constructor(readonly body: ErrorBody) {
    super(body.message)
  }
  get code(): string {
    return this.body.code
  }
}

const failure = (code: string, retryable: boolean): ErrorBody => ({ code, status: 504, message: code, retryable })

/** How a command under way stands: on its way, the line lost, asked again with the same key. */
export type Phase = 'sent' | 'lost' | 'again'

export interface ChangeOptions {
  /** To ask once more for the outcome of an earlier command. */
  key?: string
  tell?(phase: Phase): void
}

interface Pending {
  tell: ((phase: Phase) => void) | undefined
  message: { id: number; cmd: string; key?: string; args: object }
  resolve(ok: Record<string, unknown>): void
  reject(e: CommandError): void
  began: number
  timer: number
}

export interface CommandSurroundings {
  send(message: object): boolean
  after(ms: number, run: () => void): number
  cancel(timer: number): void
  now(): number
  newKey(): string
}

export function randomKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('')
}

export class Commands {
  private nextId = 1
  private pending = new Map<number, Pending>()

  constructor(private readonly around: CommandSurroundings) {}

  /** Reads need no key and are not repeated; they fail with `unavailable` when the line is down. */
  ask(cmd: string, args: object): Promise<Record<string, unknown>> {
    return this.begin({ id: this.nextId++, cmd, args })
  }

  change(cmd: string, args: object, options: ChangeOptions = {}): Promise<Record<string, unknown>> {
    return this.begin({ id: this.nextId++, cmd, key: options.key ?? this.around.newKey(), args }, options.tell)
  }

  /** Takes a reply; false when nobody waits for it. */
  onReply(reply: Reply): boolean {
    const p = this.pending.get(reply.id)
    if (!p) return false
    this.around.cancel(p.timer)
    if (reply.ok) {
      this.pending.delete(reply.id)
      p.resolve(reply.ok)
    } else if (reply.error?.code === 'unknown' && p.message.key) {
      p.timer = this.around.after(REPEAT_MS, () => this.repeat(p))
    } else {
      this.pending.delete(reply.id)
      p.reject(new CommandError(reply.error ?? failure('unknown', true)))
    }
    return true
  }

  /** The line is back: what was under way is asked again. */
  onLinkUp(): void {
    for (const p of [...this.pending.values()]) if (p.message.key) this.repeat(p)
  }

  onLinkDown(): void {
    for (const p of [...this.pending.values()]) {
      if (p.message.key) p.tell?.('lost')
      else this.fail(p, 'unavailable')
    }
  }

  private begin(message: Pending['message'], tell?: (phase: Phase) => void): Promise<Record<string, unknown>> {
    return new Promise((resolve, reject) => {
      if (!this.around.send(message)) {
        reject(new CommandError(failure('unavailable', true)))
        return
      }
      const p: Pending = { message, tell, resolve, reject, began: this.around.now(), timer: 0 }
      p.timer = this.around.after(ANSWER_MS, () => this.repeat(p))
      this.pending.set(message.id, p)
      tell?.('sent')
    })
  }

  private fail(p: Pending, code: string): void {
    this.around.cancel(p.timer)
    this.pending.delete(p.message.id)
    p.reject(new CommandError(failure(code, true)))
  }

  private repeat(p: Pending): void {
    this.around.cancel(p.timer)
    if (!p.message.key || this.around.now() - p.began > GIVE_UP_MS) {
      this.fail(p, p.message.key ? 'unknown' : 'unavailable')
      return
    }
    // While the line is down this waits; onLinkUp comes sooner if the line does.
    const sent = this.around.send(p.message)
    p.tell?.(sent ? 'again' : 'lost')
    p.timer = this.around.after(sent ? ANSWER_MS : REPEAT_MS, () => this.repeat(p))
  }
}
