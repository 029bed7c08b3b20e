// The wall: sizes, turns, themes, the age of its data, pairing, and a day of changes without growing.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { findings } from './axe.mjs'
import { asSeen, cell, expect, Office } from './office.mjs'

let office
before(async () => {
  office = await Office.open()
  importBig()
  for (const [account, project] of [['wall1', 'demo'], ['bigwall', 'big']])
    office.ctlWith(`demo-${account}\n`, 'account', 'add', '--project', project, '--role', 'display', account)
})
after(() => office?.close())

const BIG = { buildings: 12, floors: 24, rooms: 4 }

/** A project that no screen shows at once. */
function importBig() {
  const rows = ['楼栋,楼层,房号,户型,建筑面积,套内面积,备案总价']
  for (let b = 1; b <= BIG.buildings; b++)
    for (let f = 1; f <= BIG.floors; f++)
      for (let r = 1; r <= BIG.rooms; r++) rows.push(`东湖里${b}栋,${f},0${r},三房两厅,98.50,78.20,5000000.00`)
  const file = join(office.data, 'big.csv')
  writeFileSync(file, rows.join('\n'))
  office.ctl('project', 'create', '--project', 'big', '--name', '东湖里')
  office.ctl('import', '--project', 'big', file)
}

const contexts = new Map()
/** A command by HTTP in the name of an account. */
async function command(account, cmd, args) {
  if (!contexts.has(account)) {
    const context = await office.browser.newContext()
    await office.signIn(context, account)
    contexts.set(account, context)
  }
  const answer = await contexts.get(account).request.post(`${office.base}/api/v1/projects/demo/commands`, {
    data: { cmd, args: { project: 'demo', ...args } },
    headers: { 'Idempotency-Key': randomBytes(8).toString('hex') },
  })
  assert.ok(answer.ok(), await answer.text())
  return (await answer.json()).ok
}

const inState = (page, state, timeout) => page.locator(`[data-testid=conn-state][data-state=${state}]`).waitFor({ timeout })
const root = (page) => page.evaluate(() => parseFloat(getComputedStyle(document.documentElement).fontSize))

/** What can be seen of the wall, measured. */
const look = (page) =>
  page.evaluate(() => {
    const cells = [...document.querySelectorAll('.cell')]
    const inside = (e) => {
      const r = e.getBoundingClientRect()
      return r.left >= -0.5 && r.top >= -0.5 && r.right <= innerWidth + 0.5 && r.bottom <= innerHeight + 0.5
    }
    const cut = cells.filter((c) => {
      const [r, whole] = [c.getBoundingClientRect(), document.createRange()]
      whole.selectNodeContents(c)
      const text = whole.getBoundingClientRect()
      return text.left < r.left - 0.5 || text.right > r.right + 0.5
    })
    return {
      cells: cells.length,
      buildings: new Set(cells.map((c) => c.dataset.unit.split('-')[0])).size,
      isInside: [...cells, ...document.querySelectorAll('.bar > *, .foot > *, .box, .building-name')].every(inside),
      scrolls: document.documentElement.scrollHeight > innerHeight || document.documentElement.scrollWidth > innerWidth,
      cut: cut.length,
      font: Math.min(...cells.map((c) => parseFloat(getComputedStyle(c).fontSize))),
      states: document.querySelectorAll('.legend .swatch').length,
      changes: document.querySelectorAll('.latest li').length,
    }
  })

// The smallest room number is 0.95 rem: 15.2 px of 1080 lines. On 65 inches its digits are 8 mm high, 5.7 minutes of arc at
// five metres; a healthy eye needs 5.
const READABLE_REM = 0.95

for (const [width, height, theme, buildings] of [
  [1920, 1080, 'dark', 3],
  [3840, 2160, 'light', 3],
  [1366, 768, 'light', 3],
  [1280, 800, 'dark', 1],
  [1080, 1920, 'dark', 1],
  [2160, 3840, 'light', 1],
]) {
  test(`the wall can be read without scrolling at ${width} × ${height} (${theme})`, async () => {
    const wall = await office.page('/wall/demo', { account: 'wall1', width, height, theme })
    await wall.locator('.cell[data-st=a]').first().waitFor()
    await wall.waitForTimeout(700) // a group slides in
    const seen = await look(wall)
    assert.ok(seen.isInside && !seen.scrolls, JSON.stringify(seen))
    assert.ok(seen.buildings >= buildings, JSON.stringify(seen))
    assert.equal(seen.cut, 0, 'no room number is cut')
    assert.ok(seen.font >= READABLE_REM * (await root(wall)) - 0.01, `${seen.font} px`)
    assert.equal(seen.states, 6)
    assert.equal(await wall.evaluate(() => document.documentElement.dataset.theme), theme)
    await office.screenshot(wall, `wall-${width}x${height}-${theme}`)
    assert.deepEqual(wall.problems, [])
    await wall.context().close()
  })
}

test('the public board hides why a unit is not open, and tells changes without names', async () => {
  const wall = await office.page('/wall/demo', { account: 'wall1', width: 1920, height: 1080 })
  await cell(wall, '1-1203', 'a').waitFor()
  await inState(wall, 'live')
  await command('clerk1', 'unit.withhold', { unit: '1-1203', reason: '关系户' })
  await cell(wall, '1-1203', 'x').waitFor()
  await expect(wall.locator('[data-number=x]')).toHaveText(/^1\s*—\s*未开放$/, asSeen)
  await command('consultant1', 'unit.lock', { unit: '1-1202', buyer: 'b1' })
  await cell(wall, '1-1202', 'l').waitFor()
  await wall.getByTestId('latest').locator('li').first().waitFor()
  const told = wall.getByTestId('latest').locator('li')
  await expect(told, 'that a unit is kept from sale is no news').toHaveCount(1)
  await expect(told.first()).toHaveText(/1栋 1202\s*已锁定\s*\d\d:\d\d/, asSeen)
  // Said within the second.
  await wall.getByTestId('spoken').filter({ hasText: /1202|1203/ }).waitFor({ state: 'attached', timeout: 3000 })
  const html = await wall.content()
  for (const word of ['关系户', '销控', 'consultant1', 'clerk1']) assert.ok(!html.includes(word), word)
  await command('clerk1', 'unit.offer', { unit: '1-1203' })
  await cell(wall, '1-1203', 'a').waitFor()
  await wall.getByTestId('latest').getByText('新推出').waitFor()
  await command('consultant1', 'unit.release', { unit: '1-1202', reason: '放弃' })
  await wall.getByTestId('latest').getByText('重新可售').waitFor()
  await wall.context().close()
})

test('the board is a grid for the keyboard and the screen reader, clean by axe', async () => {
  const wall = await office.page('/wall/big', { account: 'bigwall', width: 1920, height: 1080 })
  await wall.locator('.cell[data-st=a]').first().waitFor()
  const first = wall.getByRole('grid').first().getByRole('gridcell', { name: '2401，可售', exact: true })
  await first.focus()
  await wall.keyboard.press('ArrowRight')
  await wall.keyboard.press('ArrowDown')
  await expect.poll(() => wall.evaluate(() => document.activeElement.getAttribute('aria-label'))).toBe('2302，可售')
  await expect(wall.getByRole('status')).toHaveCount(1)
  assert.deepEqual(await findings(wall), [])
  await wall.context().close()
})

test('twelve buildings take turns, each at a readable size', async () => {
  const wall = await office.page('/wall/big', { account: 'bigwall', width: 1920, height: 1080 })
  await wall.locator('.cell[data-st=a]').first().waitFor()
  const groups = (await wall.getByTestId('groups').locator('button').count()) - 1
  assert.ok(groups >= 2 && groups <= 6, `${groups} groups`)
  const seen = new Set()
  const note = async () => {
    const names = await wall.locator('.building-name').evaluateAll((all) => all.map((e) => e.firstChild.textContent))
    names.forEach((n) => seen.add(n))
    const now = await look(wall)
    assert.ok(!now.scrolls && now.cut === 0 && now.font >= READABLE_REM * 16 - 0.01, JSON.stringify(now))
  }
  await note()
  await office.screenshot(wall, 'wall-turns')
  // By itself after a quarter of a minute; the others are asked for.
  await wall.locator('[data-testid=group][data-group="1"]').waitFor({ timeout: 18_000 })
  await wall.waitForTimeout(700)
  for (let g = 0; g < groups; g++) {
    await wall.getByTestId('groups').locator('button').nth(g).click()
    await wall.locator(`[data-testid=group][data-group="${g}"]`).waitFor()
    await wall.waitForTimeout(700)
    await note()
  }
  assert.equal(seen.size, BIG.buildings)
  assert.deepEqual(wall.problems, [])
  await wall.context().close()
})

test('who wants calm gets turns without sliding', async () => {
  const wall = await office.page('/wall/big', { account: 'bigwall', width: 1920, height: 1080 })
  await wall.emulateMedia({ reducedMotion: 'reduce' })
  await wall.locator('.cell[data-st=a]').first().waitFor()
  assert.equal(await wall.evaluate(() => getComputedStyle(document.querySelector('.group')).animationName), 'none')
  await wall.context().close()
})

test('a launch is counted down to, and the code leads to the selection page', async () => {
  const at = new Date(Date.now() + 3_600_000 * 30).toISOString().slice(0, 19) + 'Z'
  const wall = await office.page(`/wall/demo?launch=${at}`, { account: 'wall1', width: 1920, height: 1080 })
  await wall.getByTestId('launch').waitFor()
  await expect(wall.getByTestId('launch')).toHaveText(/距开盘\s*1天 0[56]:\d\d:\d\d/, asSeen)
  await expect(wall.locator('.scan svg')).toHaveAttribute('aria-label', `二维码：${office.base}/pick/demo`)
  await office.screenshot(wall, 'wall-launch')
  await wall.context().close()
  const other = await office.page('/wall/demo', { account: 'wall1', width: 1920, height: 1080 })
  await other.locator('.cell[data-st=a]').first().waitFor()
  await expect(other.getByTestId('launch')).toHaveCount(0)
  await other.context().close()
})

test('the colours of the project are shown, and a palette that misleads is not', async () => {
  const open = async (palette) => {
    const wall = await office.page('/wall/demo', { width: 1920, height: 1080 })
    await office.signIn(wall.context(), 'wall1')
    await wall.route('**/catalog', async (route) => {
      const answer = await route.fetch()
      await route.fulfill({ response: answer, json: { ...(await answer.json()), palette } })
    })
    await wall.reload()
    const found = cell(wall, '1-1201', 'a')
    await found.waitFor()
    const colours = await found.evaluate((e) => [getComputedStyle(e).backgroundColor, getComputedStyle(e).color])
    await wall.context().close()
    return colours
  }
  assert.deepEqual(await open('a=#0f766e'), ['rgb(15, 118, 110)', 'rgb(255, 255, 255)'])
  assert.deepEqual(await open('a=#ffe060'), ['rgb(52, 211, 153)', 'rgb(4, 33, 15)'])
  assert.deepEqual(await open('a=red'), ['rgb(52, 211, 153)', 'rgb(4, 33, 15)'])
})

test('a wall that hears nothing says so at once and goes grey after half a minute', async () => {
  const wall = await office.page('/wall/demo', { account: 'wall1', width: 1920, height: 1080 })
  await cell(wall, '1-1203', 'a').waitFor()
  await inState(wall, 'live')
  const grey = () => wall.evaluate(() => getComputedStyle(document.querySelector('.stage')).filter)
  const stopped = Date.now()
  office.signalDaemon('SIGSTOP')
  try {
    await inState(wall, 'delayed', 9000)
    await expect.poll(grey).toBe('none')
    await expect(wall.getByTestId('old-banner')).toHaveCount(0)
    await office.screenshot(wall, 'wall-delayed')
    await wall.getByTestId('old-banner').waitFor({ timeout: 36_000 })
    assert.ok(Date.now() - stopped > 25_000)
    await expect(wall.getByTestId('old-banner')).toHaveText(/最后更新 \d\d:\d\d:\d\d/, asSeen)
    await expect(wall.getByTestId('conn-state')).toHaveAttribute('data-state', /stale|offline/)
    await expect.poll(grey).not.toBe('none')
    await expect(wall.getByTestId('data-age')).toHaveText(/3\d 秒前/, asSeen)
    const edges = await wall.evaluate(() => {
      const of = (what) => [...document.querySelectorAll(what)].map((e) => e.getBoundingClientRect())
      return { banner: of('.banner')[0].bottom, name: Math.min(...of('.building-name').map((r) => r.top)), floor: Math.max(...of('.cell').map((r) => r.bottom)) }
    })
    assert.ok(edges.banner <= edges.name && edges.floor <= 1080, JSON.stringify(edges))
    await office.screenshot(wall, 'wall-stale')
  } finally {
    office.signalDaemon('SIGCONT')
  }
  await inState(wall, 'live', 30_000)
  await expect.poll(grey).toBe('none')
  await wall.context().close()
})

test('a wall loads itself anew when it comes back to another build', async () => {
  const wall = await office.page('/wall/demo', { width: 1920, height: 1080 })
  await office.signIn(wall.context(), 'wall1')
  // Nobody waits for the spread over a thousand walls here.
  await wall.addInitScript(() => (Math.random = () => 0))
  await wall.reload()
  await cell(wall, '1-1203').waitFor()
  await inState(wall, 'live')
  await wall.evaluate(() => (window.isOldPage = true))
  let fetches = 0
  await wall.route('**/wall/demo', async (route) => {
    if (route.request().resourceType() === 'document') return route.continue()
    fetches++
    const answer = await route.fetch()
    await route.fulfill({ response: answer, body: (await answer.text()).replace(/wall-[\w-]+\.js/, 'wall-newer.js') })
  })
  const loaded = wall.waitForEvent('load', { timeout: 30_000 })
  office.killDaemon()
  await loaded
  assert.ok(fetches >= 1)
  await cell(wall, '1-1203').waitFor()
  assert.equal(await wall.evaluate(() => window.isOldPage), undefined)
  // What comes now still is not what the server seems to have; that does not make it load for ever.
  await inState(wall, 'live')
  await wall.evaluate(() => (window.isOldPage = true))
  office.killDaemon()
  await inState(wall, 'delayed')
  await inState(wall, 'live', 20_000)
  await wall.waitForTimeout(1500)
  assert.ok(fetches >= 2)
  assert.equal(await wall.evaluate(() => window.isOldPage), true)
  await wall.context().close()
})

test('a display shows a code, goes on when it is confirmed, and goes dark when it is revoked', async () => {
  const wall = await office.page('/wall/demo', { width: 1920, height: 1080 })
  const code = await wall.getByTestId('pair-code').innerText()
  assert.match(code, /^[A-HJKMNP-Z2-9]{6}$/)
  assert.equal(
    await wall.locator('.pair svg').getAttribute('aria-label'),
    `二维码：${office.base}/office/demo?pair=${code}`,
  )
  await office.screenshot(wall, 'wall-pairing')
  assert.deepEqual(await findings(wall), [])
  const { display } = await command('clerk1', 'display.pair', { code, name: '大堂' })
  await cell(wall, '1-1203').waitFor({ timeout: 8000 })
  await wall.reload()
  await cell(wall, '1-1203').waitFor()
  await inState(wall, 'live')
  await command('clerk1', 'display.revoke', { display, reason: '搬走' })
  await wall.getByTestId('pair-code').waitFor({ timeout: 4000 })
  await expect(wall.locator('.cell')).toHaveCount(0)
  await expect(wall.getByTestId('pair-code')).not.toHaveText(code)
  assert.ok(!(await wall.content()).includes('云庭花园'))
  const stored = await wall.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }))
  assert.equal(stored, '{}')
  await wall.getByTestId('use-account').click()
  await wall.getByTestId('login-account').waitFor()
  await wall.context().close()
})

const CHANGES = 40_000
const PER_MESSAGE = 8

test(`a day of ${CHANGES} changes leaves the wall as it was`, { timeout: 180_000 }, async () => {
  const wall = await office.page('/wall/big', { width: 1920, height: 1080 })
  await office.signIn(wall.context(), 'bigwall')
  const units = BIG.buildings * BIG.floors * BIG.rooms
  const letters = Array(units).fill('a')
  let line
  // The server is played here: a day's changes in seconds, the page cannot tell.
  await wall.routeWebSocket(/\/ws$/, (ws) => {
    line = ws
    ws.onMessage((text) => {
      const { id } = JSON.parse(text)
      ws.send(JSON.stringify({ id, ok: { project: 'big' } }))
      ws.send(JSON.stringify({ ev: 'board', project: 'big', epoch: 'e', seq: 0, at: Date.now(), catalog_version: 1, st: letters.join(''), deadlines: [] }))
    })
    ws.send(JSON.stringify({ ev: 'hello', protocol: 'listing.v1', now: Date.now(), account: 'bigwall', role: 'display', heartbeat_s: 4 }))
  })
  await wall.reload()
  await wall.locator('.cell[data-st=a]').first().waitFor()
  const cdp = await wall.context().newCDPSession(wall)
  await cdp.send('Performance.enable')
  const measure = async () => {
    await wall.waitForTimeout(1500) // lights that go out, timers that end
    for (let i = 0; i < 3; i++) await cdp.send('HeapProfiler.collectGarbage')
    const { metrics } = await cdp.send('Performance.getMetrics')
    const value = (name) => metrics.find((m) => m.name === name).value
    return { heap: value('JSHeapUsedSize'), nodes: value('Nodes'), listeners: value('JSEventListeners') }
  }
  let seq = 0
  const next = { a: 'l', l: 's', s: 'c', c: 'x', x: 'a' }
  async function play(changes) {
    for (let sent = 0; sent < changes; ) {
      const u = []
      for (let i = 0; i < PER_MESSAGE; i++, sent++) {
        const at = (seq * 7919 + i * 104_729) % units
        if (u.some(([index]) => index === at)) continue
        letters[at] = next[letters[at]]
        u.push(letters[at] === 'l' ? [at, 'l', Date.now() + 60_000] : [at, letters[at]])
      }
      line.send(JSON.stringify({ ev: 'units', project: 'big', epoch: 'e', from: seq, seq: ++seq, at: Date.now(), u }))
      if (seq % 50 === 0) await wall.evaluate(() => new Promise((done) => setTimeout(done)))
      // The groups take their turns too.
      if (seq % 250 === 0) await wall.getByTestId('groups').locator('button').nth((seq / 250) % 2).click()
    }
    // All of it has arrived.
    await wall.waitForFunction((n) => Number(document.querySelector('[data-number=l] b')?.textContent) === n, letters.filter((l) => l === 'l').length)
  }
  await play(CHANGES / 4)
  const early = await measure()
  await play((CHANGES / 4) * 3)
  const late = await measure()
  await office.screenshot(wall, 'wall-day')
  const told = `early ${JSON.stringify(early)}, late ${JSON.stringify(late)}`
  console.log(told)
  assert.ok(late.heap - early.heap < 1_000_000, told)
  assert.ok(late.nodes <= early.nodes + 300, told)
  assert.ok(late.listeners <= early.listeners + 10, told)
  assert.deepEqual(wall.problems, [])
  await wall.context().close()
})
