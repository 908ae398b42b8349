/**
 * STUCK and ESCALATE (protocol.md section 6, 4.5 rule 2): when a device that cannot follow presses on, and what it takes back while somebody
 * helps. Not here: the other states (standingStep.ts), how a branch is judged (branches.ts).
 */
import type { SeatId } from '../governance/ids.ts'
import type { Place, PlaceOf, Standing, Target, Trouble, Vote } from './standing.ts'
import type { Input, Votes } from './standingInput.ts'

const MINUTE_MS = 60_000
/** A stuck device waits so long for an answer before it says VOID, and then so long from one commit to the next older one. */
export const FIRST_VOID_MS = 10 * MINUTE_MS
export const NEXT_VOID_MS = 30 * MINUTE_MS
/** What one look may add to the time online, however far a clock has jumped. */
export const MAX_ONLINE_STEP_MS = 5 * MINUTE_MS

export const targetOf = ({ epoch, commit }: Target): Target => ({ epoch, commit })

export const newTrouble = (about: Target & { author: SeatId; now: number }, isBlind = false): Trouble => ({
  ...targetOf(about),
  author: about.author,
  isBlind,
  hasAsked: false,
  online: 0,
  nextAt: FIRST_VOID_MS,
  offer: 'none',
  lookedAt: timeOf(about.now),
})

/** Between 0 and `most`, whatever a clock says. */
export const within = (ms: number, most: number): number =>
  Number.isFinite(ms) ? Math.min(Math.max(0, Math.floor(ms)), most) : 0

/** A moment that can be stored, whatever a clock says. */
export const timeOf = (now: number): number => within(now, 2 ** 48 - 1)

/** What is voided next: the commit that cannot be followed, then older ones, nearest first. */
export const nextVote = (standing: Standing, at: Target, votes: Votes): Target | undefined =>
  [...(votes.isVotable ? [targetOf(at)] : []), ...votes.older].find(
    (one) => !standing.votes.some((vote) => isSame(vote, { ...targetOf(one), is: 'void' })),
  )

/** STUCK and ESCALATE: one commit at a time, the one that cannot be followed first. */
export const pressOn = (
  standing: Standing,
  at: PlaceOf<'stuck' | 'escalate'>,
  { now, online, votes }: Extract<Input, { readonly type: 'passed' }>,
): Standing => {
  const passed = within(Math.max(online, now - at.lookedAt), MAX_ONLINE_STEP_MS)
  const looked = { ...at, online: at.online + passed, lookedAt: timeOf(now) }
  const next = nextVote(standing, at, votes)
  const isUrgent = next?.epoch === at.epoch && votes.isLastVote && at.offer === 'none'
  if (looked.online < at.nextAt && !isUrgent) return { ...standing, at: looked }
  // After a while it also asks again: the answer may have been spoilt (V7).
  const pressed = {
    ...looked,
    nextAt: looked.online + NEXT_VOID_MS,
    offer: doubted(at.offer),
    hasAsked: at.hasAsked && looked.online < FIRST_VOID_MS + NEXT_VOID_MS,
  }
  if (!next) return { ...standing, at: pressed }
  return withVoid(
    { ...standing, at: { ...pressed, type: next.epoch < at.epoch ? 'escalate' : at.type } },
    next,
  )
}

const doubted = (offer: Trouble['offer']): Trouble['offer'] => (offer === 'trying' ? 'doubted' : offer)

/** VOID of this commit is to be said. */
export const withVoid = (standing: Standing, { epoch, commit }: Target): Standing => ({
  ...standing,
  votes: [
    ...standing.votes.filter((one) => one.epoch !== epoch || one.commit !== commit),
    { epoch, commit, is: 'void', isSaid: false },
  ],
})

/** A vote that was counted may have been said, even if it is not known here: it is taken back all the same. */
export const withdrawn = (votes: readonly Vote[]): readonly Vote[] =>
  votes.map((vote) => (vote.is === 'void' ? { ...vote, is: 'unvoid', isSaid: false } : vote))

/** The first branch on offer gets its time: the votes are taken back until it is over. */
export const afterHelp = (
  standing: Standing,
  input: Extract<Input, { readonly type: 'offered' | 'asked' }>,
): Standing => {
  const { at, votes } = standing
  if (at.type !== 'stuck' && at.type !== 'escalate') return standing
  if (input.type === 'asked') return { ...standing, at: { ...at, hasAsked: true } }
  if (at.offer !== 'none') return standing
  const trying: Place = { ...at, offer: 'trying', nextAt: at.online + NEXT_VOID_MS }
  return { ...standing, votes: withdrawn(votes), at: trying }
}

/** What was taken back need not be remembered; what cannot be said any more neither. */
export const afterVote = (
  standing: Standing,
  input: Extract<Input, { readonly type: 'voted' | 'moot' }>,
): Standing => {
  const isMeant = (vote: Vote): boolean => vote.epoch === input.epoch && vote.commit === input.commit
  if (input.type === 'moot') return { ...standing, votes: standing.votes.filter((vote) => !isMeant(vote)) }
  const votes = standing.votes.flatMap((vote) => {
    if (!isSame(vote, input)) return [vote]
    return vote.is === 'void' ? [{ ...vote, isSaid: true }] : []
  })
  return { ...standing, votes }
}

const isSame = (vote: Vote, { epoch, commit, is }: Target & { readonly is: Vote['is'] }): boolean =>
  vote.epoch === epoch && vote.commit === commit && vote.is === is
