/**
 * What devices and a bell say to each other (SPEC.md beside this). One request is the body of one POST, one answer its body. Not here: the
 * push services behind a bell (server/bell/push.ts).
 */
import { concat, utf8 } from '../base/bytes.ts'
import {
  bytes,
  type Codec,
  encode,
  oneByteOf,
  struct,
  text,
  u32,
  type Value,
  variant,
} from '../base/codec.ts'
import { fromBase64url, toBase64url } from '../base/text.ts'
import { equalSecrets, hmacSha256, sha256 } from '../crypto/sodium.ts'

/** B1: 1 city alarms only, 2 the regular rounds too, 3 only whoever has its ticket. */
export const RUNG = { alarms: 1, rounds: 2, ticket: 3 } as const

/** Bytes of a push endpoint, at most. */
export const MAX_ENDPOINT_BYTES = 1024
/** Bytes of a request, at most. */
export const MAX_BELL_REQUEST_BYTES = 1200

export const bellRequest = variant({
  register: [1, struct({ id: bytes(32), rung: oneByteOf([1, 2, 3]), endpoint: text(MAX_ENDPOINT_BYTES) })],
  unregister: [2, struct({ id: bytes(32) })],
  ringAll: [3, struct({ nonce: bytes(16) })],
  ringOne: [4, struct({ id: bytes(32) })],
})
export type BellRequest = Value<typeof bellRequest>

/** `later`: taken, and rung in so many seconds. */
export const bellAnswer = variant({
  ok: [1, struct({})],
  none: [2, struct({})],
  later: [3, struct({ seconds: u32 })],
  endpoint: [4, struct({})],
})
export type BellAnswer = Value<typeof bellAnswer>

/** B2: a request, and the proof that whoever asks was given the address of this bell. */
export const sealed: Codec<{ readonly proof: Uint8Array; readonly request: BellRequest }> = struct({
  proof: bytes(32),
  request: bellRequest,
})

const proofOf = (secret: Uint8Array, request: BellRequest): Uint8Array =>
  hmacSha256(secret, concat(utf8('tocsin bell/1'), encode(bellRequest, request)))

export const askBell = (secret: Uint8Array, request: BellRequest): Uint8Array =>
  encode(sealed, { proof: proofOf(secret, request), request })

export const isProven = (secret: Uint8Array, proof: Uint8Array, request: BellRequest): boolean =>
  equalSecrets(proofOf(secret, request), proof)

/** B1: what a bell keeps of an id. */
export const bellHash = (id: Uint8Array): Uint8Array => sha256(utf8('tocsin bell id/1'), id)

/** `key`: the 65 bytes of the bell's P-256 key, which a push service is told (RFC 8292). */
export type BellAddress = { readonly url: string; readonly key: Uint8Array; readonly secret: Uint8Array }

/** B3: https://host/path#<key>.<secret>, base64url. */
export const printBellAddress = ({ url, key, secret }: BellAddress): string =>
  `${url}#${toBase64url(key)}.${toBase64url(secret)}`

export const parseBellAddress = (line: string): BellAddress | undefined => {
  const parts = /^(https?:\/\/[^#\s]{1,200})#([\w-]{87})\.([\w-]{43})$/.exec(line.trim())
  const [key, secret] = [fromBase64url(parts?.[2] ?? ''), fromBase64url(parts?.[3] ?? '')]
  const url = parts?.[1]
  return url && key?.length === 65 && secret?.length === 32 ? { url, key, secret } : undefined
}
