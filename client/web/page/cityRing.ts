/** When a call of another committee is heard on an open page: once, and one that came in quiet hours when they are over. Not here: the hours (client/core), the sound (ring.ts). */
import type { Frame } from '../worker/shown.ts'

/** By committee: how many calls were waiting when this page was last allowed to be loud. */
export type Heard = ReadonlyMap<string, number>

export const hearCalls = (
  before: Heard,
  frames: readonly Pick<Frame, 'committee' | 'cityCalls' | 'mayCallsRing'>[],
): { readonly heard: Heard; readonly isLoud: boolean } => {
  const awake = frames.filter(({ mayCallsRing }) => mayCallsRing)
  return {
    heard: new Map([...before, ...awake.map(({ committee, cityCalls }) => [committee, cityCalls] as const)]),
    isLoud: awake.some(({ committee, cityCalls }) => cityCalls > (before.get(committee) ?? 0)),
  }
}
