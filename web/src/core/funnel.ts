// How many of the deals that began came how far (转化): lock, subscription, contract, paid.
import type { Conversion } from './report'

export const funnelStages = ['locked', 'subscribed', 'contracted', 'settled'] as const
export type FunnelStage = (typeof funnelStages)[number]

export interface FunnelStep {
  stage: FunnelStage
  count: number
  /** Of the first stage, and of the one before; undefined where there is nothing to divide by. */
  ofFirst: number | undefined
  ofPrevious: number | undefined
}

export const share = (part: number, whole: number): number | undefined => (whole > 0 ? part / whole : undefined)

export function funnelOf(c: Conversion): FunnelStep[] {
  return funnelStages.map((stage, at) => {
    const before = funnelStages[at - 1]
    return { stage, count: c[stage], ofFirst: share(c[stage], c.locked), ofPrevious: before && share(c[stage], c[before]) }
  })
}
