/** A key from what a person remembers: Argon2id version 1.3 (RFC 9106). Not here: the wrapped key (client/core/vault). */
import sodium from 'libsodium-wrappers'
import { utf8 } from '../../../shared/base/bytes.ts'
import { wipe } from './wipe.ts'

export const PASSPHRASE_SALT_BYTES = 16
const PASSPHRASE_KEY_BYTES = 32

export type PassphraseCost = {
  /** Passes over the memory, at least 1. */
  readonly operations: number
  /** Bytes of memory, at least 8 KiB. */
  readonly memory: number
}

/** Characters. What is on a stolen disk can be tried out at leisure; four ordinary words are about 20. */
export const MIN_CHARACTERS = 12
const MIN_DIFFERENT = 6

/** Asked of a new passphrase only. */
export const isStrong = (passphrase: string): boolean => {
  const characters = [...passphrase]
  return characters.length >= MIN_CHARACTERS && new Set(characters).size >= MIN_DIFFERENT
}

/** About 0.85 s on a slow phone (measured): the dearest that still feels like unlocking. */
export const DEFAULT_COST: PassphraseCost = { operations: 2, memory: 64 * 1024 * 1024 }

/**
 * 32 bytes, the same on every keyboard: the passphrase is NFKC-normalised. Blocks for as long as the cost says.
 * Throws when the salt is not 16 bytes, the cost is out of range or the memory cannot be had.
 */
export const keyFromPassphrase = (
  passphrase: string,
  salt: Uint8Array,
  cost: PassphraseCost = DEFAULT_COST,
): Uint8Array => {
  if (salt.length !== PASSPHRASE_SALT_BYTES) throw new Error('salt must be 16 bytes')
  const bytes = utf8(passphrase.normalize('NFKC'))
  try {
    return sodium.crypto_pwhash(
      PASSPHRASE_KEY_BYTES,
      bytes,
      salt,
      cost.operations,
      cost.memory,
      sodium.crypto_pwhash_ALG_ARGON2ID13,
    )
  } finally {
    wipe(bytes)
  }
}

/**
 * So that the next key comes sooner, on a slow phone by half a second: the memory is there, and the engine has made the program fast. What it computes is nothing.
 * To be called while somebody types.
 */
export const expectPassphrase = (): void => {
  wipe(keyFromPassphrase(' ', new Uint8Array(PASSPHRASE_SALT_BYTES), { ...DEFAULT_COST, operations: 1 }))
}
