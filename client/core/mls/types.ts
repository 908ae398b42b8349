/**
 * The words of this room for the rest of the house: bytes in, bytes out, groups as values. Nothing of the MLS library's
 * own types leaves through here. Not here: what a commit must contain to be allowed (client/core/governance).
 */
import type { Brand } from '../../../shared/base/brand.ts'

/** X-Wing hybrid (default) or MLS suite 0x0003 (protocol.md D2). */
export type SuiteName = 'xwing' | 'x25519'

/** Position of a device among the leaves, from 0. */
export type LeafIndex = Brand<number, 'LeafIndex'>

declare const opaque: unique symbol
/**
 * One device's view of one epoch, as a value: every operation answers with a new one and leaves the old one as it was, so
 * an old one can still follow another commit. Only its own sending keys are single-use: sealing or staging twice from
 * the same point throws.
 */
export type Group = { readonly [opaque]: 'Group' }

export type Leaf = {
  readonly index: LeafIndex
  /** The credential: exactly 32 bytes. */
  readonly identity: Uint8Array
  /** Ed25519, 32 bytes, the same for the leaf's whole life. */
  readonly signatureKey: Uint8Array
  /** Our leaf extension 0xf101, the same for the leaf's whole life. */
  readonly seatData: Uint8Array
  /** `key_package` until the device's own first commit with a path, then `commit`. */
  readonly source: 'key_package' | 'update' | 'commit'
  /** Rules versions the device's build implements, ascending (protocol.md 7.6). */
  readonly rules: readonly number[]
}

/** A key package with its private half; both are plain bytes for the vault. */
export type NewKeyPackage = {
  readonly publicBytes: Uint8Array
  /** 128 bytes: init key, leaf key, Ed25519 secret key. Secret. */
  readonly privateBytes: Uint8Array
  /** SHA-256 of publicBytes. */
  readonly hash: Uint8Array
}

export type KeyPackageFacts = {
  readonly identity: Uint8Array
  readonly seatData: Uint8Array
  readonly signatureKey: Uint8Array
  readonly hash: Uint8Array
  readonly rules: readonly number[]
}

/** What a commit may carry, always by value. `act` is our custom proposal 0xf200. */
export type Proposal =
  | { readonly type: 'add'; readonly keyPackage: Uint8Array }
  | { readonly type: 'remove'; readonly leaf: LeafIndex }
  | { readonly type: 'charter'; readonly charter: Uint8Array }
  | { readonly type: 'act'; readonly data: Uint8Array }

export type CommitSummary = {
  /** SHA-256 of the MLS message. */
  readonly hash: Uint8Array
  readonly author: LeafIndex
  /** In the order in which the commit lists them. */
  readonly proposals: readonly Proposal[]
  readonly hasPath: boolean
}

export type StagedCommit = {
  /** To be appended. */
  readonly message: Uint8Array
  /** The new epoch, to be adopted when the commit has become effective. */
  readonly next: Group
  /** The same epoch with one handshake generation spent: to be used from now on instead of the group staged from. */
  readonly after: Group
  /** For the added devices, with the tree; there is one if the commit adds anybody. */
  readonly welcome?: Uint8Array
  readonly summary: CommitSummary
}

/** One changed node of the secret tree; 90 to 300 bytes. */
export type GroupDelta = { readonly node: number; readonly bytes: Uint8Array }
