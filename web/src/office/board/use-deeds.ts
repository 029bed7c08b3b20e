// Withholding and offering, one unit or many. Many go by HTTP: a message of the WebSocket is too short for five hundred ids.
import { shallowRef } from 'vue'
import { ApiError } from '../../core/api'
import { CommandError, randomKey } from '../../core/commands'
import { refusedUnits, type Deed } from '../../core/selection'
import { errorMessage } from '../../ui/lang'
import { api } from '../../ui/use-session'
import { untilKnown } from '../until-known'
import { officeOfPage } from '../use-office'
import { t } from './text'

export function useDeeds() {
  const office = officeOfPage()
  /** The units that the last refusal named. */
  const refused = shallowRef<string[]>([])

  async function send(deed: Deed, units: readonly string[], reason: string): Promise<void> {
    const why = deed === 'withhold' ? { reason } : {}
    if (units.length === 1) {
      await office.live.change(`unit.${deed}`, { unit: units[0], ...why })
      return
    }
    if (office.freshness.value !== 'live') throw new ApiError('stale_screen', 409)
    const key = randomKey()
    await untilKnown(() => api.command(office.project, `units.${deed}`, { units, ...why }, key))
  }

  /** True when all of it was done; nothing of it otherwise. */
  async function run(deed: Deed, units: readonly string[], reason: string): Promise<boolean> {
    if (office.isBusy.value) return false
    office.isBusy.value = true
    refused.value = []
    try {
      await send(deed, units, reason)
      office.say(t(deed === 'withhold' ? 'didWithhold' : 'didOffer', { n: units.length }))
      void office.reload()
      return true
    } catch (e) {
      const detail = e instanceof CommandError ? e.body.detail : e instanceof ApiError ? (e.problem.fields as Record<string, unknown>) : undefined
      refused.value = refusedUnits(detail)
      office.say(errorMessage(e instanceof CommandError || e instanceof ApiError ? e.code : 'unavailable', detail), true)
      return false
    } finally {
      office.isBusy.value = false
    }
  }

  return { refused, run }
}
