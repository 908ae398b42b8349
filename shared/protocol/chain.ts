/** The hash chain of a log, and the relay's signature over where it stands (SPEC.md L5, H1 to H3). */

import { bigEndian, concat, utf8 } from '../base/bytes.ts'
import { bytes, type Codec, flag, struct, type Value } from '../base/codec.ts'
import { type PublicKey, SIGNATURE_BYTES, sha256, verify } from '../crypto/sodium.ts'
import { type Chain, chain, head, type LogId, type Seq } from './ids.ts'

/** L5: chain_0 = SHA-256("chain" || id). */
export const firstChain = (id: LogId): Chain => sha256(utf8('chain'), id) as Chain

/** L5: chain_s = SHA-256(chain_{s-1} || u32 s || SHA-256(blob_s)). An expired entry is its hash, so chains outlive blobs. */
export const nextChain = (previous: Chain, seq: Seq, blobHash: Uint8Array): Chain =>
  sha256(previous, bigEndian(seq, 4), blobHash) as Chain

/** H1: where a log stands, signed by the relay. Two that disagree are a proof against the relay. */
const fields = struct({ head, chain, full: flag, signature: bytes(SIGNATURE_BYTES) })
export type SignedHead = Value<typeof fields>
export const signedHead: Codec<SignedHead> = fields

/** Ed25519 with the relay's key. Only relays sign heads, and each brings its own way. */
export type SignHead = (message: Uint8Array) => Uint8Array

export const signHead = (
  sign: SignHead,
  id: LogId,
  { head, chain, full }: Omit<SignedHead, 'signature'>,
): SignedHead => ({ head, chain, full, signature: sign(headBytes(id, { head, chain, full })) })

export const verifyHead = (relay: PublicKey, id: LogId, signed: SignedHead): boolean =>
  verify(relay, headBytes(id, signed), signed.signature)

/** H1: "epochlog head/1" || id || u32 head || chain || u8 full. */
export const headBytes = (id: LogId, at: Omit<SignedHead, 'signature'>): Uint8Array =>
  concat(utf8('epochlog head/1'), id, bigEndian(at.head, 4), at.chain, Uint8Array.of(at.full ? 1 : 0))
