import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { asSeen, cell, expect, lockOnTablet, Office } from './office.mjs'

let office
before(async () => {
  office = await Office.open()
})
after(() => office?.close())

const isLive = (page) => page.locator('[data-testid=conn-state][data-state=live]').waitFor({ timeout: 20_000 })

test('a lock on the tablet turns the cell on the wall, and a release turns it back', async () => {
  const wall = await office.page('/wall/demo', { account: 'manager1', width: 1920, height: 1080 })
  const desk = await office.page('/desk/demo', { account: 'consultant1' })
  await cell(wall, '1-1203', 'a').waitFor()
  await lockOnTablet(desk, '1-1203')
  await cell(wall, '1-1203', 'l').waitFor({ timeout: 2000 })
  // Whose it is comes by a push of its own.
  await desk.locator('.cell.mine[data-unit="1-1203"]').waitFor({ timeout: 2000 })
  await expect(desk.getByTestId('own-deal')).toHaveCount(1)
  await expect(cell(wall, '1-1203')).not.toHaveClass(/mine/)
  await office.screenshot(desk, 'tablet')
  await office.screenshot(wall, 'wall')
  await desk.getByTestId('act-release').click()
  await desk.getByTestId('field-reason').fill('客户放弃')
  await desk.getByTestId('dialog-confirm').click()
  await cell(wall, '1-1203', 'a').waitFor({ timeout: 2000 })
  await desk.getByTestId('own-deal').waitFor({ state: 'detached' })
  assert.deepEqual([...wall.problems, ...desk.problems], [])
})

test('the one who comes too late sees the unit go and cannot lock it', async () => {
  const first = await office.page('/desk/demo', { account: 'consultant1' })
  const second = await office.page('/desk/demo', { account: 'consultant2' })
  await cell(second, '1-1103').click()
  await second.getByTestId('lock-button').click()
  await second.getByTestId('buyer-option').first().click()
  await expect(second.getByTestId('confirm-lock')).toBeEnabled()
  await lockOnTablet(first, '1-1103')
  await cell(second, '1-1103', 'l').waitFor({ timeout: 2000 })
  await expect(second.getByTestId('confirm-lock')).toBeDisabled()
  await expect(second.getByTestId('own-deal')).toHaveCount(0)
  await first.context().close()
  await second.context().close()
})

test('a hold of a few seconds ends by itself on every screen', async () => {
  office.ctl('project', 'set', '--project', 'demo', 'lock_hold=3s')
  const wall = await office.page('/wall/demo', { account: 'manager1', width: 1920, height: 1080 })
  const desk = await office.page('/desk/demo', { account: 'consultant3' })
  await cell(wall, '1-903', 'a').waitFor()
  await lockOnTablet(desk, '1-903')
  await cell(wall, '1-903', 'l').waitFor({ timeout: 2000 })
  await cell(wall, '1-903', 'a').waitFor({ timeout: 6000 })
  await desk.getByTestId('own-deal').waitFor({ state: 'detached' })
  office.ctl('project', 'set', '--project', 'demo', 'lock_hold=24h')
})

test('a killed daemon makes the pages say so, and they come back by themselves with every lock', async () => {
  const wall = await office.page('/wall/demo', { account: 'manager1', width: 1920, height: 1080 })
  const desk = await office.page('/desk/demo', { account: 'consultant1' })
  await lockOnTablet(desk, '1-1003')
  await isLive(wall)
  const noticed = wall.locator('[data-testid=conn-state]:not([data-state=live])').waitFor({ timeout: 5000 })
  office.killDaemon()
  await noticed
  await isLive(wall)
  await isLive(desk)
  await cell(wall, '1-1003', 'l').waitFor()
  await desk.locator('[data-deal-unit="1-1003"]').waitFor()
  await wall.context().close()
  await desk.context().close()
})

test('a wrong password is answered in words and nobody is signed in', async () => {
  const page = await office.page('/desk/demo')
  await page.getByTestId('login-account').fill('consultant1')
  await page.getByTestId('login-password').fill('wrong')
  await page.getByTestId('login-submit').click()
  await page.getByTestId('login-error').waitFor()
  await expect(page.getByTestId('login-error')).toHaveText(/账号或密码不正确/, asSeen)
  await expect(page.getByTestId('login-password')).toHaveValue('')
})

test('the language can be switched and is remembered', async () => {
  const page = await office.page('/desk/demo', { account: 'consultant1' })
  await page.getByTestId('own-deals').waitFor()
  await expect(page.getByTestId('own-deals')).toHaveText(/我的交易|目前没有/, asSeen)
  await page.getByTestId('lang-switch').click()
  await expect(page.getByTestId('own-deals')).toHaveText(/My deals|no unit/, asSeen)
  await page.reload()
  await page.getByTestId('own-deals').waitFor()
  await expect(page.getByTestId('own-deals')).toHaveText(/My deals|no unit/, asSeen)
  await expect(page.locator('html')).toHaveAttribute('lang', 'en')
})

test('who reads English is shown no Chinese, not even in the title of the tab', async () => {
  for (const path of ['/', '/wall/demo', '/desk/demo', '/office/demo', '/rights', '/pick/nowhere', '/check']) {
    const page = await office.page('/rights', {})
    await page.evaluate(() => localStorage.setItem('listingd.lang', 'en'))
    await page.goto(office.base + path)
    await page.getByTestId('lang-switch').first().waitFor()
    const told = await page.evaluate(() => `${document.title}\n${document.body.innerText}`.replace('中文', ''))
    assert.doesNotMatch(told, /\p{Script=Han}/u, path)
    await page.context().close()
  }
})

test('a finger finds every cell on a tablet and on a phone', async () => {
  for (const [width, height] of [[1180, 820], [390, 844]]) {
    const desk = await office.page('/desk/demo', { account: 'consultant2', width, height })
    await cell(desk, '1-1203').waitFor()
    const smallest = await desk.evaluate(() => {
      const sizes = [...document.querySelectorAll('.cell')].map((c) => c.getBoundingClientRect())
      return Math.min(...sizes.map((r) => Math.min(r.width, r.height)))
    })
    assert.ok(smallest >= 44, `${smallest} px at ${width}`)
    assert.ok(await desk.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'nothing sticks out')
    await office.screenshot(desk, `desk-${width}`)
    // Scrolled sideways and down: the floor stays, and no room looks through above its column's number.
    const sticks = await desk.locator('.grids').evaluate((e) => {
      e.scrollTo(e.scrollWidth, 60)
      const of = (what) => e.querySelector(what).getBoundingClientRect()
      return { floor: of('.row:not(.head) .floor').left - e.getBoundingClientRect().left, uncovered: of('.row:not(.head) > :last-child').right - of('.row.head').right }
    })
    assert.ok(Math.abs(sticks.floor) <= 4 && sticks.uncovered <= 0.5, JSON.stringify(sticks))
    await desk.context().close()
  }
})

test('who signs out is asked to sign in again, on every page of that session', async () => {
  const desk = await office.page('/desk/demo', { account: 'consultant2' })
  await isLive(desk)
  const other = await desk.context().newPage()
  await other.goto(`${office.base}/wall/demo`)
  await isLive(other)
  await desk.getByRole('button', { name: '退出' }).click()
  await desk.getByTestId('login-account').waitFor()
  await other.getByTestId('pairing').waitFor({ timeout: 5000 })
})

test('the first page leads everybody to the own work and to the wall', async () => {
  const page = await office.page('/', { account: 'clerk1' })
  await expect(page.getByRole('link', { name: /置业顾问/ })).toHaveCount(0)
  await page.getByRole('link', { name: /销控后台/ }).click()
  await page.getByTestId('view-queue').waitFor()
  await page.goto(office.base)
  await page.getByRole('link', { name: /房源热力图/ }).click()
  await page.getByTestId('sold-rate').waitFor()
  assert.equal(new URL(page.url()).pathname, '/wall/demo')
  await expect(page.getByTestId('conn-state')).toHaveAttribute('data-state', /./)
})

test('everybody who is signed in can read who may do what', async () => {
  const page = await office.page('/rights', { account: 'consultant1' })
  const approvals = page.getByTestId('approvals').locator('tbody tr')
  await approvals.first().waitFor()
  await expect.poll(() => approvals.count()).toBeGreaterThanOrEqual(8)
  const sign = page.getByTestId('rights').locator('tr', { hasText: '登记签约' })
  await expect(sign.locator('td')).toHaveText(['—', '—', '—', '全部', '—', '—', '—'])
  await page.getByTestId('lang-switch').click()
  await page.getByText('Who initiates, who approves, who executes').waitFor()
  await page.getByTestId('lang-switch').click()
  await office.screenshot(page, 'rights')
  assert.deepEqual(page.problems, [])
})

test('what the wall and the page for buyers load at first is at most 60 KB, compressed', async () => {
  for (const [name, account] of [['wall', 'manager1'], ['pick', undefined]]) {
    const page = await office.page(`/${name}/demo`, account ? { account } : {})
    const linked = await page.evaluate(() => [...document.head.querySelectorAll('script[src], link[rel=modulepreload], link[rel=stylesheet]')].map((one) => one.src || one.href))
    let sum = 0
    for (const address of new Set([page.url(), ...linked])) sum += Number((await page.request.head(address, { headers: { 'Accept-Encoding': 'gzip' } })).headers()['content-length'])
    assert.ok(linked.length > 3 && sum > 20_000 && sum <= 60 * 1024, `${name}: ${sum} bytes`)
    await page.context().close()
  }
})
