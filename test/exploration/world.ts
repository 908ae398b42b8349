/**
 * The abstract committee that is explored: epochs as a tree, one folded log an epoch, honest devices with the epochs they can read. No bytes
 * and no cryptography: what matters is who can follow which commit (protocol.md 4.5, 7.1, 7.2). States are values; sets are bit masks.
 * Not here: what honest devices do (honest.ts) and what insiders try (hostile.ts).
 */

export type Kind = 'tidy' | 'remove' | 'resync' | 'drop' | 'relink'

/** An epoch and the commit that opened it. The last four are what the leaves and the ledger say there. */
export type Epoch = {
  readonly parent: number
  readonly author: number
  readonly kind: Kind
  /** Honest devices that cannot follow the commit. */
  readonly victims: number
  /** A device; of a removal, a seat. -1 for none. */
  readonly target: number
  readonly depth: number
  readonly seats: number
  readonly devices: number
  /** By device: the seats that have helped it in since its own last commit (V7). */
  readonly helpers: readonly number[]
  /** By device: how often it was helped in, each time for another request. */
  readonly entries: readonly number[]
  /** By seat: the seat whose device it dropped and which has not linked one since, or -1. */
  readonly drops: readonly number[]
}

/** An epoch's log, folded: the commit that ends it (an epoch) or -1. `hellos` were said in it, `voids` of its commit. */
export type Log = {
  readonly current: number
  readonly voids: number
  readonly hellos: number
  readonly barred: number
}

/** What a device sends. `at`: the epoch in whose log it stands; of a vote, the commit it is about. */
export type Op = {
  /** `give_up`: VOID of a commit that the device could follow, because it is stuck behind it (ESCALATE). */
  readonly type: 'hello' | 'void' | 'unvoid' | 'give_up' | 'ask' | 'commit'
  readonly device: number
  readonly at: number
  readonly kind?: Kind
  readonly target?: number
}

export type State = {
  readonly epochs: readonly Epoch[]
  readonly logs: readonly Log[]
  /** By device: the epochs it has keys of, the commits for which it asked to be helped, whose VOID it said, and whose it will not take back. */
  readonly held: readonly number[]
  readonly asked: readonly number[]
  /** By device: requests made. Each is signed by the leaf that the one before would have put in, and good once. */
  readonly requests: readonly number[]
  readonly said: readonly number[]
  readonly givenUp: readonly number[]
  /** Commits that the insiders may still make. */
  readonly budget: number
  /** The removal of every insider is decided. */
  readonly decided: boolean
  /** On its way to the relay, which delivers it when it likes. */
  readonly flying: readonly Op[]
}

/** Rules as they stand, and what the tests switch off. */
export type Rules = {
  readonly void: boolean
  readonly resync: boolean
  readonly escalate: boolean
  /** V6. */
  readonly gate: boolean
  readonly withhold: boolean
  /** The author has no vote on the own commit. */
  readonly withoutAuthor: boolean
  /** V7: how often a device may be helped in before its own next commit: always, once, or once by each seat. */
  readonly help: 'always' | 'once' | 'onceEach'
  /** Whose last device was cut off helps whoever is stuck at an older commit that nobody decided. */
  readonly join: boolean
  /** Of V6: two thirds, or more than half as in the first exploration, whose HELLO a VOID took back. */
  readonly hello: 'twoThirds' | 'majority'
}

export const RULES: Rules = {
  void: true,
  resync: true,
  escalate: true,
  gate: true,
  withhold: true,
  withoutAuthor: true,
  help: 'onceEach',
  join: true,
  hello: 'twoThirds',
}

export type Cast = {
  /** By device: its seat. */
  readonly seatOf: readonly number[]
  readonly hostile: number
  /** Seats on probation, until the tree is so deep. */
  readonly probation: number
  readonly probationDepth: number
  readonly budget: number
  /** Entries of honest devices that the relay may hold back at once. */
  readonly flights: number
  /** Insiders use emergency drops. */
  readonly canDrop: boolean
  readonly rules: Rules
}

export const bit = (n: number): number => 1 << n
export const has = (mask: number, n: number): boolean => (mask & (1 << n)) !== 0
export const count = (mask: number): number => {
  let rest = mask
  let n = 0
  for (; rest !== 0; rest &= rest - 1) n++
  return n
}
export const members = (mask: number): number[] => {
  const list: number[] = []
  for (let n = 0; mask >> n !== 0; n++) if (has(mask, n)) list.push(n)
  return list
}

export const honestDevices = ({ seatOf, hostile }: Cast): number[] =>
  seatOf.flatMap((seat, device) => (has(hostile, seat) ? [] : [device]))

/** Throws: a committee has an epoch for every index that is asked for. */
export const at = <T>(list: readonly T[], index: number): T => {
  const found = list[index]
  if (found === undefined) throw new Error('no such index')
  return found
}
export const put = <T>(list: readonly T[], index: number, value: T): readonly T[] =>
  list.map((one, i) => (i === index ? value : one))

export const begin = (cast: Cast): State => {
  const none = cast.seatOf.map(() => 0)
  const seats = cast.seatOf.reduce((mask, seat) => mask | bit(seat), 0)
  const first: Epoch = {
    parent: -1,
    author: -1,
    kind: 'tidy',
    victims: 0,
    target: -1,
    depth: 0,
    seats,
    devices: (1 << cast.seatOf.length) - 1,
    helpers: none,
    entries: none,
    drops: members(seats).map(() => -1),
  }
  return {
    epochs: [first],
    logs: [{ current: -1, voids: 0, hellos: 0, barred: 0 }],
    held: cast.seatOf.map((seat) => (has(cast.hostile, seat) ? 0 : 1)),
    asked: none,
    requests: none,
    said: none,
    givenUp: none,
    budget: cast.budget,
    decided: false,
    flying: [],
  }
}

/** Whether `child` is `epoch` or comes after it. */
export const isUnder = (epochs: readonly Epoch[], epoch: number, child: number): boolean => {
  for (let one = child; one !== -1; one = at(epochs, one).parent) if (one === epoch) return true
  return false
}

/** The effective epochs, oldest first. */
export const chainOf = ({ logs }: State): number[] => {
  const chain = [0]
  for (let one = at(logs, 0).current; one !== -1; one = at(logs, one).current) chain.push(one)
  return chain
}
export const headOf = (state: State): number => chainOf(state).at(-1) ?? 0

export const fullSeats = (cast: Cast, { depth, seats }: Epoch): number =>
  depth >= cast.probationDepth ? seats : seats & ~cast.probation

/** Those of them that have a device: a seat without one neither arrives nor fails to follow. */
const presentSeats = (cast: Cast, epoch: Epoch): number => {
  const held = cast.seatOf.filter((_, device) => has(epoch.devices, device))
  return fullSeats(cast, epoch) & held.reduce((seats, seat) => seats | bit(seat), 0)
}

/** 7.2: the full seats that have a device after the commit, without its author. */
export const electorateOf = (cast: Cast, state: State, commit: number): number => {
  const after = at(state.epochs, commit)
  const before = at(state.epochs, after.parent)
  const present = presentSeats(cast, before) & presentSeats(cast, { ...after, depth: before.depth })
  return cast.rules.withoutAuthor ? present & ~bit(after.author) : present
}

/** V6. The first exploration counted those who voted on the commit, by more than half. */
export const isConfirmed = (cast: Cast, state: State, epoch: number): boolean => {
  if (epoch === 0 || !cast.rules.gate) return true
  const { hellos } = at(state.logs, epoch)
  const { author } = at(state.epochs, epoch)
  if (cast.rules.hello === 'majority') {
    const electorate = electorateOf(cast, state, epoch)
    const needed = electorate === 0 ? 0 : Math.floor(count(electorate) / 2) + 1
    return count(hellos & electorate) >= needed
  }
  const electorate = presentSeats(cast, at(state.epochs, epoch)) & ~bit(author)
  return count(hellos & electorate) >= Math.ceil((2 * count(electorate)) / 3)
}

/** A state as text; equal for equal states. */
export const keyOf = ({
  epochs,
  logs,
  held,
  asked,
  said,
  givenUp,
  budget,
  decided,
  flying,
  requests,
}: State): string =>
  [
    epochs.map((e) => `${e.parent}.${e.author}.${e.kind}.${e.victims}.${e.target}`).join('|'),
    logs.map((l) => `${l.current}.${l.voids}.${l.hellos}.${l.barred}`).join('|'),
    held.join('.'),
    asked.join('.'),
    requests.join('.'),
    said.join('.'),
    givenUp.join('.'),
    `${budget}.${decided}`,
    flying.map((o) => `${o.type}.${o.device}.${o.at}.${o.kind}.${o.target}`).join('|'),
  ].join('/')
