// What goes wrong in an office: an answer that is lost, two people at the same thing, wrong input, a build that has changed.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { findings } from './axe.mjs'
import { asSeen, cell, expect, Office } from './office.mjs'
import { Play } from './play.mjs'

let office, play, free
before(async () => {
  office = await Office.open()
  play = new Play(office.base)
  const { st } = await play.get('clerk1', 'board')
  free = (await play.get('clerk1', 'catalog')).units.map((u) => u.id).filter((_, i) => st[i] === 'a')
})
after(() => office?.close())

const item = (page, kind, unit) => page.locator(`[data-testid=queue] li[data-kind=${kind}][data-unit="${unit}"]`)
const confirm = (page) => page.getByTestId('dialog-confirm')

async function open(view, account, { page: path = 'office', ...more } = {}) {
  const page = await office.page('/icon.svg', more)
  await office.signIn(page.context(), account)
  await page.goto(`${office.base}/${path}/demo#${view}`)
  await page.locator(`[data-testid=view-${view}][aria-current=page]`).waitFor()
  await page.locator('[data-testid=conn-state][data-state=live]').waitFor()
  return page
}

test('a receipt whose answer is lost is counted once, although it is pressed again', async () => {
  const [unit] = free.splice(0, 1)
  const deal = await play.deal(unit, 'b1', 'approve')
  const page = await office.page('/icon.svg')
  await office.signIn(page.context(), 'finance1')
  await page.clock.install()
  const keys = []
  let isLosing = true
  await page.routeWebSocket(/\/ws$/, (ws) => {
    const server = ws.connectToServer({ protocols: ['listing.v1.json'] })
    const lost = new Set()
    ws.onMessage((text) => {
      const m = JSON.parse(text)
      if (m.cmd === 'deal.receipt') {
        keys.push(m.key)
        if (isLosing) lost.add(m.id)
      }
      server.send(text)
    })
    server.onMessage((text) => {
      if (!lost.has(JSON.parse(text).id)) ws.send(text)
    })
  })
  await page.goto(`${office.base}/finance/demo`)
  await item(page, 'money', unit).getByTestId('act-receipt').click()
  await page.getByTestId('field-amount_fen').fill('50,000')
  await confirm(page).click()
  await page.clock.fastForward(10_000)
  await page.clock.fastForward(31_000)
  await page.getByTestId('dialog-trouble').getByText('结果未知').waitFor({ timeout: 15_000 })
  isLosing = false
  await page.locator('[data-testid=conn-state][data-state=live]').waitFor({ timeout: 15_000 })
  await confirm(page).click()
  await page.getByTestId('dialog').waitFor({ state: 'detached' })
  assert.equal(new Set(keys).size, 1, 'the same key each time')
  const { deals } = await play.get('finance1', 'deals?scope=open')
  assert.equal(deals.find((d) => d.id === deal).paid_fen, 5_000_000)
  await page.context().close()
})

test('what another clerk has dealt with is said in the question that is open, and what was typed stays', async () => {
  const [unit] = free.splice(0, 1)
  const deal = await play.deal(unit, 'b1', 'apply')
  const page = await open('queue', 'clerk1')
  await item(page, 'application', unit).getByTestId('act-reject').click()
  await page.getByTestId('field-reason').fill('缺少资格证明')
  await play.do('clerk1', 'deal.approve', { deal })
  await page.getByTestId('settled-by-others').waitFor()
  await expect(page.getByTestId('field-reason')).toHaveValue('缺少资格证明')
  await expect(confirm(page)).toBeDisabled()
  await office.screenshot(page, 'office-settled-by-others')
  await page.getByTestId('dialog-cancel').click()
  await item(page, 'application', unit).waitFor({ state: 'detached' })
  assert.deepEqual(page.problems, [])
  await page.context().close()
})

test('money that came in while the question was open is seen in it', async () => {
  const [unit] = free.splice(0, 1)
  const deal = await play.deal(unit, 'b1', 'sign')
  const page = await open('queue', 'finance1', { page: 'finance' })
  await item(page, 'unpaid', unit).getByTestId('act-receipt').click()
  await page.getByTestId('field-amount_fen').fill('300000')
  await play.do('finance1', 'deal.receipt', { deal, kind: 'down_payment', amount_fen: 30_000_000 })
  await page.getByTestId('changed-meanwhile').waitFor()
  await expect(page.getByTestId('facts')).toHaveText(/350,000\.00/, asSeen)
  await page.context().close()
})

test('a refusal is told in the question itself, where it is seen and read out', async () => {
  const [first, second] = free.splice(0, 2)
  await play.deal(first, 'b1', 'sign', { contract: 'HT-DOUBLE' })
  await play.deal(second, 'b2', 'review')
  const page = await open('queue', 'clerk1')
  await item(page, 'sign', second).getByTestId('act-sign').click()
  await page.getByTestId('field-contract').fill('HT-DOUBLE')
  await confirm(page).click()
  await page.getByTestId('dialog-trouble').getByText('该合同编号已用于另一笔交易').waitFor()
  await office.screenshot(page, 'office-refused')
  assert.deepEqual(await findings(page), [])
  await page.getByTestId('field-contract').fill('深房现买字(2026)第0001号')
  await confirm(page).dblclick()
  await page.getByTestId('dialog').waitFor({ state: 'detached' })
  await item(page, 'sign', second).waitFor({ state: 'detached' })
  await page.context().close()
})

test('wrong input is told while it is typed', async () => {
  const [unit] = free.splice(0, 1)
  const deal = await play.deal(unit, 'b1', 'pay')
  const page = await open('deals', 'finance1', { page: 'finance' })
  await page.locator(`[data-deal-unit="${unit}"] button`).click()
  await page.getByTestId('deal-sheet').getByTestId('act-receipt').click()
  for (const [amount, said] of [['abc', /大于 0/], ['0', /大于 0/], ['-5', /大于 0/], ['1.234', /大于 0/], ['999,999,999', /最多 ¥[\d,]+\.\d\d/]]) {
    await page.getByTestId('field-amount_fen').fill(amount)
    await expect(page.getByTestId('fault-amount_fen'), amount).toHaveText(said, asSeen)
    await expect(confirm(page), amount).toBeDisabled()
  }
  await page.getByTestId('field-amount_fen').fill('1 000,00')
  await page.getByTestId('field-ref').fill('两 个')
  await expect(page.getByTestId('fault-ref')).toHaveText(/空格/, asSeen)
  await page.getByTestId('dialog-cancel').click()
  await page.context().close()

  const manager = await open('deals', 'manager1', { page: 'manager' })
  await manager.locator(`[data-deal-unit="${unit}"] button`).click()
  await manager.getByTestId('deal-sheet').getByTestId('act-extend').click()
  await manager.getByTestId('field-deadline').fill('2020-01-01T10:00')
  await expect(manager.getByTestId('fault-deadline')).toHaveText(/晚于/, asSeen)
  await manager.getByTestId('field-deadline').fill('2099-01-01T10:00')
  await manager.getByTestId('field-reason').fill('请联系 13800001111')
  await expect(manager.getByTestId('fault-reason')).toHaveText(/电话/, asSeen)
  await manager.getByTestId('field-reason').fill('字'.repeat(41))
  await expect(manager.getByTestId('fault-reason')).toHaveText(/40 个汉字/, asSeen)
  await manager.getByTestId('field-reason').fill('贷款审批\n还要两天')
  await confirm(manager).click()
  await manager.getByTestId('dialog-trouble').getByText(/超过单笔最长保留期限.*最晚/).waitFor()
  const { deals } = await play.get('manager1', 'deals?scope=open')
  const until = deals.find((d) => d.id === deal).deadline + 3_600_000
  await manager.getByTestId('field-deadline').fill(new Date(until + 8 * 3_600_000).toISOString().slice(0, 16))
  await confirm(manager).click()
  await manager.getByTestId('dialog').waitFor({ state: 'detached' })
  const { events } = await play.get('manager1', 'events?type=extend&from=1')
  assert.deepEqual(events.map((e) => e.why), ['贷款审批 还要两天'])
  await manager.context().close()
})

test('the line that is lost in the middle of a form is told, nothing can be pressed, and what was typed is kept', async () => {
  const [unit] = free.splice(0, 1)
  await play.deal(unit, 'b1', 'apply')
  const page = await open('queue', 'clerk1')
  await item(page, 'application', unit).getByTestId('act-reject').click()
  await page.getByTestId('field-reason').fill('缺少资格证明')
  office.signalDaemon('SIGSTOP')
  try {
    await page.locator('[data-testid=conn-state]:not([data-state=live])').waitFor({ timeout: 15_000 })
    await expect(confirm(page)).toBeDisabled()
    await page.getByTestId('dialog-trouble').waitFor()
    await office.screenshot(page, 'office-line-lost')
  } finally {
    office.signalDaemon('SIGCONT')
  }
  await page.locator('[data-testid=conn-state][data-state=live]').waitFor({ timeout: 15_000 })
  await expect(page.getByTestId('field-reason')).toHaveValue('缺少资格证明')
  await confirm(page).click()
  await page.getByTestId('dialog').waitFor({ state: 'detached' })
  await page.context().close()
})

test('one changes the own password, and the old one is good no more', async () => {
  const manager = await open('accounts', 'manager1')
  await manager.getByTestId('account-add').click()
  await manager.getByTestId('field-account').fill('wangwu')
  await manager.getByTestId('field-role').selectOption('relations')
  await confirm(manager).click()
  const given = (await manager.getByTestId('password-once').innerText()).trim()
  await confirm(manager).click()
  const page = await office.page('/relations/demo')
  const signIn = async (password) => {
    await page.getByTestId('login-account').fill('wangwu')
    await page.getByTestId('login-password').fill(password)
    await page.getByTestId('login-submit').click()
  }
  await signIn(given)
  await page.getByTestId('own-password').click()
  const fill = async (old, next, again) => {
    await page.getByTestId('own-old').fill(old)
    await page.getByTestId('own-new').fill(next)
    await page.getByTestId('own-again').fill(again)
  }
  for (const [next, again, said] of [['short', 'short', /8 个字符/], [given, given, /不能与/], ['another-one', 'another-two', /不一致/]]) {
    await fill(given, next, again)
    await expect(page.getByTestId('own-problem')).toHaveText(said, asSeen)
    await expect(confirm(page)).toBeDisabled()
  }
  await fill('not-the-old-one', 'another-one', 'another-one')
  await confirm(page).click()
  await page.getByTestId('own-problem').getByText('现在的密码不正确').waitFor()
  assert.deepEqual(await findings(page), [])
  await fill(given, 'another-one', 'another-one')
  await confirm(page).click()
  await page.getByTestId('toast').getByText('密码已修改').waitFor()
  await page.getByTestId('sign-out').click()
  await signIn(given)
  await page.getByRole('alert').filter({ hasText: '不正确' }).waitFor()
  await signIn('another-one')
  await page.getByTestId('view-queue').waitFor()
  for (const each of [manager, page]) await each.context().close()
})

test('a view that cannot be loaded says so, and the way back leads to the view before', async () => {
  const page = await open('queue', 'clerk1')
  await page.route('**/assets/TrailView*', (route) => route.abort())
  await page.getByTestId('view-trail').click()
  await page.getByTestId('load-failed').waitFor()
  await page.unroute('**/assets/TrailView*')
  await page.getByTestId('load-failed').getByRole('button').click()
  await page.getByTestId('trail').waitFor()
  await page.getByTestId('view-deals').click()
  await page.getByTestId('deals').waitFor()
  await page.goBack()
  await page.getByTestId('trail').waitFor()
  await page.context().close()
})

test('the board of the office is a grid for the keyboard and for screen readers, in the language of the page', async () => {
  const page = await open('board', 'clerk1')
  const unit = free[0]
  await cell(page, unit, 'a').waitFor()
  const building = unit.split('-')[0]
  const grid = page.getByRole('grid', { name: `${building}栋` })
  await expect(grid).toHaveAttribute('aria-multiselectable', 'true')
  await expect(page.getByRole('gridcell', { name: `${unit} 可售`, exact: true })).toHaveAttribute('aria-selected', 'false')
  await cell(page, unit).click({ modifiers: ['Control'] })
  await expect(cell(page, unit)).toHaveAttribute('aria-selected', 'true')
  assert.equal(await cell(page, unit).evaluate((e) => getComputedStyle(e).position), 'relative', 'its mark lies on it')
  await page.getByTestId('lang-switch').click()
  await page.getByRole('gridcell', { name: `${unit} Available`, exact: true, selected: true }).waitFor()
  assert.deepEqual(await findings(page), [])
  await page.context().close()
})

test('on a small screen the sheet of a deal far down the list is in sight, and the list is as wide as the screen', async () => {
  const page = await open('deals', 'clerk1', { width: 1024, height: 768 })
  const rows = page.locator('[data-deal-unit] button')
  await rows.nth(5).waitFor()
  await rows.last().click()
  const sheet = await page.getByTestId('deal-sheet').boundingBox()
  assert.ok(sheet.y < 768 - 150 && sheet.y + sheet.height <= 769, JSON.stringify(sheet))
  const button = await page.getByTestId('deal-sheet').locator('.buttons button').first().boundingBox()
  assert.ok(button.y + button.height <= 768, `what can be done is in sight: ${JSON.stringify(button)}`)
  const list = await page.getByTestId('deals').boundingBox()
  assert.ok(list.width > 940, `${list.width}`)
  await office.screenshot(page, 'office-deals-1024')
  await page.context().close()
})
