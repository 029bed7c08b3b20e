// Buyers' forms, their numbers, and tables for spreadsheets.
import { describe, expect, it } from 'vitest'
import { findBuyers, formOf, problemsOf, putOf, type FullBuyer } from '../src/core/buyers'
import { csv } from '../src/core/csv'
import { isCard, isPhone, wishesOf } from '../src/core/person'

const buyer: FullBuyer = {
  id: 'b7', name: '金佳宁', phone: '199****0844', card: '990000197702020016', level: 'B', wishes: ['南向', '三房'], consultant: 'consultant1', qualification: 'unknown',
}

describe("a buyer's form", () => {
  it('begins with what is shown whole and sends nothing when nothing was changed', () => {
    const form = formOf(buyer)
    expect(form).toMatchObject({ name: '金佳宁', phone: '', card: '990000197702020016', wishes: '南向、三房' })
    expect(putOf(buyer, form)).toBeUndefined()
    expect(putOf(buyer, { ...form, name: ' 金佳宁 ' })).toBeUndefined()
  })

  it('sends only what was changed, and a masked number only when a new one was typed', () => {
    const form = formOf(buyer)
    expect(putOf(buyer, { ...form, level: 'A' })).toEqual({ buyer: 'b7', level: 'A' })
    expect(putOf(buyer, { ...form, phone: '13800000000' })).toEqual({ buyer: 'b7', phone: '13800000000' })
    expect(putOf(buyer, { ...form, card: '' })).toEqual({ buyer: 'b7', card: '' })
    expect(putOf(buyer, { ...form, wishes: '' })).toEqual({ buyer: 'b7', wishes: [] })
    expect(putOf(buyer, { ...form, qualification: 'refused' })).toEqual({ buyer: 'b7', qualification: 'refused' })
  })

  it('makes a new buyer of it', () => {
    const form = { ...formOf(undefined, 'consultant2'), name: '新客户' }
    expect(putOf(undefined, form)).toEqual({ name: '新客户', consultant: 'consultant2' })
  })

  it('says what is wrong', () => {
    expect(problemsOf(formOf(buyer))).toEqual([])
    const wrong = { ...formOf(undefined), phone: '1387766554', card: '990000197702020015', wishes: Array.from({ length: 21 }, (_, i) => `w${i}`).join(',') }
    expect(problemsOf(wrong)).toEqual(['name', 'phone', 'card', 'wishes', 'consultant'])
  })
})

describe('numbers', () => {
  it('knows telephones however they are written', () => {
    for (const good of ['13877665544', '+86 138-7766-5544', '8613877665544', '(0755) 8888 6666', '13877665544', '+44 20 7946 0958']) expect(isPhone(good), good).toBe(true)
    for (const bad of ['1387766554', '138776655440', '12345', 'abc', '+', '138****5544']) expect(isPhone(bad), bad).toBe(false)
  })

  it('checks the digit of an identity card', () => {
    for (const good of ['990000197702020016', '9900 0019 7702 0200 16', '123456789012345', 'E12345678', 'H-12345678']) expect(isCard(good), good).toBe(true)
    for (const bad of ['990000197702020015', '99000019770202001', '9900001977020200161', '12', '9900**********0016']) expect(isCard(bad), bad).toBe(false)
  })

  it('takes wishes apart', () => {
    expect(wishesOf(' 三房、南向, 学区;三房,')).toEqual(['三房', '南向', '学区'])
    expect(wishesOf('')).toEqual([])
  })
})

describe('finding buyers', () => {
  const others = [buyer, { ...buyer, id: 'b2', name: '王五', level: 'A', phone: '13900000001', wishes: ['学区'] }, { ...buyer, id: 'b3', name: '李四', level: '' }]
  it('by name, number or wish; the best level first', () => {
    expect(findBuyers(others, '').map((b) => b.id)).toEqual(['b2', 'b7', 'b3'])
    expect(findBuyers(others, '学区').map((b) => b.id)).toEqual(['b2'])
    expect(findBuyers(others, '0844').map((b) => b.id)).toEqual(['b7', 'b3'])
    expect(findBuyers([{ id: 'b9', name: 'b9', phone: '', level: '', sealed: true }], 'B9').length).toBe(1)
  })
})

describe('tables for spreadsheets', () => {
  it('never hold a formula', () => {
    for (const text of ['=1+1', '+86', '-x', '@SUM(A1)', ' =1', '\t=1']) {
      const [, line] = ['', csv([[text]]).slice(1)]
      expect(line!.replace(/^"/, '').startsWith("'"), text).toBe(true)
    }
    expect(csv([['-12.34', -5]])).toBe('\ufeff-12.34,-5\r\n')
  })
  it('quote what needs it', () => {
    expect(csv([['房源', 'a,b', 'say "x"', 'l1\nl2']])).toBe('\ufeff房源,"a,b","say ""x""","l1\nl2"\r\n')
  })
})
