/** What is put into a rendezvous: seven kinds of item, one canonical encoding each. Not here: in which order (exchange.ts). */

import {
  bytes,
  decode,
  encode,
  mapped,
  oneByteOf,
  option,
  struct,
  text,
  u16,
  u32,
  type Value,
  varBytes,
  variant,
} from '../../../shared/base/codec.ts'
import type { Result } from '../../../shared/base/result.ts'
import { isHandle } from '../committee/content.ts'
import { seatId } from '../governance/ids.ts'

/** Bytes of a Welcome: what a rendezvous log (1 MiB in all) takes in chunks after everything else. */
const MAX_WELCOME_BYTES = 700_000

/** Bytes of a key package: one of the X-Wing suite has about 3,000. */
const MAX_KEY_PACKAGE_BYTES = 65_536

const handle = mapped(
  text(160),
  (value) => (isHandle(value) ? value : undefined),
  (value) => value,
)

/** Bytes of the longest key that a hand-over is sealed to: X-Wing's. */
const MAX_SEAL_KEY_BYTES = 1216

/**
 * By the sponsor, when the rendezvous is made: what a newcomer must know before a key package can be made. Suite (84 X-Wing, 3
 * for 0x0003) and rules version as in the charter, and the `joined` mark that validity asks of the new leaf. `seat`: of a
 * member that gets another device; none for somebody new, who chooses one.
 */
const offer = struct({ suite: oneByteOf([84, 3]), rules: u16, joined: u32, seat: option(seatId) })

/** A new member says what they want to be called. A device of a member has no name; what is handed over is sealed to its key. */
const comesAs = variant({
  member: [1, struct({ handle })],
  device: [2, struct({ sealTo: varBytes(MAX_SEAL_KEY_BYTES) })],
})

/** By the newcomer: SHA-256 that binds the whole later reveal, before the sponsor's nonce is known. */
const commitment = struct({ commitment: bytes(32) })

/** By the sponsor: fresh randomness, own seat and own leaf's Ed25519 key. Nothing of the group before the words. */
const answer = struct({ nonce: bytes(32), seat: seatId, signatureKey: bytes(32) })

/** By the newcomer: what the commitment was to. The key package names the seat: the one of the offer, or the newcomer's own choice. */
const reveal = struct({ keyPackage: varBytes(MAX_KEY_PACKAGE_BYTES), nonce: bytes(32), as: comesAs })

/** By whoever carried out the Add; again if that was voided and done anew. `keyPackage`: SHA-256 of the one it is for. */
const welcome = struct({ keyPackage: bytes(32), welcome: varBytes(MAX_WELCOME_BYTES) })

/**
 * By another device of the same seat, once the new one is in: where its hand-over waits, sealed to the new device, and signed with the
 * answer's key over the transcript (session/handover.ts).
 */
const handover = struct({ sealed: varBytes(2048), signature: bytes(64) })

/** By the sponsor: signed with the answer's key over the transcript, so that nobody else with the invite can say it. */
const declined = struct({ signature: bytes(64) })

const turns = {
  offer: [1, offer],
  commitment: [2, commitment],
  answer: [3, answer],
  reveal: [4, reveal],
} as const

/** The four that make the transcript. */
export const turnItem = variant(turns)

/** Each of the four alone, for its place in the transcript. */
export const turnPlaces = {
  offer: variant({ offer: turns.offer }),
  commitment: variant({ commitment: turns.commitment }),
  answer: variant({ answer: turns.answer }),
  reveal: variant({ reveal: turns.reveal }),
}

const joinItem = variant({
  ...turns,
  welcome: [5, welcome],
  declined: [6, declined],
  handover: [7, handover],
})

export type TurnItem = Value<typeof turnItem>
export type JoinItem = Value<typeof joinItem>
export type ItemOf<T extends JoinItem['type']> = Extract<JoinItem, { readonly type: T }>
/** An item without its `type`: what has to be given to make one. */
export type Fields<T extends JoinItem['type']> = Omit<ItemOf<T>, 'type'>

/** The body of an envelope of kind 5; a long Welcome goes in chunks. Throws on a handle that could not be read again. */
export const encodeItem = (item: JoinItem): Uint8Array => {
  if (item.type === 'reveal' && item.as.type === 'member' && !isHandle(item.as.handle))
    throw new Error('not a handle')
  return encode(joinItem, item)
}

/** `malformed`: not an item; whoever wrote it, it changes nothing. */
export const decodeItem = (raw: Uint8Array): Result<JoinItem, 'malformed'> => decode(joinItem, raw)
