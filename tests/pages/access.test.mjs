// Who may come in, and with which clock: accounts that change, displays that come and go, the clock of the server in doubt.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { asSeen, expect, Office } from './office.mjs'
import { Play } from './play.mjs'

let office, play
before(async () => {
  office = await Office.open()
  play = new Play(office.base)
})
after(() => office?.close())

const toastSays = (page, text) => page.getByTestId('toast').filter({ hasText: text }).waitFor()

async function open(view, account) {
  const page = await office.page(`/office/demo#${view}`, { account })
  await page.getByTestId(`view-${view}`).waitFor()
  await page.locator('[data-testid=conn-state][data-state=live]').waitFor()
  return page
}

async function signIn(page, account, password) {
  await page.getByTestId('login-account').fill(account)
  await page.getByTestId('login-password').fill(password)
  await page.getByTestId('login-submit').click()
}

/** The dialog shows a new password once. */
async function passwordOnce(page) {
  const password = (await page.getByTestId('password-once').innerText()).trim()
  await page.getByTestId('dialog-confirm').click()
  await page.getByTestId('password-once').waitFor({ state: 'detached' })
  return password
}

test('another role and another password hold at once, and end what was signed in before', async () => {
  const manager = await open('accounts', 'manager1')
  await manager.getByTestId('account-add').click()
  await manager.getByTestId('field-account').fill('lisi')
  await manager.getByTestId('field-role').selectOption('relations')
  await manager.getByTestId('dialog-confirm').click()
  const first = await passwordOnce(manager)
  const row = manager.locator('[data-account=lisi]')
  await row.getByText('客服').or(row.getByText('客户关系')).first().waitFor()

  const own = await office.page('/office/demo')
  await signIn(own, 'lisi', first)
  await own.getByTestId('view-queue').waitFor()
  await expect(own.getByTestId('view-accounts')).toHaveCount(0)
  await row.getByTestId('account-role').click()
  await manager.getByTestId('field-role').selectOption('clerk')
  await office.screenshot(manager, 'office-accounts-role')
  await manager.getByTestId('dialog-confirm').click()
  await toastSays(manager, 'lisi 的角色已改为')
  await own.getByTestId('login-account').waitFor({ timeout: 5000 })
  await signIn(own, 'lisi', first)
  await own.getByTestId('view-accounts').waitFor()

  await row.getByTestId('account-password').click()
  await manager.getByTestId('dialog-confirm').click()
  const second = await passwordOnce(manager)
  assert.notEqual(second, first)
  await own.getByTestId('login-account').waitFor({ timeout: 5000 })
  await signIn(own, 'lisi', first)
  await own.getByRole('alert').filter({ hasText: '不正确' }).waitFor()
  await signIn(own, 'lisi', second)
  await own.getByTestId('view-accounts').waitFor()
  const { accounts } = await play.get('manager1', 'accounts')
  assert.equal(accounts.find((a) => a.account === 'lisi').role, 'clerk')
  assert.deepEqual(manager.problems, [])
  for (const page of [manager, own]) await page.context().close()
})

test('a clock in doubt is confirmed by a manager with a reason; one that is trusted needs it not', async () => {
  const manager = await open('settings', 'manager1')
  const confirm = async () => {
    await manager.getByTestId('clock-confirm').click()
    await expect(manager.getByTestId('dialog-confirm'), 'a reason is needed').toBeDisabled()
    await manager.getByTestId('field-reason').fill('已与标准时间核对')
    await manager.getByTestId('dialog-confirm').click()
  }
  await confirm()
  await manager.locator('[data-testid=toast].bad').waitFor()
  await manager.getByTestId('dialog-cancel').click()

  // As a daemon whose own clock says something quite different would report it.
  assert.match(office.fcall('ld_beat', 'elsewhere', 1, 0, 0).join(' '), /^ok /)
  await confirm()
  await manager.getByTestId('dialog').waitFor({ state: 'detached' })
  await toastSays(manager, '时钟')
  const { events } = await play.get('manager1', 'events?type=clock_confirm&from=1')
  assert.deepEqual(events.map((e) => [e.by, e.why]), [['manager1', '已与标准时间核对']])
  await manager.context().close()

  const clerk = await open('settings', 'clerk1')
  await clerk.getByText('仅经理可以操作').first().waitFor()
  await expect(clerk.getByTestId('clock-confirm')).toHaveCount(0)
  await clerk.context().close()
})

test('the dot of a display says whether its wall is connected', async () => {
  const wall = await office.page('/wall/demo', { width: 1920, height: 1080 })
  const code = await wall.getByTestId('pair-code').innerText()
  const clerk = await open('displays', 'clerk1')
  await clerk.getByTestId('pair-code').fill(code)
  await clerk.getByTestId('pair-name').fill('沙盘区')
  await clerk.getByTestId('pair-confirm').click()
  const row = clerk.locator('[data-display]', { hasText: '沙盘区' })
  const dot = (state) => row.locator(`.badge[data-state=${state}]`).waitFor({ timeout: 25_000 })
  await wall.locator('.cell').first().waitFor({ timeout: 15_000 })
  await dot('live')
  await office.screenshot(clerk, 'office-displays-connected')
  await wall.context().close()
  await dot('offline')
  await expect(row).not.toHaveText(/从未/, asSeen)
  assert.deepEqual(clerk.problems, [])
  await clerk.context().close()
})
