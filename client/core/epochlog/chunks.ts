/** Bodies longer than one envelope, as chunks, and back. Only Welcomes need it: a commit must fit one entry. */

import { concat } from '../../../shared/base/bytes.ts'
import { bytes, decode, encode, struct, u8, u16, type Value, varBytes } from '../../../shared/base/codec.ts'
import { toHex } from '../../../shared/base/text.ts'
import { type Envelope, type EnvelopeKind, MAX_BODY_BYTES } from './envelope.ts'

const CHUNK_HEAD_BYTES = 16 + 2 + 2 + 1 + 4
const PART_BYTES = MAX_BODY_BYTES - CHUNK_HEAD_BYTES
/** Chunks of one body, at most: a Welcome of four megabytes. */
const MAX_CHUNKS = 16

/** `whole`: 16 random bytes common to the chunks; `kind`: of the whole. */
const chunk = struct({ whole: bytes(16), index: u16, count: u16, kind: u8, part: varBytes(PART_BYTES) })
type Chunk = Value<typeof chunk>

/** One envelope if it fits, else several. Throws above MAX_CHUNKS: nothing we make is that large. */
export const splitBody = (
  kind: EnvelopeKind,
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

/** A plain envelope comes back as it is; a last chunk comes back as the whole it completes. */
export const gather = (
  gathering: Gathering,
  envelope: Envelope,
): { readonly gathering: Gathering; readonly whole: Envelope | undefined } => {
  if (envelope.kind !== 3) return { gathering, whole: envelope }
  const decoded = decode(chunk, envelope.body)
  if (!decoded.ok || decoded.value.count > MAX_CHUNKS || decoded.value.index >= decoded.value.count)
    return { gathering, whole: undefined }
  const name = toHex(decoded.value.whole)
  const parts = [...(gathering.get(name) ?? []).filter((p) => p.index !== decoded.value.index), decoded.value]
  const next = new Map([...gathering, [name, parts]].slice(-MAX_WHOLES) as [string, readonly Chunk[]][])
  if (parts.length < decoded.value.count) return { gathering: next, whole: undefined }
  next.delete(name)
  const sorted = [...parts].sort((a, b) => a.index - b.index)
  const kind = decoded.value.kind as EnvelopeKind
  return { gathering: next, whole: { kind, body: concat(...sorted.map((p) => p.part)) } }
}
