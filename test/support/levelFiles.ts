/**
 * What is inside the files in which Chromium keeps the data of sites: LevelDB's logs and tables, unpacked, and the values that it packed once more by itself. Every file
 * also as it is. Not here: what is looked for (markers.ts).
 */

const BLOCK = 32_768
const RECORD_HEADER = 7
const FOOTER = 48
const MAGIC = Buffer.from('57fb808b247547db', 'hex')
/** Before a value that IndexedDB has packed with Snappy (Blink's IDBValueWrapper). */
const PACKED = Buffer.from('ff1102', 'hex')

/** The bytes of a file in every form in which something may be found in them. */
export const formsOfFile = (name: string, bytes: Buffer): readonly Buffer[] => {
  const inside = [bytes, ...(/[.]log$|MANIFEST/.test(name) ? [recordsIn(bytes)] : blocksIn(bytes))]
  return [...inside, ...inside.flatMap(packedIn)]
}

/** The records of a log behind one another: a record may go over several blocks. */
const recordsIn = (bytes: Buffer): Buffer => {
  const parts: Buffer[] = []
  for (let at = 0; at + RECORD_HEADER <= bytes.length; ) {
    const left = BLOCK - (at % BLOCK)
    const length = left < RECORD_HEADER ? 0 : bytes.readUInt16LE(at + 4)
    if (left < RECORD_HEADER) at += left
    else {
      parts.push(bytes.subarray(at + RECORD_HEADER, at + RECORD_HEADER + length))
      at += RECORD_HEADER + length
    }
  }
  return Buffer.concat(parts)
}

type Reader = { readonly bytes: Buffer; at: number }

const varint = (reader: Reader): number => {
  let value = 0
  for (let scale = 1; ; scale *= 128) {
    const byte = reader.bytes[reader.at++] ?? 0
    value += (byte & 127) * scale
    if (byte < 128) return value
  }
}

/** The blocks of a table, by its index; none of anything else. */
const blocksIn = (bytes: Buffer): readonly Buffer[] => {
  if (!bytes.subarray(-MAGIC.length).equals(MAGIC)) return []
  const footer = { bytes: bytes.subarray(-FOOTER), at: 0 }
  varint(footer)
  varint(footer)
  const index = blockAt(bytes, footer)
  const restarts = index.readUInt32LE(index.length - 4)
  const reader = { bytes: index, at: 0 }
  const blocks = [index]
  while (reader.at < index.length - 4 - 4 * restarts) {
    const [, ownKey = 0, value = 0] = [varint(reader), varint(reader), varint(reader)]
    reader.at += ownKey
    blocks.push(blockAt(bytes, { bytes: index, at: reader.at }))
    reader.at += value
  }
  return blocks
}

const blockAt = (bytes: Buffer, handle: Reader): Buffer => {
  const from = varint(handle)
  const end = from + varint(handle)
  const block = bytes.subarray(from, end)
  return bytes[end] === 1 ? unsnappy(block) : block
}

const packedIn = (bytes: Buffer): readonly Buffer[] => {
  const found: Buffer[] = []
  for (let at = bytes.indexOf(PACKED); at >= 0; at = bytes.indexOf(PACKED, at + 1))
    found.push(unsnappy(bytes.subarray(at + PACKED.length)))
  return found
}

/** Google's Snappy, as far as it goes: what follows behind is not part of it. */
const unsnappy = (bytes: Buffer): Buffer => {
  const reader = { bytes, at: 0 }
  const out = Buffer.alloc(Math.min(varint(reader), 64 * bytes.length))
  let size = 0
  while (reader.at < bytes.length && size < out.length) {
    const { back, length } = nextPiece(reader)
    const piece = back === undefined ? take(reader, length) : repeated(out.subarray(0, size), back, length)
    if (piece.length === 0) break
    size += piece.copy(out, size)
  }
  return out.subarray(0, size)
}

const take = (reader: Reader, size: number): Buffer => {
  const from = reader.at
  reader.at += size
  return reader.bytes.subarray(from, reader.at)
}

/** It may begin so near that it says itself again. */
const repeated = (out: Buffer, back: number, length: number): Buffer => {
  const from = out.subarray(Math.max(0, out.length - back))
  return back === 0 || back > out.length
    ? Buffer.of()
    : Buffer.concat(Array(Math.ceil(length / back)).fill(from)).subarray(0, length)
}

/** `back`: it is said again from so many bytes before; without it the bytes follow. */
const nextPiece = (reader: Reader): { readonly back?: number; readonly length: number } => {
  const tag = take(reader, 1)[0] ?? 0
  const more = tag >> 2
  const number = (size: number): number =>
    [...take(reader, size)].reduceRight((sum, byte) => 256 * sum + byte, 0)
  switch (tag & 3) {
    case 0:
      return { length: 1 + (more < 60 ? more : number(more - 59)) }
    case 1:
      return { length: 4 + (more & 7), back: (more >> 3) * 256 + number(1) }
    default:
      return { length: 1 + more, back: number((tag & 3) === 2 ? 2 : 4) }
  }
}
