/** Small pure operations on bytes. Not here: anything secret-dependent (shared/crypto compares in constant time). */

export const EMPTY: Uint8Array = new Uint8Array(0)

export const concat = (...parts: readonly Uint8Array[]): Uint8Array => {
  const all = new Uint8Array(parts.reduce((total, part) => total + part.length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}

/** Not constant time: for public values only. */
export const sameBytes = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((byte, i) => byte === b[i])

export const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)

/** `n` as `size` bytes, most significant first. `n` must fit: anything else is a bug. */
export const bigEndian = (n: number, size: 1 | 2 | 4): Uint8Array => {
  if (!Number.isInteger(n) || n < 0 || n >= 2 ** (8 * size)) throw new Error('number does not fit')
  return Uint8Array.from({ length: size }, (_, i) => Math.floor(n / 2 ** (8 * (size - 1 - i))) % 256)
}
