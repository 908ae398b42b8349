/** HKDF with SHA-256 (RFC 5869). Not here: the labels, which stand where they are used. */
import { EMPTY } from '../../../shared/base/bytes.ts'
import { expand, extract, SHA256 } from './hash.ts'

/** RFC 5869 section 2.2; 32 bytes. An absent salt is the empty one. */
export const hkdfExtract = (inputKey: Uint8Array, salt: Uint8Array = EMPTY): Uint8Array =>
  extract(SHA256, salt, inputKey)

/** RFC 5869 section 2.3; `size` up to 8,160 bytes, more throws. */
export const hkdfExpand = (pseudorandomKey: Uint8Array, info: Uint8Array, size: number): Uint8Array =>
  expand(SHA256, pseudorandomKey, info, size)
