// The HTTP side: signing in and out, the catalogue, the buyers. Same origin; the browser keeps the session in a cookie that
// scripts cannot read.
import { makeCatalog, type Catalog, type Unit } from './catalog'
import { randomKey } from './commands'
import type { Offer } from './pairing'
import type { Doorplate } from './pick'
import type { Rights } from './rights'
import type { FullDeal, Queue } from './work'
import { setZone } from './zone'

export interface Session {
  account: string
  role: string
  projects: string[]
}

export interface Buyer {
  id: string
  name: string
  phone: string
  level: string
  /** whole or masked, as the role sees it */
  card?: string
  wishes?: string[]
  qualification?: string
}

/** What a proof says: who chose which unit, and how that stands now. */
export interface Proven {
  project: string
  title: string
  unit: string
  deal: string
  buyer: string
  at: number
  utc_offset_min: number
  status: string
}

interface CatalogBody {
  name?: string
  catalog_version: number
  units: Unit[]
  palette?: string
  launch_at?: number
  rehearsal?: string
  utc_offset_min?: number
}

export class ApiError extends Error {
  constructor(
    readonly code: string,
    readonly status: number,
    /** The whole answer, for what a refusal says beside its code. */
    readonly problem: Record<string, unknown> = {},
  ) {
    super(code)
  }
}

/** What the server gives at a time. */
const DEALS_PAGE = 1000

type Fetch = (url: string, options?: RequestInit) => Promise<Response>

async function ask(fetcher: Fetch, url: string, options: RequestInit = {}): Promise<Response> {
  let response: Response
  try {
    response = await fetcher(url, { credentials: 'same-origin', ...options })
  } catch {
    throw new ApiError('offline', 0)
  }
  if (response.ok || response.status === 304) return response
  const problem = (await response.json().catch(() => ({}))) as { code?: string }
  throw new ApiError(problem.code ?? 'unavailable', response.status, problem)
}

export class Api {
  private tags = new Map<string, { tag: string; catalog: Catalog }>()

  /** Of this page: who lost the answer to a sign-in repeats it. */
  private attempt: string | undefined
  constructor(private readonly fetcher: Fetch = (u, o) => fetch(u, o)) {}

  /** Who is signed in; undefined when nobody is. */
  async session(): Promise<Session | undefined> {
    try {
      return (await (await ask(this.fetcher, '/api/v1/session')).json()) as Session
    } catch (e) {
      if (e instanceof ApiError && e.status === 401) return undefined
      throw e
    }
  }

  async login(account: string, password: string): Promise<Session> {
    return (await (await this.post('/api/v1/login', { account, password })).json()) as Session
  }

  async changePassword(old: string, next: string): Promise<void> {
    await this.post('/api/v1/password', { old, new: next })
  }

  /** What a page of buyers may show before sign-in. */
  async doorplate(project: string): Promise<Doorplate> {
    const doorplate = (await (await ask(this.fetcher, `/api/v1/pick/${encodeURIComponent(project)}`)).json()) as Doorplate
    setZone(doorplate.utc_offset_min)
    return doorplate
  }

  async buyerLogin(project: string, proof: { phone: string; code: string } | { link: string }): Promise<Session> {
    return (await (await this.post('/api/v1/buyer-login', { project, ...proof, attempt: (this.attempt ??= randomKey()) })).json()) as Session
  }

  /** Whether a proof of a result is good, and what it is of. */
  async check(proof: string): Promise<Proven> {
    const proven = (await (await this.post('/api/v1/check', { proof })).json()) as Proven
    setZone(proven.utc_offset_min)
    return proven
  }

  private post(url: string, body: object): Promise<Response> {
    const headers = { 'Content-Type': 'application/json' }
    return ask(this.fetcher, url, { method: 'POST', headers, body: JSON.stringify(body) })
  }

  /** Asks for a code that lets a display in. */
  async offerPairing(project: string): Promise<Offer> {
    return (await (await this.post('/api/v1/pairings', { project })).json()) as Offer
  }

  /** The session, once the code was confirmed; undefined before. */
  async claimPairing({ code, secret }: Offer): Promise<Session | undefined> {
    const response = await this.post('/api/v1/pairings/claim', { code, secret })
    return response.status === 202 ? undefined : ((await response.json()) as Session)
  }

  async logout(): Promise<void> {
    await ask(this.fetcher, '/api/v1/logout', { method: 'POST', body: '' })
  }

  async catalog(project: string): Promise<Catalog> {
    const known = this.tags.get(project)
    const response = await ask(this.fetcher, `/api/v1/projects/${encodeURIComponent(project)}/catalog`, {
      headers: known ? { 'If-None-Match': known.tag } : {},
    })
    if (response.status === 304 && known) return known.catalog
    const body = (await response.json()) as CatalogBody
    const catalog = makeCatalog(body.name ?? project, body.catalog_version, body.units, body.palette, body.launch_at, body.rehearsal, body.utc_offset_min)
    const tag = response.headers.get('ETag')
    if (tag) this.tags.set(project, { tag, catalog })
    return catalog
  }

  /** GET under the project: `path` as "deals?scope=open", its values escaped by the caller. */
  async read<T>(project: string, path: string): Promise<T> {
    return (await (await ask(this.fetcher, `/api/v1/projects/${encodeURIComponent(project)}/${path}`)).json()) as T
  }

  /** POST under the project. */
  async send<T>(project: string, path: string, body: BodyInit, headers: Record<string, string> = {}): Promise<T> {
    const url = `/api/v1/projects/${encodeURIComponent(project)}/${path}`
    return (await (await ask(this.fetcher, url, { method: 'POST', headers, body })).json()) as T
  }

  /** A command by HTTP, for what is longer than a message of the WebSocket may be. The same key, the same outcome. */
  async command(project: string, cmd: string, args: object, key: string): Promise<Record<string, unknown>> {
    const headers = { 'Content-Type': 'application/json', 'Idempotency-Key': key }
    const body = JSON.stringify({ cmd, args: { project, ...args } })
    return (await this.send<{ ok: Record<string, unknown> }>(project, 'commands', body, headers)).ok
  }

  /** All of them, however many pages that takes; the newest first. */
  async deals(project: string, scope: 'open' | 'all' = 'open'): Promise<FullDeal[]> {
    const found: FullDeal[] = []
    for (;;) {
      const last = found[found.length - 1]
      const path = `deals?scope=${scope}&limit=${DEALS_PAGE}${last ? `&before=${last.id}` : ''}`
      const { deals } = await this.read<{ deals: FullDeal[] }>(project, path)
      found.push(...deals)
      if (deals.length < DEALS_PAGE) return found
    }
  }

  async queue(project: string): Promise<Queue> {
    return this.read<Queue>(project, 'queue')
  }

  /** The units that this account keeps in mind. */
  async favourites(project: string): Promise<string[]> {
    return (await this.read<{ units: string[] }>(project, 'favourites')).units
  }

  async rights(): Promise<Rights> {
    return (await (await ask(this.fetcher, '/api/v1/rights')).json()) as Rights
  }

  async buyers(project: string): Promise<Buyer[]> {
    const response = await ask(this.fetcher, `/api/v1/projects/${encodeURIComponent(project)}/buyers`)
    // One whose data the daemon cannot open has an id only; what stands for it must not stop the page.
    return ((await response.json()) as { buyers: (Partial<Buyer> & { id: string })[] }).buyers.map((b) => ({
      ...b,
      name: b.name ?? b.id,
      phone: b.phone ?? '',
      level: b.level ?? '',
    }))
  }
}
