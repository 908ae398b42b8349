/**
 * The state machine of protocol.md section 6, one pure step: what was read, what time passed and what a person decided, to where the device
 * stands now and what is to be done. Clocks only say when to press on; no input, in no order, throws.
 */
import { unreachable } from '../../../shared/base/unreachable.ts'
import { newStanding, type Place, type PlaceOf, type Standing, type Target } from './standing.ts'
import type { Effect, Input, Step } from './standingInput.ts'
import {
  afterHelp,
  afterVote,
  FIRST_VOID_MS,
  newTrouble,
  nextVote,
  pressOn,
  targetOf,
  timeOf,
  withdrawn,
  within,
  withVoid,
} from './standingTrouble.ts'

const HOUR_MS = 3_600_000
/** A removal that nobody voided for so long is believed, and the content erased. */
export const ERASE_MS = 72 * HOUR_MS
/** What one look may add to the time since, however far a clock has jumped. */
export const MAX_REMOVED_STEP_MS = 24 * HOUR_MS

export const step = (standing: Standing, input: Input): Step => {
  switch (input.type) {
    case 'lie':
      return still({ ...standing, alarmed: true })
    case 'goOn':
      return still({ ...standing, alarmed: false })
    case 'ended':
      return standing.at.type === 'ended' ? still(standing) : to(standing, { type: 'ended', why: input.why })
    case 'voided':
      return afterVoid(standing, input)
    case 'passed':
      return still(standing.alarmed ? standing : afterTime(standing, input))
    case 'voted':
    case 'moot':
      return still(afterVote(standing, input))
    case 'settled':
      return still(afterSettling(standing, input.epoch))
    case 'offered':
    case 'asked':
      return still(afterHelp(standing, input))
    case 'erased':
      return standing.at.type === 'removed'
        ? to(standing, { ...standing.at, content: 'erased' })
        : still(standing)
    case 'found':
      return afterFinding(standing)
    default:
      return onTheWay(standing, input)
  }
}

const still = (standing: Standing): Step => ({ standing, effects: [] })
const to = (standing: Standing, at: Place, effects: readonly Effect[] = []): Step => ({
  standing: { ...standing, at },
  effects,
})

type OnTheWay = Extract<
  Input,
  { readonly type: 'effective' | DryRun['type'] | 'posting' | 'readBack' | 'atHead' | 'lost' }
>
type DryRun = Extract<Input, { readonly type: 'entered' | 'unreadable' | 'removed' }>

/** SYNC, LIVE, WAIT and FOLLOW; and LOST, because a log that turns up may go on. */
const onTheWay = (standing: Standing, input: OnTheWay): Step => {
  const { at } = standing
  if (!isUnderWay(at) || at.epoch !== input.epoch) return still(standing)
  const { epoch } = at
  switch (input.type) {
    case 'effective':
      return to(standing, { type: 'follow', ...targetOf(input) }, [{ type: 'follow', ...targetOf(input) }])
    case 'posting':
      return to(standing, { type: 'wait', ...targetOf(input) })
    case 'readBack':
      return isAbout(at, 'wait', input) ? to(standing, { type: 'live', epoch }) : still(standing)
    case 'atHead':
      return at.type === 'sync' ? to(standing, { type: 'live', epoch }) : still(standing)
    case 'lost':
      return to(standing, { type: 'lost', epoch, why: input.why })
    case 'entered':
    case 'unreadable':
    case 'removed':
      return isAbout(at, 'follow', input) ? afterDryRun(standing, input) : still(standing)
    default:
      return unreachable(input)
  }
}

const isAbout = (at: Place, type: 'wait' | 'follow', { commit }: Target): boolean =>
  at.type === type && at.commit === commit

/** A device that is lost may still find that the log goes on. */
const isLostInReading = (at: Place): at is PlaceOf<'lost'> => at.type === 'lost' && at.why !== 'erased'

const UNDER_WAY: readonly Place['type'][] = ['sync', 'live', 'wait', 'follow']
const isUnderWay = (at: Place): at is PlaceOf<'sync' | 'live' | 'wait' | 'follow' | 'lost'> =>
  UNDER_WAY.includes(at.type) || isLostInReading(at)

const afterDryRun = (standing: Standing, input: DryRun): Step => {
  const target = targetOf(input)
  if (input.type === 'entered') return to(standing, { type: 'sync', epoch: input.epoch + 1 })
  const { author, now } = input
  if (input.type === 'unreadable')
    return to(standing, { type: 'stuck', ...newTrouble({ ...target, author, now }) })
  const { action } = input
  const at = { ...target, author, action, passed: 0, lookedAt: timeOf(now), content: 'kept' as const }
  return to(standing, { type: 'removed', ...at })
}

/**
 * Everything after that epoch is gone, and every vote on it moot; those on older commits are taken back, for the device can follow again. Without a
 * snapshot it needs to be taken in again, and they stand.
 */
const afterVoid = (standing: Standing, input: Extract<Input, { readonly type: 'voided' }>): Step => {
  const { at } = standing
  if (at.type === 'ended' || input.epoch > at.epoch) return still(standing)
  const before = { ...standing, votes: standing.votes.filter((vote) => vote.epoch < input.epoch) }
  if (at.type === 'removed' && at.content === 'erased')
    return to(before, { type: 'lost', epoch: at.epoch, why: 'erased' })
  const restore: Effect = { type: 'restore', epoch: input.epoch }
  if (input.way === 'snapshot')
    return to({ ...before, votes: withdrawn(before.votes) }, newStanding(input.epoch).at, [restore])
  if (input.way === 'ask') return to(before, { type: 'stuck', ...newTrouble(input, true) }, [restore])
  return to(before, { type: 'lost', epoch: at.epoch, why: 'chain' })
}

/** Out of trouble; or from a branch that turned out to be dead into the one that took its place. */
const afterSettling = (standing: Standing, epoch: number): Standing => {
  const { at, votes } = standing
  const isHelped = at.type === 'stuck' || at.type === 'escalate'
  if (!isHelped && !isUnderWay(at)) return standing
  return { ...standing, votes: isHelped ? withdrawn(votes) : votes, at: newStanding(epoch).at }
}

const afterFinding = (standing: Standing): Step => {
  const { at } = standing
  return isLostInReading(at) ? to(standing, newStanding(at.epoch).at) : still(standing)
}

type Passed = Extract<Input, { readonly type: 'passed' }>

const afterTime = (standing: Standing, input: Passed): Standing => {
  const { at } = standing
  if (at.type === 'removed') return joined({ ...standing, at: afterRemoval(at, input) }, input)
  return at.type === 'stuck' || at.type === 'escalate' ? pressOn(standing, at, input) : standing
}

/** Cut off: it helps whoever is stuck further back, as soon as its own drop had the time to be undone. */
const joined = (standing: Standing, { votes }: Passed): Standing => {
  const { at } = standing
  const isPatient = at.type !== 'removed' || at.passed < FIRST_VOID_MS || at.content !== 'kept'
  const next = isPatient ? undefined : nextVote(standing, at, votes)
  return next ? withVoid(standing, next) : standing
}

const afterRemoval = (at: PlaceOf<'removed'>, { now }: Passed): Place => {
  const passed = Math.min(at.passed + within(now - at.lookedAt, MAX_REMOVED_STEP_MS), ERASE_MS)
  const isOver = passed === ERASE_MS && at.content === 'kept'
  return { ...at, passed, lookedAt: timeOf(now), content: isOver ? 'due' : at.content }
}
