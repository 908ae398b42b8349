/** Who a relay is, as an invite carries it (SPEC.md K1). */

import { bytes, decode, encode, mapped, struct, type Value } from '../base/codec.ts'
import { fromBase64url, toBase64url } from '../base/text.ts'
import type { PublicKey } from '../crypto/sodium.ts'

/** `staticKey`: X25519, for the channel and the access proof. `signingKey`: Ed25519, for heads and receipts. */
export const relayKey = struct({
  staticKey: bytes(32),
  signingKey: mapped(
    bytes(32),
    (value) => value as PublicKey,
    (value) => value,
  ),
})

export type RelayKey = Value<typeof relayKey>

/** 64 bytes as 86 characters of base64url. */
export const printRelayKey = (key: RelayKey): string => toBase64url(encode(relayKey, key))

export const parseRelayKey = (text: string): RelayKey | undefined => {
  const raw = fromBase64url(text)
  const decoded = raw && decode(relayKey, raw)
  return decoded?.ok ? decoded.value : undefined
}
