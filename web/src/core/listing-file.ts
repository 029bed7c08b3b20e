// A listing file as the server has understood it (POST import): what each column is taken for, the counts, and every problem.
import { inChinese, type Sentence } from './file-troubles'
import type { Unit } from './catalog'

export interface FileColumn {
  column: string
  header: string
  field: string
}

export interface FileSheet {
  sheet: string
  layout: 'none' | 'list' | 'matrix'
  measure?: string
  header_row?: number
  columns?: FileColumn[]
}

export interface FileProblem {
  sheet: string
  row: number
  column: string
  what: string
}

export interface ListingFile {
  format: string
  encoding: string
  sheets: FileSheet[]
  units: number
  sum_list_price_fen: number
  priced_by_area: number
  areas_derived: number
  types_derived: number
  first: Unit[]
  problems: FileProblem[]
  warnings: FileProblem[]
  problem_count: number
  written: boolean
  added?: number
  changed?: number
  unchanged?: number
  kept?: number
  vanished?: string[]
  catalog_version?: number
}

/** As much as the server takes. */
export const FILE_MAX_BYTES = 20 * 1024 * 1024

const isObject = (v: unknown): v is Record<string, unknown> => typeof v === 'object' && v !== null && !Array.isArray(v)
const list = <T>(v: unknown): T[] => (Array.isArray(v) ? (v as T[]) : [])
const count = (v: unknown): number => (typeof v === 'number' && Number.isSafeInteger(v) ? v : 0)
const text = (v: unknown): string => (typeof v === 'string' ? v : '')

/** The report with everything that a view counts on; of a refusal too, which may lack most of it. */
export function listingFileOf(v: unknown): ListingFile | undefined {
  if (!isObject(v) || (!('problems' in v) && !('sheets' in v))) return undefined
  const problems = list<FileProblem>(v.problems)
  return {
    ...(v as unknown as ListingFile),
    format: text(v.format),
    encoding: text(v.encoding),
    sheets: list<FileSheet>(v.sheets),
    units: count(v.units),
    sum_list_price_fen: count(v.sum_list_price_fen),
    priced_by_area: count(v.priced_by_area),
    areas_derived: count(v.areas_derived),
    types_derived: count(v.types_derived),
    first: list<Unit>(v.first),
    problems,
    warnings: list<FileProblem>(v.warnings),
    problem_count: Math.max(count(v.problem_count), problems.length),
    written: v.written === true,
  }
}

const NOT_IMPORTED = 'not imported'
const places: Record<string, string> = { building: '楼栋', floor: '楼层', room: '房号' }

/** "list price 备案总价, in 万元", "a room: unit price 单价" → its Chinese or its English half, with what stands around it. */
export function fieldName(field: string, lang: 'zh' | 'en'): string {
  const ofRoom = /^a room: (.+)$/.exec(field)
  if (ofRoom) return `${lang === 'zh' ? '房间：' : 'a room: '}${fieldName(ofRoom[1]!, lang)}`
  const found = /^([a-z ]+?) (\p{Script=Han}+)(.*)$/u.exec(field)
  if (!found) return field
  const behind = found[3]!.replace(', in 万元', lang === 'zh' ? '（万元）' : ', in 10,000 yuan').replace(` (${NOT_IMPORTED})`, lang === 'zh' ? '（不导入）' : ` (${NOT_IMPORTED})`)
  return `${lang === 'zh' ? found[2] : found[1]}${behind}`
}

// --- problems in Chinese: the server says them in English; what is not here stays as it is

const FIELD = '([a-z ]+ \\p{Script=Han}+(?: \\(not imported\\))?)'
const reasons: Record<string, string> = {
  "is longer than a building's name may be (63 bytes)": '太长：楼栋名称最多 63 字节',
  "is longer than a floor's name may be (63 bytes)": '太长：楼层名称最多 63 字节',
  "is longer than a room's name may be (63 bytes)": '太长：房号最多 63 字节',
  "is longer than an entrance's name may be (63 bytes)": '太长：单元名称最多 63 字节',
  'is too long': '太长',
  'has more parts than building, entrance and room': '除楼栋、单元、房号外还有多余的部分',
  'is no entrance that an id could be made of': '不能作为单元编号',
  'makes an id of more than 64 bytes': '组成的房源编号超过 64 字节',
  'has a thousands separator in the wrong place': '千分位逗号位置不对',
  'is too large': '数值过大',
  'is negative': '是负数',
  'is not a number': '不是数字',
  'is not one number': '不是单个数字',
  'has words that are no unit of money': '含有不是金额单位的文字',
  'has words that are no unit of area': '含有不是面积单位的文字',
  'names no building': '没有楼栋名称',
  'names no room': '没有房号',
  'is too short to tell the floor, and no floor is given': '太短，看不出楼层，也没有填楼层',
  'looks like a date or a list, not like one room': '像日期或列表，不像一个房号',
  'looks like a date, not like a room': '像日期，不像房号',
  'names another building or entrance than the other columns': '与其他列的楼栋或单元不一致',
  'has a space or a | in it, which an id may not have': '含有编号不允许的空格或 |',
}
const reason = (why: string) => reasons[why] ?? why

const sentences: readonly Sentence[] = [
  [/^unit (\S+) is named twice, first in row (\d+)$/, (f) => `房源 ${f[1]} 重复，首次出现在第 ${f[2]} 行`],
  [/^unit (\S+) has no list price, and no unit price.*$/, (f) => `房源 ${f[1]} 没有备案总价，也没有可推算总价的单价和建筑面积`],
  [/^unit (\S+): the list price is 0$/, (f) => `房源 ${f[1]} 的备案总价为 0`],
  [/^unit (\S+): the list price is impossibly high$/, (f) => `房源 ${f[1]} 的备案总价高得不合理`],
  [/^unit (\S+): the list price is less than half.*$/, (f) => `房源 ${f[1]} 的备案总价与单价×面积相差一倍以上；是否有一列以万元计，或列名有误？`],
  [/^unit (\S+): the list price differs from.*$/, (f) => `房源 ${f[1]} 的备案总价与单价×面积相差超过 1%；以备案总价为准`],
  [/^holds no unit$/, () => '没有任何房源'],
  [/^no column is recognised as the list price.*$/, () => '没有找到备案总价或单价列'],
  [/^there is a unit price, but no column.*$/, () => '有单价，但没有找到建筑面积列'],
  [/^has no header that is recognised.*$/, () => '前二十行内没有认出表头：逐套列表需要“房号”列；矩阵需要“楼层”列和每个房间一列'],
  [/^passed over: no header is recognised$/, () => '已跳过：没有认出表头'],
  [/^passed over: another sheet lists the units one by one$/, () => '已跳过：另一张表已逐套列出房源'],
  [new RegExp(`^a second column for ${FIELD}; rename.*$`, 'u'), (f) => `有两列都是“${fieldName(f[1]!, 'zh')}”；请改名或删除其一`],
  [new RegExp(`^${FIELD} is 0$`, 'u'), (f) => `${fieldName(f[1]!, 'zh')}为 0`],
  [new RegExp(`^${FIELD}: "(.*)" (.+)$`, 'u'), (f) => `${fieldName(f[1]!, 'zh')}“${f[2]}”${reason(f[3]!)}`],
  [/^the unit type has more than (\d+) bytes$/, (f) => `户型超过 ${f[1]} 字节`],
  [/^(\d+) rows of sums or repeated headers are passed over$/, (f) => `已跳过 ${f[1]} 行合计或重复的表头`],
  [/^(building|floor|room) (.+)$/, (f) => `${places[f[1]!]}${reason(f[2]!)}`],
  [/^"(.*)" is not imported$/, (f) => `“${f[1]}”不导入`],
  [/^more than (\d+) units$/, (f) => `超过 ${f[1]} 套房源`],
]

export const problemText = (what: string, lang: 'zh' | 'en'): string => (lang === 'en' ? what : inChinese(what, sentences))
