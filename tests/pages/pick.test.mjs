// A buyer's launch day on a telephone: code, rules, countdown, two touches, a lost race, the application, the result to be shown.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { findings } from './axe.mjs'
import { BuyerByHttp } from './buyer.mjs'
import { asSeen, cell, expect, Office } from './office.mjs'

let office
let clerk
before(async () => {
  office = await Office.open()
  const context = await office.browser.newContext()
  await office.signIn(context, 'clerk1')
  clerk = context.request
})
after(() => office?.close())

const phone = { width: 360, height: 740 }
const step = (page, name) => page.locator(`[data-testid=step][data-step=${name}]`).waitFor({ timeout: 20_000 })
const isLive = (page) => page.locator('[data-testid=conn-state][data-state=live]').waitFor({ timeout: 20_000 })

async function say(cmd, args) {
  const answer = await clerk.post(`${office.base}/api/v1/projects/demo/commands`, {
    headers: { 'Idempotency-Key': crypto.randomUUID(), 'Content-Type': 'application/json' },
    data: { cmd, args: { project: 'demo', ...args } },
  })
  const body = await answer.json()
  assert.equal(answer.status(), 200, JSON.stringify(body))
  return body.ok
}

const people = []
/** A session that opens so many seconds from now, with free units of its own. */
async function plan(opensIn, { count = 6, ...more } = {}) {
  const now = (await (await clerk.get(`${office.base}/api/v1/pick/demo`)).json()).now
  const session = await say('launch.put', {
    name: '首开', opens_ms: now + opensIn * 1000, closes_ms: now + 3_600_000, hold_ms: 600_000, rules: '一、每人限购一套。\n'.repeat(30), ...more,
  })
  const { units } = await (await clerk.get(`${office.base}/api/v1/projects/demo/catalog`)).json()
  const board = await (await clerk.get(`${office.base}/api/v1/projects/demo/board`)).json()
  const free = units.filter((u, i) => board.st[i] === 'a' && u.type === units[board.st.indexOf('a')].type).slice(0, count).map((u) => u.id)
  if (count) await say('launch.units', { launch: session.launch, on: true, units: free, reason: '首开' })
  return { id: session.launch, units: free }
}

/** However long it took to prepare: the session opens in a few seconds from now. */
async function opensNow(session, seconds = 3) {
  const { now } = await (await clerk.get(`${office.base}/api/v1/pick/demo`)).json()
  await say('launch.put', { launch: session.id, opens_ms: now + seconds * 1000 })
}

/** A buyer's telephone number and a new code for the session. */
async function admit(session, more = {}) {
  if (!people.length) people.push(...(await (await clerk.get(`${office.base}/api/v1/projects/demo/buyers`)).json()).buyers.map((b) => b.id))
  const buyer = people.shift()
  const { code } = await say('launch.admit', { launch: session.id, buyer, ...more })
  const mobile = `139${String(Math.floor(Math.random() * 1e8)).padStart(8, '0')}`
  await say('buyer.put', { buyer, phone: mobile })
  return { buyer, mobile, code: (await say('launch.code', { launch: session.id, buyer })).code, first: code }
}

async function signIn(person, options = phone) {
  const page = await office.page('/pick/demo', options)
  await page.getByTestId('pick-phone').fill(person.mobile)
  await page.getByTestId('pick-code').fill(person.code)
  await page.getByTestId('pick-sign-in').click()
  return page
}

async function enter(page) {
  await step(page, 'rules')
  await page.getByTestId('rules-text').evaluate((e) => e.scrollTo(0, e.scrollHeight))
  await page.getByTestId('rules-accept').check()
  await page.getByTestId('rules-enter').click()
}

async function open(page, unit) {
  const name = await page.evaluate(async (id) => {
    const { units } = await (await fetch('/api/v1/projects/demo/catalog')).json()
    return units.find((u) => u.id === id).building
  }, unit)
  await page.locator('.tabs button', { hasText: name }).click()
  await cell(page, unit).click()
  await page.getByTestId('unit-detail').waitFor()
}

/** A test with a session of its own, closed whatever comes of it, so that its units are free for the next. */
function inSession(name, opensIn, body, options) {
  test(name, async () => {
    const session = await plan(opensIn, options)
    try {
      await body(session)
    } finally {
      await say('launch.close', { launch: session.id, reason: '测试结束' }).catch(() => undefined)
    }
  })
}

inSession('from the code to the result that can be shown and checked', 600, async (session) => {
  const person = await admit(session)
  const page = await signIn(person)
  await step(page, 'rules')
  await expect(page.getByTestId('rules-accept'), 'what was not read to the end cannot be accepted').toBeDisabled()
  await office.screenshot(page, 'pick-1-rules')
  assert.deepEqual(await findings(page), [])
  await enter(page)
  await step(page, 'before')
  await page.getByTestId('clock').waitFor()
  await open(page, session.units[0])
  await expect(page.getByTestId('choose'), 'before the opening').toBeDisabled()
  await page.getByTestId('favourite').click()
  await page.locator('[data-testid=favourite].on').waitFor()
  await page.getByTestId('interest').filter({ hasText: '1 人' }).waitFor()
  await expect(page.getByTestId('choose'), 'the button says when').toHaveText(/^00:09:\d\d 后可选$/, asSeen)
  await office.screenshot(page, 'pick-2-before')
  assert.deepEqual(await findings(page), [])
  await opensNow(session)
  await step(page, 'open')
  await office.screenshot(page, 'pick-3-open')
  await page.getByTestId('choose').click()
  const own = page.getByTestId('own-deal')
  await own.waitFor()
  await step(page, 'full')
  await expect(own).toHaveAttribute('data-next', 'complete')
  await expect(page.getByTestId('unit-detail'), 'what comes next is in sight').toHaveCount(0)
  await page.getByTestId('own-until').waitFor()
  await office.screenshot(page, 'pick-4-own')
  assert.deepEqual(await findings(page), [])
  await page.getByLabel('我有购房资格').check()
  await page.getByTestId('complete').click()
  await page.locator('[data-testid=own-deal][data-next=check]').waitFor()
  await page.getByTestId('show-result').click()
  await page.getByTestId('result-qr').waitFor()
  await office.screenshot(page, 'pick-5-result')
  const deal = (await (await clerk.get(`${office.base}/api/v1/projects/demo/deals`)).json()).deals.find((d) => d.unit === session.units[0])
  assert.deepEqual([deal.buyer, deal.application, deal.launch], [person.buyer, 'submitted', session.id])
  await say('deal.approve', { deal: deal.id })
  await page.locator('[data-testid=own-deal][data-next=pay]').waitFor()

  const { proof } = await page.evaluate(async ([launch, id]) => {
    const options = { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ deal: id }) }
    return (await fetch(`/api/v1/projects/demo/launches/${launch}/proof`, options)).json()
  }, [session.id, deal.id])
  const notary = await office.page(`/check#${proof}`, phone)
  await notary.locator('[data-testid=check][data-state=good]').waitFor()
  await expect(notary.getByTestId('check')).toHaveText(new RegExp(`${session.units[0]}[^]*已认购`), asSeen)
  await office.screenshot(notary, 'pick-6-check')
  assert.deepEqual(await findings(notary), [])
  await notary.goto(`${office.base}/check#${proof.slice(0, -3)}abc`)
  await notary.locator('[data-testid=check][data-state=bad]').waitFor()
  await say('unit.release', { unit: session.units[0], to: 'available', reason: '客户放弃' })
  await notary.goto(`${office.base}/check#${proof}`)
  await notary.reload()
  await notary.locator('[data-testid=check][data-state=over]').filter({ hasText: '凭证已失效' }).waitFor()
  await page.locator('[data-testid=own-deal][data-next=gone]').filter({ hasText: '已由售楼处释放：客户放弃' }).waitFor()
  assert.deepEqual(page.problems, [])
  await page.context().close()
})

inSession('who loses the race is told at once and offered what is like it', 1, async (session) => {
  const [fast, slow] = [await admit(session), await admit(session)]
  const pages = [await signIn(fast), await signIn(slow, { width: 390, height: 844, theme: 'light' })]
  for (const page of pages) {
    await enter(page)
    await step(page, 'open')
    await open(page, session.units[0])
  }
  // The second one presses before the page has had a moment to hear of the first: that is the race, made certain.
  const lost = pages[1]
  await Promise.all([
    lost.getByTestId('choose').evaluate((b) => {
      const until = performance.now() + 1500
      while (performance.now() < until);
      b.click()
    }),
    pages[0].getByTestId('choose').evaluate((b) => new Promise((done) => setTimeout(() => done(b.click()), 400))),
  ])
  await lost.locator('[data-testid=told][data-state=refused]').waitFor()
  await lost.getByTestId('near-equal').first().waitFor()
  await office.screenshot(lost, 'pick-7-lost')
  assert.deepEqual(await findings(lost), [])
  await lost.getByTestId('near-equal').first().click()
  await lost.getByTestId('choose').click()
  for (const page of pages) {
    await step(page, 'full')
    assert.deepEqual(page.problems.filter((p) => !p.includes('409')), [])
    await page.context().close()
  }
})

inSession('what one has chosen can be given back and is free at once', 1, async (session) => {
  const [one, other] = [await admit(session), await admit(session)]
  const page = await signIn(one)
  await enter(page)
  await step(page, 'open')
  await open(page, session.units[1])
  await page.getByTestId('choose').click()
  await step(page, 'full')
  const watcher = await signIn(other)
  await enter(watcher)
  await cell(watcher, session.units[1], 'l').waitFor({ state: 'attached' })
  await page.getByTestId('give-back').click()
  await page.getByTestId('give-back-sure').click()
  await step(page, 'open')
  await cell(watcher, session.units[1], 'a').waitFor({ state: 'attached' })
  await page.context().close()
  await watcher.context().close()
})

/** Two buyers, one seat: the page of who has got it at the opening, and the other. */
async function twoForOneSeat(session) {
  const pages = []
  for (let i = 0; i < 2; i++) {
    pages.push(await signIn(await admit(session)))
    await enter(pages[i])
  }
  for (const page of pages) await step(page, 'before')
  await opensNow(session)
  const [inside] = await Promise.all([Promise.any(pages.map((p) => step(p, 'open').then(() => p))), Promise.any(pages.map((p) => step(p, 'waiting')))])
  return { pages, inside, outside: pages.find((p) => p !== inside) }
}

inSession('a seat is for a time, which is shown, and then for who waits', 600, async (session) => {
  const { pages, inside, outside } = await twoForOneSeat(session)
  await inside.getByText('您的时段还剩').waitFor()
  await office.screenshot(inside, 'pick-8-seat')
  await Promise.all([step(outside, 'open'), inside.getByTestId('toast').filter({ hasText: '您的时段已过，轮候中' }).waitFor()])
  await step(inside, 'waiting')
  for (const page of pages) await page.context().close()
}, { active_max: 1, window_ms: 8000 })

inSession('in the waiting room one sees the board and how many are before', 600, async (session) => {
  const { pages, inside, outside } = await twoForOneSeat(session)
  await outside.getByTestId('ahead').filter({ hasText: '您是下一位' }).waitFor()
  await office.screenshot(outside, 'pick-8-waiting')
  await open(inside, session.units[2])
  await inside.getByTestId('choose').click()
  await inside.getByLabel('我有购房资格').check()
  await inside.getByTestId('complete').click()
  await step(outside, 'open')
  for (const page of pages) await page.context().close()
}, { active_max: 1 })

inSession('the office pauses, speaks and goes on, and the page follows at once', 1, async (session) => {
  const page = await signIn(await admit(session))
  await enter(page)
  await step(page, 'open')
  await say('launch.pause', { launch: session.id, reason: '设备检查' })
  await step(page, 'paused')
  await say('launch.say', { launch: session.id, text: '五分钟后继续' })
  await page.getByTestId('said').filter({ hasText: '五分钟后继续' }).waitFor()
  await say('launch.resume', { launch: session.id, reason: '好了' })
  await step(page, 'open')
  await say('launch.close', { launch: session.id, reason: '售罄' })
  await step(page, 'over')
  await page.context().close()
})

inSession('another sign-in ends the first page, which says so', 600, async (session) => {
  const person = await admit(session)
  const first = await signIn(person)
  await step(first, 'rules')
  person.code = (await say('launch.code', { launch: session.id, buyer: person.buyer })).code
  const second = await signIn(person)
  await step(second, 'rules')
  await first.getByTestId('ended').filter({ hasText: '其他设备' }).waitFor()
  await office.screenshot(first, 'pick-9-replaced')
  await first.context().close()
  await second.context().close()
})

inSession('a wrong code says what to do, and a daemon that dies is waited for', 600, async (session) => {
  const person = await admit(session)
  const page = await signIn({ ...person, code: 'WRONGONE' })
  await page.getByTestId('pick-problem').filter({ hasText: '置业顾问' }).waitFor()
  await page.getByTestId('opening').waitFor()
  await office.screenshot(page, 'pick-0-door')
  assert.deepEqual(await findings(page), [])
  await page.getByTestId('pick-code').fill(person.code)
  await page.getByTestId('pick-sign-in').click()
  await enter(page)
  await step(page, 'before')
  office.killDaemon()
  await page.getByTestId('not-live').waitFor()
  await isLive(page)
  await step(page, 'before')
  await page.context().close()
})

inSession('who looks at a unit that somebody takes is shown what is like it, without having pressed', 1, async (session) => {
  const [fast, slow] = [await admit(session), await admit(session)]
  const page = await signIn(slow)
  await enter(page)
  await step(page, 'open')
  await open(page, session.units[0])
  const rival = await BuyerByHttp.signIn(office.base, fast.mobile, fast.code)
  await rival.enter(session.id)
  await rival.do('unit.lock', { unit: session.units[0] })
  await page.getByTestId('told').filter({ hasText: '已被他人选走' }).waitFor()
  await expect(page.getByRole('status'), 'it speaks from one place').toHaveCount(1)
  await page.getByRole('status').filter({ hasText: '已被他人选走' }).waitFor({ state: 'attached' })
  await page.getByTestId('near-equal').first().waitFor()
  await expect(page.getByTestId('choose')).toHaveCount(0)
  await rival.do('unit.release', { unit: session.units[0] })
  await page.getByTestId('choose').waitFor()
  await expect(page.getByTestId('near-equal'), 'given back: it can be chosen').toHaveCount(0)
  await page.context().close()
})

inSession('back takes away the unit at hand, then the part, and does not leave the page', 600, async (session) => {
  const page = await signIn(await admit(session))
  await enter(page)
  await step(page, 'before')
  await page.getByTestId('part-favourites').click()
  await page.getByTestId('part-units').click()
  await open(page, session.units[0])
  await page.getByTestId('favourite').click()
  await page.locator('[data-testid=favourite].on').waitFor()
  await page.getByTestId('close-unit').click()
  await page.getByTestId('part-favourites').click()
  await page.getByTestId('unit-line').click()
  await page.getByTestId('unit-detail').waitFor()
  await page.goBack()
  await page.getByTestId('unit-detail').waitFor({ state: 'detached' })
  await page.locator('[data-testid=part-favourites].on').waitFor()
  await page.goBack()
  await page.locator('[data-testid=part-units].on').waitFor()
  assert.match(page.url(), /\/pick\/demo$/)
  await page.context().close()
})

inSession('only the floors of the session are shown, until one wants to see them all; rules and draw can be looked up', 600, async (session) => {
  const page = await signIn(await admit(session))
  await enter(page)
  await step(page, 'before')
  const rows = () => page.locator('.grids .row:not(.head):visible').count()
  await page.locator('.cell.outside').first().waitFor({ state: 'attached' })
  const ours = await rows()
  await page.getByTestId('all-floors').click()
  await expect.poll(rows, 'all floors').toBeGreaterThan(ours)
  await page.locator('[data-testid=about] summary').click()
  const { launches } = await (await clerk.get(`${office.base}/api/v1/projects/demo/launches`)).json()
  await expect(page.getByTestId('about-commit')).toHaveText(launches.find((l) => l.id === session.id).commit)
  assert.deepEqual(await findings(page), [])
  await page.context().close()
})

inSession('what was chosen stays in sight when the next session is planned without the buyer', 1, async (session) => {
  const page = await signIn(await admit(session))
  await enter(page)
  await step(page, 'open')
  await open(page, session.units[0])
  await page.getByTestId('choose').click()
  await page.getByTestId('own-deal').waitFor()
  const next = await plan(600, { count: 0 })
  try {
    await say('launch.close', { launch: session.id, reason: '本场结束' })
    await step(page, 'over')
    await page.reload()
    await step(page, 'over')
    await page.locator(`[data-unit-own="${session.units[0]}"] [data-testid=own-clock]`).waitFor()
    await page.getByTestId('show-result').click()
    await page.getByTestId('result-link').waitFor()
  } finally {
    await say('launch.close', { launch: next.id, reason: '测试结束' })
  }
  await page.context().close()
})
