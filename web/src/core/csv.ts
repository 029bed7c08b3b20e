// Tables as text for a spreadsheet. What a person typed must not become a formula there, whoever opens the file.

const isFormula = (text: string) => /^[\s]*[=+\-@＝＋－＠\t\r]/.test(text) && !/^-?\d+(\.\d+)?$/.test(text)

function cell(value: string | number): string {
  const text = String(value)
  const safe = isFormula(text) ? `'${text}` : text
  return /[",\r\n']/.test(safe) ? `"${safe.replace(/"/g, '""')}"` : safe
}

/** With the mark by which spreadsheets tell UTF-8. */
export function csv(rows: readonly (readonly (string | number)[])[]): string {
  return `\ufeff${rows.map((row) => row.map(cell).join(',')).join('\r\n')}\r\n`
}
