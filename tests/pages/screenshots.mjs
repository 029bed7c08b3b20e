// The pictures of the README: a demo project in the middle of a busy day. Called by scripts/screenshots.
import { mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { cell, Office } from './office.mjs'
import { Play, STEPS } from './play.mjs'

const folder = join(dirname(fileURLToPath(import.meta.url)), '../../web/screenshots')
const HOUR_MS = 3_600_000

/** Deals of every stage over the whole project, and a corner kept back; always the same. */
async function busyDay(play) {
  const { units } = await play.get('clerk1', 'catalog')
  const { st } = await play.get('clerk1', 'board')
  const free = units.filter((u, i) => st[i] === 'a').map((u) => u.id)
  // 97 has no factor in common with the number of units: every step meets another one.
  const nth = (n) => free[(n * 97 + 11) % free.length]
  for (let n = 0; n < 108; n++) await play.deal(nth(n), `b${(n % 36) + 1}`, STEPS[(n * 5) % STEPS.length])
  await play.do('clerk1', 'units.withhold', { units: Array.from({ length: 14 }, (_, n) => nth(120 + n)), reason: '样板房' })
  const now = (await play.get('clerk1', 'deals?scope=open')).now
  const offered = Array.from({ length: 60 }, (_, n) => nth(140 + n))
  const session = await play.do('clerk1', 'launch.put', {
    name: '金秋加推', opens_ms: now + 2 * HOUR_MS, closes_ms: now + 4 * HOUR_MS, rules: '一、每位客户限购一套。\n二、选定后十分钟内提交认购申请。',
  })
  await play.do('clerk1', 'launch.units', { launch: session.launch, on: true, units: offered, reason: '加推' })
  return { session: session.launch, unit: offered[7], more: Array.from({ length: 9 }, (_, n) => nth(210 + n)) }
}

async function buyer(office, play, session) {
  await play.do('clerk1', 'launch.admit', { launch: session, buyer: 'b36' })
  await play.do('consultant3', 'buyer.put', { buyer: 'b36', phone: '13900009999' })
  const { code } = await play.do('clerk1', 'launch.code', { launch: session, buyer: 'b36' })
  const page = await office.page('/pick/demo', { width: 390, height: 780 })
  await page.getByTestId('pick-phone').fill('13900009999')
  await page.getByTestId('pick-code').fill(code)
  await page.getByTestId('pick-sign-in').click()
  await page.getByTestId('rules-text').evaluate((e) => e.scrollTo(0, e.scrollHeight))
  await page.getByTestId('rules-accept').check()
  await page.getByTestId('rules-enter').click()
  await page.locator('[data-step=before]').waitFor()
  return page
}

async function settled(page) {
  await page.locator('[data-testid=conn-state][data-state=live]').waitFor()
  await page.waitForTimeout(1500) // lights and slides come to rest
}

const office = await Office.open()
try {
  mkdirSync(folder, { recursive: true })
  const take = (page, name) => page.screenshot({ path: join(folder, `${name}.png`) })
  const play = new Play(office.base)
  const { session, unit, more } = await busyDay(play)

  const wall = await office.page('/wall/demo', { account: 'clerk1', width: 1920, height: 1080, theme: 'dark' })
  await wall.locator('.cell[data-st=l]').first().waitFor()
  for (const [n, each] of more.entries()) await play.deal(each, `b${(n % 36) + 1}`, n % 3 ? 'lock' : 'approve')
  await settled(wall)
  await take(wall, 'wall')

  const desk = await office.page('/desk/demo', { account: 'consultant1', width: 1180, height: 820, theme: 'light' })
  await desk.locator('.cell[data-st=a]').first().click()
  await settled(desk)
  await take(desk, 'tablet')

  for (const [view, name] of [['dashboard', 'dashboard'], ['board', 'office']]) {
    const page = await office.page(`/office/demo#${view}`, { account: 'manager1', width: 1280, height: 800, theme: 'light' })
    await settled(page)
    await take(page, name)
    await page.context().close()
  }

  const phone = await buyer(office, play, session)
  await phone.locator('.tabs button', { hasText: unit.split('-')[0] }).first().click()
  await cell(phone, unit).click()
  await phone.getByTestId('unit-detail').waitFor()
  await settled(phone)
  await take(phone, 'pick')
} finally {
  await office.close()
}
