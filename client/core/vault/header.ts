/**
 * The head of a vault: how a passphrase becomes a key, and under that key the random key of the records.
 *
 *     "tocsin vault" | u8 version | u32 operations | u32 memory | 16 salt | box(wrap key, secret, all before) | 32 check
 *     secret = 32 record key | 16 file id | u48 generation | u32 base records
 *
 * The box authenticates the parameters, so nobody can talk a device into a cheaper derivation. The check is plain
 * SHA-256: it tells a damaged header from a wrong passphrase before time is spent on the passphrase.
 * Not here: the records (records.ts).
 */
import { concat, sameBytes, utf8 } from '../../../shared/base/bytes.ts'
import { bytes, decode, encode, struct, u8, u32, u48, type Value } from '../../../shared/base/codec.ts'
import { err, ok, type Result } from '../../../shared/base/result.ts'
import { HASH_BYTES, randomBytes, sha256 } from '../../../shared/crypto/sodium.ts'
import { openBox, sealBox } from '../crypto/aead.ts'
import { keyFromPassphrase, PASSPHRASE_SALT_BYTES, type PassphraseCost } from '../crypto/passphrase.ts'
import { wipe } from '../crypto/wipe.ts'

/** What opens a header: the key that a passphrase gives, and how it gives it. */
export type Wrap = { readonly cost: PassphraseCost; readonly salt: Uint8Array; readonly key: Uint8Array }

/**
 * What holds from one rewriting of the vault to the next. Every era has a key of its own, so that whoever finds
 * blocks of an older era on the disk needs that era's header as well (I20).
 */
export type Era = Value<typeof era>

export type HeaderRefusal = 'not_a_vault' | 'newer_version' | 'damaged' | 'wrong_passphrase'

const MAGIC = utf8('tocsin vault')
const VERSION = 1
const KEY_BYTES = 32
const FILE_ID_BYTES = 16

/** Bounds on what a header may ask of this machine: libsodium's minimum, and some seconds and 256 MiB. */
const MIN_MEMORY_BYTES = 8 * 1024
const MAX_MEMORY_BYTES = 256 * 1024 * 1024
const MAX_OPERATIONS = 16

const params = struct({
  magic: bytes(MAGIC.length),
  version: u8,
  operations: u32,
  memory: u32,
  salt: bytes(PASSPHRASE_SALT_BYTES),
})
const era = struct({
  key: bytes(KEY_BYTES),
  fileId: bytes(FILE_ID_BYTES),
  generation: u48,
  /** The first so many records belong together: fewer of them are no vault. */
  baseRecords: u32,
})
const PARAMS_BYTES = MAGIC.length + 1 + 4 + 4 + PASSPHRASE_SALT_BYTES

/** Derives for as long as the cost says. Throws on an empty passphrase and on a cost out of bounds. */
export const newWrap = (passphrase: string, cost: PassphraseCost): Wrap => {
  if (!isBounded(cost)) throw new Error('cost of the passphrase out of bounds')
  if (passphrase === '') throw new Error('empty passphrase')
  return derive(passphrase, cost, randomBytes(PASSPHRASE_SALT_BYTES))
}

/** The era before is undefined for a new vault. */
export const nextEra = (before: Era | undefined, baseRecords: number): Era => ({
  key: randomBytes(KEY_BYTES),
  fileId: before?.fileId ?? randomBytes(FILE_ID_BYTES),
  generation: (before?.generation ?? 0) + 1,
  baseRecords,
})

export const sealHeader = (wrap: Wrap, current: Era): Uint8Array => {
  const open = encode(params, { magic: MAGIC, version: VERSION, ...wrap.cost, salt: wrap.salt })
  const secret = encode(era, current)
  const head = concat(open, sealBox(wrap.key, secret, open))
  wipe(secret)
  return concat(head, sha256(head))
}

export const openHeader = (
  header: Uint8Array,
  passphrase: string,
): Result<{ readonly wrap: Wrap; readonly era: Era }, HeaderRefusal> => {
  const known = readParams(header)
  if (!known.ok) return known
  if (passphrase === '') return err('wrong_passphrase')
  const { operations, memory, salt } = known.value
  const wrap = derive(passphrase, { operations, memory }, salt)
  const box = header.subarray(PARAMS_BYTES, header.length - HASH_BYTES)
  const secret = openBox(wrap.key, box, header.subarray(0, PARAMS_BYTES))
  const current = secret && decode(era, secret)
  if (!secret || !current?.ok) return err('wrong_passphrase')
  wipe(secret)
  return ok({ wrap, era: current.value })
}

const readParams = (header: Uint8Array): Result<Value<typeof params>, HeaderRefusal> => {
  if (!sameBytes(header.subarray(0, MAGIC.length), MAGIC)) return err('not_a_vault')
  if ((header[MAGIC.length] ?? 0) > VERSION) return err('newer_version')
  const read = decode(params, header.subarray(0, PARAMS_BYTES))
  const isWhole = sameBytes(
    sha256(header.subarray(0, -HASH_BYTES)),
    header.subarray(header.length - HASH_BYTES),
  )
  if (!read.ok || !isWhole || read.value.version !== VERSION || !isBounded(read.value)) return err('damaged')
  return read
}

const derive = (passphrase: string, cost: PassphraseCost, salt: Uint8Array): Wrap => ({
  cost,
  salt,
  key: keyFromPassphrase(passphrase, salt, cost),
})

const isBounded = ({ operations, memory }: PassphraseCost): boolean =>
  operations >= 1 && operations <= MAX_OPERATIONS && memory >= MIN_MEMORY_BYTES && memory <= MAX_MEMORY_BYTES
