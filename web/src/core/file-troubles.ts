// What the server says of a file that it cannot take, in Chinese: it says it in English, and what is not here stays as it is.

export type Sentence = [RegExp, (found: string[]) => string]

const BOMB = '请确认没有选错文件'

/** Of any file, whatever is in it. */
const ofFiles: readonly Sentence[] = [
  [/^(?:the file )?begins with the mark of UTF-8.*$/, () => '文件标明是 UTF-8，但内容不是；请另存为“CSV UTF-8”'],
  [/^(?:the file )?is not a text file.*$/, () => '不是 CSV 或 XLSX 文件'],
  [/^(?:the file )?is text in no known encoding.*$/, () => '文字编码无法识别（已试 UTF-8 和 GB18030）；请另存为“CSV UTF-8”'],
  [/^the file is empty$/, () => '文件是空的'],
  [/^cannot read Excel files.*$/, () => '服务器缺少读取 Excel 的程序；请把文件另存为 CSV'],
  [/^the file is an old Excel file.*$/, () => '这是旧版 Excel 文件（.xls）或设有密码；请打开后另存为不带密码的 .xlsx，或 CSV'],
  [/^the file is named like an Excel file.*$/, () => '文件名像 Excel，但内容不是；请打开后重新保存'],
  [/^the Excel file is damaged.*$/, () => 'Excel 文件已损坏、不完整，或不是 Excel 文件；请打开后另存为 .xlsx'],
  [/^the Excel file takes more than (\d+) s.*$/, (f) => `Excel 文件读取超过 ${f[1]} 秒；${BOMB}`],
  [/^the Excel file unpacks to more than (\d+) MiB.*$/, (f) => `Excel 文件解压后超过 ${f[1]} MiB；${BOMB}`],
  [/^the Excel file needs more than (\d+) MiB.*$/, (f) => `Excel 文件需要超过 ${f[1]} MiB 内存；${BOMB}`],
  [/^the Excel file has more than (\d+) sheets.*$/, (f) => `Excel 文件的工作表超过 ${f[1]} 张，或有工作表没有名称`],
  [/^the Excel file holds no sheet.*$/, () => 'Excel 文件里没有可读的工作表'],
  [/^row (\d+): a quotation mark.*$/, (f) => `第 ${f[1]} 行：引号位置不对，或没有成对`],
  [/^row (\d+), column (\w+): the cell has more than (\d+) bytes.*$/, (f) => `第 ${f[1]} 行 ${f[2]} 列：单元格超过 ${f[3]} 字节；是不是少了引号？`],
  [/^row (\d+) has more than (\d+) columns$/, (f) => `第 ${f[1]} 行超过 ${f[2]} 列`],
  [/^it has more than (\d+) rows$/, (f) => `超过 ${f[1]} 行`],
  [/^has (\d+) bytes; .*$/, (f) => `文件有 ${f[1]} 字节，太大`],
  [/^is not a regular file$/, () => '不是普通文件'],
  [/^cannot be read: .*$/, () => '服务器读不了这个文件，请再试一次'],
]

export function inChinese(what: string, sentences: readonly Sentence[]): string {
  for (const [pattern, say] of [...sentences, ...ofFiles]) {
    const found = pattern.exec(what)
    if (found) return say([...found])
  }
  const ofSheet = /^sheet (.+?): (.+)$/.exec(what)
  return ofSheet ? `工作表“${ofSheet[1]}”：${inChinese(ofSheet[2]!, sentences)}` : what
}
