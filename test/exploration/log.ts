/** What the log does with an entry: a commit that counts or does not, a vote, a greeting. The same for honest devices and insiders. */
import {
  at,
  bit,
  type Cast,
  count,
  type Epoch,
  electorateOf,
  fullSeats,
  has,
  isConfirmed,
  type Kind,
  type Op,
  put,
  type State,
} from './world.ts'

export type Commit = {
  readonly at: number
  readonly author: number
  /** Undefined for an insider's: which of its devices does not matter. */
  readonly device?: number
  readonly kind: Kind
  readonly victims: number
  readonly target: number
}

/** Undefined where the commit is a no-op: not the first, its author barred, or not allowed by V4 to V7. */
export const addCommit = (cast: Cast, state: State, commit: Commit): State | undefined => {
  const log = at(state.logs, commit.at)
  if (log.current !== -1 || has(log.barred, commit.author)) return undefined
  const before = at(state.epochs, commit.at)
  if (!has(before.seats, commit.author) || !isAllowed(cast, state, commit)) return undefined
  const child = state.epochs.length
  const mine = commit.device === undefined ? [] : [commit.device]
  const helped = helpedBy(cast, commit)
  return {
    ...state,
    epochs: [...state.epochs, epochAfter(cast, before, commit)],
    logs: [
      ...put(state.logs, commit.at, { ...log, current: child, voids: 0 }),
      { current: -1, voids: 0, hellos: 0, barred: 0 },
    ],
    held: state.held.map((mask, d) => (mine.includes(d) || helped === d ? mask | bit(child) : mask)),
  }
}

/** Whoever is let in again reads from here, unless the Welcome was spoilt. */
const helpedBy = ({ seatOf, hostile }: Cast, { kind, target, victims }: Commit): number => {
  const isEntry = kind === 'resync' || kind === 'relink'
  return isEntry && !has(victims, target) && !has(hostile, at(seatOf, target)) ? target : -1
}

const isAllowed = (cast: Cast, state: State, { at: place, author, kind, target }: Commit): boolean => {
  const before = at(state.epochs, place)
  switch (kind) {
    case 'tidy':
      return isConfirmed(cast, state, place)
    case 'remove':
      return target !== author && has(before.seats, target)
    case 'resync':
      return has(before.devices, target) && mayHelp(cast, state, { before, target, author })
    case 'drop':
      return (
        has(before.devices, target) &&
        at(cast.seatOf, target) !== author &&
        at(before.drops, author) === -1 &&
        has(fullSeats(cast, before), author)
      )
    case 'relink':
      return !has(before.devices, target) && has(before.seats, at(cast.seatOf, target))
  }
}

type Help = { readonly before: Epoch; readonly target: number; readonly author: number }

const mayHelp = ({ rules }: Cast, state: State, { before, target, author }: Help): boolean => {
  if (rules.help === 'always') return true
  const helpers = at(before.helpers, target)
  const isAsked = at(before.entries, target) < at(state.requests, target)
  return isAsked && (rules.help === 'once' ? helpers === 0 : !has(helpers, author))
}

const epochAfter = (cast: Cast, before: Epoch, commit: Commit): Epoch => {
  const { author, kind, victims, target } = commit
  const seat = kind === 'remove' ? target : at([...cast.seatOf, -1], target < 0 ? cast.seatOf.length : target)
  const gone = kind === 'remove' ? devicesOf(cast, seat) : 0
  const settles = kind === 'relink' || kind === 'remove'
  const drops = settles ? before.drops.map((one) => (one === seat ? -1 : one)) : before.drops
  return {
    parent: commit.at,
    author,
    kind,
    victims,
    target,
    depth: before.depth + 1,
    seats: kind === 'remove' ? before.seats & ~bit(target) : before.seats,
    devices: devicesAfter(before.devices & ~gone, kind, target),
    helpers: helpersAfter(before, commit),
    entries: kind === 'resync' ? put(before.entries, target, at(before.entries, target) + 1) : before.entries,
    drops: kind === 'drop' ? put(drops, author, seat) : drops,
  }
}

const helpersAfter = ({ helpers }: Epoch, { author, device, kind, target }: Commit): readonly number[] => {
  const own = device === undefined ? helpers : put(helpers, device, 0)
  return kind === 'resync' ? put(own, target, at(own, target) | bit(author)) : own
}

const devicesAfter = (devices: number, kind: Kind, target: number): number => {
  if (kind === 'drop') return devices & ~bit(target)
  return kind === 'relink' ? devices | bit(target) : devices
}

const devicesOf = ({ seatOf }: Cast, seat: number): number =>
  seatOf.reduce((mask, one, device) => (one === seat ? mask | bit(device) : mask), 0)

export type Vote = { readonly seat: number; readonly commit: number; readonly isVoid: boolean }

/** VOID or UNVOID of a commit. The newest word of a seat counts; more than half of the electorate void it (7.2). */
export const vote = (cast: Cast, state: State, { seat, commit, isVoid }: Vote): State | undefined => {
  const { parent } = at(state.epochs, commit)
  const log = at(state.logs, parent)
  const electorate = electorateOf(cast, state, commit)
  if (log.current !== commit || !has(electorate, seat)) return undefined
  const voids = isVoid ? log.voids | bit(seat) : log.voids & ~bit(seat)
  if (isVoid && cast.rules.hello === 'majority') return voteFirst(cast, state, { seat, commit, voids })
  return counted(cast, state, commit, voids)
}

const voteFirst = (
  cast: Cast,
  state: State,
  { seat, commit, voids }: { readonly seat: number; readonly commit: number; readonly voids: number },
): State => {
  const log = at(state.logs, commit)
  const taken = { ...log, hellos: log.hellos & ~bit(seat) }
  return counted(cast, { ...state, logs: put(state.logs, commit, taken) }, commit, voids)
}

const counted = (cast: Cast, state: State, commit: number, voids: number): State => {
  const { parent, author } = at(state.epochs, commit)
  const log = at(state.logs, parent)
  const electorate = electorateOf(cast, state, commit)
  if (!cast.rules.void || 2 * count(voids) <= count(electorate))
    return { ...state, logs: put(state.logs, parent, { ...log, voids }) }
  const cleared = { ...log, current: -1, voids: 0, barred: log.barred | bit(author) }
  return forgetBranches({ ...state, logs: put(state.logs, parent, cleared) })
}

/** HELLO. In the first exploration it was the other side of a VOID, given by whoever may vote. */
export const greet = (cast: Cast, state: State, seat: number, epoch: number): State | undefined => {
  const log = at(state.logs, epoch)
  const greeted = { ...state, logs: put(state.logs, epoch, { ...log, hellos: log.hellos | bit(seat) }) }
  return cast.rules.hello === 'majority'
    ? vote(cast, greeted, { seat, commit: epoch, isVoid: false })
    : greeted
}

/** Epochs that no effective commit leads to any more are gone, and what was on its way to them with them. */
const forgetBranches = (state: State): State => {
  const alive: number[] = []
  state.epochs.forEach(({ parent }, i) => {
    if (i === 0 || (alive.includes(parent) && at(state.logs, parent).current === i)) alive.push(i)
  })
  if (alive.length === state.epochs.length) return state
  const name = (epoch: number): number => (epoch === -1 ? -1 : alive.indexOf(epoch))
  const mask = (epochs: number): number =>
    alive.reduce((kept, old, fresh) => (has(epochs, old) ? kept | bit(fresh) : kept), 0)
  return {
    ...state,
    epochs: alive.map((i) => ({ ...at(state.epochs, i), parent: name(at(state.epochs, i).parent) })),
    logs: alive.map((i) => ({ ...at(state.logs, i), current: name(at(state.logs, i).current) })),
    held: state.held.map(mask),
    asked: state.asked.map(mask),
    said: state.said.map(mask),
    givenUp: state.givenUp.map(mask),
    flying: state.flying.flatMap((op) => (alive.includes(op.at) ? [{ ...op, at: name(op.at) }] : [])),
  }
}

/** An honest device's entry has reached the log. Undefined where it changes nothing. */
export const land = (cast: Cast, state: State, op: Op): State | undefined => {
  const { device } = op
  const seat = at(cast.seatOf, device)
  switch (op.type) {
    case 'hello':
      return greet(
        cast,
        cast.rules.hello === 'majority' ? noted(state, { ...op, type: 'unvoid' }) : state,
        seat,
        op.at,
      )
    case 'ask':
      return {
        ...state,
        asked: put(state.asked, device, at(state.asked, device) | bit(op.at)),
        requests:
          cast.rules.help === 'always'
            ? state.requests
            : put(state.requests, device, at(state.requests, device) + 1),
      }
    case 'void':
    case 'unvoid':
      return vote(cast, noted(state, op), { seat, commit: op.at, isVoid: op.type === 'void' })
    case 'give_up': {
      const givenUp = put(state.givenUp, device, at(state.givenUp, device) | bit(op.at))
      return vote(cast, noted({ ...state, givenUp }, op), { seat, commit: op.at, isVoid: true })
    }
    case 'commit': {
      const { kind, target } = op
      if (kind === undefined || target === undefined) throw new Error('a commit has a kind')
      return addCommit(cast, state, { at: op.at, author: seat, device, kind, victims: 0, target })
    }
  }
}

const noted = (state: State, { type, device, at: commit }: Op): State => {
  const before = at(state.said, device)
  const now = type === 'unvoid' ? before & ~bit(commit) : before | bit(commit)
  return { ...state, said: put(state.said, device, now) }
}
