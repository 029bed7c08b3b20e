// A first password that somebody reads off a screen and types: no letters that look alike, in groups.
const ALPHABET = 'abcdefghijkmnpqrstuvwxyz23456789'

/** Sixteen of 32 signs: 80 bits. */
export function newPassword(random: (bytes: Uint8Array) => Uint8Array = (b) => crypto.getRandomValues(b)): string {
  const signs = Array.from(random(new Uint8Array(16)), (byte) => ALPHABET[byte & 31])
  return [0, 4, 8, 12].map((at) => signs.slice(at, at + 4).join('')).join('-')
}
