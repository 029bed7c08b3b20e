// Plays deals through HTTP, each step by the demo account whose it is, so that a page has something to show.

const PROJECT = 'demo'
/** How far a deal may come; each step contains those before it. */
export const STEPS = ['lock', 'apply', 'approve', 'pay', 'review', 'sign', 'settle']

const key = () => crypto.randomUUID()
const pause = (ms) => new Promise((done) => setTimeout(done, ms))

export class Play {
  constructor(base) {
    this.base = base
    this.tokens = new Map()
  }

  async token(account) {
    if (!this.tokens.has(account)) {
      const body = JSON.stringify({ account, password: `demo-${account}` })
      const answer = await fetch(`${this.base}/api/v1/login`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body })
      if (!answer.ok) throw new Error(`${account} cannot sign in: ${answer.status}`)
      this.tokens.set(account, (await answer.json()).token)
    }
    return this.tokens.get(account)
  }

  async get(account, path) {
    const headers = { Authorization: `Bearer ${await this.token(account)}` }
    const answer = await fetch(`${this.base}/api/v1/projects/${PROJECT}/${path}`, { headers })
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`)
    return answer.json()
  }

  /** The status and body of a command, whatever came of it. */
  async send(account, cmd, args) {
    const once = key()
    for (;;) {
      const answer = await fetch(`${this.base}/api/v1/projects/${PROJECT}/commands`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', 'Idempotency-Key': once, Authorization: `Bearer ${await this.token(account)}` },
        body: JSON.stringify({ cmd, args: { project: PROJECT, ...args } }),
      })
      const body = await answer.json()
      if (answer.status !== 429) return { status: answer.status, body }
      await pause(300)
    }
  }

  async do(account, cmd, args) {
    const { status, body } = await this.send(account, cmd, args)
    if (status !== 200) throw new Error(`${account} ${cmd} ${JSON.stringify(args)}: ${status} ${JSON.stringify(body)}`)
    return body.ok
  }

  /** One deal, as far as the step named. Buyers b1–b12 are of consultant1, b13–b24 of consultant2, b25–b36 of consultant3. */
  async deal(unit, buyer, upTo, { paid = 5_000_000, contract = `HT-${unit}` } = {}) {
    const consultant = `consultant${Math.ceil(Number(buyer.slice(1)) / 12)}`
    const far = STEPS.indexOf(upTo)
    const { deal } = await this.do(consultant, 'unit.lock', { unit, buyer })
    if (far >= 1) await this.do(consultant, 'deal.apply', { unit, eligibility: 'qualified', down_payment_fen: 100_000_000, note: '首套' })
    if (far >= 2) await this.do('clerk1', 'deal.approve', { unit })
    if (far >= 3) await this.do('finance1', 'deal.receipt', { deal, kind: 'subscription', amount_fen: paid, ref: `B-${deal}` })
    if (far >= 4) await this.do('relations1', 'deal.review', { unit, result: 'pass' })
    if (far >= 5) await this.do('clerk1', 'deal.sign', { unit, contract })
    if (far >= 6) {
      const { deals } = await this.get('finance1', 'deals?scope=open')
      const { price_fen: price, paid_fen: had } = deals.find((d) => d.id === deal)
      await this.do('finance1', 'deal.receipt', { deal, kind: 'mortgage', amount_fen: price - had })
    }
    return deal
  }

  /** An office in the middle of its work: deals at every step, releases, a withdrawal with its refund, units that are wanted. */
  async morning() {
    const units = (await this.get('clerk1', 'catalog')).units.map((u) => u.id)
    const { st } = await this.get('clerk1', 'board')
    const available = units.filter((_, i) => st[i] === 'a')
    const free = available.filter((_, i) => i % 8 === 4)
    const made = await this.begin(free)
    made.refund = [await this.giveBack(free.shift())]
    for (const unit of available.filter((_, i) => i % 16 === 3).slice(0, 16)) await this.do('clerk1', 'unit.withhold', { unit, reason: '领导保留' })
    await this.want(made, units)
    return made
  }

  async begin(free) {
    const far = [['settle', 6], ['sign', 9], ['review', 3], ['pay', 4], ['approve', 5], ['apply', 3], ['lock', 4]]
    const made = {}
    let person = 0
    const next = () => `b${(person++ % 36) + 1}`
    for (const [step, times] of far) {
      made[step] = []
      for (let n = 0; n < times; n++) {
        const unit = free.shift()
        made[step].push({ unit, deal: await this.deal(unit, next(), step, { paid: 5_000_000 + n * 1_500_000 }) })
      }
    }
    for (let n = 0; n < 3; n++) {
      const unit = free.shift()
      await this.deal(unit, next(), 'lock')
      await this.do('clerk1', 'unit.release', { unit, to: 'available', reason: '客户放弃' })
    }
    return made
  }

  /** One withdraws after paying: the money has to go back. */
  async giveBack(unit) {
    const deal = await this.deal(unit, 'b13', 'pay', { paid: 8_000_000 })
    const { request } = await this.do('consultant2', 'deal.withdraw', { deal, reason: '贷款未批' })
    await this.do('manager1', 'request.decide', { request, approve: true })
    return { unit, deal }
  }

  /** Units that are taken and wanted by others as well, and those that people keep in mind. */
  async want(made, units) {
    for (const [at, { unit }] of [...made.lock, ...made.approve, ...made.sign].entries()) {
      for (let n = 0; n < 14 - at; n += 2) await this.send('consultant3', 'unit.lock', { unit, buyer: 'b30' })
    }
    for (const [at, unit] of units.filter((_, i) => i % 23 === 2).entries()) {
      for (const account of ['consultant1', 'consultant2', 'manager1'].slice(0, (at % 3) + 1)) await this.send(account, 'favourite.set', { unit, on: true })
    }
  }

  /** Sessions do not last from one day to the next. */
  forget() {
    this.tokens.clear()
  }

  /** A day of the office: some of yesterday's deals go on, some new ones begin and come as far as they come. */
  async day(number) {
    const chance = dice(number)
    const units = (await this.get('clerk1', 'board')).st
    const ids = (await this.get('clerk1', 'catalog')).units.map((u) => u.id)
    const free = ids.filter((_, i) => units[i] === 'a')
    const { deals } = await this.get('clerk1', 'deals?scope=open')
    for (const d of deals) await this.goOn(d, chance)
    const begun = 3 + Math.floor(chance() * 6)
    for (let n = 0; n < begun; n++) {
      const [unit] = free.splice(Math.floor(chance() * free.length), 1)
      const far = STEPS[[0, 0, 1, 2, 3, 3, 4, 5, 5, 6][Math.floor(chance() * 10)]]
      await this.deal(unit, `b${1 + Math.floor(chance() * 36)}`, far, { paid: 5_000_000 + Math.floor(chance() * 20) * 500_000 })
    }
  }

  async goOn(d, chance) {
    const price = d.price_fen - (d.paid_fen ?? 0)
    if (d.status === 'contracted' && chance() < 0.25) {
      await this.do('finance1', 'deal.receipt', { deal: d.id, kind: 'mortgage', amount_fen: chance() < 0.6 ? price : Math.floor(price / 3) })
    } else if (d.status === 'subscribed' && d.paid_fen && chance() < 0.6) {
      if (d.review !== 'pass') await this.do('relations1', 'deal.review', { deal: d.id, result: 'pass' })
      await this.do('clerk1', 'deal.sign', { deal: d.id, contract: `HT-${d.unit}` })
    }
  }
}

/** The same throws every time. */
function dice(seed) {
  let state = seed * 2654435761 + 12345
  return () => {
    state = (Math.imul(state ^ (state >>> 15), 2246822519) + 0x9e3779b9) >>> 0
    return ((state ^ (state >>> 13)) >>> 0) / 2 ** 32
  }
}
