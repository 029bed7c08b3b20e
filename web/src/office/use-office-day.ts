// Which day it is in the office: the server's clock says when, the catalogue in which time zone, and every report again.
import { computed } from 'vue'
import { dateAt, mondayOf } from '../core/office-day'
import type { Report } from '../core/report'
import { setZone, zoneOffset } from '../core/zone'
import { officeOfPage } from './use-office'

export function useOfficeDay() {
  const { now, catalog } = officeOfPage()
  /** Looked at when the catalogue comes and with every second: the zone is no part of the page's state. */
  const offset = computed(() => (void catalog.value, zoneOffset(now.value)))
  /** Unknown until the zone is: in this device's it may be another day. */
  const today = computed(() => (catalog.value && now.value ? dateAt(now.value, offset.value) : undefined))
  const monday = computed(() => today.value && mondayOf(today.value))
  const learn = (report: Report | undefined): void => setZone(report?.utc_offset_min)

  return { today, monday, offset, learn }
}
