import { describe, expect, it } from 'vitest'
import { admittedFileOf, buyerFileOf, buyerProblemText, codesCsv } from '../src/core/buyer-file'

describe('a file of buyers', () => {
  it('is read with everything that a view counts on', () => {
    const file = buyerFileOf({ problems: [{ row: 2, column: 'C', what: 'x' }], buyers: 1.5, first: 'no', columns: [], written: 1 })!
    expect(file).toMatchObject({ buyers: 0, first: [], columns: {}, written: false, problem_count: 1, added: 0, unknown_consultants: [] })
    for (const none of [undefined, null, 7, [], {}, { problems: 'x' }]) expect(buyerFileOf(none)).toBeUndefined()
  })

  it('tells its problems in Chinese, and what it does not know as it is', () => {
    expect(buyerProblemText('a mobile number has 11 digits', 'zh')).toBe('手机号应为 11 位')
    expect(buyerProblemText('the same phone 电话 stands in row 4', 'zh')).toBe('电话与第 4 行相同')
    expect(buyerProblemText('buyer b1 of the project has this telephone number', 'zh')).toBe('该电话已登记在客户 b1 名下')
    expect(buyerProblemText('the file is not a text file; a listing file is CSV (UTF-8 or GB18030) or XLSX', 'zh')).toBe('不是 CSV 或 XLSX 文件')
    expect(buyerProblemText('the file is an old Excel file (.xls) or protected by a password; open it', 'zh')).toContain('.xlsx')
    expect(buyerProblemText('something new', 'zh')).toBe('something new')
    expect(buyerProblemText('a mobile number has 11 digits', 'en')).toBe('a mobile number has 11 digits')
  })
})

describe('a list of those admitted', () => {
  it('has its counts and codes; a code can be saved as a table', () => {
    const file = admittedFileOf({ problems: [], known: 2, codes: 1, made: 'x', codes_given: [{ name: '=赵', phone: '13500000001', code: 'AB23CD45' }] })!
    expect(file).toMatchObject({ known: 2, codes: 1, made: 0 })
    expect(codesCsv(file.codes_given, ['姓名', '手机', '验证码'])).toBe('\ufeff姓名,手机,验证码\r\n"\'=赵",13500000001,AB23CD45\r\n')
    expect(admittedFileOf({ problems: [] })!.codes_given).toEqual([])
    expect(admittedFileOf(7)).toBeUndefined()
  })

  it('tells its own problems in Chinese', () => {
    expect(buyerProblemText('buyer b3, who is admitted already, has this draw number', 'zh')).toBe('该摇号序号属于已准入的客户 b3')
    expect(buyerProblemText('the order stands: who is admitted keeps the place, and who comes now comes last', 'zh')).toContain('顺序已确定')
  })
})
