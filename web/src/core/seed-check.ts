// Whether the seed that is shown when a session is over is the one to which the office was bound before: the hash that everybody
// saw is the SHA-256 of the seed's text. Browsers compute it on secure addresses only.
export type SeedCheck = 'fits' | 'differs' | 'cannot'

type Digest = Pick<SubtleCrypto, 'digest'>

export async function checkSeed(seed: string, commit: string, subtle: Digest | undefined = globalThis.crypto?.subtle): Promise<SeedCheck> {
  if (!subtle) return 'cannot'
  try {
    const hash = new Uint8Array(await subtle.digest('SHA-256', new TextEncoder().encode(seed)))
    const hex = Array.from(hash, (b) => b.toString(16).padStart(2, '0')).join('')
    return hex === commit.toLowerCase() ? 'fits' : 'differs'
  } catch {
    return 'cannot'
  }
}
