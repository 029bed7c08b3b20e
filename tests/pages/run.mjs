// Runs every *.test.mjs with node's own test runner; a TAP report goes to $PAGES_TAP when it is set.
import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = dirname(fileURLToPath(import.meta.url))
const files = readdirSync(here).filter((f) => f.endsWith('.test.mjs')).sort()
// Two files at a time: most of a page test is waiting. Node before 18.19 and 20.10 does not know the option.
const [major, minor] = process.versions.node.split('.').map(Number)
const two = major > 20 || (major === 20 && minor >= 10) || (major === 18 && minor >= 19) ? ['--test-concurrency=2'] : []
const reporters = ['--test-reporter=spec', '--test-reporter-destination=stdout']
if (process.env.PAGES_TAP) reporters.push('--test-reporter=tap', `--test-reporter-destination=${process.env.PAGES_TAP}`)
const run = spawnSync(process.execPath, ['--test', ...two, ...reporters, ...files.map((f) => join(here, f))], { stdio: 'inherit' })
process.exit(run.status ?? 1)
