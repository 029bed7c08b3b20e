// Who is signed in, shared by all pages.
import { ref, shallowRef } from 'vue'
import { Api, ApiError, type Session } from '../core/api'

export const api = new Api()
const RETRY_MS = 2000

export function useSession() {
  const session = shallowRef<Session>()
  const isKnown = ref(false)
  const problem = ref('')

  async function check(): Promise<void> {
    try {
      session.value = await api.session()
      isKnown.value = true
      problem.value = ''
    } catch (e) {
      // The server is away for a moment, say: that is no reason to ask for a password.
      problem.value = e instanceof ApiError ? e.code : 'offline'
      // Not all the screens of an office in the same moment.
      window.setTimeout(() => void check(), RETRY_MS * (0.5 + Math.random()))
    }
  }

  async function signOut(): Promise<void> {
    await api.logout().catch(() => undefined)
    session.value = undefined
  }

  void check()
  return { session, isKnown, problem, signOut }
}

/** The project of /wall/{project} and /desk/{project}. */
export function projectOfPage(path = location.pathname): string {
  const name = path.split('/')[2] ?? ''
  try {
    return decodeURIComponent(name)
  } catch {
    return name // a malformed escape: the server will say that there is no such project
  }
}
