// One deal from the wall's "available" to settled, each step by the role whose it is, in the browser only.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { asSeen, cell, expect, lockOnTablet, Office } from './office.mjs'

let office
before(async () => {
  office = await Office.open()
})
after(() => office?.close())

const UNIT = '1-1203'
const inQueue = (page, kind, unit = UNIT) => page.locator(`[data-testid=queue] li[data-kind=${kind}][data-unit="${unit}"]`)

/** Presses an action of a queue's item and fills in what it asks for. */
async function answer(page, kind, action, fields = {}, unit = UNIT) {
  await inQueue(page, kind, unit).getByTestId(`act-${action}`).click()
  await fill(page, fields)
}

async function fill(page, fields) {
  const dialog = page.getByTestId('dialog')
  for (const [name, value] of Object.entries(fields)) {
    const field = dialog.getByTestId(`field-${name}`)
    if ((await field.evaluate((e) => e.tagName)) === 'SELECT') await field.selectOption(value)
    else await field.fill(value)
  }
  await dialog.getByTestId('dialog-confirm').click()
  await dialog.waitFor({ state: 'detached' })
}

/** What has no button on the tablet of this test is said by HTTP, in the person's name. */
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
}

test('a deal goes from available to settled through the queues of the office', async () => {
  const wall = await office.page('/wall/demo', { account: 'manager1', width: 1920, height: 1080 })
  const desk = await office.page('/desk/demo', { account: 'consultant1' })
  const clerk = await office.page('/office/demo', { account: 'clerk1' })
  const finance = await office.page('/finance/demo', { account: 'finance1' })
  const relations = await office.page('/relations/demo', { account: 'relations1' })

  await lockOnTablet(desk, UNIT)
  await say(desk, 'deal.apply', { unit: UNIT, eligibility: 'qualified', down_payment_fen: 100_000_000, note: '首套' })
  await inQueue(clerk, 'application').waitFor()
  await office.screenshot(clerk, 'office-queue')
  await answer(clerk, 'application', 'reject', { reason: '缺少资格证明' })
  await inQueue(clerk, 'application').waitFor({ state: 'detached' })
  await say(desk, 'deal.apply', { unit: UNIT, eligibility: 'qualified', down_payment_fen: 100_000_000 })
  await inQueue(clerk, 'application').getByTestId('act-approve').click()
  await expect(clerk.getByTestId('facts')).toHaveText(/成交价\s*¥[\d,.]+\s*购房资格\s*有资格\s*\S+\s*¥1,000,000\.00/, asSeen)
  await office.screenshot(clerk, 'office-approve')
  await fill(clerk, {})
  await expect(clerk.getByTestId('toast')).toHaveText(/认购书 \d+ 号/, asSeen)
  await cell(wall, UNIT, 's').waitFor()

  await answer(finance, 'money', 'receipt', { amount_fen: '50,000', ref: 'B-1' })
  await expect(finance.getByTestId('toast')).toHaveText(/50,000\.00/, asSeen)
  await answer(relations, 'review', 'back', { comment: '合同第三条金额有误' })
  await say(desk, 'deal.apply', { unit: UNIT, eligibility: 'qualified' })
  await answer(relations, 'review', 'pass')
  await answer(clerk, 'sign', 'sign', { contract: 'HT-2026-001' })
  await cell(wall, UNIT, 'c').waitFor()

  await finance.getByTestId('view-deals').click()
  await finance.getByTestId('deal-search').fill(UNIT)
  await finance.locator(`[data-deal-unit="${UNIT}"] button`).click()
  await finance.getByTestId('deal-sheet').waitFor()
  const rest = await finance.getByTestId('deal-sheet').evaluate((e) => /未收款\s*¥([\d,.]+)/.exec(e.innerText)?.[1])
  await finance.getByTestId('deal-sheet').getByTestId('act-receipt').click()
  await fill(finance, { kind: 'mortgage', amount_fen: rest })
  await cell(wall, UNIT, 'p').waitFor()
  await office.screenshot(finance, 'office-deal')
  const problems = [wall, desk, clerk, finance, relations].flatMap((page) => page.problems)
  assert.deepEqual(problems, [])
  for (const page of [wall, desk, clerk, finance, relations]) await page.context().close()
})

test('a manager decides what a consultant asks for, and not what he asks for himself', async () => {
  const unit = '1-1103'
  const desk = await office.page('/desk/demo', { account: 'consultant2' })
  const manager = await office.page('/manager/demo', { account: 'manager1' })
  await lockOnTablet(desk, unit)
  const price = await desk.evaluate(async (id) => {
    const { units } = await (await fetch('/api/v1/projects/demo/catalog')).json()
    return units.find((u) => u.id === id).list_price_fen
  }, unit)
  await say(desk, 'discount.ask', { unit, price_fen: price - 1_000_000, reason: '老业主介绍' })
  await inQueue(manager, 'approval', unit).waitFor()
  await expect(inQueue(manager, 'approval', unit)).toHaveText(/额外折扣[^]*consultant2[^]*老业主介绍/, asSeen)
  await expect(inQueue(manager, 'approval', unit).getByTestId('against')).toHaveText(/现价 ¥[\d,]+\.\d\d\D+−¥10,000\.00\D+0\.\d\d%/, asSeen)
  await inQueue(manager, 'approval', unit).getByTestId('act-grant').click()
  await expect(manager.getByTestId('facts')).toHaveText(/成交价 ¥[\d,.]+\s+现价 [^]*−¥10,000\.00[^]*申请人\s*consultant2\s*原因\s*老业主介绍/, asSeen)
  await office.screenshot(manager, 'office-grant')
  await fill(manager, {})
  await inQueue(manager, 'approval', unit).waitFor({ state: 'detached' })
  await say(manager, 'price.ask', { unit: '1-1003', price_fen: price, reason: '楼层差' })
  await inQueue(manager, 'approval', '1-1003').waitFor()
  await expect(inQueue(manager, 'approval', '1-1003').getByTestId('act-grant')).toHaveCount(0)
  assert.deepEqual(manager.problems, [])
  await desk.context().close()
  await manager.context().close()
})

test('what waits is looked at by kind, and the kind is left when nothing of it waits any more', async () => {
  const desk = await office.page('/desk/demo', { account: 'consultant1' })
  const clerk = await office.page('/office/demo', { account: 'clerk1' })
  const units = ['1-905', '1-906']
  for (const unit of units) {
    await say(desk, 'unit.lock', { unit, buyer: 'b2' })
    await say(desk, 'deal.apply', { unit, eligibility: 'qualified', down_payment_fen: 100_000_000 })
    await inQueue(clerk, 'application', unit).waitFor()
  }
  const price = await desk.evaluate(async (id) => {
    const { units: all } = await (await fetch('/api/v1/projects/demo/catalog')).json()
    return all.find((u) => u.id === id).list_price_fen
  }, units[0])
  await say(desk, 'discount.ask', { unit: units[0], price_fen: price - 100_000, reason: '团购' })
  const manager = await office.page('/manager/demo', { account: 'manager1' })
  await manager.getByTestId('view-queue').waitFor()
  await say(manager, 'discount.decide', { unit: units[0], approve: true })
  await inQueue(clerk, 'filing', units[0]).waitFor()
  await clerk.getByTestId('queue-kind-filing').click()
  const shown = (what) => clerk.locator('[data-testid=queue] li').evaluateAll((all, name) => [...new Set(all.map((li) => li.dataset[name]))], what)
  await inQueue(clerk, 'filing', units[0]).waitFor()
  await expect.poll(() => shown('kind')).toEqual(['filing'])
  await expect(clerk.getByTestId('queue-kind-application')).toHaveText(/2$/, asSeen)
  await office.screenshot(clerk, 'office-queue-kinds')
  for (const unit of await shown('unit')) {
    await answer(clerk, 'filing', 'file', {}, unit)
    await inQueue(clerk, 'filing', unit).waitFor({ state: 'detached' })
  }
  for (const unit of units) await inQueue(clerk, 'application', unit).waitFor()
  for (const page of [desk, clerk, manager]) await page.context().close()
})

test('each role sees its own views and the office speaks both languages', async () => {
  const page = await office.page('/finance/demo', { account: 'finance1' })
  await page.getByTestId('view-queue').waitFor()
  await expect(page.getByTestId('view-queue')).toHaveText(/待办/, asSeen)
  await page.getByTestId('lang-switch').click()
  await expect(page.getByTestId('view-queue')).toHaveText(/To do/, asSeen)
  await page.getByTestId('theme-switch').click()
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark')
  await page.getByTestId('lang-switch').click()
  await office.screenshot(page, 'office-dark')
  await page.context().close()
})
