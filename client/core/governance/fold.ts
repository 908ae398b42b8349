/**
 * The effective commit of an epoch: protocol.md section 7.2, one pass over the epoch's log in order. A value, so that an older one
 * is a snapshot. Prefix-stable except for a void, which a majority of the electorate must want.
 */
import {
  type Codec,
  list,
  mapped,
  option,
  struct,
  text,
  u8,
  u32,
  type Value,
} from '../../../shared/base/codec.ts'
import { err, ok, type Result } from '../../../shared/base/result.ts'
import { type DeviceId, deviceId, hashText, type SeatId, seatId } from './ids.ts'
import { seatChange, spentMotion } from './ledger.ts'
import type { Forum } from './motion.ts'
import { type Device, deviceOf, devicesOf, presentSeats, type Roster, twoThirds } from './roster.ts'
import { judge } from './validity.ts'
import { type ActionName, type Effect, type Seen, takesOut, type Violation } from './verdict.ts'

/** Where an entry stands in its epoch: overflow log number, then seq (4.2). */
export const placeFields = struct({ log: u8, seq: u32 })
export type Place = Value<typeof placeFields>

const ACTIONS: readonly ActionName[] = [
  'tidy',
  'add',
  'remove',
  'charter',
  'deviceAdd',
  'settleDrop',
  'resync',
  'leave',
  'drop',
]
const actionName: Codec<ActionName> = mapped(
  text(16),
  (word) => ACTIONS.find((name) => name === word),
  (name) => name,
)

const effect: Codec<Effect> = struct({
  action: actionName,
  author: seatId,
  authorDevice: deviceId,
  removed: list(seatId, 8),
  spends: option(spentMotion),
  change: option(seatChange),
})

const current = struct({ commit: hashText, place: placeFields, effect, electorate: list(seatId, 1024) })
/** The commit that ends the epoch, unless its electorate voids it. */
export type Current = Value<typeof current>

const foldFields = struct({
  current: option(current),
  /** Seats that said VOID of the current commit and have not taken it back. */
  voids: list(seatId, 1024),
  barred: list(seatId, 1024),
  /** Devices that have arrived. */
  hellos: list(deviceId, 1024),
  /** Those of them that have said so provisionally only. */
  provisional: list(deviceId, 1024),
  /** The turn of each device's newest vote in this log. */
  turns: list(struct({ device: deviceId, turn: u32 }), 1024),
})
export type Fold = Value<typeof foldFields>
export const foldCodec: Codec<Fold> = foldFields

export const newFold: Fold = {
  current: undefined,
  voids: [],
  barred: [],
  hellos: [],
  provisional: [],
  turns: [],
}

export type Bench = { readonly forum: Forum; readonly opener: SeatId | undefined }

/** Why a commit changed nothing. */
export type NoOp = Violation | 'too_late'

/** A commit in the log: it becomes current if none is and V1 to V8 hold; otherwise it is a no-op (I3). */
export const foldCommit = (fold: Fold, bench: Bench, seen: Seen, place: Place): Result<Fold, NoOp> => {
  if (fold.current) return err('too_late')
  const { forum, opener } = bench
  const verdict = judge(
    { ...forum, opener, hellos: arrivedSeats(fold, forum.roster), barred: new Set(fold.barred) },
    seen,
  )
  if (!verdict.ok) return verdict
  const electorate = electorateOf(forum.roster, verdict.value)
  return ok({ ...fold, current: { commit: seen.hash, place, effect: verdict.value, electorate }, voids: [] })
}

/** VOID, or UNVOID, of commit `commit` from a device. The newest word of a seat counts. */
export const foldVote = (
  fold: Fold,
  by: Pick<Device, 'seat' | 'device'>,
  commit: string,
  isVoid: boolean,
): Fold => {
  const { current } = fold
  const { seat } = by
  if (current?.commit !== commit || !current.electorate.includes(seat)) return fold
  if (takesOut(current.effect, by)) return fold
  const voids = isVoid ? withOne(fold.voids, seat) : fold.voids.filter((one) => one !== seat)
  if (2 * voids.length <= current.electorate.length) return { ...fold, voids }
  return { ...fold, current: undefined, voids: [], barred: withOne(fold.barred, current.effect.author) }
}

/**
 * Undefined if the device has voted with this turn or a later one before: any member could seal an old vote of another's again, and turn an
 * UNVOID back into the VOID before it.
 */
export const takeTurn = (fold: Fold, device: DeviceId, turn: number): Fold | undefined => {
  const last = fold.turns.find((one) => one.device === device)
  if (last && turn <= last.turn) return undefined
  return { ...fold, turns: [...fold.turns.filter((one) => one !== last), { device, turn }] }
}

/** HELLO from a device in this epoch. Nobody takes one back by repeating a provisional one from before. */
export const foldHello = (fold: Fold, device: DeviceId, isProvisional = false): Fold => {
  const isFirm = !isProvisional || (fold.hellos.includes(device) && !fold.provisional.includes(device))
  return {
    ...fold,
    hellos: withOne(fold.hellos, device),
    provisional: isFirm
      ? fold.provisional.filter((one) => one !== device)
      : withOne(fold.provisional, device),
  }
}

/** A seat has arrived with any of its devices. */
export const arrivedSeats = ({ hellos }: Pick<Fold, 'hellos'>, roster: Roster): ReadonlySet<SeatId> =>
  new Set(hellos.flatMap((device) => deviceOf(roster, device)?.seat ?? []))

/** Devices that have arrived where they judge themselves what is committed: the others might have been led there, too. */
export const firmHellos = ({ hellos, provisional }: Fold): readonly DeviceId[] =>
  hellos.filter((device) => !provisional.includes(device))

/** 7.5: two thirds of the full seats that have a device, the opener's apart, have said HELLO. */
export const isConfirmed = (fold: Fold, roster: Roster, opener: SeatId | undefined): boolean => {
  const electorate = presentSeats(roster).filter((seat) => seat !== opener)
  const arrived = arrivedSeats(fold, roster)
  return electorate.filter((seat) => arrived.has(seat)).length >= twoThirds(electorate.length)
}

/** 7.2: the full seats that have a device after the commit, without the author's. */
const electorateOf = (roster: Roster, effect: Effect): readonly SeatId[] =>
  presentSeats(roster).filter(
    (seat) => seat !== effect.author && devicesOf(roster, seat).some((device) => !takesOut(effect, device)),
  )

const withOne = <T>(all: readonly T[], one: T): readonly T[] => (all.includes(one) ? all : [...all, one])
