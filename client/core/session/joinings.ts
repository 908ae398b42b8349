/** Invites that this device followed, in the vault until they have led into a committee. */
import {
  decode,
  encode,
  option,
  struct,
  text,
  u16,
  u32,
  type Value,
  varBytes,
} from '../../../shared/base/codec.ts'
import { deviceId, seatId } from '../governance/ids.ts'
import { joinCodec } from '../join/exchange.ts'
import type { Invite } from '../join/invite.ts'
import type { SuiteName } from '../mls/types.ts'
import type { Relay } from '../relay/relay.ts'
import type { Vault } from '../vault/vault.ts'

const keys = struct({
  seat: seatId,
  device: deviceId,
  keyPackage: varBytes(65_536),
  privateKeys: varBytes(1024),
  suite: u16,
})

/** An invite that this person followed, until it has led into a committee. `link` is the printed invite. */
const joining = struct({
  link: text(4096),
  startedDay: u32,
  handle: text(160),
  join: joinCodec,
  keys: option(keys),
})
export type Joining = Value<typeof joining>

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
