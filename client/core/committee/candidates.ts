/**
 * Who stands in an election (product.md 3.B): whoever was named when it was put, and whoever anybody puts forward while it is discussed. A candidate stands down until
 * voting opens, and after that only they themselves put themselves forward again. In the order of the log. Not here: who may be elected (roles.ts), the vote (election.ts).
 */
import type { Motion, Step } from './motionLife.ts'
import { MAX_CANDIDATES } from './roleWords.ts'
import type { Id, SaidOf } from './said.ts'

type Put = Pick<Motion, 'content' | 'forward' | 'stoodDown'>

const named = ({ content: { effect } }: Put): readonly Id[] => {
  if (effect?.gives === 'role') return [effect.seat]
  return effect?.gives === 'election' ? effect.candidates : []
}

/** Who would be elected by it: one, or one of several. Nobody: not an election, or all have stood down. */
export const putUpIn = (motion: Put): readonly Id[] =>
  [...named(motion), ...(motion.forward ?? [])].filter((seat) => !motion.stoodDown?.includes(seat))

const isElection = ({ content: { effect } }: Put): boolean =>
  effect?.gives === 'role' || effect?.gives === 'election'

/** Whether ballots name a candidate: not where the one who was named is the only one, and it is yes or no. */
export const isAmong = (motion: Put): boolean => {
  const [one, ...others] = putUpIn(motion)
  const { effect } = motion.content
  return isElection(motion) && !(effect?.gives === 'role' && one === effect.seat && others.length === 0)
}

export const putForward = (motion: Motion, said: SaidOf<'motionCandidate'>): Step => {
  const { seat } = said.content
  const { forward = [], stoodDown = [] } = motion
  if (!isElection(motion)) return 'no_election'
  if (motion.phase !== 'discussion') return 'not_now'
  const standing = putUpIn(motion)
  if (standing.includes(seat)) return motion
  if (standing.length >= MAX_CANDIDATES) return 'too_many_candidates'
  if (stoodDown.includes(seat) && seat !== said.seat) return 'stood_down'
  // At the end, where they would stand if nobody had named them before.
  const others = [...forward.filter((one) => one !== seat), ...(named(motion).includes(seat) ? [] : [seat])]
  return { ...motion, forward: others, stoodDown: stoodDown.filter((one) => one !== seat) }
}

export const standDown = (motion: Motion, said: SaidOf<'motionStandDown'>): Step => {
  const { phase, stoodDown = [] } = motion
  if (!isElection(motion)) return 'no_election'
  if (phase !== 'draft' && phase !== 'discussion' && phase !== 'fixed') return 'not_now'
  if (!putUpIn(motion).includes(said.seat)) return 'no_such_part'
  return { ...motion, stoodDown: [...stoodDown, said.seat] }
}
