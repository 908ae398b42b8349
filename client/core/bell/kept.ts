/** What a device keeps of its bell, and what its person is shown of it. Not here: what is done with it (bell.ts). */
import {
  bytes,
  decode,
  encode,
  list,
  oneByteOf,
  option,
  struct,
  text,
  u32,
  u48,
  type Value,
} from '../../../shared/base/codec.ts'
import { MAX_ENDPOINT_BYTES, RUNG } from '../../../shared/bell/bell.ts'
import type { Vault } from '../vault/vault.ts'

/** Alarms only, or the regular rounds too: then a ring says nothing. */
export type Rung = 'alarms' | 'rounds'

export type BellShown = {
  readonly address: string
  readonly host: string
  /** Undefined where this device only rings others. */
  readonly rung: Rung | undefined
  /** Of the push service that this device is registered with; empty where it is not. */
  readonly endpoint: string
  /** Committees whose members may ring this device alone. */
  readonly tickets: readonly string[]
  /** Somebody is to be rung, and the bell was not reached yet. */
  readonly isOwed: boolean
  /** It takes nothing from this address any more: there is another one. */
  readonly isOld: boolean
}

export const MOST_OWED = 1024
const MOST_TICKETS = 128
const PLACE = 'bell'

const id = bytes(32)
const kept = struct({
  address: text(400),
  id,
  rung: option(oneByteOf([RUNG.alarms, RUNG.rounds])),
  endpoint: text(MAX_ENDPOINT_BYTES),
  /** When it was registered last. */
  day: u32,
  tickets: list(struct({ committee: text(64), id }), MOST_TICKETS),
  owed: option(struct({ since: u48, tickets: list(id, MOST_OWED) })),
})
export type Kept = Value<typeof kept>

export const readKept = (vault: Vault): Kept | undefined => {
  const raw = vault.get(PLACE)
  const read = raw && decode(kept, raw)
  return read?.ok ? read.value : undefined
}

export const writeKept = (vault: Vault, now: Kept | undefined): Promise<void> =>
  vault.write([{ key: PLACE, value: now && encode(kept, now) }])

/** All that the bell has of this device. */
export const registered = ({
  id,
  rung,
  tickets,
}: Kept): readonly { readonly id: Uint8Array; readonly rung: 1 | 2 | 3 }[] => [
  ...(rung ? [{ id, rung }] : []),
  ...tickets.map((one) => ({ id: one.id, rung: RUNG.ticket })),
]

export const shownOf = (
  { address, rung, endpoint, tickets, owed }: Kept,
  host: string,
  isOld: boolean,
): BellShown => ({
  address,
  host,
  rung: rung && (rung === RUNG.alarms ? 'alarms' : 'rounds'),
  endpoint,
  tickets: tickets.map(({ committee }) => committee),
  isOwed: owed !== undefined,
  isOld,
})
