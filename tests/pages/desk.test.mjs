// A consultant's day on the tablet: lock, apply, ask, filter, keep in mind, record a buyer, lose a race, lose the network.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { findings } from './axe.mjs'
import { asSeen, cell, expect, lockOnTablet, Office } from './office.mjs'
import { Play } from './play.mjs'

let office, play
before(async () => {
  office = await Office.open()
  play = new Play(office.base)
})
after(() => office?.close())

const own = (page, unit) => page.locator(`[data-testid=own-deal][data-deal-unit="${unit}"]`)
const isLive = (page) => page.locator('[data-testid=conn-state][data-state=live]').waitFor({ timeout: 20_000 })
const toastSays = (page, text) => page.getByTestId('toast').filter({ hasText: text }).waitFor()

/** What another role does, by HTTP in that person's own session. */
async function say(page, cmd, args) {
  const answered = await page.evaluate(
    async ([name, given]) => {
      const response = await fetch('/api/v1/projects/demo/commands', {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', 'Idempotency-Key': crypto.getRandomValues(new Uint32Array(4)).join('-') },
        body: JSON.stringify({ cmd: name, args: { project: 'demo', ...given } }),
      })
      return { status: response.status, body: await response.text() }
    },
    [cmd, args],
  )
  assert.equal(answered.status, 200, answered.body)
  return JSON.parse(answered.body)
}

async function act(page, action, fields) {
  await page.getByTestId(`act-${action}`).click()
  const dialog = page.getByTestId('dialog')
  for (const [name, value] of Object.entries(fields)) {
    const field = dialog.getByTestId(`field-${name}`)
    if ((await field.evaluate((e) => e.tagName)) === 'SELECT') await field.selectOption(value)
    else await field.fill(value)
  }
  await dialog.getByTestId('dialog-confirm').click()
  await dialog.waitFor({ state: 'detached' })
}

const priceOf = (page, unit) =>
  page.evaluate(async (id) => {
    const { units } = await (await fetch('/api/v1/projects/demo/catalog')).json()
    return units.find((u) => u.id === id).list_price_fen
  }, unit)

test('a lock is applied for in the page, sent back, applied for again, and the slip is seen', async () => {
  const unit = '1-1203'
  const desk = await office.page('/desk/demo', { account: 'consultant1', height: 800 })
  const clerk = await office.page('/rights', { account: 'clerk1' })
  await clerk.getByTestId('rights').waitFor()
  await lockOnTablet(desk, unit)
  await toastSays(desk, '已为')
  // One place tells a screen reader of the attempt and of what came of it.
  await expect(desk.getByRole('status')).toHaveCount(1)
  await expect(desk.getByRole('status')).toHaveText(/已为/, asSeen)
  await own(desk, unit).waitFor()
  await expect(own(desk, unit)).toHaveAttribute('data-stage', 'locked')
  await expect(own(desk, unit).locator('.clock')).toHaveText(/^2[34]:/, asSeen)

  await act(desk, 'apply', { eligibility: 'qualified', down_payment_fen: '1,000,000', note: '首套' })
  await toastSays(desk, '认购申请已提交')
  await desk.locator('[data-stage=submitted]').first().waitFor()
  await say(clerk, 'deal.reject', { unit, reason: '缺少资格证明' })
  await own(desk, unit).getByText('缺少资格证明').waitFor()
  await expect(own(desk, unit)).toHaveAttribute('data-stage', 'rejected')
  await act(desk, 'apply', {})
  const { ok } = await say(clerk, 'deal.approve', { unit })
  await own(desk, unit).getByText(`${ok.slip} 号`).waitFor()
  await cell(desk, unit, 's').waitFor()
  await office.screenshot(desk, 'desk-tablet')

  await desk.getByTestId('part-messages').locator('.count').waitFor()
  await desk.getByTestId('part-messages').click()
  await desk.locator('[data-kind=rejected]').waitFor()
  await desk.locator('[data-kind=approved]').waitFor()
  await office.screenshot(desk, 'desk-messages')
  await desk.getByTestId('part-deals').click()
  await expect(desk.getByTestId('part-messages').locator('.count')).toHaveCount(0)
  assert.deepEqual(desk.problems, [])
  await desk.context().close()
  await clerk.context().close()
})

test('a discount is asked for, decided and filed, and the deal carries the new price', async () => {
  const unit = '1-1103'
  const desk = await office.page('/desk/demo', { account: 'consultant2', width: 800, height: 1280 })
  const manager = await office.page('/rights', { account: 'manager1' })
  const clerk = await office.page('/rights', { account: 'clerk1' })
  await manager.getByTestId('rights').waitFor()
  await clerk.getByTestId('rights').waitFor()
  await lockOnTablet(desk, unit)
  await own(desk, unit).waitFor()
  const price = (await priceOf(desk, unit)) / 100 - 10_000
  await act(desk, 'discount', { price_fen: String(price), reason: '老业主介绍' })
  await toastSays(desk, '折扣申请已提交')
  await own(desk, unit).getByText('1 项申请').waitFor()
  await office.screenshot(desk, 'desk-upright')
  await say(manager, 'discount.decide', { unit, approve: true })
  const { items } = await clerk.evaluate(async () => (await fetch('/api/v1/projects/demo/queue')).json())
  await say(clerk, 'discount.file', { request: items.find((i) => i.kind === 'filing').request.id })
  await own(desk, unit).getByText(price.toLocaleString('en-US')).waitFor()
  await desk.getByTestId('part-messages').click()
  await desk.locator('[data-kind=discounted]').waitFor()
  assert.deepEqual(desk.problems, [])
  for (const page of [desk, manager, clerk]) await page.context().close()
})

test('a filter dims what does not fit and counts what does; favourites outlive the page', async () => {
  const desk = await office.page('/desk/demo', { account: 'consultant3' })
  await cell(desk, '1-1203').waitFor()
  await desk.getByTestId('filter-type').selectOption('两房两厅一卫')
  const shown = () => desk.evaluate(() => document.querySelectorAll('.cell:not(.faded)').length)
  await desk.getByTestId('filter-count').waitFor()
  await expect(cell(desk, '1-1203')).toHaveClass(/faded/)
  const fitting = async () => Number(/\d+/.exec(await desk.getByTestId('filter-count').innerText())[0])
  const before = await fitting()
  assert.ok(before > 0)
  await expect.poll(shown, 'the first building has none of them').toBe(0)
  await desk.getByTestId('filter-more').click()
  await desk.getByTestId('filter-floor-from').fill('10')
  await desk.getByTestId('filter-floor-to').fill('12')
  await expect.poll(fitting).toBeLessThan(before)
  assert.ok((await fitting()) > 0)
  await office.screenshot(desk, 'desk-filter')
  await desk.getByTestId('filter-clear').click()
  await expect(cell(desk, '1-1203')).not.toHaveClass(/faded/)

  await cell(desk, '1-1503').click()
  await desk.getByTestId('favourite').click()
  await desk.locator('[data-testid=favourite][aria-pressed=true]').waitFor()
  await desk.reload()
  await desk.locator('.cell.favourite[data-unit="1-1503"]').waitFor()
  await desk.getByTestId('filter-favourites').click()
  await expect(desk.getByTestId('filter-count')).toHaveText(/符合 1 套/, asSeen)
  await desk.context().close()
})

test('of two who press at once one wins, and the other is offered near equals for the same buyer', async () => {
  const unit = '1-2003'
  const desks = [
    await office.page('/desk/demo', { account: 'consultant1' }),
    await office.page('/desk/demo', { account: 'consultant3' }),
  ]
  for (const desk of desks) {
    await cell(desk, unit, 'a').click()
    await desk.getByTestId('lock-button').click()
    await desk.getByTestId('buyer-option').nth(3).click()
  }
  // The second one presses before the page has had a moment to hear of the first: that is the race, made certain.
  await Promise.all([
    desks[1].getByTestId('confirm-lock').evaluate((b) => {
      const until = performance.now() + 800
      while (performance.now() < until);
      b.click()
    }),
    desks[0].getByTestId('confirm-lock').evaluate((b) => new Promise((done) => setTimeout(() => done(b.click()), 200))),
  ])
  const loser = await Promise.race(
    desks.map(async (desk) => {
      await desk.getByTestId('near-equal').first().waitFor()
      return desk
    }),
  )
  await own(desks.find((d) => d !== loser), unit).waitFor()
  await expect(loser.getByTestId('near-equal')).toHaveCount(3)
  await expect(loser.getByTestId('attempt')).toHaveText(/已被锁定|不允许/, asSeen)
  await office.screenshot(loser, 'desk-near')
  const other = await loser.getByTestId('near-equal').first().getAttribute('data-near')
  await loser.getByTestId('near-equal').first().click()
  await loser.getByTestId('lock-button').click({ timeout: 500 }).catch(() => undefined)
  await loser.getByTestId('lock-sure').waitFor()
  await loser.getByTestId('confirm-lock').click()
  await own(loser, other).waitFor()
  for (const desk of desks) {
    assert.deepEqual(desk.problems, [])
    await desk.context().close()
  }
})

test('a buyer is recorded once and is then the customer of the day, who is kept', async () => {
  const desk = await office.page('/desk/demo', { account: 'consultant1' })
  await desk.getByTestId('part-customers').click()
  const record = async (name) => {
    await desk.getByTestId('new-buyer').click()
    await desk.getByTestId('buyer-name').fill(name)
    await desk.getByTestId('buyer-phone').fill('138 0013 8777')
    await desk.getByTestId('buyer-level').selectOption('A')
    await desk.getByTestId('dialog-confirm').click()
  }
  await record('司马测试')
  await desk.getByTestId('customer').filter({ hasText: '司马测试' }).waitFor()
  await record('司马再试')
  await expect(desk.getByTestId('buyer-problem')).toHaveText(/已登记过/, asSeen)
  await desk.getByTestId('dialog-cancel').click()
  await office.screenshot(desk, 'desk-buyers')
  for (const unit of ['1-2103', '1-2104']) {
    await cell(desk, unit, 'a').click()
    await desk.getByTestId('lock-button').click()
    await expect(desk.getByTestId('lock-sure')).toHaveText(/司马测试/, asSeen)
    await desk.getByTestId('confirm-lock').click()
    await own(desk, unit).getByText('司马测试').waitFor()
  }
  await desk.context().close()
})

test('without network the tablet says so, changes nothing, and goes on by itself', async () => {
  const desk = await office.page('/desk/demo', { account: 'consultant3' })
  await isLive(desk)
  await lockOnTablet(desk, '1-804')
  await own(desk, '1-804').waitFor()
  await desk.context().setOffline(true)
  await desk.getByTestId('not-live').waitFor({ timeout: 30_000 })
  await expect(desk.getByTestId('act-release')).toBeDisabled()
  await expect(desk.getByTestId('favourite')).toBeDisabled()
  await cell(desk, '1-904').click()
  await expect(desk.getByTestId('lock-button')).toBeDisabled()
  await desk.getByTestId('part-customers').click()
  await expect(desk.getByTestId('new-buyer')).toBeDisabled()
  await office.screenshot(desk, 'desk-offline')
  await desk.context().setOffline(false)
  await isLive(desk)
  await desk.getByTestId('not-live').waitFor({ state: 'detached' })
  await lockOnTablet(desk, '1-904')
  await own(desk, '1-904').waitFor()
  await own(desk, '1-804').waitFor()
  await desk.context().close()
})

test('a lock whose answer is lost is asked for again with the same key, and taken once', async () => {
  const unit = '1-704'
  const desk = await office.page('/desk/demo')
  const keys = []
  await desk.routeWebSocket(/\/ws$/, (ws) => {
    const server = ws.connectToServer()
    const swallowed = new Set()
    ws.onMessage((text) => {
      const m = JSON.parse(text)
      if (m.cmd === 'unit.lock') {
        if (!keys.length) swallowed.add(m.id)
        keys.push(m.key)
      }
      server.send(text)
    })
    server.onMessage((text) => {
      const { ev, id } = JSON.parse(text)
      if (ev === undefined && swallowed.delete(id)) return
      ws.send(text)
    })
  })
  await desk.reload()
  await desk.getByTestId('login-account').fill('consultant2')
  await desk.getByTestId('login-password').fill('demo-consultant2')
  await desk.getByTestId('login-submit').click()
  await cell(desk, unit, 'a').click()
  await desk.getByTestId('lock-button').click()
  await desk.getByTestId('buyer-option').nth(1).click()
  await desk.getByTestId('confirm-lock').click()
  await desk.locator('[data-testid=attempt][data-state=sent]').waitFor()
  await cell(desk, '1-604').click()
  await expect(desk.getByTestId('lock-button')).toBeDisabled()
  await desk.locator('[data-testid=attempt][data-state=sent]').waitFor()
  await toastSays(desk, `${unit} 已为`)
  await own(desk, unit).waitFor()
  assert.equal(keys.length, 2)
  assert.equal(keys[0], keys[1])
  await expect(desk.getByTestId('attempt')).toHaveCount(0)
  await desk.context().close()
})

test('what is asked for is decided by the manager and seen on the tablet: no with its reason, and yes', async () => {
  const desk = await office.page('/desk/demo', { account: 'consultant2' })
  const decide = async (unit, approve, reason) => {
    const { items } = await play.get('manager1', 'queue')
    const { request } = items.find((i) => i.kind === 'approval' && i.request.unit === unit)
    await play.do('manager1', 'request.decide', { request: request.id, approve, ...(reason ? { reason } : {}) })
  }
  const message = (kind) => desk.locator(`[data-kind=${kind}]`).first().waitFor()
  await lockOnTablet(desk, '1-1304')
  const card = own(desk, '1-1304')
  await card.waitFor()

  await act(desk, 'extension', { reason: '客户在外地' })
  await card.getByText('1 项申请').waitFor()
  await decide('1-1304', false, '已到最长期限')
  await card.getByText('延期：已到最长期限').waitFor()
  await toastSays(desk, '已到最长期限')
  await office.screenshot(desk, 'desk-refused')
  await act(desk, 'extension', { reason: '客户明日到场' })
  await card.getByText('已到最长期限').waitFor({ state: 'detached' })
  await decide('1-1304', true)
  await toastSays(desk, '已延期至')

  const before = await card.locator('.head span').first().innerText()
  await desk.getByTestId('act-rename').click()
  const buyer = desk.getByTestId('field-buyer')
  await buyer.selectOption({ index: 3 })
  const name = (await buyer.evaluate((e) => e.selectedOptions[0].textContent)).split(' ')[0]
  assert.notEqual(name, before)
  await desk.getByTestId('field-reason').fill('夫妻更名')
  await desk.getByTestId('dialog-confirm').click()
  await card.getByText('1 项申请').waitFor()
  await decide('1-1304', true)
  await card.locator('.head').getByText(name).waitFor()

  // More free units than anybody reads: the one that is wanted is looked for.
  await desk.getByTestId('act-swap').click()
  await expect(desk.getByTestId('field-to').locator('option')).toHaveCount(50)
  await desk.getByTestId('field-to-search').fill('2-90')
  const found = () => desk.getByTestId('field-to').locator('option').evaluateAll((all) => all.map((o) => o.value))
  await expect.poll(async () => (await found()).filter((id) => !id.includes('2-90'))).toEqual([])
  assert.ok((await found()).length > 1)
  assert.match((await found())[0], /^2-90/)
  await desk.getByTestId('field-to-search').fill('2-903')
  await expect(desk.getByTestId('field-to')).toHaveValue('2-903')
  await office.screenshot(desk, 'desk-swap')
  await desk.getByTestId('field-reason').fill('客户想换低楼层')
  await desk.getByTestId('dialog-confirm').click()
  await card.getByText('1 项申请').waitFor()
  await decide('1-1304', true)
  await own(desk, '2-903').waitFor()
  await card.waitFor({ state: 'detached' })

  await play.do('consultant2', 'deal.apply', { unit: '2-903', eligibility: 'qualified', down_payment_fen: 100_000_000 })
  await play.do('clerk1', 'deal.approve', { unit: '2-903' })
  await own(desk, '2-903').getByText(/\d+ 号/).waitFor()
  await cell(desk, '1-1304').waitFor({ state: 'attached' })
  await own(desk, '2-903').locator('.head').click()
  await act(desk, 'withdraw', { reason: '贷款未批' })
  await own(desk, '2-903').getByText('1 项申请').waitFor()
  await decide('2-903', true)
  await own(desk, '2-903').waitFor({ state: 'detached' })
  await desk.getByTestId('part-messages').click()
  for (const kind of ['refused', 'extended', 'renamed', 'swapped', 'withdrawn']) await message(kind)
  assert.deepEqual(desk.problems, [])
  await desk.context().close()
})

test('a frozen project is told of at once and to who comes later, and changes nothing until it is thawed', async () => {
  const early = await office.page('/desk/demo', { account: 'consultant1' })
  await isLive(early)
  await early.getByTestId('part-deals').waitFor()
  assert.deepEqual(office.fcall('ld_freeze', 'check', 'seq differs').slice(0, 1), ['ok'])
  await early.getByTestId('frozen').waitFor()
  const late = await office.page('/desk/demo', { account: 'consultant3' })
  await late.getByTestId('frozen').waitFor()
  for (const desk of [early, late]) {
    await cell(desk, '1-1604').click()
    await expect(desk.getByTestId('lock-button')).toBeDisabled()
  }
  await office.screenshot(late, 'desk-frozen')
  await play.do('manager1', 'project.thaw', { reason: '已查明' })
  for (const desk of [early, late]) {
    await desk.getByTestId('frozen').waitFor({ state: 'detached' })
    await desk.getByTestId('part-messages').click()
    await desk.locator('[data-kind=frozen]').waitFor()
    await desk.locator('[data-kind=thawed]').waitFor()
    await expect(desk.getByTestId('lock-button')).toBeEnabled()
  }
  const after = await office.page('/desk/demo', { account: 'consultant2' })
  await isLive(after)
  await cell(after, '1-1604').click()
  await expect(after.getByTestId('lock-button')).toBeEnabled()
  await expect(after.getByTestId('frozen')).toHaveCount(0)
  for (const desk of [early, late, after]) await desk.context().close()
})

test('a lock that nobody answers for 30 s is unknown, and asking again finds what came of it', async () => {
  const unit = '1-504'
  const desk = await office.page('/rights', { account: 'consultant1' })
  const keys = new Set()
  desk.on('websocket', (ws) =>
    ws.on('framesent', ({ payload }) => {
      const { cmd, key } = JSON.parse(payload)
      if (cmd === 'unit.lock') keys.add(key)
    }),
  )
  await desk.getByTestId('rights').waitFor()
  await desk.goto(`${office.base}/desk/demo`)
  await isLive(desk)
  await cell(desk, unit, 'a').click()
  await desk.getByTestId('lock-button').click()
  await desk.getByTestId('buyer-option').first().click()
  const attempt = (state) => desk.locator(`[data-testid=attempt][data-state=${state}]`)
  office.signalDaemon('SIGSTOP')
  try {
    await desk.getByTestId('confirm-lock').click()
    await attempt('sent').waitFor()
    await attempt('again').waitFor({ timeout: 12_000 })
    await attempt('lost').waitFor({ timeout: 25_000 })
    await attempt('unknown').waitFor({ timeout: 25_000 })
    await expect(desk.getByTestId('ask-again'), 'nobody could answer now').toBeDisabled()
    await office.screenshot(desk, 'desk-unknown')
  } finally {
    office.signalDaemon('SIGCONT')
  }
  await isLive(desk)
  await desk.getByTestId('ask-again').click()
  await toastSays(desk, `${unit} 已为`)
  await own(desk, unit).waitFor()
  assert.equal(keys.size, 1)
  const { events } = await play.get('manager1', `events?unit=${unit}&type=lock&from=1`)
  assert.equal(events.length, 1)
  await desk.context().close()
})

test('the cells are a grid for the keyboard, and tell their state and whose they are', async () => {
  const desk = await office.page('/desk/demo', { account: 'consultant3' })
  await isLive(desk)
  const there = cell(desk, '1-403')
  await expect(there).toHaveAttribute('role', 'gridcell')
  await desk.locator('.cell[data-unit="1-403"][aria-label="403，可售"]').waitFor() // painted a moment after the line is up
  await there.click()
  await there.focus()
  await desk.keyboard.press('ArrowUp')
  await expect.poll(() => desk.evaluate(() => document.activeElement.dataset.unit)).toBe('1-503')
  await desk.keyboard.press('ArrowDown')
  await desk.keyboard.press('Enter')
  await lockOnTablet(desk, '1-403')
  await own(desk, '1-403').waitFor()
  await desk.locator('.cell[data-unit="1-403"][aria-label="403，锁定，我的交易"]').waitFor()
  await desk.context().close()
})

for (const theme of ['light', 'dark'])
  test(`every part of the tablet is clean (${theme})`, async () => {
    const desk = await office.page('/desk/demo', { account: 'consultant1', theme })
    await own(desk, '1-2103').locator('.head').click()
    await desk.getByTestId('act-release').waitFor()
    await desk.getByTestId('filter-more').click()
    assert.deepEqual(await findings(desk), [], 'deals')
    await desk.getByTestId('act-swap').click()
    await desk.getByTestId('field-to').waitFor()
    assert.deepEqual(await findings(desk), [], 'dialog')
    await desk.getByTestId('dialog-cancel').click()
    await desk.getByTestId('part-customers').click()
    await desk.getByTestId('customer-option').first().click()
    assert.deepEqual(await findings(desk), [], 'customers')
    await desk.getByTestId('part-messages').click()
    assert.deepEqual(await findings(desk), [], 'messages')
    await desk.context().close()
  })

test('on a telephone the sheet of a unit hides nothing that cannot be scrolled to', async () => {
  const desk = await office.page('/desk/demo', { account: 'consultant3', width: 390, height: 844 })
  await isLive(desk)
  await cell(desk, '1-2403').click()
  await desk.getByTestId('unit-detail').waitFor()
  for (const part of ['messages', 'customers', 'deals']) {
    await desk.getByTestId(`part-${part}`).click()
    await desk.locator(`[data-testid=part-${part}][aria-current=page]`).waitFor()
  }
  await desk.getByTestId('unit-detail').waitFor()
  await desk.context().close()
})

test('every size and both themes have their whole tablet', async () => {
  for (const [width, height, theme] of [[1280, 800, 'light'], [800, 1280, 'dark'], [390, 844, 'light'], [390, 844, 'dark']]) {
    const desk = await office.page('/desk/demo', { account: 'consultant1', width, height, theme })
    await own(desk, '1-2103').waitFor()
    await office.screenshot(desk, `desk-${width}-${theme}-work`)
    await cell(desk, '1-1003').click()
    await desk.getByTestId('lock-button').click()
    await desk.getByTestId('buyer-option').first().waitFor()
    await office.screenshot(desk, `desk-${width}-${theme}`)
    const small = await desk.evaluate(() =>
      [...document.querySelectorAll('button, select, input, summary')]
        .map((e) => [e.textContent.trim(), e.getBoundingClientRect()])
        .filter(([, r]) => r.width > 0 && (r.height < 43.9 || r.width < 43.9))
        .map(([text, r]) => `${text} ${r.width} × ${r.height}`),
    )
    assert.deepEqual(small, [], `${width} px`)
    assert.ok(await desk.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'nothing sticks out')
    await desk.context().close()
  }
})
