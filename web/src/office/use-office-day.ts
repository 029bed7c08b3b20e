// Which day it is in the office. The server's clock says when, every report says in which time zone; until the first one has
// come the usual zone stands in for it.
import { computed, ref } from 'vue'
import { dateAt, mondayOf, USUAL_OFFSET_MIN } from '../core/office-day'
import type { Report } from '../core/report'
import { officeOfPage } from './use-office'

const offset = ref(USUAL_OFFSET_MIN)
let isKnown = false

export function useOfficeDay() {
  const { now } = officeOfPage()
  const today = computed(() => (now.value ? dateAt(now.value, offset.value) : undefined))
  const monday = computed(() => today.value && mondayOf(today.value))

  function learn(report: Report | undefined): void {
    if (!report || !Number.isSafeInteger(report.utc_offset_min)) return
    offset.value = report.utc_offset_min
    isKnown = true
  }

  /** There is no report of what was taken for today: where the usual zone is wrong, this device's is the next guess. */
  function guessAgain(): void {
    if (!isKnown) offset.value = -new Date().getTimezoneOffset()
    isKnown = true
  }

  return { today, monday, offset, learn, guessAgain }
}
