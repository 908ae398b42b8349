/**
 * Where sponsor and newcomer meet: an ordinary log with a short life, whose keys and address follow from the invite's secret
 * (protocol.md 4.4). The secret itself is never used as a key, and every use has its own label. Not here: what is said
 * there (items.ts, transcript.ts).
 */

import { utf8 } from '../../../shared/base/bytes.ts'
import { type KeyPair, keyPairFromSeed, sha256 } from '../../../shared/crypto/sodium.ts'
import type { LogId } from '../../../shared/protocol/ids.ts'
import { encodePolicy, logIdOf, type Policy } from '../../../shared/protocol/policy.ts'
import { hkdfExpand } from '../crypto/hkdf.ts'
import type { LogAccess } from '../relay/relay.ts'
import { INVITE_DAYS, type InviteKind } from './invite.ts'

/** The same shape as an epoch's log: where it is, and what its holders have. */
export type Rendezvous = {
  readonly id: LogId
  readonly access: LogAccess
  /** 32 bytes, XChaCha20-Poly1305. */
  readonly envelopeKey: Uint8Array
}

/** `secret`: 32 random bytes, and so a pseudorandom key as RFC 5869 section 3.3 has it: no extraction is needed. */
export const rendezvousOf = (secret: Uint8Array, kind: InviteKind): Rendezvous => {
  if (secret.length !== 32) throw new Error('secret is not 32 bytes')
  const derived = (label: string): Uint8Array => hkdfExpand(secret, utf8(label), 32)
  const reader = keyPairFromSeed(derived('rendezvous read'))
  const writer = keyPairFromSeed(derived('rendezvous write'))
  const policy = encodePolicy(policyOf(reader, writer, kind))
  const id = logIdOf(policy)
  return { id, access: { policy, id, reader, writer }, envelopeKey: derived('rendezvous envelope') }
}

const policyOf = (reader: KeyPair, writer: KeyPair, kind: InviteKind): Policy => ({
  version: 1,
  ttlDays: INVITE_DAYS[kind],
  cap: 0,
  wake: 0,
  writerSigned: false,
  readers: [sha256(reader.publicKey)],
  writers: [sha256(writer.publicKey)],
})
