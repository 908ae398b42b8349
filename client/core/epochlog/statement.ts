/**
 * What a device states to the members of an epoch, signed by its leaf and sealed in the envelope only: HELLO, VOID, UNVOID, RESYNC, LEAVE, DROP.
 * Readable with the log keys alone, long after the MLS state is gone (protocol.md section 6, old logs), and no ratchet is used, so a
 * device that steps back to an older epoch can still speak there.
 */
import { concat, utf8 } from '../../../shared/base/bytes.ts'
import {
  bytes,
  decode,
  encode,
  flag,
  option,
  struct,
  text,
  u32,
  u48,
  type Value,
  varBytes,
  variant,
} from '../../../shared/base/codec.ts'
import { type SecretKey, sign, verify } from '../../../shared/crypto/sodium.ts'
import type { LogId } from '../../../shared/protocol/ids.ts'
import { dropRequest, leaveRequest, resyncRequest } from '../governance/act.ts'
import { hashText, idText } from '../governance/ids.ts'
import { type Device, deviceAt, type Roster } from '../governance/roster.ts'
import { seenFields } from './payload.ts'

const stated = variant({
  /**
   * "I have arrived in this epoch": by which commit, where its log stood, the hash of the ledger (so that a newcomer can tell
   * whether it was told the truth), where somebody came in by that commit the hash of what stood before, and what to call me.
   */
  hello: [
    1,
    struct({
      commit: hashText,
      parent: seenFields,
      ledger: hashText,
      results: option(hashText),
      handle: text(160),
      /** "Only to see whether this is where the others are": by a device that does not judge yet what leads here. */
      isProvisional: flag,
    }),
  ],
  /** `turn`: greater than in the device's vote before, so that nobody brings an old vote back by repeating it. */
  void: [2, struct({ commit: hashText, turn: u32 })],
  unvoid: [3, struct({ commit: hashText, turn: u32 })],
  resync: [4, struct({ request: resyncRequest, keyPackage: varBytes(65_536) })],
  leave: [5, struct({ request: leaveRequest })],
  /** "Cut off this device": where whoever says so cannot commit now. */
  drop: [6, struct({ request: dropRequest })],
  /** What was handed to the relay to be said when its time is over: an id, when that is, and an encoded content. */
  timed: [7, struct({ id: idText, at: u48, content: varBytes(16_384) })],
})
export type Stated = Value<typeof stated>

const body = struct({ leaf: u32, seen: seenFields, stated })
export type Statement = Value<typeof body>
const signed = struct({ body, signature: bytes(64) })

/** "statement/1" || log id || statement: good in this log only. */
const statementBytes = (log: LogId, value: Statement): Uint8Array =>
  concat(utf8('statement/1'), log, encode(body, value))

export const signStatement = (key: SecretKey, log: LogId, value: Statement): Uint8Array =>
  encode(signed, { body: value, signature: sign(key, statementBytes(log, value)) })

/** Undefined unless it is well formed and signed by the leaf it names, as the roster of the log's epoch has it. */
export const readStatement = (
  roster: Roster,
  log: LogId,
  raw: Uint8Array,
): { readonly statement: Statement; readonly by: Device } | undefined => {
  const decoded = decode(signed, raw)
  if (!decoded.ok) return undefined
  const by = deviceAt(roster, decoded.value.body.leaf)
  if (!by || !verify(by.signatureKey, statementBytes(log, decoded.value.body), decoded.value.signature))
    return undefined
  return { statement: decoded.value.body, by }
}
