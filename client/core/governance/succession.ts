/**
 * Whose place a leaf has taken: a device that was stuck and asked to be taken in again comes back under a new id and a new key, and the leaf that it
 * had signs for them (protocol.md 4.5 rule 2). It stands in the fresh leaf, so that whoever knew the device in any earlier epoch knows it again in
 * any later one, without a log or a member's word in between. Not here: who may be taken in (requests.ts).
 */
import { concat, sameBytes, utf8 } from '../../../shared/base/bytes.ts'
import { bytes, list, struct, type Value } from '../../../shared/base/codec.ts'
import { fromHex } from '../../../shared/base/text.ts'
import { type SecretKey, sign, verify } from '../../../shared/crypto/sodium.ts'
import { type DeviceId, deviceId } from './ids.ts'

/** The newest are kept: two devices know each other again as long as neither was taken in more often since. */
const MAX_LINKS = 16

/** `device`, which signed with `signatureKey`, says who comes after it: the next link, and after the last one the leaf itself. */
const link = struct({ device: deviceId, signatureKey: bytes(32), signature: bytes(64) })
export const succession = list(link, MAX_LINKS)
/** The oldest first. */
export type Succession = Value<typeof succession>

/** What a leaf is known by. */
type Face = { readonly device: DeviceId; readonly signatureKey: Uint8Array }
type Successor = Face & { readonly after: Succession }
export type SigningLeaf = Successor & { readonly secretKey: SecretKey }

const linkBytes = (anchor: Uint8Array, { device, signatureKey }: Face): Uint8Array =>
  concat(utf8('succession/1'), anchor, fromHex(device) ?? new Uint8Array(0), signatureKey)

/** What stands in the leaf `next`, which takes the place of `from`. */
export const succeed = (anchor: Uint8Array, from: SigningLeaf, next: Face): Succession => {
  const { device, signatureKey, secretKey, after } = from
  const signature = sign(secretKey, linkBytes(anchor, next))
  return [...after, { device, signatureKey, signature }].slice(-MAX_LINKS)
}

/** Whether `leaf` is the device that was known as `known`, or has come after it link by link. */
export const comesAfter = (anchor: Uint8Array, known: Face, leaf: Successor): boolean => {
  if (leaf.device === known.device) return sameBytes(leaf.signatureKey, known.signatureKey)
  const links = leaf.after.slice(leaf.after.findIndex(({ device }) => device === known.device))
  return (
    links[0]?.device === known.device &&
    links.every(({ signatureKey, signature }, i) =>
      verify(i === 0 ? known.signatureKey : signatureKey, linkBytes(anchor, links[i + 1] ?? leaf), signature),
    )
  )
}
