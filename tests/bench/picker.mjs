// One real buyer: /pick in a phone-sized headless Chromium, used as a person would, with pictures.
//
//   node picker.mjs    reads one line of JSON: base, project, phone, code, favourites (units), shots (folder), end_ms (a moment)
//                      prints {"ready":true} when it waits for the opening, then what came of it, with every press and answer:
//                      chosen (unit or ""), said (the last refusal), waited (nothing was free), presses, problems, marked (it says that it is a rehearsal)
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

const { chromium } = createRequire(new URL('../pages/package.json', import.meta.url))('playwright-core')
const say = (o) => process.stdout.write(`${JSON.stringify(o)}\n`)
const { value: line } = await createInterface({ input: process.stdin })[Symbol.asyncIterator]().next()
const task = JSON.parse(line)
// Eyes and thumb need this long once the button lights up, and again after each refusal.
const REACTION_MS = 250
const TRIES = 6

const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] })
const context = await browser.newContext({ viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true, locale: 'zh-CN' })
const page = await context.newPage()
page.setDefaultTimeout(30_000)
const problems = []
page.on('pageerror', (e) => problems.push(String(e)))

const result = { chosen: '', said: '', waited: false, marked: false }

// --- what it sent and was answered, as the load clients note it

const presses = []
page.on('websocket', (socket) => {
  const now = () => Date.now() * 1000
  socket.on('framesent', ({ payload }) => {
    const m = JSON.parse(payload)
    if (m.cmd === 'unit.lock') presses.push({ id: m.id, key: m.key, unit: m.args.unit, sent: now(), got: 0, answer: 'lost', why: '', deal: '', rev: 0 })
  })
  socket.on('framereceived', ({ payload }) => {
    const m = JSON.parse(payload)
    const press = m.id && presses.findLast((p) => p.id === m.id && !p.got)
    if (!press) return
    press.got = now()
    press.answer = m.ok ? 'ok' : m.error.code
    press.why = String(m.error?.detail?.why ?? '')
    press.deal = m.ok?.deal ?? ''
    press.rev = Number(m.ok?.rev ?? m.error?.detail?.rev ?? 0)
  })
})

const pause = (ms) => page.waitForTimeout(ms)
const shot = (name) => page.screenshot({ path: join(task.shots, `page-${name}.png`) })
const step = (name) => page.locator(`[data-testid=step][data-step=${name}]`)
const isThere = (locator) => locator.isVisible().catch(() => false)

async function comeIn() {
  await page.goto(`${task.base}/pick/${task.project}`)
  await page.getByTestId('pick-phone').fill(task.phone)
  await page.getByTestId('pick-code').fill(task.code)
  await shot('1-door')
  await page.getByTestId('pick-sign-in').tap()
  await step('rules').waitFor()
  await page.getByTestId('rules-text').evaluate((e) => e.scrollTo(0, e.scrollHeight))
  await page.getByTestId('rules-accept').check()
  await shot('2-rules')
  await page.getByTestId('rules-enter').tap()
  await step('before').waitFor()
}

/** Marks some units as favourites; the last one stays open, so that one touch is left for the opening. */
async function prepare() {
  for (const unit of task.favourites) {
    const cell = page.locator(`.cell[data-unit="${unit}"]`)
    for (const tab of await page.locator('.tabs button').all()) {
      if (await isThere(cell)) break
      await tab.tap()
      await pause(100)
    }
    await cell.tap()
    await page.getByTestId('favourite').tap()
    await page.locator('[data-testid=favourite].on').waitFor()
    if (unit !== task.favourites.at(-1)) await page.getByTestId('close-unit').tap()
  }
  await shot('3-before')
}

/** The next unit that is offered: one like the lost one, else a favourite that is free, else any free cell; false: none is. */
async function another() {
  const near = page.getByTestId('near-equal').first()
  if (await isThere(near)) {
    await near.tap()
    return true
  }
  if (await isThere(page.getByTestId('close-unit'))) await page.getByTestId('close-unit').tap()
  await page.getByTestId('part-favourites').tap()
  const favourite = page.locator('[data-testid=unit-line][data-free=true]').first()
  if (await isThere(favourite)) {
    await favourite.tap()
    return true
  }
  await page.getByTestId('part-units').tap()
  for (const tab of await page.locator('.tabs button').all()) {
    if (Number(await tab.locator('.count').innerText()) === 0) continue
    await tab.tap()
    for (const cell of await page.locator('.cell[data-st=a]').all()) {
      if (!(await isThere(cell))) continue
      await cell.tap()
      if (await page.getByTestId('choose').isEnabled().catch(() => false)) return true
      await page.getByTestId('close-unit').tap()
    }
  }
  return false
}

const own = page.getByTestId('own-deal')
const refused = page.locator('[data-testid=told][data-state=refused]')

/** Until one is chosen; when none is free it waits for the office to add some. Returns the last refusal. */
async function choose() {
  let said = ''
  for (let tries = 0; tries < TRIES && Date.now() < task.end_ms; ) {
    await pause(REACTION_MS)
    const button = page.getByTestId('choose')
    if ((await isThere(button)) && (await button.isEnabled())) {
      await button.tap()
      await Promise.race([own.waitFor(), refused.waitFor()])
      if (await isThere(own)) break
      said = await refused.innerText()
      await shot(`4-refused-${++tries}`)
    }
    if ((await another()) || result.waited) continue
    result.waited = true
    await shot('4-all-gone')
  }
  return said
}

try {
  await comeIn()
  result.marked = await isThere(page.getByTestId('rehearsal'))
  await prepare()
  say({ ready: true })
  await step('open').waitFor({ timeout: Math.max(1000, task.end_ms - Date.now()) })
  result.said = await choose()
  if (await isThere(own)) {
    result.chosen = await own.getAttribute('data-unit-own')
    if (await isThere(page.getByTestId('close-unit'))) await page.getByTestId('close-unit').tap()
    await shot('5-chosen')
    await page.locator('input[name=eligibility][value=qualified]').check()
    await page.getByTestId('complete').tap()
    await page.locator('[data-testid=own-deal][data-next=check]').waitFor()
    await page.getByTestId('show-result').tap()
    await page.getByTestId('result-qr').scrollIntoViewIfNeeded()
  }
  await shot('6-end')
} catch (e) {
  problems.push(String(e).split('\n')[0])
  await shot('failed').catch(() => undefined)
}
await browser.close()
say({ ...result, presses, problems })
