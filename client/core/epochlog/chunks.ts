/** Bodies longer than one envelope, as chunks, and back. Only Welcomes need it: a commit must fit one entry. */

import { concat } from '../../../shared/base/bytes.ts'
import {
  bytes,
  type Codec,
  decode,
  encode,
  mapped,
  oneByteOf,
  struct,
  u16,
  type Value,
  varBytes,
} from '../../../shared/base/codec.ts'
import { toHex } from '../../../shared/base/text.ts'
import { type Envelope, MAX_BODY_BYTES } from './envelope.ts'

const CHUNK_HEAD_BYTES = 16 + 2 + 2 + 1 + 4
const PART_BYTES = MAX_BODY_BYTES - CHUNK_HEAD_BYTES
/** Chunks of one body, at most: a Welcome of four megabytes. */
const MAX_CHUNKS = 16

/** What a chunk may be part of: everything but a chunk. */
const KINDS = [1, 2, 4, 5] as const

/** `whole`: 16 random bytes common to the chunks; `kind`: of the whole. Every part but the last is full: one body, one set of chunks. */
const fields = struct({
  whole: bytes(16),
  index: u16,
  count: u16,
  kind: oneByteOf(KINDS),
  part: varBytes(PART_BYTES),
})
type Chunk = Value<typeof fields>
type WholeKind = Chunk['kind']

const isSound = ({ index, count, part }: Chunk): boolean =>
  count >= 2 &&
  count <= MAX_CHUNKS &&
  index < count &&
  (index < count - 1 ? part.length === PART_BYTES : part.length > 0)

const chunk: Codec<Chunk> = mapped(
  fields,
  (value) => (isSound(value) ? value : undefined),
  (value) => value,
)

/** One envelope if it fits, else several. Throws above MAX_CHUNKS: nothing we make is that large. */
export const splitBody = (
  kind: WholeKind,
  body: Uint8Array,
  random: (n: number) => Uint8Array,
): Envelope[] => {
  if (body.length <= MAX_BODY_BYTES) return [{ kind, body }]
  const count = Math.ceil(body.length / PART_BYTES)
  if (count > MAX_CHUNKS) throw new Error('body too large')
  const whole = random(16)
  return Array.from({ length: count }, (_, index) => ({
    kind: 3,
    body: encode(chunk, {
      whole,
      index,
      count,
      kind,
      part: body.slice(index * PART_BYTES, (index + 1) * PART_BYTES),
    }),
  }))
}

/** Chunks that arrived so far, by whole. Bounded, so that an insider cannot fill the memory with beginnings. */
export type Gathering = ReadonlyMap<string, readonly Chunk[]>

const MAX_WHOLES = 8

/**
 * A plain envelope comes back as it is; a last chunk comes back as the whole it completes. The first chunk of an index stands, and
 * chunks that disagree about the whole are not of one whole.
 */
export const gather = (
  gathering: Gathering,
  envelope: Envelope,
): { readonly gathering: Gathering; readonly whole: Envelope | undefined } => {
  if (envelope.kind !== 3) return { gathering, whole: envelope }
  const decoded = decode(chunk, envelope.body)
  if (!decoded.ok) return { gathering, whole: undefined }
  const { value } = decoded
  const name = `${toHex(value.whole)}/${value.count}/${value.kind}`
  const known = gathering.get(name) ?? []
  if (known.some((part) => part.index === value.index)) return { gathering, whole: undefined }
  const parts = [...known, value]
  const others = [...gathering].filter(([other]) => other !== name)
  if (parts.length < value.count)
    return { gathering: new Map([...others.slice(1 - MAX_WHOLES), [name, parts]]), whole: undefined }
  const sorted = parts.sort((a, b) => a.index - b.index)
  const body = concat(...sorted.map(({ part }) => part))
  return { gathering: new Map(others), whole: { kind: value.kind, body } }
}
