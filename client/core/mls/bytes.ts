/**
 * Strict reading of the library's encodings: no trailing bytes, one encoding per value. The library's decoders accept both
 * trailing bytes and over-long lengths, and some of them throw (findings.md section 2).
 */
import type { Decoder } from 'ts-mls/codec/tlsDecoder.js'
import type { Encoder } from 'ts-mls/codec/tlsEncoder.js'
import { decodeMlsMessage, encodeMlsMessage } from 'ts-mls/message.js'
import type { PrivateMessage } from 'ts-mls/privateMessage.js'
import { sameBytes } from '../../../shared/base/bytes.ts'

/** undefined unless the bytes are exactly the encoding of what they decode to. Works on a copy, so the value owns its bytes. */
export const decodeExactly = <T>(
  decode: Decoder<T>,
  encode: Encoder<T>,
  bytes: Uint8Array,
): T | undefined => {
  try {
    const decoded = decode(bytes.slice(), 0)
    return decoded !== undefined && sameBytes(encode(decoded[0]), bytes) ? decoded[0] : undefined
  } catch {
    return undefined
  }
}

/** The private message in an MLS message; undefined for anything else and for data outside its encryption. */
export const decodePrivate = (message: Uint8Array): PrivateMessage | undefined => {
  const decoded = decodeExactly(decodeMlsMessage, encodeMlsMessage, message)
  if (decoded?.wireformat !== 'mls_private_message') return undefined
  return decoded.privateMessage.authenticatedData.length === 0 ? decoded.privateMessage : undefined
}

/** A private message as the MLS message that goes into the log. */
export const encodePrivate = (privateMessage: PrivateMessage): Uint8Array =>
  encodeMlsMessage({ version: 'mls10', wireformat: 'mls_private_message', privateMessage })
