// What is wrong with a file as a whole, in Chinese, whatever is read from it: the server says it in English (daemon/listing/table*.c,
// encoding.c).
export const fileProblems: [RegExp, (found: string[]) => string][] = [
  [/^(?:the file )?is not a text file.*$/, () => '不是 CSV 或 XLSX 文件'],
  [/^the file is empty$/, () => '文件是空的'],
  [/^the file is an old Excel file.*$/, () => '这是旧版 Excel 文件(.xls)，或设有密码；请打开后另存为不带密码的 .xlsx 或 CSV'],
  [/^the file is named like an Excel file.*$/, () => '文件名像 Excel 文件，但内容不是；请打开后另存为 .xlsx'],
  [/^the file begins with the mark of UTF-8.*$/, () => '文字编码有误（标为 UTF-8 但不是）；请另存为“CSV UTF-8”'],
  [/^the file is text in no known encoding.*$/, () => '文字编码无法识别；请另存为“CSV UTF-8”'],
  [/^the Excel file (?:takes more than|unpacks to more than|needs more than).*$/, () => 'Excel 文件过大，无法读取；请核对是否选错了文件'],
  [/^the Excel file is damaged.*$/, () => 'Excel 文件已损坏、不完整或不是 Excel 文件；请打开后另存为 .xlsx'],
  [/^cannot read Excel files.*$/, () => '服务器暂时不能读取 Excel 文件；请另存为 CSV'],
]
