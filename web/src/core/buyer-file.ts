// A file of buyers as the server has understood it (POST buyers/import, POST launches/{l}/admit): what each column is taken for,
// the first rows with their numbers masked, and every problem.
import { inChinese, type Sentence } from './file-troubles'
import { csv } from './csv'
import { fieldName } from './listing-file'

export interface BuyerFileProblem {
  row: number
  column: string
  what: string
}

export interface BuyerFileRow {
  row: number
  name: string
  phone: string
  card: string
  level: string
  consultant: string
  qualification: string
  group?: string
  draw?: string
}

export interface BuyerFile {
  /** "phone 电话" → the heading in the file */
  columns: Record<string, string>
  buyers: number
  first: BuyerFileRow[]
  problems: BuyerFileProblem[]
  problem_count: number
  unknown_consultants: { row: number; consultant: string }[]
  written: boolean
  added: number
  changed: number
}

/** A list of those who are admitted to a launch session. */
export interface AdmittedFile extends BuyerFile {
  /** admitted already */
  known: number
  /** those who get a one-time code, and how many of these codes are made, not in the file */
  codes: number
  made: number
  /** Once: nothing else keeps them. */
  codes_given: GivenCode[]
}

export interface GivenCode {
  name: string
  phone: string
  code: string
}

const isObject = (v: unknown): v is Record<string, unknown> => typeof v === 'object' && v !== null && !Array.isArray(v)
const list = <T>(v: unknown): T[] => (Array.isArray(v) ? (v as T[]) : [])
const count = (v: unknown): number => (typeof v === 'number' && Number.isSafeInteger(v) ? v : 0)

/** The report, of a refusal too; undefined when it is none. */
export function buyerFileOf(v: unknown): BuyerFile | undefined {
  if (!isObject(v) || !Array.isArray(v.problems)) return undefined
  const problems = list<BuyerFileProblem>(v.problems)
  return {
    columns: isObject(v.columns) ? (v.columns as Record<string, string>) : {},
    buyers: count(v.buyers),
    first: list<BuyerFileRow>(v.first),
    problems,
    problem_count: Math.max(count(v.problem_count), problems.length),
    unknown_consultants: list(v.unknown_consultants),
    written: v.written === true,
    added: count(v.added),
    changed: count(v.changed),
  }
}

export function admittedFileOf(v: unknown): AdmittedFile | undefined {
  const file = buyerFileOf(v)
  if (!file || !isObject(v)) return undefined
  return { ...file, known: count(v.known), codes: count(v.codes), made: count(v.made), codes_given: list<GivenCode>(v.codes_given) }
}

/** The codes as a table to be handed out; a telephone number stays text. */
export function codesCsv(codes: readonly GivenCode[], head: readonly [string, string, string]): string {
  return csv([head, ...codes.map((one) => [one.name, one.phone, one.code])])
}

// --- problems in Chinese: the server says them in English; what is not here stays as it is

const sentences: readonly Sentence[] = [
  [/^a mobile number has 11 digits$/, () => '手机号应为 11 位'],
  [/^a telephone number has 6 to 20 digits$/, () => '电话应为 6 至 20 位数字'],
  [/^a telephone number has digits only.*$/, () => '电话只能是数字（可含空格和短横）'],
  [/^the identity card number has a wrong check digit$/, () => '身份证号校验位不正确'],
  [/^an identity card number has 18 digits.*$/, () => '身份证号应为 18 位（旧证 15 位）'],
  [/^a card number has .*$/, () => '证件号码为 5 至 24 位字母、数字或短横'],
  [/^a level is A, B or C$/, () => '级别只能是 A、B 或 C'],
  [/^a buyer needs a name.*$/, () => '缺少姓名'],
  [/^a buyer needs an id, a telephone.*$/, () => '至少要有编号、电话或证件号码之一'],
  [/^the same (\S+ \S+) stands in row (\d+)$/, (f) => `${fieldName(f[1]!, 'zh')}与第 ${f[2]} 行相同`],
  [/^buyer (\S+) of the project has this telephone number$/, (f) => `该电话已登记在客户 ${f[1]} 名下`],
  [/^buyer (\S+) of the project has this card number$/, (f) => `该证件号码已登记在客户 ${f[1]} 名下`],
  [/^buyer (\S+), who has this number, stands in another row$/, (f) => `该号码属于客户 ${f[1]}，而该客户在另一行`],
  [/^(\S+ \S+) stands in column (\w+), too; which is meant\?$/, (f) => `${fieldName(f[1]!, 'zh')}另有一列(${f[2]})，请删除其一`],
  [/^no header is recognised.*$/, () => '没有认出表头：需要“姓名”列，以及“编号”“手机”“证件号码”之一'],
  [/^it has (\d+) buyers; 1 to (\d+).*$/, (f) => `共 ${f[1]} 位客户；一次可导入 1 至 ${f[2]} 位`],
  [/^this is the buyer of row (\d+)$/, (f) => `与第 ${f[1]} 行是同一位客户`],
  [/^a buyer signs in by telephone number, and this one has none$/, () => '缺少手机：客户用手机号码登录'],
  [/^the order stands: .*$/, () => '顺序已确定：已准入的客户保留原序号，新准入的排在最后'],
  [/^buyer (\S+), who is admitted already, has this draw number$/, (f) => `该摇号序号属于已准入的客户 ${f[1]}`],
  [/^session \S+ has no round for this group$/, () => '本场次没有这个分组的轮次'],
  [/^a group has at most .*$/, () => '分组名称过长，或含有空格、逗号、引号、=、|'],
  [/^a code has 6 to 16 letters and digits$/, () => '验证码为 6 至 16 位字母和数字'],
  [/^this buyer was erased.*$/, () => '该客户的资料已删除，编号不再使用'],
]

export const buyerProblemText = (what: string, lang: 'zh' | 'en'): string => (lang === 'en' ? what : inChinese(what, sentences))
