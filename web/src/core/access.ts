// Who has a way into a project: accounts of people, and displays on walls.

export interface Account {
  account: string
  role: string
  projects: string[]
  disabled: boolean
}

export interface Display {
  id: string
  name: string
  paired_at: number
  paired_by: string
  /** ms of server time; 0 or absent: never */
  last_seen_at?: number
  connected: boolean
}

/** What an account may be given here; a display is paired, not added. */
export const accountRoles = ['consultant', 'clerk', 'finance', 'relations', 'manager', 'buyer'] as const

const PASSWORD_MIN = 8
export const isPassword = (text: string): boolean => [...text].length >= PASSWORD_MIN
export const isAccountName = (text: string): boolean => /^[A-Za-z0-9._@-]{1,64}$/.test(text)

/** Why somebody may not touch an account; undefined when he may. The server decides; this spares a refused press. */
export function untouchable(account: Account, me: { account: string; role: string; projects: string[] }): 'self' | 'manager' | 'foreign' | undefined {
  if (account.account === me.account) return 'self'
  if (account.role === 'manager' && me.role !== 'manager') return 'manager'
  return !me.projects.includes('*') && account.projects.some((p) => !me.projects.includes(p)) ? 'foreign' : undefined
}

/** A pairing code as a wall shows it, however it was typed: "k7m-4px" → "K7M4PX". */
export function pairingCode(text: string): string {
  return text.toUpperCase().replace(/[^A-Z0-9]/g, '').slice(0, 6)
}
/** Six of an alphabet without signs that look alike. */
export const isPairingCode = (code: string): boolean => /^[A-HJKMNP-Z2-9]{6}$/.test(code)
