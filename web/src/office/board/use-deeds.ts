// Withholding and offering, one unit or many. Many go by HTTP: a message of the WebSocket is too short for five hundred ids.
import { shallowRef } from 'vue'
import { refusedUnits, type Deed } from '../../core/selection'
import { officeOfPage } from '../use-office'
import { t } from './text'

export function useDeeds() {
  const office = officeOfPage()
  /** The units that the last refusal named. */
  const refused = shallowRef<string[]>([])

  /** True when all of it was done; nothing of it otherwise. */
  async function run(deed: Deed, units: readonly string[], reason: string): Promise<boolean> {
    const why = deed === 'withhold' ? { reason } : {}
    const done = t(deed === 'withhold' ? 'didWithhold' : 'didOffer', { n: units.length })
    refused.value = []
    const ok =
      units.length === 1
        ? await office.act(`unit.${deed}`, { unit: units[0], ...why }, done)
        : await office.actAtLength(`units.${deed}`, { units, ...why }, done)
    if (!ok) refused.value = refusedUnits(office.refusal.value?.detail)
    return ok !== undefined
  }

  return { refused, run }
}
