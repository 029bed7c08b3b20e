// What the server takes in a field, told while somebody types instead of after the press. The bounds are the function library's.
const TEXT_MAX_BYTES = 120
const NAME_MAX_BYTES = 72

export type FieldFault = 'badAmount' | 'tooMuch' | 'tooLong' | 'hasNumber' | 'badName' | 'longName' | 'notLater'

const bytesOf = (text: string): number => new TextEncoder().encode(text).length

/** A reason stands in one line of the trail; who pressed Enter in its field meant no harm. */
export const oneLine = (text: string): string => text.replace(/\s*[\r\n\t]+\s*/g, ' ').trim()

/** Of a reason, a comment, a note. Eleven digits in a row would be somebody's number, and the trail is kept for ever. */
export function textFault(text: string): FieldFault | undefined {
  const line = oneLine(text)
  if (/\d{11}/.test(line)) return 'hasNumber'
  return bytesOf(line) > TEXT_MAX_BYTES ? 'tooLong' : undefined
}

/** Of a number that others gave: of a contract, of a receipt. */
export function nameFault(text: string): FieldFault | undefined {
  const name = text.trim()
  if (/[\s|"\\\p{Cc}]/u.test(name)) return 'badName'
  return bytesOf(name) > NAME_MAX_BYTES ? 'longName' : undefined
}

const LINES = new Set(['reason', 'comment', 'note'])

/** The arguments of a command, what people wrote in one line each. */
export function inLines(args: object): object {
  return Object.fromEntries(Object.entries(args).map(([name, v]) => [name, LINES.has(name) && typeof v === 'string' ? oneLine(v) : v]))
}
