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
  struct,
  text,
  u32,
  type Value,
  varBytes,
} from '../../../shared/base/codec.ts'
import { type Witness, witness } from '../relay/witness.ts'
import type { Vault } from '../vault/vault.ts'

/** Entries that a stored witness remembers: two parts are read at a time. */
const REMEMBERED = 8
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
  witness,
  sent: list(bytes(32), MAX_SENT),
})
export type Upload = Value<typeof upload>

/** A file that was asked for, under the id of its post. `witness`: what of the log was read; all of that is at `place`. */
const download = struct({ place: text(MAX_PLACE_BYTES), parts: u32, witness, isHere: flag })
export type Download = Value<typeof download>

export type Drawer<T> = {
  readonly ids: () => readonly string[]
  readonly get: (id: string) => T | undefined
  /** On the disk when it resolves. */
  readonly put: (id: string, value: T) => Promise<void>
  readonly drop: (ids: readonly string[]) => Promise<void>
}

export type Drawers = { readonly uploads: Drawer<Upload>; readonly downloads: Drawer<Download> }

type Store = Pick<Vault, 'get' | 'keys' | 'write'>

/** Everything below belongs to one committee and goes with it. */
export const drawersRoot = (committee: string): string => `file/${committee}/`

export const openDrawers = (vault: Store, committee: string): Drawers => ({
  uploads: createDrawer(vault, `${drawersRoot(committee)}up/`, upload),
  downloads: createDrawer(vault, `${drawersRoot(committee)}down/`, download),
})

const createDrawer = <T extends { readonly witness: Witness }>(
  vault: Store,
  prefix: string,
  codec: Codec<T>,
): Drawer<T> => ({
  ids: () => vault.keys(prefix).map((key) => key.slice(prefix.length)),
  get: (id) => {
    const raw = vault.get(prefix + id)
    const decoded = raw && decode(codec, raw)
    if (decoded && !decoded.ok) throw new Error('a stored transfer does not decode')
    return decoded?.value
  },
  put: (id, value) => vault.write([{ key: prefix + id, value: encode(codec, short(value)) }]),
  drop: async (ids) => {
    if (ids.length > 0) await vault.write(ids.map((id) => ({ key: prefix + id, value: undefined })))
  },
})

const short = <T extends { readonly witness: Witness }>(value: T): T => ({
  ...value,
  witness: { ...value.witness, recent: value.witness.recent.slice(-REMEMBERED) },
})
