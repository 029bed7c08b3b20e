// Whatever the reader of listing files may say, the office hears in Chinese: the sentences are taken from its sources.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { buyerProblemText } from '../src/core/buyer-file'
import { fieldName, problemText } from '../src/core/listing-file'

const folder = join(__dirname, '../../daemon/listing')
const sources = readdirSync(folder).filter((f) => f.endsWith('.c')).map((f) => readFileSync(join(folder, f), 'utf8').replace(/"\s*\n\s*"/g, ''))
const HAN = /\p{Script=Han}/u
const text = '"((?:[^"\\\\]|\\\\.)*)"'
const all = (pattern: string) => sources.flatMap((s) => [...s.matchAll(new RegExp(pattern, 'g'))].map((m) => m[1]!.replace(/\\"/g, '"')))
const FIELD = 'list price 备案总价'
/** As the daemon would fill it in. */
const filled = (format: string) =>
  format.replace(/%\.60s/g, '乙').replace(/^%s: /, `${FIELD}: `).replace(/^%s is/, `${FIELD} is`).replace(/column %s/, 'column C').replace(/unit %s/g, 'unit 1-101').replace(/%(?:z|ll)?[ud]/g, '7')

test('every sentence about a listing has its Chinese', () => {
  // What is put together of other sentences is looked at with those.
  const said = all(`listing_(?:error|warn)\\([^;]*?, ${text}`).map(filled).filter((f) => !f.includes('%'))
  expect(said.length).toBeGreaterThan(12)
  expect(said.filter((f) => !HAN.test(problemText(f, 'zh').replace(/乙|备案总价/g, '')))).toEqual([])
})

test('every reason against a cell has its Chinese', () => {
  const reasons = all(`(?:return|\\? NULL :) ${text}`).filter((r) => /^(is|has|looks|names|makes) /.test(r))
  expect(reasons.length).toBeGreaterThan(10)
  const said = reasons.map((r) => problemText(`${FIELD}: "x" ${r}`, 'zh'))
  expect(said.filter((s) => /[a-z]{3,}/.test(s))).toEqual([])
})

test('every trouble with a file has its Chinese, for listings and for buyers', () => {
  const formats = all(`snprintf\\((?:r->)?why, TABLE_WHY,\\s*${text}`).filter((f) => !f.startsWith('the file %s') && !f.startsWith('sheet '))
  expect(formats.length).toBeGreaterThan(10)
  for (const say of [problemText, buyerProblemText]) expect(formats.map(filled).filter((f) => !HAN.test(say(f, 'zh')))).toEqual([])
  expect(problemText('sheet 一期: row 4 has more than 7 columns', 'zh')).toBe('工作表“一期”：第 4 行超过 7 列')
})

test('the columns of a matrix are told in one language', () => {
  expect(fieldName('a room: unit price 单价', 'zh')).toBe('房间：单价')
  expect(fieldName('a room: unit price 单价', 'en')).toBe('a room: unit price')
  expect(fieldName('list price 备案总价, in 万元', 'en')).not.toMatch(HAN)
  expect(fieldName('gross area 建筑面积 (not imported)', 'zh')).toBe('建筑面积（不导入）')
})
