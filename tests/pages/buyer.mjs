// A buyer of a launch session, by HTTP: signs in with the one-time code that the office was shown.

export class BuyerByHttp {
  static async signIn(base, phone, code, project = 'demo') {
    const headers = { 'Content-Type': 'application/json' }
    const answer = await fetch(`${base}/api/v1/buyer-login`, { method: 'POST', headers, body: JSON.stringify({ project, phone, code }) })
    if (!answer.ok) throw new Error(`the buyer is not let in: ${answer.status} ${await answer.text()}`)
    const buyer = new BuyerByHttp()
    Object.assign(buyer, { base, project, token: (await answer.json()).token })
    return buyer
  }

  /** The status and body of a command, whatever came of it. */
  async send(cmd, args) {
    const answer = await fetch(`${this.base}/api/v1/projects/${this.project}/commands`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'Idempotency-Key': crypto.randomUUID(), Authorization: `Bearer ${this.token}` },
      body: JSON.stringify({ cmd, args: { project: this.project, ...args } }),
    })
    return { status: answer.status, body: await answer.json() }
  }

  async do(cmd, args) {
    const { status, body } = await this.send(cmd, args)
    if (status !== 200) throw new Error(`${cmd}: ${status} ${JSON.stringify(body)}`)
    return body.ok
  }

  /** Reads the rules and checks in. */
  async enter(launch) {
    const answer = await fetch(`${this.base}/api/v1/projects/${this.project}/launches`, { headers: { Authorization: `Bearer ${this.token}` } })
    const { launches } = await answer.json()
    return this.do('launch.enter', { launch, rules_sha: launches.find((l) => l.id === launch).rules_sha })
  }
}
