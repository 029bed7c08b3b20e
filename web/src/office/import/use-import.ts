// A file on its way into the project: checked by the server, shown, and only then written.
import { computed, ref, shallowRef } from 'vue'
import { ApiError } from '../../core/api'
import { FILE_MAX_BYTES, listingFileOf, type ListingFile } from '../../core/listing-file'
import { randomKey } from '../../core/commands'
import { api } from '../../ui/use-session'
import { officeOfPage } from '../use-office'

export type Stage = 'choose' | 'checking' | 'checked' | 'writing' | 'written'

export function useImport() {
  const office = officeOfPage()
  const file = shallowRef<File>()
  const report = shallowRef<ListingFile>()
  const stage = ref<Stage>('choose')
  const problem = ref('')
  /** What the refusal said beside its code. */
  const detail = shallowRef<Record<string, unknown>>()
  const isWithheld = ref(false)
  let key = ''

  async function send(isDry: boolean): Promise<void> {
    const query = [isDry ? 'dry_run=1' : '', isWithheld.value ? 'withheld=1' : ''].filter(Boolean).join('&')
    const headers = { 'Content-Type': 'application/octet-stream', 'Idempotency-Key': key }
    problem.value = ''
    detail.value = undefined
    try {
      report.value = listingFileOf(await api.send(office.project, `import${query ? `?${query}` : ''}`, file.value!, headers))
      stage.value = isDry ? 'checked' : 'written'
    } catch (e) {
      // A file that is wrong is answered with what is wrong in it.
      const found = e instanceof ApiError && e.status === 422 ? listingFileOf(e.problem) ?? listingFileOf(e.problem.fields) : undefined
      if (!found && e instanceof ApiError) detail.value = e.problem.fields as Record<string, unknown> | undefined
      if (found) report.value = found
      else problem.value = e instanceof ApiError ? (e.status === 404 ? 'missing' : e.code) : 'unavailable'
      stage.value = found || (report.value && !isDry) ? 'checked' : 'choose'
    }
  }

  async function check(): Promise<void> {
    report.value = undefined
    stage.value = 'checking'
    key = randomKey()
    await send(true)
  }

  /** Why a file is not even sent. */
  function refusal(f: File): 'tooLarge' | 'notListing' | 'emptyFile' | undefined {
    if (f.size > FILE_MAX_BYTES) return 'tooLarge'
    if (f.size === 0) return 'emptyFile'
    return /\.(csv|xlsx|txt)$/i.test(f.name) ? undefined : 'notListing'
  }

  async function take(f: File): Promise<void> {
    file.value = f
    await check()
  }

  async function write(): Promise<void> {
    stage.value = 'writing'
    await send(false)
  }

  function reset(): void {
    file.value = undefined
    report.value = undefined
    problem.value = ''
    stage.value = 'choose'
  }

  const isGood = computed(() => report.value !== undefined && report.value.problem_count === 0)
  const toWrite = computed(() => (report.value?.added ?? 0) + (report.value?.changed ?? 0))
  return { file, report, stage, problem, detail, isWithheld, isGood, toWrite, refusal, take, check, write, reset }
}
