/**
 * One canonical binary encoding for everything that is hashed, signed or put on a wire (protocol.md D9).
 * A codec is written once and gives the type, the encoder and the strict decoder. Integers are big-endian
 * and of fixed width; a value has exactly one encoding; whatever else arrives is `malformed`.
 * Not here: what is encoded (shared/protocol, client/core).
 */

import { err, ok, type Result } from './result.ts'
import { fromUtf8 } from './text.ts'

export type Codec<T> = {
  readonly write: (writer: Writer, value: T) => void
  readonly read: (reader: Reader) => T
}

/** What a codec encodes. */
export type Value<C> = C extends { readonly read: (reader: Reader) => infer T } ? T : never

type AnyCodec = {
  readonly write: (writer: Writer, value: never) => void
  readonly read: (reader: Reader) => unknown
}

/** Bytes written so far. */
export type Writer = { buffer: Uint8Array; length: number }

/** Bytes left to read. A failed reader stays failed and reads zeros, so that decoders need no exits. */
export type Reader = { readonly bytes: Uint8Array; at: number; failed: boolean }

/** Throws when the value breaks its own codec (too long, out of range): that is a bug in the caller. */
export const encode = <T>(codec: Codec<T>, value: T): Uint8Array => {
  const writer: Writer = { buffer: new Uint8Array(256), length: 0 }
  codec.write(writer, value)
  return writer.buffer.slice(0, writer.length)
}

/** Trailing bytes are a refusal. The bytes handed out are copies, also of a Buffer, whose `slice` is none. */
export const decode = <T>(codec: Codec<T>, bytes: Uint8Array): Result<T, 'malformed'> => {
  const reader: Reader = { bytes, at: 0, failed: false }
  const value = codec.read(reader)
  return reader.failed || reader.at !== bytes.length ? err('malformed') : ok(value)
}

const uint = (size: number): Codec<number> => ({
  write: (writer, value) => {
    if (!Number.isInteger(value) || value < 0 || value >= 2 ** (8 * size))
      throw new Error('integer out of range')
    const room = reserve(writer, size)
    for (let i = 0; i < size; i++) room[i] = Math.floor(value / 2 ** (8 * (size - 1 - i))) % 256
  },
  read: (reader) => {
    const from = pass(reader, size)
    if (from === undefined) return 0
    let value = 0
    for (let at = from; at < reader.at; at++) value = value * 256 + (reader.bytes[at] ?? 0)
    return value
  },
})

export const u8 = uint(1)
export const u16 = uint(2)
export const u32 = uint(4)
/** Up to 2^48 - 1: every count and time we have fits, and a JavaScript number holds it exactly. */
export const u48 = uint(6)

/** Exactly `size` bytes. */
export const bytes = (size: number): Codec<Uint8Array> => ({
  write: (writer, value) => {
    if (value.length !== size) throw new Error(`expected ${size} bytes`)
    reserve(writer, size).set(value)
  },
  read: (reader) => new Uint8Array(take(reader, size)),
})

/** 0 to `max` bytes behind a u32 length. */
export const varBytes = (max: number): Codec<Uint8Array> => ({
  write: (writer, value) => {
    if (value.length > max) throw new Error(`more than ${max} bytes`)
    u32.write(writer, value.length)
    reserve(writer, value.length).set(value)
  },
  read: (reader) => new Uint8Array(takeUpTo(reader, max)),
})

/** Not a copy. */
const takeUpTo = (reader: Reader, max: number): Uint8Array => {
  const length = u32.read(reader)
  return take(reader, length > max ? Number.POSITIVE_INFINITY : length)
}

/** Text of at most `max` bytes of UTF-8. */
export const text = (max: number): Codec<string> => {
  const inner = varBytes(max)
  return {
    write: (writer, value) => {
      const encoded = new TextEncoder().encode(value)
      if (fromUtf8(encoded) !== value) throw new Error('text is not well formed')
      inner.write(writer, encoded)
    },
    read: (reader) => {
      const value = fromUtf8(takeUpTo(reader, max))
      if (value === undefined) reader.failed = true
      return value ?? ''
    },
  }
}

/** At most `max` items behind a u16 count. */
export const list = <T>(item: Codec<T>, max: number): Codec<readonly T[]> => ({
  write: (writer, items) => {
    if (items.length > max) throw new Error(`more than ${max} items`)
    u16.write(writer, items.length)
    for (const value of items) item.write(writer, value)
  },
  read: (reader) => {
    const count = u16.read(reader)
    if (count > max) reader.failed = true
    const items: T[] = []
    while (items.length < count && !reader.failed) items.push(item.read(reader))
    return items
  },
})

/** One byte 0 for nothing, or 1 and the value. */
export const option = <T>(inner: Codec<T>): Codec<T | undefined> => ({
  write: (writer, value) => {
    u8.write(writer, value === undefined ? 0 : 1)
    if (value !== undefined) inner.write(writer, value)
  },
  read: (reader) => (flag.read(reader) ? inner.read(reader) : undefined),
})

export const flag: Codec<boolean> = {
  write: (writer, value) => u8.write(writer, value ? 1 : 0),
  read: (reader) => {
    const byte = u8.read(reader)
    if (byte > 1) reader.failed = true
    return byte === 1
  },
}

/** One byte that stands for one of the given numbers. */
export const oneByteOf = <const N extends readonly number[]>(allowed: N): Codec<N[number]> => ({
  write: (writer, value) => {
    if (!allowed.includes(value)) throw new Error('value not allowed')
    u8.write(writer, value)
  },
  read: (reader) => {
    const value = u8.read(reader)
    if (!allowed.includes(value)) reader.failed = true
    return value
  },
})

/** Fields in the order in which they are written here. */
export const struct = <F extends Record<string, AnyCodec>>(
  fields: F,
): Codec<{ readonly [K in keyof F]: Value<F[K]> }> => {
  const entries = Object.entries(fields) as unknown as readonly (readonly [string, Codec<unknown>])[]
  return {
    write: (writer, value) => {
      for (const [name, codec] of entries) codec.write(writer, value[name])
    },
    read: (reader) =>
      Object.fromEntries(entries.map(([name, codec]) => [name, codec.read(reader)])) as {
        readonly [K in keyof F]: Value<F[K]>
      },
  }
}

/** A union told apart by its `type`; on the wire one byte, given beside each member's codec. */
export const variant = <M extends Record<string, readonly [number, AnyCodec]>>(
  members: M,
): Codec<{ [K in keyof M]: { readonly type: K } & Value<M[K][1]> }[keyof M]> => {
  type Union = { [K in keyof M]: { readonly type: K } & Value<M[K][1]> }[keyof M]
  const byTag = new Map(Object.entries(members).map(([type, [tag, codec]]) => [tag, { type, codec }]))
  return {
    write: (writer, value) => {
      const [tag, codec] = members[value.type] as unknown as readonly [number, Codec<unknown>]
      u8.write(writer, tag)
      codec.write(writer, value)
    },
    read: (reader) => {
      const member = byTag.get(u8.read(reader))
      if (member === undefined) {
        reader.failed = true
        return undefined as never
      }
      return { type: member.type, ...(member.codec.read(reader) as object) } as Union
    },
  }
}

/** The same bytes under another type: brands, and values made of them. `from` answers undefined to refuse. */
export const mapped = <T, U>(
  inner: Codec<T>,
  from: (value: T) => U | undefined,
  to: (value: U) => T,
): Codec<U> => ({
  write: (writer, value) => inner.write(writer, to(value)),
  read: (reader) => {
    const value = from(inner.read(reader))
    if (value === undefined) reader.failed = true
    return value as U
  },
})

const reserve = (writer: Writer, size: number): Uint8Array => {
  const end = writer.length + size
  if (end > writer.buffer.length) {
    const larger = new Uint8Array(Math.max(end, 2 * writer.buffer.length))
    larger.set(writer.buffer.subarray(0, writer.length))
    writer.buffer = larger
  }
  const room = writer.buffer.subarray(writer.length, end)
  writer.length = end
  return room
}

/** On failure: as many zeros as a fixed field needs, nothing for a variable one. */
const take = (reader: Reader, size: number): Uint8Array => {
  const from = pass(reader, size)
  return from === undefined ? new Uint8Array(size <= 64 ? size : 0) : reader.bytes.subarray(from, from + size)
}

/** Where the next bytes begin; undefined, and failed, when there are not so many. */
const pass = (reader: Reader, size: number): number | undefined => {
  if (reader.failed || size > reader.bytes.length - reader.at) {
    reader.failed = true
    return undefined
  }
  reader.at += size
  return reader.at - size
}
