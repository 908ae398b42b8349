/**
 * Words that occur nowhere else, and the search for them in any bytes, in every form in which they could have got there: as they are, in
 * base64 and base64url at all three alignments, in hex, in UTF-16.
 */
import { randomBytes } from '../../shared/crypto/sodium.ts'

export type Markers = {
  /** A word of 14 letters and digits, different for every name. */
  readonly mark: (name: string) => string
  readonly all: () => ReadonlyMap<string, string>
}

export const newMarkers = (): Markers => {
  const words = new Map<string, string>()
  return {
    mark: (name) => {
      const word = words.get(name) ?? `mk${Buffer.from(randomBytes(6)).toString('hex')}`
      words.set(name, word)
      return word
    },
    all: () => words,
  }
}

export type Needle = { readonly name: string; readonly form: string; readonly bytes: Uint8Array }

/** All forms of a text. */
export const formsOfText = (name: string, text: string): readonly Needle[] => {
  const wide = Buffer.from(text, 'utf16le')
  const forms: Needle[] = [
    { name, form: 'utf-16le', bytes: wide },
    { name, form: 'utf-16be', bytes: Buffer.from(wide).swap16() },
  ]
  return [...formsOfBytes(name, Buffer.from(text)), ...forms]
}

/** All forms of a binary value: as it is, hex in both cases, base64 in both alphabets. */
export const formsOfBytes = (name: string, raw: Uint8Array): readonly Needle[] => {
  const hex = Buffer.from(raw).toString('hex')
  const texts = [
    ['hex', hex],
    ['HEX', hex.toUpperCase()],
    ...[0, 1, 2].flatMap((shift) => {
      const plain = base64At(raw, shift)
      return [
        [`base64+${shift}`, plain],
        [`base64url+${shift}`, plain.replaceAll('+', '-').replaceAll('/', '_')],
      ]
    }),
  ]
  return [
    { name, form: 'raw', bytes: raw },
    ...texts.map(([form = '', text = '']) => ({ name, form, bytes: Buffer.from(text) })),
  ]
}

/** The characters that stand for these bytes alone when `shift` other bytes come before them. */
const base64At = (raw: Uint8Array, shift: number): string => {
  const bits = 8 * (shift + raw.length)
  const text = Buffer.concat([Buffer.alloc(shift), raw]).toString('base64')
  return text.slice(Math.ceil((8 * shift) / 6), Math.floor(bits / 6))
}

const NOTHING: readonly Needle[] = []

/** One pass over the bytes for all needles; the first places found, as "name (form) at offset". */
export const createSearch = (needles: readonly Needle[]): ((hay: Uint8Array) => readonly string[]) => {
  const starts = new Uint8Array(65_536)
  const byStart = new Map<number, Needle[]>()
  for (const needle of needles) {
    if (needle.bytes.length < 8) throw new Error(`too short to search for: ${needle.name}`)
    starts[startOf(needle.bytes, 0)] = 1
    const key = keyOf(needle.bytes, 0)
    byStart.set(key, [...(byStart.get(key) ?? []), needle])
  }
  const candidates = (hay: Uint8Array, at: number): readonly Needle[] =>
    starts[startOf(hay, at)] === 0 ? NOTHING : (byStart.get(keyOf(hay, at)) ?? NOTHING)
  return (hay) => {
    const found: string[] = []
    for (let at = 0; at + 8 <= hay.length; at++)
      for (const { name, form, bytes } of candidates(hay, at))
        if (isAt(hay, at, bytes)) found.push(`${name} (${form}) at ${at}`)
    return found
  }
}

const startOf = (bytes: Uint8Array, at: number): number => ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0)
const keyOf = (bytes: Uint8Array, at: number): number => startOf(bytes, at) * 65_536 + startOf(bytes, at + 2)

const isAt = (hay: Uint8Array, at: number, needle: Uint8Array): boolean =>
  at + needle.length <= hay.length && Buffer.compare(hay.subarray(at, at + needle.length), needle) === 0
