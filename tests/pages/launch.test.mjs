// A launch session as the office runs it: planned, filled with units, buyers admitted, opened, paused, watched in the control
// room, closed; the wall and the tablets follow at once.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { findings } from './axe.mjs'
import { BuyerByHttp } from './buyer.mjs'
import { asSeen, cell, expect, Office } from './office.mjs'

let office, clerk, wall, desk, buyer, rival, launch
const SIZES = [[1440, 900], [1920, 1080], [1024, 768]]
const CHINA_MS = 480 * 60_000

before(async () => {
  office = await Office.open()
  clerk = await office.page('/office/demo#launch', { account: 'clerk1', width: 1440, height: 900 })
  await isLive(clerk)
  wall = await office.page('/wall/demo', { account: 'manager1', width: 1920, height: 1080 })
  desk = await office.page('/desk/demo', { account: 'consultant1', width: 1280, height: 900 })
  await isLive(desk)
  for (const page of [clerk, wall, desk]) page.setDefaultTimeout(10_000)
})
after(() => office?.close())

/** Each step stands on the one before. */
let isBroken = false
const step = (name, run) =>
  test(name, async (t) => {
    if (isBroken) return t.skip('an earlier step has failed')
    isBroken = true
    await run()
    isBroken = false
  })

const isLive = (page) => page.locator('[data-testid=conn-state][data-state=live]').waitFor({ timeout: 20_000 })
const toast = (text) => clerk.getByTestId('toast').filter({ hasText: text }).waitFor()
const part = (name) => clerk.getByTestId(`launch-${name}`).click()
const launchBox = (text) => wall.getByTestId('launch').filter({ hasText: text }).waitFor({ timeout: 3000 })
/** As the field has it: by the clock of the project. */
const field = (ms) => new Date(ms + CHINA_MS).toISOString().slice(0, 19).replace(/:00$/, '') // the field leaves out seconds that are none

/** As scripts/demo-data makes them up. */
const phoneOf = (number) => `1990000${String((number * 211) % 10000).padStart(4, '0')}`

async function confirm(page, fields) {
  for (const [name, value] of Object.entries(fields)) await page.getByTestId(`field-${name}`).fill(value)
  await page.getByTestId('dialog-confirm').click()
  await page.getByTestId('dialog').waitFor({ state: 'detached' })
}

/** Pictures of what the clerk sees, light and dark, at each size; nothing may stick out. */
async function pictures(name) {
  for (const [width, height] of SIZES) {
    await clerk.setViewportSize({ width, height })
    for (const theme of ['light', 'dark']) {
      if ((await clerk.evaluate(() => document.documentElement.dataset.theme)) !== theme) await clerk.getByTestId('theme-switch').dispatchEvent('click') // behind a dialog too
      await clerk.waitForTimeout(150)
      await office.screenshot(clerk, `launch-${name}-${width}-${theme}`)
      if (width === 1440) assert.deepEqual(await findings(clerk), [], `${name} ${theme}`)
    }
    assert.ok(await clerk.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${name} sticks out at ${width}`)
  }
  await clerk.setViewportSize({ width: 1440, height: 900 })
}

step('a session is planned; what is wrong stands at its field', async () => {
  await clerk.getByTestId('no-launches').waitFor()
  await clerk.getByTestId('launch-add').click()
  await expect(clerk.getByTestId('dialog-confirm'), 'it needs a name').toBeDisabled()
  const at = Date.now() + 3_600_000
  await clerk.getByTestId('plan-name').fill('首开第一场')
  await clerk.getByTestId('plan-opens').fill(field(Date.now() - 60_000))
  await clerk.getByText('开始时间必须晚于现在').waitFor()
  await clerk.getByTestId('plan-opens').fill(field(at))
  await clerk.getByTestId('plan-closes').fill(field(at - 1000))
  await clerk.getByText('结束时间必须晚于开始时间').waitFor()
  await clerk.getByTestId('plan-closes').fill(field(at + 3_600_000))
  await clerk.getByTestId('plan-limit').fill('99')
  await clerk.getByText('须在 1 至 20 之间').waitFor()
  await clerk.getByTestId('plan-limit').fill('2')
  await clerk.getByTestId('plan-mode-groups').check()
  await clerk.getByTestId('plan-group-1').fill('A')
  await clerk.getByText(/组名不能为空、重复/).waitFor()
  await clerk.getByTestId('plan-mode-order').check()
  await pictures('plan')
  await clerk.getByTestId('plan-mode-all').check()
  await clerk.getByTestId('plan-rules').fill('一、每位客户限购两套。\n二、选定后十分钟内提交认购申请,逾时自动释放。')
  await clerk.getByTestId('dialog-confirm').click()
  await clerk.getByTestId('offer-panel').waitFor()
  launch = /#launch\/(s\d+)\//.exec(clerk.url())[1]
  await launchBox('距开盘')
  await launchBox('首开第一场')
})

step('units are chosen on the board; the tablet marks them and does not lock them', async () => {
  const board = clerk.getByTestId('offer-board')
  await board.locator('.cell').first().waitFor()
  await clerk.getByRole('button', { name: /选择 1栋 12 层/ }).click()
  await clerk.getByRole('button', { name: /选择 1栋 11 层/ }).click()
  await clerk.getByTestId('offer-add').filter({ hasText: '12 套' }).click()
  await confirm(clerk, { reason: '首批' })
  await clerk.locator('.cell.here').nth(11).waitFor()
  await expect(clerk.locator('.cell.here')).toHaveCount(12)
  // Out of it again, while it is planned.
  await clerk.getByRole('button', { name: /选择 1栋 11 层/ }).click()
  await clerk.getByTestId('offer-drop').click()
  await confirm(clerk, {})
  await clerk.getByTestId('offer-panel').getByText('本场房源 6 套').waitFor()
  await clerk.getByRole('button', { name: /选择 1栋 9 层/ }).click()
  await pictures('units')
  await clerk.getByTestId('offer-clear').click()

  await cell(desk, '1-1203', 'a').click()
  await desk.getByTestId('in-launch').waitFor()
  await expect(desk.getByTestId('lock-button')).toHaveCount(0)
  await expect(desk.locator('.cell.offered')).toHaveCount(6)
  await desk.getByTestId('launch-banner').waitFor()
  await office.screenshot(desk, 'launch-desk-planned')
  assert.deepEqual(await findings(desk), [])
})

step('a buyer is admitted: the code is shown once, and with it the buyer signs in', async () => {
  await part('buyers')
  await clerk.getByTestId('launch-buyer-search').fill('b7')
  await clerk.getByTestId('launch-buyers-found').locator('li').filter({ hasText: /\bb7\b/ }).getByTestId('found-admit').click()
  await clerk.getByTestId('dialog-confirm').click()
  const first = (await clerk.getByTestId('code-once').innerText()).trim()
  assert.match(first, /^[A-Z0-9-]{6,12}$/)
  await office.screenshot(clerk, 'launch-code')
  assert.ok(!(await clerk.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }))).includes(first))
  await clerk.getByTestId('dialog-confirm').click()
  const row = clerk.locator('[data-testid=admitted-list] tr[data-buyer=b7]')
  await row.getByText('未签到').waitFor()
  // Lost: another one, and the first is good for nothing.
  await row.getByTestId('buyer-code').click()
  const code = (await clerk.getByTestId('code-once').innerText()).trim()
  assert.notEqual(code, first)
  await clerk.getByTestId('dialog-confirm').click()
  await assert.rejects(BuyerByHttp.signIn(office.base, phoneOf(7), first))
  buyer = await BuyerByHttp.signIn(office.base, phoneOf(7), code)
  // Another buyer is checked in at the desk.
  await clerk.getByTestId('launch-buyer-search').fill('b8')
  await clerk.getByTestId('launch-buyers-found').locator('li').filter({ hasText: /\bb8\b/ }).getByTestId('found-admit').click()
  await clerk.getByTestId('dialog-confirm').click()
  const second = (await clerk.getByTestId('code-once').innerText()).trim()
  await clerk.getByTestId('dialog-confirm').click()
  rival = await BuyerByHttp.signIn(office.base, phoneOf(8), second)
  const other = clerk.locator('[data-testid=admitted-list] tr[data-buyer=b8]')
  await other.getByTestId('buyer-checkin').click()
  await other.locator('.badge[data-state=live]').waitFor()
  await pictures('buyers')
})

step('a list is admitted from a file: checked first, and its codes can be saved once', async () => {
  await part('buyers')
  await clerk.getByTestId('admit-list').click()
  const list = (...rows) => clerk.getByTestId('buyers-file').setInputFiles({ name: '认筹.csv', mimeType: 'text/csv', buffer: Buffer.from(['姓名,手机,摇号序号', ...rows].join('\n')) })
  await list('路人甲,13877665571,', '路人乙,1387766557,')
  await clerk.getByTestId('buyers-file-problems').getByText('第 3 行 B 列').waitFor()
  await expect(clerk.getByTestId('dialog-confirm')).toBeDisabled()
  await list('路人甲,13877665571,', '路人乙,13877665572,')
  await clerk.getByTestId('buyers-file-good').getByText('新准入 2 位').waitFor()
  await office.screenshot(clerk, 'launch-list-checked')
  await clerk.getByTestId('dialog-confirm').click()
  await clerk.getByTestId('list-done').getByText('验证码 2 个').waitFor()
  await office.screenshot(clerk, 'launch-list-codes')
  await expect(clerk.getByTestId('dialog-cancel'), 'not before the codes are saved').toBeDisabled()
  await clerk.keyboard.press('Escape')
  await clerk.keyboard.press('Escape')
  await clerk.evaluate(() => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 50)))) // the second one closes it, and it opens again
  await clerk.getByTestId('list-done').waitFor({ timeout: 1000 })
  const saved = clerk.waitForEvent('download')
  await clerk.getByTestId('dialog-confirm').click()
  const rows = readFileSync(await (await saved).path(), 'utf8').trim().split('\r\n').map((row) => row.split(','))
  assert.deepEqual(rows.slice(1).map((row) => row.slice(0, 2)), [['路人甲', '13877665571'], ['路人乙', '13877665572']])
  await BuyerByHttp.signIn(office.base, rows[1][1], rows[1][2])
  await clerk.getByTestId('dialog-cancel').click()
  await clerk.getByTestId('admitted').getByText('准入客户 4 位').waitFor()
})

step('the order is drawn by the seed that is committed to', async () => {
  await part('plan')
  await expect(clerk.getByTestId('launch-commit')).toHaveText(/^[0-9a-f]{64}$/, asSeen)
  await expect(clerk.getByTestId('launch-seed')).toHaveCount(0)
  await clerk.getByTestId('launch-draw').click()
  await expect(clerk.getByTestId('dialog-confirm'), 'a reason is needed').toBeDisabled()
  await confirm(clerk, { reason: '公证员在场' })
  await clerk.getByTestId('launch-drawn').waitFor()
  await pictures('sheet')
})

step('before it opens a press is told when; changed, it opens in a moment, and the control room counts', async () => {
  await buyer.enter(launch)
  const early = await buyer.send('unit.lock', { unit: '1-1203' })
  assert.equal(early.body.code, 'not_open')
  await clerk.getByTestId('launch-change').click()
  await clerk.getByTestId('plan-opens').fill(field(Math.ceil(Date.now() / 1000) * 1000 + 6000))
  await confirm(clerk, {})
  await part('control')
  await clerk.getByTestId('phase').getByText('选房中').waitFor({ timeout: 20_000 })
  await launchBox('选房中')
  await desk.locator('[data-testid=launch-banner][data-phase=open]').waitFor({ timeout: 3000 })

  // As far apart as the presses of a person (buyer_press_gap_ms).
  const pause = () => new Promise((resolve) => setTimeout(resolve, 320))
  await buyer.do('unit.lock', { unit: '1-1203' })
  await pause()
  await buyer.do('unit.lock', { unit: '1-1204' })
  await pause()
  const third = await buyer.send('unit.lock', { unit: '1-1205' })
  assert.equal(third.body.code, 'limit_reached')
  await cell(wall, '1-1203', 'l').waitFor()
  const tile = (name, text) => clerk.getByTestId(`control-${name}`).filter({ hasText: text }).waitFor({ timeout: 5000 })
  const late = await rival.send('unit.lock', { unit: '1-1203' })
  assert.equal(late.body.code, 'unit_taken')
  await tile('granted', /^2$/)
  await tile('refused', /^3$/)
  await tile('available', /^4$/)
  await clerk.locator('[data-testid=control-reasons] [data-why="limit_reached"]').getByText('超过限购套数').waitFor()
  await clerk.locator('[data-testid=control-reasons] [data-why="not_open.before"]').getByText('开始前按下').waitFor()
  await clerk.getByTestId('p95-minute').getByText(/毫秒内/).waitFor()
  await office.screenshot(wall, 'launch-wall-open')
  await clerk.locator('[data-testid=control-hottest] [data-unit="1-1203"]').waitFor()
  const unfinished = clerk.getByTestId('control-unfinished')
  await unfinished.locator('tr[data-unit="1-1204"]').getByText(/^(9|10):\d\d$/).waitFor()
})

step('a selection that is stuck is released with a reason, and is free again everywhere', async () => {
  await clerk.locator('[data-testid=control-unfinished] tr[data-unit="1-1204"]').getByTestId('control-release').click()
  await expect(clerk.getByTestId('dialog-confirm'), 'a reason is needed').toBeDisabled()
  await confirm(clerk, { reason: '客户放弃' })
  await cell(wall, '1-1204', 'a').waitFor({ timeout: 3000 })
  await clerk.locator('[data-testid=control-unfinished] tr[data-unit="1-1204"]').waitFor({ state: 'detached' })
})

step('paused and resumed with a reason, a message to all: every screen follows at once', async () => {
  await clerk.getByTestId('launch-do-pause').click()
  await expect(clerk.getByTestId('dialog-confirm'), 'a reason is needed').toBeDisabled()
  await confirm(clerk, { reason: '现场核对名单' })
  await launchBox('选房暂停')
  await desk.locator('[data-testid=launch-banner][data-phase=paused]').waitFor({ timeout: 3000 })
  const press = await buyer.send('unit.lock', { unit: '1-1206' })
  assert.deepEqual([press.body.code, press.body.fields.why], ['not_open', 'paused'])
  await clerk.getByTestId('launch-do-say').click()
  await confirm(clerk, { reason: '现场核对名单,约五分钟后恢复' })
  await launchBox('约五分钟后恢复')
  await desk.getByTestId('launch-banner').getByText('约五分钟后恢复').waitFor()
  await office.screenshot(wall, 'launch-wall-paused')
  await office.screenshot(desk, 'launch-desk-paused')
  assert.deepEqual(await findings(wall), [])
  await clerk.getByTestId('launch-do-resume').click()
  await confirm(clerk, { reason: '核对完毕' })
  await launchBox('选房中')
  await clerk.getByTestId('launch-do-extend').click()
  await clerk.getByTestId('field-minutes').fill('30')
  await confirm(clerk, { reason: '补足暂停时间' })
  await toast('已延长')
  // Enough presses for curves that one can look at.
  for (let n = 0; n < 30; n++) await buyer.send('unit.lock', { unit: `1-120${1 + (n % 6)}` })
  for (let n = 0; n < 12; n++) await rival.send('unit.lock', { unit: `1-120${n % 2 ? 3 : 1}` })
  await clerk.waitForTimeout(4000)
  await pictures('control')
  await clerk.setViewportSize({ width: 1920, height: 1080 })
  await clerk.getByTestId('control-grow').click()
  await clerk.waitForTimeout(1200)
  await office.screenshot(clerk, 'launch-control-full')
  assert.ok(await clerk.getByTestId('control').evaluate((e) => e.scrollHeight <= innerHeight), 'all of it is on one screen')
  await clerk.getByTestId('control-grow').click()
  await clerk.getByTestId('view-launch').click({ trial: true })
  await clerk.setViewportSize({ width: 1440, height: 900 })
})

step('more units are put in while it runs, and none taken out', async () => {
  await part('units')
  await clerk.locator('.cell.here').nth(5).waitFor()
  await clerk.getByRole('button', { name: /选择 1栋 10 层/ }).click()
  await clerk.getByTestId('offer-add').filter({ hasText: '加推' }).click()
  await confirm(clerk, {})
  await clerk.locator('.cell.here').nth(11).waitFor()
  await desk.locator('.cell.offered').nth(11).waitFor()
  await clerk.getByTestId('select-inside').click()
  await expect(clerk.getByTestId('offer-drop')).toHaveCount(0)
})

step('closed with a reason: the seed is shown and fits, the units are the office’s again', async () => {
  await part('control')
  await clerk.getByTestId('launch-do-close').click()
  await confirm(clerk, { reason: '提前售罄' })
  await launchBox('本场已结束')
  await part('plan')
  await clerk.locator('[data-testid=seed-check][data-check=fits]').waitFor()
  const [seed, commit] = [await clerk.getByTestId('launch-seed').innerText(), await clerk.getByTestId('launch-commit').innerText()]
  assert.equal(createHash('sha256').update(seed).digest('hex'), commit)
  await pictures('closed')
  await desk.locator('.cell.offered').first().waitFor({ state: 'detached' })
  await cell(desk, '1-1002', 'a').click()
  await desk.getByTestId('lock-button').waitFor()
  await clerk.getByTestId('launch-back').click()
  await clerk.locator(`[data-launch=${launch}][data-phase=closed]`).waitFor()
  await pictures('list')
  for (const page of [clerk, wall, desk]) assert.deepEqual(page.problems.filter((p) => !/40[49]|422/.test(p)), [])
})

step('the trail tells the session in sentences', async () => {
  await clerk.getByTestId('view-trail').click()
  await clerk.getByText(`场次 ${launch}：提前结束`).waitFor()
  await clerk.getByText(`场次 ${launch}：摇号，共 4 位客户`).waitFor()
  await clerk.getByText(`场次 ${launch}：移出 6 套房源`).waitFor()
})
