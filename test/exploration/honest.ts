/**
 * What an honest device does in a state: protocol.md section 6 without its clock. The waiting times order the steps: first whatever can be
 * done at once, then the commits somebody owes, and giving up an ancestor only when nothing else is left.
 */
import { land } from './log.ts'
import {
  at,
  bit,
  type Cast,
  chainOf,
  type Epoch,
  has,
  headOf,
  honestDevices,
  isUnder,
  members,
  type Op,
  put,
  type State,
} from './world.ts'

/** What follows from one step: an op is the device's entry, none where it only read. */
export type Step = { readonly op: Op | undefined; readonly state: State }

type Here = { readonly cast: Cast; readonly state: State; readonly device: number }

/** `mayGiveUp`: everybody else's patience is over as well. */
export const stepsOf = (cast: Cast, state: State, device: number, mayGiveUp: boolean): readonly Step[] => {
  const here = { cast, state, device }
  const held = members(at(state.held, device))
  const answers = held.flatMap((epoch) => answersIn(here, epoch))
  if (answers.length > 0) return answers
  const head = headOf(state)
  if (held.includes(head)) return commitIn(here, head)
  if (!mayGiveUp || !cast.rules.escalate) return []
  if (held.some((epoch) => isStuckIn(here, epoch))) return giveUp(here, () => true)
  const by = held.flatMap((epoch) => cutOffIn(here, epoch))
  return by.length > 0 ? giveUp(here, (commit) => mayJoin(here, by, commit)) : []
}

const sent = ({ cast, state }: Here, op: Op): readonly Step[] => {
  const after = land(cast, state, op)
  return after ? [{ op, state: after }] : []
}

const answersIn = (here: Here, epoch: number): readonly Step[] => {
  const { state, device } = here
  const { current } = at(state.logs, epoch)
  if (current === -1) return []
  const commit = at(state.epochs, current)
  if (isTargetOf(commit, device)) return []
  const isHeld = has(at(state.held, device), current)
  if (isStuckIn(here, epoch)) return cry(here, current)
  if (!isHeld && !has(commit.victims, device)) return follow(here, current)
  return [...welcome(here, current), ...takeBack(here, current)]
}

const isBelow = ({ state, device }: Here, commit: number): boolean =>
  members(at(state.held, device)).some((epoch) => isUnder(state.epochs, commit, epoch))

const isStuckIn = (here: Here, epoch: number): boolean => {
  const { state, device } = here
  const { current } = at(state.logs, epoch)
  if (current === -1 || isBelow(here, current)) return false
  const commit = at(state.epochs, current)
  return has(commit.victims, device) && !isTargetOf(commit, device)
}

const isTargetOf = ({ kind, target }: Epoch, device: number): boolean => kind === 'drop' && target === device

/** Who cut this device off, the last one of its seat; nobody, if it was linked again since. */
const cutOffIn = (here: Here, epoch: number): readonly number[] => {
  const { cast, state, device } = here
  const { current } = at(state.logs, epoch)
  if (!cast.rules.join || current === -1 || isBelow(here, current)) return []
  const drop = at(state.epochs, current)
  const isVacant = cast.seatOf.every(
    (seat, other) => seat !== at(cast.seatOf, device) || !has(drop.devices, other),
  )
  return isTargetOf(drop, device) && isVacant ? [drop.author] : []
}

const follow = ({ state, device }: Here, commit: number): readonly Step[] => [
  { op: undefined, state: { ...state, held: put(state.held, device, at(state.held, device) | bit(commit)) } },
]

/** RESYNC once, and VOID, by the whole seat. */
const cry = (here: Here, commit: number): readonly Step[] => {
  const { cast, state, device } = here
  const seat = at(cast.seatOf, device)
  const { voids } = at(state.logs, at(state.epochs, commit).parent)
  return [
    ...(has(voids, seat) ? [] : sent(here, { type: 'void', device, at: commit })),
    ...(cast.rules.resync && mustAsk(here, commit) ? sent(here, { type: 'ask', device, at: commit }) : []),
  ]
}

/** Once for each commit; again when somebody has answered, and not so that the device could read on. */
const mustAsk = ({ cast, state, device }: Here, commit: number): boolean => {
  if (!has(at(state.asked, device), commit)) return true
  const isSpoilt = at(at(state.epochs, headOf(state)).entries, device) >= at(state.requests, device)
  return cast.rules.help !== 'always' && isSpoilt
}

/** HELLO, unless a complete mandate waits behind a TIDY or a drop (4.5 rule 3): nobody decided those. */
const welcome = (here: Here, commit: number): readonly Step[] => {
  const { cast, state, device } = here
  const seat = at(cast.seatOf, device)
  const { author, kind } = at(state.epochs, commit)
  const isWithheld = state.decided && cast.rules.withhold && (kind === 'tidy' || kind === 'drop')
  const isDone = has(at(state.logs, commit).hellos, seat) || has(at(state.givenUp, device), commit)
  return isWithheld || isDone || seat === author ? [] : sent(here, { type: 'hello', device, at: commit })
}

/** UNVOID, once helped; never for a commit that was given up. */
const takeBack = (here: Here, commit: number): readonly Step[] => {
  const { cast, state, device } = here
  const isMine = has(at(state.said, device), commit) && !has(at(state.givenUp, device), commit)
  const isFirst = cast.rules.hello === 'majority' // there a HELLO took it back
  return isMine && !isFirst ? sent(here, { type: 'unvoid', device, at: commit }) : []
}

/** At the head: whoever is stuck first, then the mandates. The first that counts. */
const commitIn = (here: Here, head: number): readonly Step[] => {
  const { cast, state, device } = here
  const epoch = at(state.epochs, head)
  if (!has(epoch.devices, device)) return []
  for (const op of [...helping(here, head), ...mandates(cast, state, epoch)]) {
    const step = sent(here, { type: 'commit', device, at: head, ...op })
    if (step.length > 0) return step
  }
  return []
}

type Work = Required<Pick<Op, 'kind' | 'target'>>

const helping = ({ cast, state, device }: Here, head: number): readonly Work[] => {
  if (!cast.rules.resync) return []
  const isArrived = (other: number, commit: number): boolean =>
    members(at(state.held, other)).some(
      (epoch) => isUnder(state.epochs, commit, epoch) && isUnder(state.epochs, epoch, head),
    )
  const isWaiting = (other: number): boolean =>
    members(at(state.asked, other)).some(
      (commit) => isUnder(state.epochs, commit, head) && !isArrived(other, commit),
    )
  return honestDevices(cast)
    .filter((other) => other !== device && has(at(state.epochs, head).devices, other) && isWaiting(other))
    .map((other) => ({ kind: 'resync', target: other }))
}

/** Every insider goes; and whoever was cut off and is no insider has met two of us. */
const mandates = (cast: Cast, state: State, epoch: Epoch): readonly Work[] => {
  if (!state.decided) return []
  const insiders = members(cast.hostile & epoch.seats)
  const lost = honestDevices(cast).filter((device) => !has(epoch.devices, device))
  return [
    ...insiders.map((target) => ({ kind: 'remove' as const, target })),
    ...lost.map((target) => ({ kind: 'relink' as const, target })),
  ]
}

/** Who was cut off does not begin to give up, and nothing that was decided: it joins somebody else than whoever cut it off. */
const mayJoin = ({ cast, state, device }: Here, by: readonly number[], commit: number): boolean => {
  const { kind, parent } = at(state.epochs, commit)
  const voids = members(at(state.logs, parent).voids)
  const isDecided = kind === 'remove' || kind === 'relink'
  return !isDecided && voids.some((seat) => seat !== at(cast.seatOf, device) && !by.includes(seat))
}

/** ESCALATE: VOID of what it followed, nearest first. */
const giveUp = (here: Here, may: (commit: number) => boolean): readonly Step[] => {
  const { cast, state, device } = here
  const chain = chainOf(state)
  const mine = members(at(state.held, device)).filter((epoch) => chain.includes(epoch))
  for (const epoch of mine.reverse()) {
    const { current } = at(state.logs, epoch)
    const seat = at(cast.seatOf, device)
    if (current === -1 || has(at(state.logs, epoch).voids, seat)) continue
    if (at(state.epochs, current).author === seat || !may(current)) continue
    const step = sent(here, { type: 'give_up', device, at: current })
    if (step.length > 0) return step
  }
  return []
}
