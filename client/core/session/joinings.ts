/**
 * Invites that this device followed, in the vault until they have led into a committee; and what is still open then: whether the others have
 * arrived in the same place, and what another device of the same member hands over.
 */
import {
  bytes,
  decode,
  encode,
  flag,
  list,
  option,
  struct,
  text,
  u16,
  u32,
  u48,
  type Value,
  varBytes,
} from '../../../shared/base/codec.ts'
import { MAX_RESULTS_BYTES } from '../committee/results.ts'
import { deviceId, hashText, seatId } from '../governance/ids.ts'
import { joinCodec } from '../join/exchange.ts'
import type { Invite } from '../join/invite.ts'
import type { SuiteName } from '../mls/types.ts'
import type { Relay } from '../relay/relay.ts'
import type { Vault } from '../vault/vault.ts'
import type { Shelf } from './bookShelf.ts'

/** `sealKey`: the secret half of what a hand-over is sealed to; a device's only. */
const keys = struct({
  seat: seatId,
  device: deviceId,
  keyPackage: varBytes(65_536),
  privateKeys: varBytes(1024),
  suite: u16,
  sealKey: option(bytes(32)),
})

/** An invite that this person followed, until it has led into a committee. `link` is the printed invite. A device has no `handle`. */
const joining = struct({
  link: text(4096),
  startedDay: u32,
  handle: text(160),
  join: joinCodec,
  keys: option(keys),
})
export type Joining = Value<typeof joining>

/**
 * Of a device that has come in, until it is confirmed where it is and nothing more is handed over; its keys of the joining go before, with the invite.
 * `bundle`: SHA-256 of the Welcome that was followed; there may be another, if its commit is voided and done anew (4.4).
 */
export const arrival = struct({
  joining,
  bundle: bytes(32),
  /** The first epoch that this device reads itself. */
  entered: u32,
  isConfirmed: flag,
  awaitsHandover: flag,
  /** This person says that the committee's words were the same on somebody's phone here. */
  hasCompared: flag,
})
export type Arrival = Value<typeof arrival>

/** What another device of the same member handed over: `sayings` of what stands before epoch `entered` are its word. */
export const handedOver = struct({
  from: deviceId,
  at: u48,
  entered: u32,
  sayings: u32,
  /** It was damaged, or not for us, and nothing of it was taken. */
  isRefused: flag,
})

/** What stood before this device came in. `begin`: where its fold begins; another device of the same member hands over where its own does. */
export const toldResults = struct({
  begin: option(varBytes(MAX_RESULTS_BYTES)),
  /** As told with the Welcome, by the seat that opened the epoch `entered`, and whose devices said the same since, or something else. */
  hash: hashText,
  by: option(seatId),
  entered: u32,
  sameBy: list(seatId, 1024),
  otherBy: list(seatId, 1024),
})

/** A committee has at most one of each, on its shelf under this key. */
export const MINE = 'mine'

/** It has come in and does not know yet whether that is where the others are (arriving.ts). */
export const isProvisional = ({ arrivals }: { readonly arrivals: Pick<Shelf<Arrival>, 'get'> }): boolean =>
  arrivals.get(MINE)?.isConfirmed === false

const PREFIX = 'joining/'

export type Newcomer = {
  readonly vault: Vault
  readonly clock: () => number
  readonly random: (size: number) => Uint8Array
  readonly connect: (invite: Invite) => Relay
}

export const joiningIds = (vault: Vault): readonly string[] =>
  vault.keys(PREFIX).map((key) => key.slice(PREFIX.length))

export const readJoining = (vault: Vault, id: string): Joining | undefined => {
  const raw = vault.get(PREFIX + id)
  const decoded = raw && decode(joining, raw)
  return decoded?.ok ? decoded.value : undefined
}

export const keepJoining = (vault: Vault, id: string, value: Joining | undefined): Promise<void> =>
  vault.write([{ key: PREFIX + id, value: value && encode(joining, value) }])

export const suiteOf = (id: number): SuiteName => (id === 84 ? 'xwing' : 'x25519')

export const forgetJoining = (vault: Vault, id: string): Promise<void> => keepJoining(vault, id, undefined)
