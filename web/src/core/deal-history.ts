// The events of one deal. A server that cannot look by deal answers with any events: then there is no history to show.

export interface HistoryEvent {
  seq: number
  type: string
  at: number
  by: string
  deal?: string
  why?: string
  price_fen?: number
  amount_fen?: number
  receipt?: number
  slip?: number
  contract?: string
  result?: string
}

/** In the order in which they happened; empty when any belongs to another deal. */
export function historyOf(events: readonly HistoryEvent[], deal: string): HistoryEvent[] {
  return events.every((e) => e.deal === deal) ? [...events].sort((a, b) => a.seq - b.seq) : []
}
