/**
 * Who is on the committee in one epoch, as read from the leaves of the group (protocol.md D11), and from the ledger where a seat has no leaf. A
 * value; everything validity asks about members is asked here, and a newcomer can answer it as well as a founder can.
 */
import {
  bytes,
  type Codec,
  decode,
  encode,
  flag,
  list,
  struct,
  u32,
  type Value,
} from '../../../shared/base/codec.ts'
import type { Charter } from './charter.ts'
import { type DeviceId, decodeIdentity, deviceId, type SeatId, seatId } from './ids.ts'
import { succession } from './succession.ts'

/**
 * What a leaf says about its seat, in leaf extension 0xf101. `joined` is the epoch of joining, 0 for founding seats; `after`: the devices whose
 * place it took when it was stuck, which is V7's mark as well. `writerKey`: Ed25519, for overflow logs (4.2).
 */
const seatDataFields = struct({ writerKey: bytes(32), joined: u32, after: succession })
export type SeatData = Value<typeof seatDataFields>

export const encodeSeatData = (data: SeatData): Uint8Array => encode(seatDataFields, data)
export const decodeSeatData = (raw: Uint8Array): SeatData | undefined => {
  const decoded = decode(seatDataFields, raw)
  return decoded.ok ? decoded.value : undefined
}

const device = struct({
  leaf: u32,
  seat: seatId,
  device: deviceId,
  signatureKey: bytes(32),
  joined: u32,
  after: succession,
  /** V7: taken in again, and no commit of its own since. */
  resynced: flag,
})
export type Device = Value<typeof device>

/** A seat whose last device was dropped: it has no leaf, and still its place, its votes and its `joined` (I13). */
export const vacantSeat = struct({ seat: seatId, joined: u32 })

const fields = struct({
  epoch: u32,
  probation: u32,
  devices: list(device, 1024),
  vacant: list(vacantSeat, 1024),
  /** Who joined in this epoch or earlier counts, whatever probation is asked for now: they counted before it was raised. */
  counted: u32,
})
export type Roster = Value<typeof fields>
export const rosterCodec: Codec<Roster> = fields

/** What the ledger tells of the seats. */
type Told = Pick<Roster, 'vacant' | 'counted'>

/** What the MLS door tells of a leaf, as far as it matters here. */
export type LeafView = {
  readonly index: number
  readonly identity: Uint8Array
  readonly signatureKey: Uint8Array
  readonly seatData: Uint8Array
  readonly source: 'key_package' | 'update' | 'commit'
}

/** Undefined when a leaf is none of ours: such a group is not joined and such a commit not followed. */
export const readRoster = (
  epoch: number,
  charter: Charter,
  leaves: readonly LeafView[],
  { vacant, counted }: Told,
): Roster | undefined => {
  const devices: Device[] = []
  for (const leaf of leaves) {
    const identity = decodeIdentity(leaf.identity)
    const data = decodeSeatData(leaf.seatData)
    if (!identity || !data) return undefined
    devices.push({
      leaf: leaf.index,
      ...identity,
      signatureKey: leaf.signatureKey,
      joined: data.joined,
      after: data.after,
      resynced: data.after.length > 0 && leaf.source === 'key_package',
    })
  }
  const held = new Set(devices.map((d) => d.seat))
  const empty = vacant.filter(({ seat }) => !held.has(seat))
  return { epoch, probation: charter.probation, devices, vacant: empty, counted }
}

/** All seats: in the order of their first leaf, then those without one. */
export const seatsOf = (roster: Roster): readonly SeatId[] => [
  ...new Set([...roster.devices, ...roster.vacant].map(({ seat }) => seat)),
]

export const devicesOf = (roster: Roster, seat: SeatId): readonly Device[] =>
  roster.devices.filter((d) => d.seat === seat)

export const deviceAt = (roster: Roster, leaf: number): Device | undefined =>
  roster.devices.find((d) => d.leaf === leaf)

export const deviceOf = (roster: Roster, id: DeviceId): Device | undefined =>
  roster.devices.find((d) => d.device === id)

/** The epoch of joining, which all devices of a seat carry alike; undefined for no seat. */
export const joinedOf = (roster: Roster, seat: SeatId): number | undefined =>
  [...roster.devices, ...roster.vacant].find((one) => one.seat === seat)?.joined

export const hasSeat = (roster: Roster, seat: SeatId): boolean => joinedOf(roster, seat) !== undefined

export const isVacant = (roster: Roster, seat: SeatId): boolean =>
  roster.vacant.some((one) => one.seat === seat)

/** I11: a seat counts once its probation is over, and from then on; founding seats count at once. */
export const isFullSeat = (roster: Roster, seat: SeatId): boolean => {
  const joined = joinedOf(roster, seat)
  return joined !== undefined && (joined <= roster.counted || roster.epoch >= joined + roster.probation)
}

/** Whoever is counted where the committee decides: a seat without a device too, or cutting people off would make a majority of a minority. */
export const fullSeats = (roster: Roster): readonly SeatId[] =>
  seatsOf(roster).filter((seat) => isFullSeat(roster, seat))

/** Whoever is counted where devices report, by HELLO and VOID: a seat without a device neither arrives nor fails to follow. */
export const presentSeats = (roster: Roster): readonly SeatId[] =>
  fullSeats(roster).filter((seat) => !isVacant(roster, seat))

/** 7.5: two thirds, rounded up. */
export const twoThirds = (seats: number): number => Math.ceil((2 * seats) / 3)
