// A file of buyers on its way: checked by the server and shown first, written by another press.
import { computed, ref, shallowRef } from 'vue'
import { ApiError } from '../../core/api'
import type { BuyerFile } from '../../core/buyer-file'
import { FILE_MAX_BYTES } from '../../core/listing-file'
import { errorMessage } from '../../ui/lang'
import { api } from '../../ui/use-session'
import { officeOfPage } from '../use-office'
import { t } from './text'

const HEADERS = { 'Content-Type': 'application/octet-stream' }

/** query: switches that stand behind the path whether it is checked or written, such as "new_codes=1". */
export function useBuyerFile<F extends BuyerFile>(path: () => string, read: (answer: unknown) => F | undefined, query: () => string = () => '') {
  const office = officeOfPage()
  const file = shallowRef<File>()
  const report = shallowRef<F>()
  const problem = ref('')
  const isBusy = ref(false)
  const isGood = computed(() => report.value !== undefined && report.value.problem_count === 0)

  /** The report; undefined after the reason was shown. */
  async function send(isDry: boolean): Promise<F | undefined> {
    isBusy.value = true
    problem.value = ''
    try {
      const switches = [isDry ? 'dry_run=1' : '', query()].filter((s) => s).join('&')
      return read(await api.send(office.project, path() + (switches && `?${switches}`), file.value!, HEADERS))
    } catch (e) {
      const wrong = e instanceof ApiError && e.status === 422 ? read(e.problem.fields) : undefined
      if (!wrong) problem.value = e instanceof ApiError ? (e.code === 'rate_limited' ? t('importBusy') : errorMessage(e.code, e.problem.fields as Record<string, unknown>)) : errorMessage('unavailable')
      return wrong
    } finally {
      isBusy.value = false
    }
  }

  async function check(): Promise<void> {
    report.value = await send(true)
  }

  async function take(picked: File): Promise<void> {
    file.value = report.value = undefined
    problem.value = picked.size > FILE_MAX_BYTES ? t('fileTooLarge') : picked.size === 0 ? t('fileEmpty') : /\.(csv|xlsx|txt)$/i.test(picked.name) ? '' : t('fileKind')
    if (problem.value) return
    file.value = picked
    await check()
  }

  /** What was written; undefined when it was not, and why is shown. */
  async function write(): Promise<F | undefined> {
    const done = await send(false)
    if (done) report.value = done
    return done?.written ? done : undefined
  }

  return { file, report, problem, isBusy, isGood, check, take, write }
}
