/** Ed25519 signatures that a lenient verifier takes and a strict one refuses (protocol.md 4.1, attack 15). */
import sodium from 'libsodium-wrappers'
import { SHA512 } from '../../client/core/crypto/hash.ts'
import { fromHex } from '../../shared/base/text.ts'

/** S + L, which is S to whoever does not look. L is the order of the group. */
export const shifted = (signature: Uint8Array): Uint8Array => {
  let s = 2n ** 252n + 27742317777372353535851937790883648493n
  for (let i = 0; i < 32; i++) s += BigInt(signature[32 + i] ?? 0) << BigInt(8 * i)
  return signature.map((byte, i) => (i < 32 ? byte : Number((s >> BigInt(8 * (i - 32))) & 255n)))
}

/** A signature by the real key whose R has a part of order 8: the cofactored equation (ZIP 215) holds, the strict one does not. */
export const torsioned = (secretKey: Uint8Array, message: Uint8Array): Uint8Array => {
  const reduced = (wide: Uint8Array) => sodium.crypto_core_ed25519_scalar_reduce(wide)
  const scalar = SHA512.digest(secretKey.subarray(0, 32)).subarray(0, 32)
  scalar[0] = (scalar[0] ?? 0) & 248
  scalar[31] = ((scalar[31] ?? 0) & 127) | 64
  const secret = reduced(Uint8Array.of(...scalar, ...new Uint8Array(32)))
  const nonce = sodium.crypto_core_ed25519_scalar_random()
  const point = sodium.crypto_scalarmult_ed25519_base_noclamp(nonce)
  const r = sodium.crypto_core_ed25519_add(point, fromHex(SMALL_ORDER[4] ?? '') ?? new Uint8Array(32))
  const k = reduced(SHA512.digest(Uint8Array.of(...r, ...secretKey.subarray(32), ...message)))
  const s = sodium.crypto_core_ed25519_scalar_add(nonce, sodium.crypto_core_ed25519_scalar_mul(k, secret))
  return Uint8Array.of(...r, ...s)
}

/** All encodings of points of order 1, 2, 4 and 8, those a lenient decoder takes included. */
export const SMALL_ORDER: readonly string[] = [
  '0100000000000000000000000000000000000000000000000000000000000000',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0000000000000000000000000000000000000000000000000000000000000080',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa',
  '0100000000000000000000000000000000000000000000000000000000000080',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff',
  'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff',
  'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff',
]
