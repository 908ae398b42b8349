/**
 * What validity needs of the past and the tree cannot hold (protocol.md 7.4, I13, D11): motions that were carried out, seats whose last device
 * was dropped, emergency drops that are still open, who has helped a stuck device in, and who counted before a probation was raised. A value that every member's device computes alike from the effective commits;
 * a newcomer is told it with the Welcome, and every HELLO carries its hash. Not here: what is allowed (validity.ts).
 */
import {
  type Codec,
  encode,
  list,
  mapped,
  option,
  struct,
  u32,
  type Value,
  variant,
} from '../../../shared/base/codec.ts'
import { toHex } from '../../../shared/base/text.ts'
import { unreachable } from '../../../shared/base/unreachable.ts'
import { sha256 } from '../../../shared/crypto/sodium.ts'
import { type DeviceId, deviceId, hashText, type SeatId, seatId } from './ids.ts'
import { vacantSeat } from './roster.ts'

export const spentMotion = struct({ motion: hashText, lastEpoch: u32 })
export type SpentMotion = Value<typeof spentMotion>

/** `by`: the seat that cut off `device` of `seat` in an emergency, and nobody has settled it yet (4.11). */
const openDrop = struct({ by: seatId, seat: seatId, device: deviceId })
export type OpenDrop = Value<typeof openDrop>

/** One order, so that one ledger has one encoding and one hash. */
const ascending = <T>(item: Codec<T>, max: number, keyOf: (value: T) => string): Codec<readonly T[]> =>
  mapped(
    list(item, max),
    (items) => (items.every((one, i) => i === 0 || isBelow(items[i - 1], one, keyOf)) ? items : undefined),
    (items) => items,
  )

const isBelow = <T>(a: T | undefined, b: T, keyOf: (value: T) => string): boolean =>
  a !== undefined && keyOf(a) < keyOf(b)

const seats = ascending(seatId, 1024, (seat) => seat)

/** `by`: the seats that let this device of `seat` in again, one after the other, since it last committed itself (V7). */
const helpedDevice = struct({ seat: seatId, device: deviceId, by: seats })

const fields = struct({
  /** In ascending order of motions, seats, initiators, devices. */
  spent: ascending(spentMotion, 4096, (one) => one.motion),
  vacant: ascending(vacantSeat, 1024, (one) => one.seat),
  drops: ascending(openDrop, 1024, (one) => one.by),
  helped: ascending(helpedDevice, 1024, (one) => one.device),
  /** Who joined in this epoch or earlier counts, whatever the charter asks for now (I11). Never less than it was. */
  counted: u32,
})
export type Ledger = Value<typeof fields>
export const ledgerCodec: Codec<Ledger> = fields

export const newLedger: Ledger = { spent: [], vacant: [], drops: [], helped: [], counted: 0 }

/** What a commit did to seats and their devices. */
const change = variant({
  /** `by`: the initiator, where it was not the owner. `vacates`: the seat's `joined`, where that was its last device. */
  dropped: [1, struct({ seat: seatId, device: deviceId, by: option(seatId), vacates: option(u32) })],
  linked: [2, struct({ seat: seatId })],
  settled: [3, struct({ device: deviceId })],
  /** `was` is out and `device` in; `by`: everybody who has helped so far. */
  helped: [4, struct({ seat: seatId, was: deviceId, device: deviceId, by: seats })],
  /** New seats wait longer from now on. `counted`: the newest `joined` that counted by then. */
  raised: [5, struct({ counted: u32 })],
})
export type SeatChange = Value<typeof change>
export const seatChange: Codec<SeatChange> = change

/** What a commit leaves behind: part of its effect. */
export type Trace = {
  /** Seats that lose their place. */
  readonly removed: readonly SeatId[]
  readonly spends: SpentMotion | undefined
  readonly change: SeatChange | undefined
}

/** The ledger of epoch `next`, which the commit opened. What has lapsed is forgotten: it can be executed no more. */
export const applyToLedger = (ledger: Ledger, trace: Trace, next: number): Ledger => {
  const { change, removed, spends } = trace
  const spent = [...ledger.spent, ...(spends ? [spends] : [])].filter((one) => one.lastEpoch >= next)
  const stays = ({ seat }: { readonly seat: SeatId }): boolean => !removed.includes(seat)
  const left = {
    vacant: ledger.vacant.filter(stays),
    drops: ledger.drops.filter((d) => stays(d) && stays({ seat: d.by })),
    helped: ledger.helped.filter(stays),
    counted: ledger.counted,
  }
  const { vacant, drops, helped, counted } = change ? changed(left, change) : left
  return {
    spent: sorted(spent, (one) => one.motion),
    vacant: sorted(vacant, (one) => one.seat),
    drops: sorted(drops, (one) => one.by),
    helped: sorted(helped, (one) => one.device),
    counted,
  }
}

type Seats = Omit<Ledger, 'spent'>

const changed = (left: Seats, now: SeatChange): Seats => {
  const { vacant, drops, helped } = left
  switch (now.type) {
    case 'settled':
      return { ...left, drops: drops.filter((d) => d.device !== now.device) }
    case 'linked':
      return {
        ...left,
        vacant: vacant.filter((v) => v.seat !== now.seat),
        drops: drops.filter((d) => d.seat !== now.seat),
      }
    case 'helped': {
      const { seat, was, device, by } = now
      return { ...left, helped: [...helped.filter((h) => h.device !== was), { seat, device, by }] }
    }
    case 'dropped': {
      const { seat, device, by, vacates } = now
      return {
        ...left,
        vacant: vacates === undefined ? vacant : [...vacant, { seat, joined: vacates }],
        drops: by === undefined ? drops : [...drops, { by, seat, device }],
        helped: helped.filter((h) => h.device !== device),
      }
    }
    case 'raised':
      return { ...left, counted: Math.max(left.counted, now.counted) }
    default:
      return unreachable(now)
  }
}

const sorted = <T>(items: readonly T[], keyOf: (value: T) => string): readonly T[] =>
  [...items].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))

export const isSpent = (ledger: Ledger, motion: string): boolean =>
  ledger.spent.some((one) => one.motion === motion)

/** The one open emergency drop of a seat that initiated it. */
export const dropBy = (ledger: Ledger, seat: SeatId): OpenDrop | undefined =>
  ledger.drops.find((one) => one.by === seat)

export const dropOf = (ledger: Ledger, device: DeviceId): OpenDrop | undefined =>
  ledger.drops.find((one) => one.device === device)

/** Who has helped this device in since it last committed itself. */
export const helpersOf = (ledger: Ledger, device: DeviceId): readonly SeatId[] =>
  ledger.helped.find((one) => one.device === device)?.by ?? []

/** For HELLO: whoever was told another past by its Welcome notices, and so does everybody else. */
export const ledgerHash = (ledger: Ledger): string => {
  const known = hashes.get(ledger) ?? toHex(sha256(encode(ledgerCodec, ledger)))
  hashes.set(ledger, known)
  return known
}

/** A ledger never changes, and every HELLO of an epoch is compared with the same one. */
const hashes = new WeakMap<Ledger, string>()
