// What a question is about, as it is by now: others work on the same deals while somebody types.
import { computed, ref, watch } from 'vue'
import type { Action, Subject } from '../../core/actions'
import type { FullDeal } from '../../core/work'
import { officeOfPage } from '../use-office'

export function useLatest(action: Action, subject: Subject) {
  const { queue, deals, isBusy, session } = officeOfPage()
  const then = subject.deal

  /** The queue is pushed, so it knows first. */
  const found = computed(() => then && (queue.value?.items.find((i) => i.deal?.id === then.id)?.deal ?? deals.value.find((d) => d.id === then.id)))
  const wasFound = ref(false)
  watch(found, (d) => (wasFound.value ||= d !== undefined), { immediate: true })
  /** One that was open, and is not among the open ones any more, has ended; and nothing of it waits. */
  const ended = (d: FullDeal): FullDeal => ({ ...d, status: 'released', refund_fen: 0 })
  const deal = computed(() => found.value ?? (then && wasFound.value ? ended(then) : then))

  const isDecided = computed(() => subject.request !== undefined && queue.value?.items.every((i) => i.request?.id !== subject.request!.id) === true)
  /** Our own press is no news. */
  const isSettled = computed(() => !isBusy.value && (isDecided.value || !action.fits({ ...subject, deal: deal.value }, session.account)))
  const hasChanged = computed(() => !isBusy.value && !isSettled.value && JSON.stringify(deal.value) !== JSON.stringify(then))
  return { deal, isSettled, hasChanged }
}
