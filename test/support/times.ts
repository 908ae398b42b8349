/**
 * Looks for moments of a span of time in any bytes, in the forms in which a program may have written them: Postgres'
 * microseconds since 2000, microseconds, milliseconds and seconds since 1970 as 64-bit integers in both orders, and text.
 */
export type Span = { readonly from: number; readonly to: number }

/** Milliseconds since 1970 of 2000-01-01, where Postgres begins to count. */
const POSTGRES_EPOCH_MS = 946_684_800_000

type Form = { readonly name: string; readonly of: (ms: number) => bigint }

const FORMS: readonly Form[] = [
  { name: 'Postgres microseconds', of: (ms) => BigInt(ms - POSTGRES_EPOCH_MS) * 1000n },
  { name: 'microseconds', of: (ms) => BigInt(ms) * 1000n },
  { name: 'milliseconds', of: (ms) => BigInt(ms) },
]

/** As "form at offset". Text is looked for to the minute, and in whole seconds or milliseconds. */
export const timesIn = (bytes: Uint8Array, span: Span): readonly string[] => {
  const hay = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const binary = FORMS.flatMap(({ name, of }) =>
    (['LE', 'BE'] as const).flatMap((order) =>
      integersIn(hay, of(span.from), of(span.to), order).map((at) => `${name} ${order} at ${at}`),
    ),
  )
  return [...binary, ...textIn(hay, span)]
}

/** By their upper halves, of which a span of minutes has one or two. */
const integersIn = (hay: Buffer, from: bigint, to: bigint, order: 'LE' | 'BE'): readonly number[] => {
  const uppers = Array.from(
    { length: Number((to >> 32n) - (from >> 32n)) + 1 },
    (_, i) => (from >> 32n) + BigInt(i),
  )
  const shift = order === 'LE' ? 4 : 0
  return uppers
    .flatMap((upper) => placesOf(hay, halfOf(Number(upper), order)).map((at) => at - shift))
    .filter((start) => {
      if (start < 0 || start + 8 > hay.length) return false
      const value = order === 'LE' ? hay.readBigInt64LE(start) : hay.readBigInt64BE(start)
      return value >= from && value <= to
    })
}

const halfOf = (value: number, order: 'LE' | 'BE'): Buffer => {
  const half = Buffer.alloc(4)
  if (order === 'LE') half.writeUInt32LE(value)
  else half.writeUInt32BE(value)
  return half
}

const placesOf = (hay: Buffer, needle: Buffer): readonly number[] => {
  const places: number[] = []
  for (let at = hay.indexOf(needle); at >= 0; at = hay.indexOf(needle, at + 1)) places.push(at)
  return places
}

const textIn = (hay: Buffer, { from, to }: Span): readonly string[] => {
  const text = hay.toString('latin1')
  const isInside = (ms: number): boolean => ms >= from && ms <= to
  const stamps = [...text.matchAll(/20\d\d-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d{1,3})?/g)]
    .filter(([stamp]) => isInside(Date.parse(`${stamp.replace(' ', 'T')}Z`)))
    .map(({ index }) => `date at ${index}`)
  const numbers = [...text.matchAll(/(?<![\d.])1\d{12}(?!\d)/g)]
    .filter(([digits]) => isInside(Number(digits)))
    .map(({ index }) => `milliseconds as text at ${index}`)
  return [...stamps, ...numbers]
}
