/** Bytes as text and back, strictly: one text for one value, anything else is undefined. */

const HEX = /^(?:[0-9a-f]{2})*$/
const PAIRS = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

export const toHex = (bytes: Uint8Array): string => {
  let text = ''
  for (const byte of bytes) text += PAIRS[byte]
  return text
}

/** Lower case only. */
export const fromHex = (text: string): Uint8Array | undefined => {
  if (!HEX.test(text)) return undefined
  const bytes = new Uint8Array(text.length / 2)
  for (let i = 0; i < bytes.length; i++)
    bytes[i] = (digit(text.charCodeAt(2 * i)) << 4) | digit(text.charCodeAt(2 * i + 1))
  return bytes
}

/** Of '0' to '9' and 'a' to 'f'. */
const digit = (code: number): number => (code < 58 ? code - 48 : code - 87)

/** RFC 4648 section 5, without padding. */
export const toBase64url = (bytes: Uint8Array): string => {
  let text = ''
  for (let i = 0; i < bytes.length; i += 3) {
    const [a = 0, b = 0, c = 0] = bytes.subarray(i, i + 3)
    const n = (a << 16) | (b << 8) | c
    const digits = Math.min(bytes.length - i, 3) + 1
    for (let d = 0; d < digits; d++) text += ALPHABET[(n >> (18 - 6 * d)) & 63]
  }
  return text
}

/** Refuses padding, foreign characters and leftover bits, so that one value has one text. */
export const fromBase64url = (text: string): Uint8Array | undefined => {
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4))
  let bits = 0
  let have = 0
  let at = 0
  for (const digit of text) {
    const value = ALPHABET.indexOf(digit)
    if (value < 0) return undefined
    bits = ((bits << 6) | value) & 0xffff
    have += 6
    if (have >= 8) {
      have -= 8
      bytes[at++] = (bits >> have) & 0xff
    }
  }
  const leftover = bits & ((1 << have) - 1)
  return have >= 6 || leftover !== 0 ? undefined : bytes
}

const strictly = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** UTF-8, refusing what is not; a byte order mark is kept as the character it is. */
export const fromUtf8 = (bytes: Uint8Array): string | undefined => {
  try {
    return strictly.decode(bytes)
  } catch {
    return undefined
  }
}
