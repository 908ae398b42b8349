/**
 * How far files have come, in the vault: small values beside a committee's book, each written at once, because a transfer does not wait for the
 * committee's turn. Never a byte of a file. Not here: the manifests of files that arrived, which are posts (committee/fileContent.ts).
 */
import {
  bytes,
  type Codec,
  decode,
  encode,
  flag,
  list,
  mapped,
  struct,
  text,
  u32,
  type Value,
  varBytes,
} from '../../../shared/base/codec.ts'
import { MAX_PARTS } from '../committee/fileWords.ts'
import { type Witness, witness } from '../relay/witness.ts'
import type { Vault } from '../vault/vault.ts'

/** A stored witness remembers so many entries: two parts are read at a time. */
const REMEMBERED = 8
const shortWitness: Codec<Witness> = mapped(
  witness,
  (value) => value,
  (value) => ({ ...value, recent: value.recent.slice(-REMEMBERED) }),
)
const MAX_PLACE_BYTES = 4096
/** Sealed forms of one part that may have reached the relay, the newest. */
export const MAX_SENT = 16

/**
 * A file of ours on its way, under the id that its post will have. `content` is the encoded post. `witness`: the parts that the relay has acknowledged.
 * `sent`: hashes of the blobs of the next part that have left, of which the relay may have kept one.
 */
const upload = struct({
  content: varBytes(16_384),
  place: text(MAX_PLACE_BYTES),
  witness: shortWitness,
  sent: list(bytes(32), MAX_SENT),
})
export type Upload = Value<typeof upload>

/** A file that was asked for, under the id of its post. `witness`: what of the log was read; all of that is at `place`. */
const download = struct({ place: text(MAX_PLACE_BYTES), parts: u32, witness: shortWitness, isHere: flag })
export type Download = Value<typeof download>

export type Drawer<T> = {
  readonly ids: () => readonly string[]
  readonly get: (id: string) => T | undefined
  /** On the disk when it resolves. */
  readonly put: (id: string, value: T) => Promise<void>
  readonly drop: (ids: readonly string[]) => Promise<void>
}

/**
 * What the parts of an upload are: a SHA-256 for each, fixed before the first one leaves. The source may change while it is sent, or between today
 * and tomorrow, and may change back; only what was meant is sent.
 */
const pieces = list(bytes(32), MAX_PARTS)
export type Pieces = Value<typeof pieces>

export type Drawers = {
  readonly uploads: Drawer<Upload>
  readonly downloads: Drawer<Download>
  readonly pieces: Pick<Drawer<Pieces>, 'get'>
  readonly begin: (id: string, upload: Upload, pieces: Pieces) => Promise<void>
}

type Store = Pick<Vault, 'get' | 'keys' | 'write'>

/** Everything below belongs to one committee and goes with it. */
export const drawersRoot = (committee: string): string => `file/${committee}/`

export const openDrawers = (vault: Store, committee: string): Drawers => {
  const at = (name: string): string => `${drawersRoot(committee)}${name}/`
  const uploads = createDrawer(vault, at('up'), upload)
  return {
    // An upload and its pieces come and go together.
    uploads: { ...uploads, drop: (ids) => dropAll(vault, [at('up'), at('pieces')], ids) },
    downloads: createDrawer(vault, at('down'), download),
    pieces: createDrawer(vault, at('pieces'), pieces),
    begin: (id, value, hashes) =>
      vault.write([
        { key: at('up') + id, value: encode(upload, value) },
        { key: at('pieces') + id, value: encode(pieces, hashes) },
      ]),
  }
}

const createDrawer = <T>(vault: Store, prefix: string, codec: Codec<T>): Drawer<T> => ({
  ids: () => vault.keys(prefix).map((key) => key.slice(prefix.length)),
  get: (id) => {
    const raw = vault.get(prefix + id)
    const decoded = raw && decode(codec, raw)
    if (decoded && !decoded.ok) throw new Error('a stored transfer does not decode')
    return decoded?.value
  },
  put: (id, value) => vault.write([{ key: prefix + id, value: encode(codec, value) }]),
  drop: (ids) => dropAll(vault, [prefix], ids),
})

const dropAll = async (vault: Store, prefixes: readonly string[], ids: readonly string[]): Promise<void> => {
  if (ids.length === 0) return
  await vault.write(prefixes.flatMap((prefix) => ids.map((id) => ({ key: prefix + id, value: undefined }))))
}
