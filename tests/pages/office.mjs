// A whole office for the page tests: `scripts/run` itself, on free ports with data of its own, and a Chromium beside it.
import { execFileSync, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright'
import { expect as expectOfPlaywright } from 'playwright/test'

/** What a page is to show is waited for: a page follows its data when it can, not when the test looks. */
export const expect = expectOfPlaywright.configure({ timeout: 10_000 })
/** Texts as a reader sees them: blocks apart, nothing hidden. */
export const asSeen = { useInnerText: true }

const root = join(dirname(fileURLToPath(import.meta.url)), '../..')
const artefacts = join(root, 'tests/pages/artefacts')

function isFree(port) {
  return new Promise((done) => {
    const s = createServer()
    s.once('error', () => done(false))
    s.listen(port, '127.0.0.1', () => s.close(() => done(true)))
  })
}

async function twoFreePorts() {
  for (;;) {
    const port = 20000 + Math.floor(Math.random() * 12000)
    if ((await isFree(port)) && (await isFree(port + 1))) return port
  }
}

const pids = () => readdirSync('/proc').filter((p) => /^\d+$/.test(p))

function commandLine(pid) {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
  } catch {
    return [] // ended meanwhile
  }
}

export class Office {
  /** `env`: what scripts/run and its processes find in their environment beside ours. */
  static async open({ env = {} } = {}) {
    const office = new Office()
    office.data = mkdtempSync(join(tmpdir(), 'listingd-pages-'))
    office.port = await twoFreePorts()
    office.base = `http://127.0.0.1:${office.port}`
    office.process = spawn(join(root, 'scripts/run'), ['--port', String(office.port), '--data', office.data], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...env },
    })
    office.output = ''
    await new Promise((done, fail) => {
      const take = (piece) => {
        office.output += piece
        if (office.output.includes('listingd is running')) done()
      }
      office.process.stdout.on('data', take)
      office.process.stderr.on('data', take)
      office.process.on('exit', (code) => fail(new Error(`scripts/run ended with ${code}:\n${office.output}`)))
    })
    office.browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] })
    return office
  }

  async close() {
    await this.browser?.close()
    const ended = new Promise((done) => this.process.once('exit', done))
    this.process.kill('SIGTERM')
    await ended
    const left = pids().filter((pid) => commandLine(pid).some((word) => word.includes(this.data)))
    rmSync(this.data, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
    if (left.length) throw new Error(`scripts/run has ended, ${left.map((pid) => commandLine(pid)[0])} has not`)
  }

  ctl(...args) {
    return this.ctlWith('', ...args)
  }

  ctlWith(input, ...args) {
    return execFileSync(resolve(root, process.env.LISTINGD_BUILD ?? 'build', 'listingctl'), args, {
      env: { ...process.env, LISTINGD_REDIS_SOCKET: join(this.data, 'redis.sock') },
      encoding: 'utf8',
      input,
    })
  }

  /** A function of the library, as the daemon itself would call it; the reply's lines. */
  fcall(name, ...args) {
    return execFileSync('redis-cli', ['-s', join(this.data, 'redis.sock'), 'FCALL', name, '1', 'ld:{demo}', ...args.map(String)], { encoding: 'utf8' }).trim().split('\n')
  }

  /** Kills the daemon of this office as a crash would; scripts/run starts it again. */
  killDaemon() {
    this.signalDaemon('SIGKILL')
  }

  /** SIGSTOP: a daemon that hangs while its connections stay open; SIGCONT: it goes on. */
  signalDaemon(signal) {
    const config = join(this.data, 'listingd.conf')
    const pid = pids().find((p) => commandLine(p).includes(config))
    process.kill(Number(pid), signal)
  }

  /** Signs a browser profile in without a form: a wall shows none, but a code to be paired by. Once per account, for sign-ins
   *  are throttled; the profiles share the session. */
  async signIn(context, account) {
    this.cookies ??= new Map()
    const known = this.cookies.get(account)
    if (known) return context.addCookies(known)
    const data = { account, password: `demo-${account}` }
    const answer = await context.request.post(`${this.base}/api/v1/login`, { data })
    if (!answer.ok()) throw new Error(`${account} is not let in: ${answer.status()}`)
    this.cookies.set(account, await context.cookies())
  }

  /** A page in a browser profile of its own. `problems` collects what the console complains about. */
  async page(path, { account, width = 1280, height = 900, locale = 'zh-CN', theme, timezone } = {}) {
    const context = await this.browser.newContext({ viewport: { width, height }, locale, timezoneId: timezone })
    if (theme) await context.addInitScript((t) => localStorage.setItem('listingd.theme', t), theme)
    const page = await context.newPage()
    page.problems = []
    page.on('pageerror', (e) => page.problems.push(String(e)))
    page.on('console', (m) => {
      // Asking who is signed in is answered 401 before anybody is.
      if (m.type() === 'error' && !m.text().includes('401')) page.problems.push(m.text())
    })
    const hasForm = !path.startsWith('/wall')
    if (account && !hasForm) await this.signIn(context, account)
    await page.goto(this.base + path)
    if (account && hasForm) {
      await page.getByTestId('login-account').fill(account)
      await page.getByTestId('login-password').fill(`demo-${account}`)
      await page.getByTestId('login-submit').click()
    }
    return page
  }

  async screenshot(page, name) {
    mkdirSync(artefacts, { recursive: true })
    await page.screenshot({ path: join(artefacts, `${name}.png`) })
  }
}

/** The cell of a unit, in any state or the given one. */
export const cell = (page, unit, letter) =>
  page.locator(`.cell[data-unit="${unit}"]${letter ? `[data-st="${letter}"]` : ''}`)

/** Locks a unit on the tablet for the first buyer of the list. */
export async function lockOnTablet(desk, unit) {
  await cell(desk, unit).click()
  await desk.getByTestId('lock-button').click()
  await desk.getByTestId('buyer-option').first().click()
  await desk.getByTestId('confirm-lock').click()
  await cell(desk, unit, 'l').waitFor()
}
