/**
 * What the relay stores instead of what is said (protocol.md 4.2): kind, length, body and zeros up to a bucket, under the log's envelope key with
 * the log id as associated data, so that no entry opens in another log. A blob, nonce and tag included, is exactly a bucket long.
 */
import { err, ok, type Result } from '../../../shared/base/result.ts'
import type { Blob, LogId } from '../../../shared/protocol/ids.ts'
import { BUCKETS } from '../../../shared/protocol/limits.ts'
import { openBox, sealBox } from '../crypto/aead.ts'

/** 1: MLS message, 2: Welcome for a device that is stuck, 3: chunk of something larger, 4: signed statement, 5: item of a rendezvous. */
export type EnvelopeKind = 1 | 2 | 3 | 4 | 5
export type Envelope = { readonly kind: EnvelopeKind; readonly body: Uint8Array }
export type EnvelopeKeys = { readonly id: LogId; readonly envelopeKey: Uint8Array }

/** Nonce (24) and tag (16) of XChaCha20-Poly1305. */
const AEAD_BYTES = 40
const HEAD_BYTES = 5

/** Bytes of the longest body; longer ones go in chunks. */
export const MAX_BODY_BYTES = 262_144 - AEAD_BYTES - HEAD_BYTES

/** The smallest bucket that holds a body of so many bytes, or undefined. */
const bucketFor = (bodyBytes: number): number | undefined =>
  BUCKETS.find((bucket) => bodyBytes <= bucket - AEAD_BYTES - HEAD_BYTES)

/** Throws if the body is longer than MAX_BODY_BYTES: the caller has to chunk it. */
export const sealEnvelope = (log: EnvelopeKeys, { kind, body }: Envelope): Blob => {
  const bucket = bucketFor(body.length)
  if (bucket === undefined) throw new Error('body needs chunks')
  const plaintext = new Uint8Array(bucket - AEAD_BYTES)
  const view = new DataView(plaintext.buffer)
  view.setUint8(0, kind)
  view.setUint32(1, body.length)
  plaintext.set(body, HEAD_BYTES)
  return sealBox(log.envelopeKey, plaintext, log.id) as Blob
}

/** `not_ours`: does not open under this log's key, or is not the one canonical form of what it holds. Says no more than that. */
export const openEnvelope = (log: EnvelopeKeys, blob: Uint8Array): Result<Envelope, 'not_ours'> => {
  const plaintext = openBox(log.envelopeKey, blob, log.id)
  if (!plaintext || plaintext.length < HEAD_BYTES) return err('not_ours')
  const view = new DataView(plaintext.buffer, plaintext.byteOffset, plaintext.length)
  const kind = view.getUint8(0)
  const length = view.getUint32(1)
  const isCanonical =
    kind >= 1 &&
    kind <= 5 &&
    bucketFor(length) === blob.length &&
    plaintext.subarray(HEAD_BYTES + length).every((byte) => byte === 0)
  if (!isCanonical) return err('not_ours')
  return ok({ kind: kind as EnvelopeKind, body: plaintext.slice(HEAD_BYTES, HEAD_BYTES + length) })
}
