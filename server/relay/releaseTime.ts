/**
 * The time by which deposits are released (SPEC T5): the clock, as long as it goes evenly with a clock that nobody sets. It never goes back; when
 * the clock does, or leaps by more than a day, time goes on by itself. A shorter leap is followed: the machine may have slept, and too
 * early is loud where too late is silent. Pure. Not here: what is due (releasing.ts).
 */

/** Milliseconds: `clock` since 1970, `steady` of a clock that nobody sets. */
type Now = { readonly clock: number; readonly steady: number }

/** `at`: the time. `base`: a moment from which the steady clock tells what the time must be. */
export type ReleaseTime = { readonly at: number; readonly base: Now }

const DAY_MS = 86_400_000
/** Milliseconds by which the clock may stay behind in a day before it is not believed any more. */
const SLACK_MS = 60_000

export const releaseTimeFrom = (now: Now): ReleaseTime => ({ at: now.clock, base: now })

export const releaseTimeAt = ({ at, base }: ReleaseTime, now: Now): ReleaseTime => {
  const passed = Math.max(0, now.steady - base.steady)
  const ahead = now.clock - (base.clock + passed)
  const isEven = ahead >= -SLACK_MS && ahead <= DAY_MS
  const next = Math.max(at, isEven ? now.clock : base.clock + passed)
  const isNewBase = passed >= DAY_MS || (isEven && ahead > SLACK_MS)
  return { at: next, base: isNewBase ? { clock: next, steady: now.steady } : base }
}
