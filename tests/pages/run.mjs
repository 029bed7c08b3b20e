// Runs every *.test.mjs with node's own test runner; a TAP report goes to $PAGES_TAP when it is set.
import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = dirname(fileURLToPath(import.meta.url))
const files = readdirSync(here).filter((f) => f.endsWith('.test.mjs')).sort()
const reporters = ['--test-reporter=spec', '--test-reporter-destination=stdout']
if (process.env.PAGES_TAP) reporters.push('--test-reporter=tap', `--test-reporter-destination=${process.env.PAGES_TAP}`)
const run = spawnSync(process.execPath, ['--test', ...reporters, ...files.map((f) => join(here, f))], { stdio: 'inherit' })
process.exit(run.status ?? 1)
