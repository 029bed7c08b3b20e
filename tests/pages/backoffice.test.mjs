// The views of the back office that change the project: board, import, displays, accounts, settings, trail, slips.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { asSeen, cell, expect, Office } from './office.mjs'
import { readPdf } from './pdf.mjs'

let office
before(async () => {
  office = await Office.open()
})
after(() => office?.close())

const as = (account, cmd, ...args) => office.ctl('do', '--project', 'demo', '--as', account, cmd, ...args)
const toastOf = (page) => page.getByTestId('toast')
const SIZES = [[1440, 900], [1024, 768]]

/** Each account signs in once: the daemon allows an account ten times in its window. */
const cookies = new Map()
async function signedIn(path, { account, width = 1440, height = 900 }) {
  if (!cookies.has(account)) {
    const first = await office.page('/rights', { account })
    await first.getByTestId('rights').waitFor()
    cookies.set(account, await first.context().cookies())
    await first.context().close()
  }
  const page = await office.page('/icon.svg', { width, height })
  await page.context().addCookies(cookies.get(account))
  await page.goto(office.base + path)
  return page
}

async function openView(view, { account = 'clerk1', width = 1440, height = 900 } = {}) {
  const page = await signedIn(`/office/demo#${view}`, { account, width, height })
  await page.locator(`[data-testid=view-${view}][aria-current=page]`).waitFor()
  await page.locator('[data-testid=conn-state][data-state=live]').waitFor()
  return page
}

/** Pictures of a view, light and dark, large and small; nothing may stick out. */
async function pictures(page, name) {
  for (const [width, height] of SIZES) {
    await page.setViewportSize({ width, height })
    for (const theme of ['light', 'dark']) {
      if ((await page.evaluate(() => document.documentElement.dataset.theme)) !== theme) await page.getByTestId('theme-switch').click()
      await page.waitForTimeout(200)
      await office.screenshot(page, `office-${name}-${width}-${theme}`)
    }
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${name} sticks out at ${width}`)
  }
  await page.setViewportSize({ width: 1440, height: 900 })
}

async function end(page) {
  assert.deepEqual(page.problems.filter((p) => !/40[349]|422/.test(p)), [])
  await page.context().close()
}

async function drag(page, from, to) {
  const a = await cell(page, from).boundingBox()
  const b = await cell(page, to).boundingBox()
  await page.mouse.move(a.x + 8, a.y + 8)
  await page.mouse.down()
  await page.mouse.move(b.x + 8, b.y + 8, { steps: 6 })
  await page.mouse.up()
}
const picked = (page) => page.locator('.cell.picked')

// --- board

test('board: a unit is withheld with a reason, offered again, and every screen follows', async () => {
  const page = await openView('board')
  const wall = await signedIn('/wall/demo', { account: 'manager1', width: 1920, height: 1080 })
  await cell(page, '1-2203', 'a').click()
  await page.getByTestId('unit-sheet').getByText('¥').first().waitFor()
  await page.getByTestId('unit-withhold').click()
  await expect(page.getByTestId('dialog-confirm'), 'a reason is needed').toBeDisabled()
  await page.getByTestId('field-reason').fill('样板房')
  await page.getByTestId('dialog-confirm').click()
  await cell(page, '1-2203', 'w').waitFor()
  await cell(wall, '1-2203', 'x').waitFor()
  await page.getByTestId('unit-offer').click()
  await page.getByTestId('dialog-confirm').click()
  await cell(wall, '1-2203', 'a').waitFor()
  await wall.context().close()
  await end(page)
})

test('board: drag, Shift, headings and keys select; the preview counts exactly', async () => {
  const page = await openView('board')
  await cell(page, '1-1803', 'a').waitFor()
  await drag(page, '1-1803', '1-1504')
  await expect(picked(page)).toHaveCount(8)
  const sums = page.getByTestId('selection-sums')
  const prices = await page.evaluate(async () => {
    const { units } = await (await fetch('/api/v1/projects/demo/catalog')).json()
    const of = units.filter((u) => /^1-1[5-8]0[34]$/.test(u.id))
    return { fen: of.reduce((sum, u) => sum + u.list_price_fen, 0), area: of.reduce((sum, u) => sum + Math.round(Number(u.gross_area) * 100), 0) }
  })
  const said = async () => (await sums.innerText()).replace(/,/g, '')
  await expect.poll(said).toMatch(new RegExp(`8\\s+${(prices.area / 100).toFixed(2)}\\s+${(prices.fen / 100).toFixed(2)}`))
  // Shift extends from where the drag began.
  await cell(page, '1-1805').click({ modifiers: ['Shift'] })
  await expect(picked(page)).toHaveCount(9)
  await page.getByTestId('selection-clear').click()
  await expect(picked(page)).toHaveCount(0)
  // A floor, a column of it again, the whole building; the same again takes it back.
  const floor = page.getByRole('button', { name: /选择 1栋 12 层/ })
  await floor.click()
  await expect(picked(page)).toHaveCount(6)
  await floor.click()
  await expect(picked(page)).toHaveCount(0)
  await page.getByRole('button', { name: /选择 1栋 03 列/ }).click()
  await expect(picked(page)).toHaveCount(24)
  await page.getByRole('button', { name: '选择整栋 1栋' }).click()
  await expect(picked(page)).toHaveCount(144)
  await page.keyboard.press('Escape')
  await expect(picked(page)).toHaveCount(0)
  // Keys only.
  await cell(page, '1-1203').focus()
  await page.keyboard.press('Space')
  await page.keyboard.press('Shift+ArrowRight')
  await page.keyboard.press('Shift+ArrowDown')
  const units = async () => (await picked(page).evaluateAll((all) => all.map((c) => c.dataset.unit))).sort()
  await expect.poll(units).toEqual(['1-1103', '1-1104', '1-1203', '1-1204'])
  await expect(page.locator('.cell:focus')).toHaveAttribute('aria-label', /1-1104 可售/)
  await expect(page.locator('.cell[tabindex="0"]')).toHaveCount(1)
  await page.keyboard.press('Escape')
  await expect(picked(page)).toHaveCount(0)
  await page.keyboard.press('Enter')
  await page.getByTestId('unit-sheet').getByText('1-1104').waitFor()
  await end(page)
})

test('board: those that cannot be withheld are marked and taken out with one press', async () => {
  as('consultant1', 'unit.lock', 'unit=1-702', 'buyer=b3')
  const page = await openView('board')
  await cell(page, '1-702', 'l').waitFor()
  await page.getByRole('button', { name: /选择 1栋 7 层/ }).click()
  await expect(page.getByTestId('many-withhold')).toBeDisabled()
  await pictures(page, 'board')
  await page.getByTestId('take-out-withhold').click()
  await expect(picked(page)).toHaveCount(5)
  await expect(page.getByTestId('many-withhold')).toBeEnabled()
  await end(page)
})

test('board: many units are withheld and offered in one step', async () => {
  const page = await openView('board')
  await page.getByRole('button', { name: /选择 1栋 9 层/ }).click()
  await page.getByTestId('many-withhold').click()
  await page.getByTestId('field-reason').fill('二期加推')
  await page.getByTestId('dialog-confirm').click()
  await toastOf(page).getByText('已销控 6 套').waitFor()
  for (const room of ['901', '906']) await cell(page, `1-${room}`, 'w').waitFor()
  await expect(picked(page)).toHaveCount(0)
  await page.getByRole('button', { name: /选择 1栋 9 层/ }).click()
  await page.getByTestId('many-offer').click()
  await page.getByTestId('dialog-confirm').click()
  await cell(page, '1-906', 'a').waitFor()
  await end(page)
})

test('board: units that were taken meanwhile are named, and nothing is done', async () => {
  const page = await openView('board')
  await page.getByRole('button', { name: /选择 1栋 10 层/ }).click()
  await page.getByTestId('many-withhold').click()
  await page.getByTestId('field-reason').fill('二期加推')
  // Taken between the preview and the press: the screen still has the old state in its question.
  as('consultant1', 'unit.lock', 'unit=1-1002', 'buyer=b4')
  await page.getByTestId('dialog-confirm').click()
  await page.getByTestId('selection-refused').getByText('1-1002').waitFor()
  await expect(page.locator('.cell[data-unit^="1-10"][data-st=w]')).toHaveCount(0)
  await page.getByTestId('take-out-refused').click()
  await expect(picked(page)).toHaveCount(5)
  await end(page)
})

test('board: another price is asked for, and a manager finds it in his queue', async () => {
  const page = await openView('board')
  await cell(page, '1-2204', 'a').click()
  await page.getByTestId('unit-price').click()
  await page.getByTestId('field-price').fill('abc')
  await expect(page.getByTestId('dialog-confirm')).toBeDisabled()
  await page.getByTestId('field-price').fill('5,000,000')
  await page.getByTestId('field-reason').fill('楼层调价')
  await page.getByTestId('dialog-confirm').click()
  await toastOf(page).getByText('1-2204').waitFor()
  const manager = await openView('queue', { account: 'manager1' })
  const item = manager.locator('[data-testid=queue] [data-unit="1-2204"]')
  await item.getByTestId('act-grant').click()
  await manager.getByTestId('dialog-confirm').click()
  await item.waitFor({ state: 'detached' })
  await page.getByTestId('unit-sheet').getByText('¥5,000,000.00').waitFor()
  await manager.context().close()
  await end(page)
})

// --- slips

const plain = (text) => text.replace(/[⺠⻆⻚戶]/g, (c) => ({ '⺠': '民', '⻆': '角', '⻚': '页', 戶: '户' })[c])

test('slip: from the deal to one page of A4 and one of A5, with the amount in capitals', async () => {
  as('consultant1', 'unit.lock', 'unit=1-1203', 'buyer=b1')
  as('consultant1', 'deal.apply', 'unit=1-1203', 'eligibility=qualified', 'down_payment_fen=100000000')
  as('clerk1', 'deal.approve', 'unit=1-1203')
  const page = await openView('deals')
  await page.getByRole('button', { name: '1-1203', exact: true }).click()
  await page.getByTestId('print-slip').click()
  await page.getByTestId('slip').waitFor()
  assert.match(page.url(), /#print\/d\d+$/)
  const number = /编号 (\d{6})/.exec(await page.getByTestId('slip').innerText())[1]
  for (const [paper, size] of [['a4', [595, 842]], ['a5', [420, 595]]]) {
    await page.getByTestId('slip-paper').selectOption(paper)
    const seen = readPdf(await page.pdf({ preferCSSPageSize: true }))
    assert.equal(seen.pages, 1, paper)
    assert.deepEqual(seen.sizes, [size])
    const text = plain(seen.text)
    for (const what of [`编号${number}`, '1-1203', '¥4,862,539.91', '人民币肆佰捌拾陆万贰仟伍佰叁拾玖元玖角壹分', 'consultant1', '认购人(签字)', '出卖人(盖章)', `No.${number}`])
      assert.ok(text.includes(what), `${what} in ${text}`)
    assert.ok(!text.includes('clerk1') && !text.includes('打印'), 'nothing of the page around it')
  }
  await pictures(page, 'slip')
  await page.getByRole('link', { name: '返回交易' }).click()
  await page.getByTestId('deals').waitFor()
  await end(page)
})

test('slip: finance sees masked numbers, and who prints is told', async () => {
  const page = await signedIn('/finance/demo#deals', { account: 'finance1' })
  await page.getByRole('button', { name: '1-1203', exact: true }).click()
  await page.getByTestId('print-slip').click()
  const slip = page.getByTestId('slip')
  await slip.waitFor()
  await slip.getByText(/\d{3}\*+\d{4}/).first().waitFor()
  await expect(slip).not.toHaveText(/\d{17}[\dX]/, asSeen)
  await page.getByText(/号码按您的权限显示/).waitFor()
  await end(page)
})

// --- import

const csvFile = (rows) => ({ name: '房源表.csv', mimeType: 'text/csv', buffer: Buffer.from(['楼栋,单元,楼层,房号,户型,建筑面积,套内面积,备案总价', ...rows].join('\n')) })

test('import: what is not a listing file is not even sent', async () => {
  const page = await openView('import')
  await page.getByTestId('import-file').setInputFiles({ name: 'photo.png', mimeType: 'image/png', buffer: Buffer.from('x') })
  await page.getByTestId('import-refused').getByText(/CSV/).waitFor()
  await page.getByTestId('import-file').setInputFiles({ name: 'empty.csv', mimeType: 'text/csv', buffer: Buffer.alloc(0) })
  await page.getByTestId('import-refused').getByText(/空/).waitFor()
  const [template] = await Promise.all([page.waitForEvent('download'), page.getByTestId('import-template').click()])
  await page.getByTestId('import-file').setInputFiles(await template.path().then((path) => ({ name: '模板.csv', mimeType: 'text/csv', buffer: readFileSync(path) })))
  await page.getByTestId('import-good').waitFor()
  await page.getByTestId('import-other').click()
  await pictures(page, 'import')
  await end(page)
})

test('import: a dry run shows everything, only then a press writes', async () => {
  const page = await openView('import')
  await page.getByTestId('import-file').setInputFiles(csvFile(['云庭花园9栋,,2,201,三房,100.00,80.00,5000000', '云庭花园9栋,,2,202,三房,100.00,80.00,5100000.50']))
  await page.getByTestId('import-good').waitFor()
  await page.getByTestId('import-withheld').check() // not too late: nothing is written yet
  await expect(page.getByTestId('import-mapping')).toHaveText(/备案总价/, asSeen)
  await expect(page.getByTestId('import-first').locator('tbody tr')).toHaveCount(2)
  await expect(page.getByTestId('import-numbers')).toHaveText(/¥10,100,000\.50/, asSeen)
  const before = await page.evaluate(async () => (await (await fetch('/api/v1/projects/demo/catalog')).json()).units.length)
  await pictures(page, 'import-checked')
  await page.getByTestId('import-write').click()
  await page.getByTestId('import-written').waitFor()
  const now = await page.evaluate(async () => (await (await fetch('/api/v1/projects/demo/catalog')).json()).units.length)
  assert.equal(now, before + 2)
  await page.getByTestId('import-board').click()
  await cell(page, '9-201', 'w').waitFor()
  await end(page)
})

test('import: a clerk whose file changes a price hears of which unit, and that a manager may', async () => {
  const page = await openView('import')
  await page.getByTestId('import-file').setInputFiles(csvFile(['云庭花园1栋,,3,302,三房,100.00,80.00,1']))
  await page.getByTestId('import-write').click()
  await page.getByTestId('problem').getByText('调价须由经理导入').waitFor()
  await expect(page.getByTestId('problem')).toHaveText(/1-302/, asSeen)
  await expect(page.getByTestId('import-written')).toHaveCount(0)
  await end(page)
})

test('import: every problem with row and column, and no way to write', async () => {
  const page = await openView('import')
  await page.getByTestId('import-file').setInputFiles(csvFile(['云庭花园8栋,,2,201,三房,100.00,80.00,五百万', '云庭花园8栋,,2,202,三房,-1,80.00,5100000']))
  await page.getByTestId('import-problems').waitFor()
  const problems = await page.getByTestId('import-report').innerText()
  assert.match(problems, /第 2 行 H 列/)
  assert.match(problems, /第 3 行 F 列/)
  await expect(page.getByTestId('import-write')).toHaveCount(0)
  await pictures(page, 'import-problems')
  await end(page)
})

// --- displays

async function newCode(page) {
  return page.evaluate(async () => {
    const body = JSON.stringify({ project: 'demo' })
    const answer = await fetch('/api/v1/pairings', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body })
    return answer.json()
  })
}

test('displays: a code from a wall pairs it, it is listed, and revoked', async () => {
  const wall = await office.page('/rights')
  const { code, secret } = await newCode(wall)
  const page = await signedIn(`/office/demo?pair=${code}`, { account: 'clerk1' })
  await page.locator('[data-testid=view-displays][aria-current=page]').waitFor()
  await page.locator('[data-testid=conn-state][data-state=live]').waitFor()
  await expect(page.getByTestId('pair-code')).toHaveValue(code)
  assert.doesNotMatch(page.url(), /pair=/, 'the code does not stay in the address')
  await expect(page.getByTestId('pair-confirm'), 'a name is needed').toBeDisabled()
  await page.getByTestId('pair-name').fill('一楼大厅')
  await page.getByTestId('pair-confirm').click()
  const row = page.locator('[data-display]', { hasText: '一楼大厅' })
  await row.waitFor()
  const claimed = await wall.evaluate(
    async (body) => (await fetch('/api/v1/pairings/claim', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) })).status,
    { code, secret },
  )
  assert.equal(claimed, 200)
  await pictures(page, 'displays')
  await row.getByTestId('revoke').click()
  await page.getByTestId('field-reason').fill('换机')
  await page.getByTestId('dialog-confirm').click()
  await row.waitFor({ state: 'detached' })
  // A code that is none.
  await page.getByTestId('pair-code').fill('zz-zzzz')
  await expect(page.getByTestId('pair-code')).toHaveValue('ZZZZZZ')
  await page.getByTestId('pair-name').fill('二楼')
  await page.getByTestId('pair-confirm').click()
  await page.locator('[data-testid=toast].bad').getByText(/配对码/).waitFor()
  await wall.context().close()
  await end(page)
})

// --- accounts

test('accounts: added with a password that is shown once and works, changed, disabled', async () => {
  const page = await openView('accounts')
  await page.getByTestId('account-add').click()
  await page.getByTestId('field-account').fill('clerk1')
  await expect(page.getByTestId('dialog-confirm'), 'there is such an account').toBeDisabled()
  await page.getByTestId('field-account').fill('zhangsan')
  assert.ok(!(await page.getByTestId('field-role').locator('option').allInnerTexts()).includes('经理'), 'a clerk makes no managers')
  await page.getByTestId('field-role').selectOption('finance')
  await page.getByTestId('dialog-confirm').click()
  const password = (await page.getByTestId('password-once').innerText()).trim()
  assert.match(password, /^(\w{4}-){3}\w{4}$/)
  await office.screenshot(page, 'office-accounts-password')
  await page.getByTestId('dialog-confirm').click()
  await expect(page.getByTestId('password-once')).toHaveCount(0)
  assert.ok(!(await page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }))).includes(password))
  const row = page.locator('[data-account=zhangsan]')
  await row.getByText('财务').waitFor()
  await pictures(page, 'accounts')

  const other = await office.page('/finance/demo')
  await other.getByTestId('login-account').fill('zhangsan')
  await other.getByTestId('login-password').fill(password)
  await other.getByTestId('login-submit').click()
  await other.getByTestId('view-queue').waitFor()
  await row.getByTestId('account-disable').click()
  await page.getByTestId('field-reason').fill('离职')
  await page.getByTestId('dialog-confirm').click()
  await other.getByTestId('login-account').waitFor({ timeout: 5000 })
  await row.waitFor({ state: 'detached' })
  await page.getByTestId('accounts-all').check()
  await row.getByText('已停用').waitFor()
  await page.locator('[data-account=clerk1]').getByText('不能修改自己的账号').waitFor()
  await page.locator('[data-account=manager1]').getByText('只能由经理修改').waitFor()
  await other.context().close()
  await end(page)
})

// --- settings

test('settings: in human units, checked before they are sent, and they hold', async () => {
  const page = await openView('settings', { account: 'manager1' })
  const hold = page.getByTestId('setting-lock_hold_ms')
  await expect(hold).toHaveValue('24')
  await expect(page.getByTestId('settings-save'), 'nothing is changed').toBeDisabled()
  await hold.fill('999999')
  await page.locator('[data-setting=lock_hold_ms] .error').waitFor()
  await expect(page.getByTestId('settings-save')).toBeDisabled()
  await hold.fill('36')
  await page.getByTestId('setting-warn_ms').fill('3 小时, 10 分钟')
  // A colour too near to that of another state.
  await page.getByTestId('palette-s').fill('#35d29a')
  await page.locator('[data-colour=s] .error').waitFor()
  await expect(page.getByTestId('settings-save')).toBeDisabled()
  await page.getByTestId('palette-s').fill('#c2410c')
  await pictures(page, 'settings')
  await page.getByTestId('settings-save').click()
  await toastOf(page).getByText('设置已保存').waitFor()
  await page.reload()
  await page.getByTestId('settings').waitFor()
  await expect(hold).toHaveValue('36')
  await expect(page.getByTestId('setting-warn_ms')).toHaveValue('3 小时, 10 分钟')
  await expect(page.getByTestId('palette-s')).toHaveValue('#c2410c')
  await end(page)
})

test('settings: who may not thaw is told, and a project that runs cannot be thawed', async () => {
  const page = await openView('settings', { account: 'manager1' })
  await page.getByTestId('thaw').click()
  await page.getByTestId('field-reason').fill('核对无误')
  await page.getByTestId('dialog-confirm').click()
  await page.locator('[data-testid=toast].bad').waitFor()
  await page.getByTestId('dialog-cancel').click()
  await page.context().close()
  const clerk = await openView('settings')
  await clerk.getByText('仅经理可以操作').first().waitFor()
  await expect(clerk.getByTestId('thaw')).toHaveCount(0)
  await end(clerk)
})

test('settings: a frozen project says so on every view, and a manager thaws it with a reason', async () => {
  const page = await openView('board', { account: 'manager1' })
  const clerk = await openView('board')
  execFileSync('redis-cli', ['-s', join(office.data, 'redis.sock'), 'FCALL', 'ld_freeze', '1', 'ld:{demo}', 'self-check', 'a difference'])
  const banner = page.getByTestId('frozen')
  await banner.waitFor({ timeout: 5000 })
  await clerk.getByTestId('frozen').waitFor()
  await expect(clerk.getByTestId('thaw')).toHaveCount(0)
  await cell(page, '1-2003', 'a').click()
  await expect(page.getByTestId('unit-withhold')).toBeDisabled()
  await banner.getByTestId('thaw').click()
  await expect(page.getByTestId('dialog-confirm'), 'a reason is needed').toBeDisabled()
  await page.getByTestId('field-reason').fill('已核对,数据一致')
  await page.getByTestId('dialog-confirm').click()
  await banner.waitFor({ state: 'detached' })
  await clerk.getByTestId('frozen').waitFor({ state: 'detached' })
  await expect(page.getByTestId('unit-withhold')).toBeEnabled()
  await clerk.context().close()
  await end(page)
})

// --- trail

test('trail: in sentences, filtered, the newest first, back page by page, as a safe table', async () => {
  as('clerk1', 'unit.withhold', 'unit=1-304', 'reason==1+1')
  const page = await openView('trail')
  const rows = page.locator('[data-testid=trail] tr[data-seq]')
  await rows.first().waitFor()
  const seqs = async () => rows.evaluateAll((all) => all.map((r) => Number(r.dataset.seq)))
  const first = await seqs()
  assert.deepEqual(first, [...first].sort((a, b) => b - a))
  await page.getByTestId('trail-more').click()
  await page.waitForFunction((n) => document.querySelectorAll('[data-testid=trail] tr[data-seq]').length > n, first.length)
  assert.equal(new Set(await seqs()).size, (await seqs()).length)
  await page.getByTestId('trail-unit').fill('1-304')
  await page.getByTestId('trail-type').selectOption('withhold')
  await page.getByText('1-304 转为销控').waitFor()
  await expect(rows).toHaveCount(1)
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByTestId('trail-csv').click()])
  const text = readFileSync(await file.path(), 'utf8')
  assert.match(text, /^\ufeff时间,/)
  assert.match(text, /1-304 转为销控,"'=1\+1"/)
  assert.equal(text.trim().split('\r\n').length, 2)
  await page.getByTestId('trail-reset').click()
  await rows.nth(20).waitFor()
  const today = await page.getByTestId('trail-first').getAttribute('max')
  await page.getByTestId('trail-first').fill(today)
  await page.getByTestId('trail-last').fill(today)
  await rows.nth(20).waitFor()
  await page.getByTestId('trail-first').fill('2020-01-01')
  await page.getByTestId('trail-last').fill('2020-01-02')
  await expect(rows).toHaveCount(0)
  await page.getByTestId('trail-reset').click()
  await rows.nth(20).waitFor()
  await pictures(page, 'trail')
  await end(page)
})
