// How old the data are: the same words on every page, whether the daemon hangs or the network is gone, and back again.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { findings } from './axe.mjs'
import { asSeen, cell, expect, Office } from './office.mjs'

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
    await expect(each.locator('.banner')).toHaveCount(0)
  }
  office.signalDaemon('SIGSTOP')
  try {
    for (const each of all) await inState(each, 'delayed', 9000)
    await expect.poll(() => Promise.all(all.map(badge))).toEqual(Array(3).fill('数据延迟'))
    for (const each of [desk, page]) {
      await expect(banner(each, 'delayed')).toHaveText(/数据延迟/, asSeen)
      await expect(each.locator('.banner')).not.toHaveText(/过期/, asSeen)
    }
    await expect.poll(() => grey(desk, '.grids')).toBe('none')
    await office.screenshot(desk, 'desk-delayed')
    assert.deepEqual(await findings(desk), [])

    for (const each of all) await inState(each, 'stale|offline', 36_000)
    const told = [await wall.getByTestId('old-banner').innerText(), await banner(desk, 'old').innerText(), await banner(page, 'old').innerText()]
    for (const text of told) assert.match(text, /^数据已过期 · 最后更新 \d\d:\d\d:\d\d · /)
    for (const [each, what] of [[desk, '.grids'], [page, '.view']]) await expect.poll(() => grey(each, what)).toMatch(/grayscale/)
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
  await expect.poll(() => grey(page, '.view')).toBe('none')
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
  await expect(desk.getByTestId('data-age')).toHaveText(/^数据 2 分钟前$/, asSeen)
  await cell(desk, '1-1203').click()
  await expect(desk.getByTestId('lock-button')).toBeDisabled()
  await desk.context().setOffline(false)
  await desk.clock.resume()
  await inState(desk, 'live', 30_000)
  await banner(desk, 'old').waitFor({ state: 'detached' })
  await expect(desk.getByTestId('data-age')).toHaveText(/^数据 \d 秒前$/, asSeen)
  await expect(desk.getByTestId('lock-button')).toBeEnabled()
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

test("the day of the figures is the office's, from the first request on, also where it is another day", async () => {
  const inOffice = new Date(Date.now() + 8 * 3_600_000)
  // 18 hours behind the office until six in the evening, then six hours ahead: always another date.
  const timezone = inOffice.getUTCHours() < 18 ? 'Pacific/Honolulu' : 'Pacific/Kiritimati'
  const page = await office.page('/icon.svg', { timezone })
  await office.signIn(page.context(), 'finance1')
  const days = []
  page.on('request', (r) => days.push(...(/reports\/daily\/(\d{4}-\d\d-\d\d)/.exec(r.url())?.slice(1) ?? [])))
  await page.goto(`${office.base}/finance/demo#money`)
  await page.locator('[data-money=unpaid] .value').waitFor()
  await expect.poll(() => [...new Set(days)]).toEqual([inOffice.toISOString().slice(0, 10)])
  await page.context().close()
})
