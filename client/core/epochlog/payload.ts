/**
 * What a member's device says inside MLS (protocol.md 4.7): every payload begins with its own id, the device's counter, the hash of
 * the device's previous payload and the newest entry the device had seen, so that members notice a relay, or a member, that
 * drops, repeats or rewrites. Not here: signed statements that must be readable without MLS (statement.ts).
 */
import {
  bytes,
  decode,
  encode,
  option,
  struct,
  text,
  u8,
  u32,
  u48,
  type Value,
  varBytes,
  variant,
} from '../../../shared/base/codec.ts'
import type { Result } from '../../../shared/base/result.ts'
import { sha256 } from '../../../shared/crypto/sodium.ts'
import { hashText, idText } from '../governance/ids.ts'
import { approval, motion } from '../governance/motion.ts'

/** The newest entry of this epoch that the author had seen: overflow log number, seq, chain. */
export const seenFields = struct({ log: u8, seq: u32, chain: bytes(32) })
export type SeenHead = Value<typeof seenFields>

/** Who is to come in by a motion, and where they wait for the Welcome. `lastDay`: of the invite, a UTC day; the rendezvous may be gone after it. */
export const joinRequest = struct({
  keyPackage: varBytes(65_536),
  secret: bytes(32),
  kind: u8,
  handle: text(160),
  lastDay: u32,
})

const said = variant({
  /** What members mean: client/core/committee. */
  content: [1, struct({ content: varBytes(200_000) })],
  /**
   * A motion put to the committee. An ADD brings the key package, so that any member's device can carry it out, and the
   * rendezvous secret, so that whoever does can post the Welcome there.
   */
  motion: [2, struct({ motion, join: option(joinRequest) })],
  approval: [3, struct({ motion: hashText, approval })],
  decline: [4, struct({ motion: hashText })],
})
export type Saying = Value<typeof said>

const payload = struct({
  id: idText,
  /** Per device, from 1, without gaps. */
  counter: u32,
  /** Milliseconds since 1970 by the author's clock: shown, never counted on. */
  at: u48,
  previous: bytes(32),
  seen: seenFields,
  said,
})
export type Payload = Value<typeof payload>

export const encodePayload = (value: Payload): Uint8Array => encode(payload, value)
export const decodePayload = (raw: Uint8Array): Result<Payload, 'malformed'> => decode(payload, raw)

const link = struct({ id: idText, counter: u32, previous: bytes(32), said })

/** What the device's next payload names as `previous`. Without `seen`: a payload keeps its identity when it is sealed again. */
export const payloadHash = ({ id, counter, previous, said: words }: Payload): Uint8Array =>
  sha256(encode(link, { id, counter, previous, said: words }))
