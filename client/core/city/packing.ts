/** Bytes inside JSON, as base64url. */
import { fromBase64url, toBase64url } from '../../../shared/base/text.ts'

export const packed = toBase64url

/** Undefined for what is no base64url, or does not decode. */
export const unpacked = <T>(text: string, decode: (raw: Uint8Array) => T | undefined): T | undefined => {
  const raw = fromBase64url(text)
  return raw && decode(raw)
}
