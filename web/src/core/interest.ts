// How many people keep each unit in mind: a whole picture first, then what has changed.
import type { InterestMessage } from './protocol'

export type Interest = ReadonlyMap<number, number>

export function withInterest(known: Interest, message: InterestMessage): Interest {
  const next = new Map(message.whole ? [] : known)
  for (const [index, count] of message.u) {
    if (count > 0) next.set(index, count)
    else next.delete(index)
  }
  return next
}
