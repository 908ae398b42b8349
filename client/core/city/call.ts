/**
 * What goes out of a committee by itself when nobody answers an alarm (product.md 3.E, ring R1), sealed for those whom it is for: the people on duty in the city, or all
 * delegates. Everybody else sees that a committee calls, and nothing of why. One size, whatever is in it. Not here: the fields (committee/ring.ts), when it goes (session/calling.ts).
 */
import { bigEndian, concat, utf8 } from '../../../shared/base/bytes.ts'
import { bytes, type Codec, mapped, oneByteOf, struct, type Value } from '../../../shared/base/codec.ts'
import { fromUtf8 } from '../../../shared/base/text.ts'
import { type KeyPair, keyPairFromSeed, randomBytes, type SecretKey } from '../../../shared/crypto/sodium.ts'
import { AEAD_OVERHEAD_BYTES, openBox, sealBox } from '../crypto/aead.ts'
import { hkdfExpand } from '../crypto/hkdf.ts'
import { openSealed, sealTo } from '../crypto/sealTo.ts'

/** Whom it is for. */
const CALLED = ['duty', 'delegates'] as const
export type Called = (typeof CALLED)[number]

const called: Codec<Called> = mapped(
  oneByteOf([0, 1]),
  (at) => CALLED[at],
  (word) => (word === 'duty' ? 0 : 1),
)

/** People on duty that one call is sealed to. Where there are fewer, what nobody can open stands in their place. */
export const ON_DUTY = 3
const KEY_BYTES = 32
/** A key sealed to one of them (crypto/sealTo.ts). */
const BOX_BYTES = KEY_BYTES + 48
/** The fields of R1 as text, at the very most. */
const TEXT_BYTES = 1280

export const callFields = struct({
  to: called,
  boxes: bytes(ON_DUTY * BOX_BYTES),
  sealed: bytes(TEXT_BYTES + AEAD_OVERHEAD_BYTES),
})
export type Call = Value<typeof callFields>

const LABEL = utf8('city call/1')

/** `keys`: Ed25519 public keys, the first three count. Throws on what is longer than R1 can be. */
export const sealCall = (text: string, to: Called, keys: readonly Uint8Array[]): Call => {
  const key = randomBytes(KEY_BYTES)
  const plaintext = new Uint8Array(TEXT_BYTES)
  plaintext.set(utf8(text))
  const boxes = Array.from({ length: ON_DUTY }, (_, i) => {
    const whose = keys[i]
    return whose ? sealTo(whose, key) : randomBytes(BOX_BYTES)
  })
  return { to, boxes: concat(...boxes), sealed: sealBox(key, plaintext, LABEL) }
}

/** Undefined for whom it is not for. */
export const openCall = ({ boxes, sealed }: Call, mine: SecretKey): string | undefined => {
  for (let i = 0; i < ON_DUTY; i++) {
    const key = openSealed(mine, boxes.subarray(i * BOX_BYTES, (i + 1) * BOX_BYTES))
    const plaintext = key && openBox(key, sealed, LABEL)
    if (plaintext) return textIn(plaintext)
  }
  return undefined
}

/** Nothing but zeros behind the text: one value has one form. */
const textIn = (plaintext: Uint8Array): string | undefined => {
  const end = plaintext.indexOf(0)
  const isPadded = plaintext.subarray(end).every((byte) => byte === 0)
  return end > 0 && isPadded ? fromUtf8(plaintext.subarray(0, end)) : undefined
}

/** A device's key for a week on duty, from the seed of its letter keys. */
export const dutyKeyOf = (seed: Uint8Array, term: number): KeyPair =>
  keyPairFromSeed(hkdfExpand(seed, concat(utf8('duty key'), bigEndian(term, 4)), 32))
