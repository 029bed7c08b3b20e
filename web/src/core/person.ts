// What is wrong with a person's numbers, before they are sent: the daemon checks the same and says less about it.

/** As people write them: blanks, full-width letters and digits, small letters. */
const squeeze = (text: string): string => text.normalize('NFKC').replace(/\s/g, '').toUpperCase()

/** A mobile number of 11 digits, or another one of 6 to 20. */
export function isPhone(text: string): boolean {
  const raw = squeeze(text).replace(/[-()/.]/g, '')
  const number = raw.replace(/^(\+86|0086|86(?=1[3-9]\d{9}$))/, '')
  if (/^1[3-9]/.test(number)) return /^\d{11}$/.test(number)
  return /^\+?\d{6,20}$/.test(number)
}

/** An identity card number of 18 places with its check digit (GB 11643), an old one of 15, or another document's number. */
export function isCard(text: string): boolean {
  const raw = squeeze(text)
  const bare = raw.replace(/-/g, '')
  if (/^\d{17}[\dX]$/.test(bare)) return hasCheckDigit(bare)
  if (/^\d{14,}$/.test(bare)) return bare.length === 15
  return /^[A-Z0-9-]{5,24}$/.test(raw)
}

/** The weighted sum of 17 digits and the check digit is 1 modulo 11; X is ten. */
function hasCheckDigit(card: string): boolean {
  let sum = 0
  for (let i = 17, weight = 1; i >= 0; i--, weight = (weight * 2) % 11) sum += weight * (card[i] === 'X' ? 10 : Number(card[i]))
  return sum % 11 === 1
}

/** "三房、南向, 学区" → each once */
export function wishesOf(text: string): string[] {
  return [...new Set(text.split(/[、,,;;\n]/).map((w) => w.trim()).filter(Boolean))]
}

/** Whether a number is shown in part only. */
export const isMasked = (number: string): boolean => number.includes('*')
