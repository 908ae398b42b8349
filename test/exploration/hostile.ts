/** What the insiders may do in a state, all of it: commits for any set of victims, votes, greetings; and the decision to remove them. */
import { addCommit, greet, vote } from './log.ts'
import { at, bit, type Cast, has, honestDevices, isUnder, type Kind, members, type State } from './world.ts'

export const hostileMoves = (cast: Cast, state: State): readonly State[] => [
  ...state.epochs.flatMap((_, epoch) => movesIn(cast, state, epoch)),
  ...(state.decided ? [] : [{ ...state, decided: true }]),
]

const movesIn = (cast: Cast, state: State, epoch: number): readonly State[] => {
  const here = members(cast.hostile & at(state.epochs, epoch).seats)
  const { current } = at(state.logs, epoch)
  if (current === -1)
    return state.budget > 0 ? here.flatMap((author) => commits(cast, state, epoch, author)) : []
  const { author } = at(state.epochs, current)
  return here.filter((seat) => seat !== author).flatMap((seat) => votes(cast, state, seat, current))
}

const commits = (cast: Cast, state: State, epoch: number, author: number): readonly State[] =>
  choices(cast, state, epoch, author).flatMap(({ kind, target }) =>
    victimSets(cast, kind).flatMap((victims) => {
      const after = addCommit(cast, state, { at: epoch, author, kind, victims, target })
      return after ? [{ ...after, budget: after.budget - 1 }] : []
    }),
  )

/** Any set of honest devices; a relink has no path, so all can follow it (V5). */
const victimSets = (cast: Cast, kind: Kind): readonly number[] => {
  if (kind === 'relink') return [0]
  const all = honestDevices(cast).reduce((mask, device) => mask | bit(device), 0)
  const sets = []
  for (let set = all; ; set = (set - 1) & all) {
    sets.push(set)
    if (set === 0) return sets
  }
}

type Choice = { readonly kind: Kind; readonly target: number }

export const choices = (cast: Cast, state: State, epoch: number, author: number): readonly Choice[] => {
  const { seats, devices } = at(state.epochs, epoch)
  const asking = honestDevices(cast).filter((device) =>
    members(at(state.asked, device)).some((commit) => isUnder(state.epochs, commit, epoch)),
  )
  const each = (kind: Kind, targets: readonly number[]): Choice[] =>
    targets.map((target) => ({ kind, target }))
  return [
    { kind: 'tidy', target: -1 },
    ...(state.decided ? each('remove', members(cast.hostile & seats & ~bit(author))) : []),
    ...each('resync', asking),
    ...(cast.canDrop
      ? each(
          'drop',
          honestDevices(cast).filter((device) => has(devices, device)),
        )
      : []),
  ]
}

const votes = (cast: Cast, state: State, seat: number, commit: number): readonly State[] => {
  const { parent } = at(state.epochs, commit)
  const isSaid = has(at(state.logs, parent).voids, seat)
  const isGreeted = has(at(state.logs, commit).hellos, seat)
  const isFirst = cast.rules.hello === 'majority'
  return [
    isGreeted ? undefined : greet(cast, state, seat, commit),
    isSaid ? undefined : vote(cast, state, { seat, commit, isVoid: true }),
    isSaid && !isFirst ? vote(cast, state, { seat, commit, isVoid: false }) : undefined,
  ].flatMap((after) => (after ? [after] : []))
}
