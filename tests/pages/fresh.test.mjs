// How old the data are: the same words on every page, whether the daemon hangs or the network is gone, and back again.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { findings } from './axe.mjs'
import { cell, Office } from './office.mjs'

let office
before(async () => {
  office = await Office.open()
})
after(() => office?.close())

const inState = (page, state, timeout = 20_000) => page.locator(`[data-testid=conn-state]:is(${state.split('|').map((s) => `[data-state=${s}]`)})`).waitFor({ timeout })
const banner = (page, kind) => page.locator(`[data-testid=not-live][data-kind=${kind}]`)
const grey = (page, what) => page.locator(what).first().evaluate((e) => getComputedStyle(e).filter)
/** The words of the badge, without the seconds. */
const badge = async (page) => (await page.getByTestId('conn-state').innerText()).replace(/数据 .*前/, '').trim()

test('a daemon that hangs: delayed at once, expired after half a minute with the time of the last good data, on every page', async () => {
  const wall = await office.page('/wall/demo', { account: 'manager1', width: 1920, height: 1080 })
  const desk = await office.page('/desk/demo', { account: 'consultant1' })
  const page = await office.page('/office/demo#board', { account: 'clerk1' })
  const all = [wall, desk, page]
  for (const each of all) {
    await cell(each, '1-1203').waitFor()
    await inState(each, 'live')
    assert.equal(await each.locator('.banner').count(), 0)
  }
  office.signalDaemon('SIGSTOP')
  try {
    for (const each of all) await inState(each, 'delayed', 9000)
    assert.deepEqual(await Promise.all(all.map(badge)), Array(3).fill('数据延迟'))
    for (const each of [desk, page]) {
      assert.match(await banner(each, 'delayed').innerText(), /数据延迟/)
      assert.doesNotMatch(await each.locator('.banner').innerText(), /过期/)
    }
    assert.equal(await grey(desk, '.grids'), 'none')
    await office.screenshot(desk, 'desk-delayed')
    assert.deepEqual(await findings(desk), [])

    for (const each of all) await inState(each, 'stale|offline', 36_000)
    const told = [await wall.getByTestId('old-banner').innerText(), await banner(desk, 'old').innerText(), await banner(page, 'old').innerText()]
    for (const text of told) assert.match(text, /^数据已过期 · 最后更新 \d\d:\d\d:\d\d · /)
    for (const [each, what] of [[desk, '.grids'], [page, '.view']]) assert.match(await grey(each, what), /grayscale/)
    await office.screenshot(desk, 'desk-expired')
    await office.screenshot(page, 'office-expired')
    assert.deepEqual(await findings(page), [])
  } finally {
    office.signalDaemon('SIGCONT')
  }
  for (const each of all) {
    await inState(each, 'live', 30_000)
    await each.locator('.banner').waitFor({ state: 'detached' })
  }
  assert.equal(await grey(page, '.view'), 'none')
  for (const each of all) await each.context().close()
})

test('a tablet without network goes from live to offline and back, and its data age in minutes', async () => {
  const desk = await office.page('/desk/demo', { account: 'consultant2' })
  await cell(desk, '1-1203').waitFor() // signed in
  await desk.clock.install()
  await desk.reload()
  await cell(desk, '1-1203').waitFor()
  await inState(desk, 'live')
  await desk.context().setOffline(true)
  await desk.clock.runFor(6000)
  await inState(desk, 'delayed')
  await banner(desk, 'delayed').waitFor()
  await desk.clock.runFor(150_000)
  await inState(desk, 'offline')
  await banner(desk, 'old').waitFor()
  assert.match(await desk.getByTestId('data-age').innerText(), /^数据 2 分钟前$/)
  await cell(desk, '1-1203').click()
  assert.equal(await desk.getByTestId('lock-button').isDisabled(), true)
  await desk.context().setOffline(false)
  await desk.clock.resume()
  await inState(desk, 'live', 30_000)
  await banner(desk, 'old').waitFor({ state: 'detached' })
  assert.match(await desk.getByTestId('data-age').innerText(), /^数据 \d 秒前$/)
  assert.equal(await desk.getByTestId('lock-button').isDisabled(), false)
  await desk.context().close()
})

test("every page tells the office's time, whatever its device is set to", async () => {
  const far = { width: 1280, height: 800, timezone: 'America/New_York' }
  const wall = await office.page('/wall/demo', { account: 'manager1', ...far })
  const page = await office.page('/office/demo', { account: 'clerk1', ...far })
  const office8 = () => [0, 1000].map((late) => new Date(Date.now() + 8 * 3_600_000 - late).toISOString().slice(11, 19))
  for (const each of [wall, page]) {
    await inState(each, 'live')
    await each.locator('.bar h1').filter({ hasText: '云庭花园' }).waitFor()
    await each.waitForTimeout(1100) // the clock is written anew
    const clock = each.locator('.bar time')
    await clock.filter({ hasText: /^\d\d:/ }).waitFor()
    const shown = await clock.innerText()
    // The clock of the page is the server's, told once a second: two seconds apart is as good as right.
    const apart = Math.min(...office8().map((t) => Math.abs(Date.parse(`2026-01-01T${t}Z`) - Date.parse(`2026-01-01T${shown}Z`))))
    assert.ok(apart <= 2000 || apart >= 86_390_000, `${shown} for ${office8()}`)
    await each.context().close()
  }
})
