// A page in headless Chromium, and how busy its main thread is.
//
//   node browser.mjs BASE TOKEN PATH    prints {"cells":N} when the board is there; then, for each line "measure MS" on
//                                       standard input, a line of JSON: busy (tasks of the main thread ÷ time), script (its
//                                       part in JavaScript by the CPU profiler), changes shown
import { createRequire } from 'node:module'
import { createInterface } from 'node:readline'

const { chromium } = createRequire(new URL('../pages/package.json', import.meta.url))('playwright-core')
const [base, token, path] = process.argv.slice(2)
const say = (o) => process.stdout.write(`${JSON.stringify(o)}\n`)

const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] })
const context = await browser.newContext({ viewport: { width: 1920, height: 1080 } })
await context.addCookies([{ name: 'listing_session', value: token, url: base, httpOnly: true, sameSite: 'Strict' }])
const page = await context.newPage()
await page.goto(base + path)
await page.locator('.cell[data-st]').first().waitFor({ timeout: 30_000, state: 'attached' })
const cdp = await context.newCDPSession(page)
await cdp.send('Performance.enable')
await cdp.send('Profiler.enable')
await cdp.send('Profiler.setSamplingInterval', { interval: 500 })

async function metrics() {
  const { metrics: all } = await cdp.send('Performance.getMetrics')
  return Object.fromEntries(all.map((m) => [m.name, m.value]))
}

/** The share of the profiler's samples that are neither idle nor the browser's own work. */
function scriptShare({ nodes, samples }) {
  const outside = new Set(nodes.filter((n) => ['(idle)', '(program)', '(root)'].includes(n.callFrame.functionName)).map((n) => n.id))
  return samples.filter((id) => !outside.has(id)).length / samples.length
}

/** Counts, in the page itself, how often cells change. */
async function watch() {
  await page.evaluate(() => {
    window.changes = 0
    new MutationObserver((all) => (window.changes += all.length)).observe(document.body, {
      subtree: true,
      attributes: true,
      attributeFilter: ['data-st'],
    })
  })
}

async function measure(ms) {
  await page.evaluate(() => (window.changes = 0))
  const before = await metrics()
  await cdp.send('Profiler.start')
  await new Promise((done) => setTimeout(done, ms))
  const { profile } = await cdp.send('Profiler.stop')
  const after = await metrics()
  const seconds = after.Timestamp - before.Timestamp
  const changes = await page.evaluate(() => window.changes)
  say({
    busy: (after.TaskDuration - before.TaskDuration) / seconds,
    script: scriptShare(profile),
    changes_per_s: changes / seconds,
    heap_mb: after.JSHeapUsedSize / 1e6,
  })
}

await watch()
say({ cells: await page.locator('.cell').count() })
for await (const line of createInterface({ input: process.stdin })) {
  const [word, ms] = line.split(' ')
  if (word === 'measure') await measure(Number(ms))
}
await browser.close()
