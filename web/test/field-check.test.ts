import { expect, test } from 'vitest'
import { inLines, nameFault, oneLine, textFault } from '../src/core/field-check'

test('a reason is one line of forty Chinese characters, without anybody’s number', () => {
  expect(oneLine('  缺少资格证明 \n 请补交\r\n')).toBe('缺少资格证明 请补交')
  expect(textFault('字'.repeat(40))).toBeUndefined()
  expect(textFault('字'.repeat(41))).toBe('tooLong')
  expect(textFault('请联系 13800001111')).toBe('hasNumber')
  expect(textFault('银行\n回单')).toBeUndefined()
})

test('the number of a contract has no blanks and no signs that the trail is written with', () => {
  expect(nameFault('深房现买字(2026)第0001号')).toBeUndefined()
  expect(nameFault(' HT-1 ')).toBeUndefined()
  for (const bad of ['HT 1', 'HT|1', 'HT"1', 'HT\\1']) expect(nameFault(bad), bad).toBe('badName')
  expect(nameFault('字'.repeat(25))).toBe('longName')
})

test('what people wrote goes out in one line, everything else as it is', () => {
  expect(inLines({ deal: 'd1', reason: 'a\nb', rules: 'a\nb', amount_fen: 1 })).toEqual({ deal: 'd1', reason: 'a b', rules: 'a\nb', amount_fen: 1 })
})
