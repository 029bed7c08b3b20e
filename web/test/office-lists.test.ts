// What the lists of the office are made of: the trail, listing files, accounts, spreadsheets, slips.
import { describe, expect, it } from 'vitest'
import { isAccountName, isPairingCode, isPassword, pairingCode, untouchable } from '../src/core/access'
import { csv } from '../src/core/csv'
import { fieldName, listingFileOf, problemText } from '../src/core/listing-file'
import { newPassword } from '../src/core/password'
import { slipOf } from '../src/core/slip'
import { eventKinds, noFilter, restOf, trailQuery, type TrailEvent } from '../src/core/trail'
import type { FullDeal } from '../src/core/work'
import { kindText, sentence } from '../src/office/trail/sentence'
import { tables } from '../src/office/trail/text'

describe('a table for a spreadsheet', () => {
  it('cannot carry a formula', () => {
    const lines = csv([['=1+1', '+86', '-x', '@a', ' =2', '＝1', '-12.5', '1-1203', 3]]).slice(1).trimEnd()
    expect(lines).toBe(`"'=1+1","'+86","'-x","'@a","' =2","'＝1",-12.5,1-1203,3`)
  })
  it('quotes what has to be, and is marked as UTF-8', () => {
    expect(csv([['a,b', 'say "x"', 'two\nlines']])).toBe('\ufeff"a,b","say ""x""","two\nlines"\r\n')
  })
})

describe('the trail', () => {
  const e = (type: string, more: object = {}): TrailEvent => ({ seq: 1, type, at: 0, by: 'x', role: 'clerk', unit: '1-1203', ...more })
  const name = (id: string) => (id === 'b1' ? '王浩然' : id)

  it('asks for what was filled in only', () => {
    expect(trailQuery({ ...noFilter, unit: ' 1-1203 ', type: 'lock' }, 17, 100, 480)).toBe('events?unit=1-1203&type=lock&before=17&limit=100')
  })
  it("asks for whole days of the office, and for no time before the server's", () => {
    const of = (first: string, last: string) => new URLSearchParams(trailQuery({ ...noFilter, first, last }, 0, 100, 480).slice('events?'.length))
    const day = of('2026-03-02', '2026-03-02')
    expect([day.get('since'), day.get('until')]).toEqual(['2026-03-01T16:00:00Z', '2026-03-02T16:00:00Z'].map((t) => String(Date.parse(t))))
    expect(of('', '2026-12-31').has('since')).toBe(false)
    expect(of('', '2026-12-31').get('until')).toBe(String(Date.parse('2026-12-31T16:00:00Z')))
    expect(of('0002-01-01', '0020-01-01').get('since')).toBe('1')
  })
  it('says every kind in a sentence, with nothing left open', () => {
    for (const type of eventKinds) {
      expect(tables.zh, type).toHaveProperty(`s_${type}`)
      expect(kindText(type), type).not.toBe(type)
      expect(sentence(e(type), name), type).not.toMatch(/\{\w+\}|undefined/)
    }
  })
  it('says what happened', () => {
    const says = (type: string, more: object) => sentence(e(type, more), name)
    expect(says('lock', { buyer: 'b1', price_fen: 486_253_991 })).toBe('为客户 王浩然 锁定 1-1203，价格 ¥4,862,539.91')
    expect(says('receipt', { kind: 'subscription', amount_fen: 5_000_000, paid_fen: 5_000_000, receipt: 1 })).toContain('收到认购金 ¥50,000.00')
    expect(says('receipt', { kind: 'refund', amount_fen: 100, receipt: 2 })).toBe('1-1203 退款 ¥1.00（收据 2 号）')
    expect(says('release', { status: 'available', refund_fen: 100 })).toBe('释放 1-1203，转为可售，待退款 ¥1.00')
    expect(says('ask', { kind: 'rename', to: 'b1', request: 'r1' })).toBe('1-1203 申请更名至 王浩然（r1）')
    expect(says('configure', { unit: undefined, set: ['lock_hold_ms'] })).toBe('修改设置：锁定时长')
    expect(says('configure', { unit: undefined, set: ['lock_hold_ms', 'sheet_at_min', 'name'], was: ['86400000', '530', ''], val: ['172800000', '540', '二期'] })).toBe(
      '修改设置：锁定时长 24 小时 → 48 小时、每日销控表时间 08:50 → 09:00、项目名称 — → 二期',
    )
    expect(says('decide', { request: 'r1', result: 'yes' })).toContain('同意')
    expect(says('of_tomorrow', {})).toBe('of_tomorrow 1-1203')
  })
  it('keeps what no sentence names', () => expect(restOf(e('lock', { deal: 'd1', hash: 'f', rev: 2, set: ['a', 'b'] }))).toEqual([['deal', 'd1'], ['set', 'a, b']]))
})

describe('a listing file', () => {
  it('is taken as it comes, and what is none is not', () => {
    expect(listingFileOf({ problems: [{ sheet: '', row: 3, column: 'C', what: 'x' }] })).toMatchObject({ units: 0, sheets: [], problem_count: 1, written: false })
    expect(listingFileOf({ code: 'bad_request' })).toBeUndefined()
    expect(listingFileOf([])).toBeUndefined()
  })
  it('names fields and problems in Chinese', () => {
    expect(fieldName('list price 备案总价, in 万元', 'zh')).toBe('备案总价（万元）')
    expect(fieldName('gross area 建筑面积', 'en')).toBe('gross area')
    expect(problemText('list price 备案总价: "abc" is not a number', 'zh')).toBe('备案总价“abc”不是数字')
    expect(problemText('unit 1-101 is named twice, first in row 2', 'zh')).toBe('房源 1-101 重复，首次出现在第 2 行')
    expect(problemText('gross area 建筑面积 is 0', 'zh')).toBe('建筑面积为 0')
    expect(problemText('the Excel file is damaged, incomplete or no Excel file; open it and save it again as .xlsx', 'zh')).toContain('已损坏')
    expect(problemText('something new', 'zh')).toBe('something new')
    expect(problemText('holds no unit', 'en')).toBe('holds no unit')
  })
})

describe('accounts and displays', () => {
  const me = { account: 'clerk1', role: 'clerk', projects: ['demo'] }
  const of = (account: string, role: string, projects = ['demo']) => ({ account, role, projects, disabled: false })
  it('spare presses that would be refused', () => {
    expect(untouchable(of('clerk1', 'clerk'), me)).toBe('self')
    expect(untouchable(of('m', 'manager'), me)).toBe('manager')
    expect(untouchable(of('f', 'finance', ['demo', 'other']), me)).toBe('foreign')
    expect(untouchable(of('f', 'finance', ['demo', 'other']), { ...me, projects: ['*'] })).toBeUndefined()
    expect(untouchable(of('f', 'finance'), me)).toBeUndefined()
  })
  it('take codes however they are typed', () => {
    expect(pairingCode(' k7m-4px ')).toBe('K7M4PX')
    expect(['K7M4PX', 'K7M4P', 'K7M4P0', 'K7M4PI', 'K7M4PL'].map(isPairingCode)).toEqual([true, false, false, false, false])
    expect(['zhang.san@x-1', '', 'a b', '张三'].map(isAccountName)).toEqual([true, false, false, false])
  })
  it('make passwords that can be read aloud', () => {
    const made = newPassword()
    expect(made).toMatch(/^([a-km-np-z2-9]{4}-){3}[a-km-np-z2-9]{4}$/)
    expect(isPassword(made)).toBe(true)
    expect(newPassword()).not.toBe(made)
    expect(newPassword((b) => b.fill(255))).toBe('9999-9999-9999-9999')
  })
})

describe('a slip', () => {
  const deal: FullDeal = {
    id: 'd1', unit: '1-1203', buyer: 'b1', consultant: 'consultant1', status: 'subscribed', created_ms: 1, deadline: 9, list_price_fen: 500, price_fen: 486_253_991,
    slip: 12, slip_ms: Date.UTC(2026, 2, 2, 4),
  }
  const unit = { id: '1-1203', building: '1栋', entrance: '', floor: '12', room: '1203', type: '', gross_area: '95.4', inside_area: '', list_price_fen: 500 }
  it('has its amounts exactly, and no person in its code', () => {
    const slip = slipOf(deal, '云庭花园', unit, { id: 'b1', name: '王浩然', phone: '199****0211', level: '', card: '9900' })!
    expect(slip).toMatchObject({ number: '000012', price: '4,862,539.91', perSquareMetre: '50,970.02', deadlineMs: 9, capital: expect.stringContaining('玖角壹分') as string })
    expect(slip.check).toBe('No.000012 | 云庭花园 | 1-1203 | ¥4,862,539.91 | 2026-03-02 | d1')
  })
  it('is none before it was issued, and has no deadline once signed', () => {
    expect(slipOf({ ...deal, slip: 0 }, 'p', unit, undefined)).toBeUndefined()
    expect(slipOf({ ...deal, status: 'contracted' }, 'p', unit, undefined)!.deadlineMs).toBeUndefined()
  })
})
