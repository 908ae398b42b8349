/**
 * Somebody who kept everything: every state a device ever held, copied at each write to its disk, and with it every way we know to get from
 * there to what came later. Not here: what a test gives them of the relay.
 */
import { emptyPskIndex } from 'ts-mls'
import { decryptWithLabel } from 'ts-mls/crypto/hpke.js'
import { encodeGroupContext } from 'ts-mls/groupContext.js'
import { initializeEpoch, mlsExporter } from 'ts-mls/keySchedule.js'
import { decryptSenderData } from 'ts-mls/privateMessage.js'
import { processPrivateMessage } from 'ts-mls/processMessages.js'
import { openEnvelope } from '../../client/core/epochlog/envelope.ts'
import { type EpochLog, logFromSeed, logSeed } from '../../client/core/epochlog/keys.ts'
import { decodePrivate } from '../../client/core/mls/bytes.ts'
import { followCommit } from '../../client/core/mls/commit.ts'
import { examine } from '../../client/core/mls/examine.ts'
import { anchorOf, epochAuthenticatorOf, exportRoot, ownLeafOf } from '../../client/core/mls/group.ts'
import { inside } from '../../client/core/mls/inside.ts'
import { open } from '../../client/core/mls/message.ts'
import { decodeGroup } from '../../client/core/mls/state.ts'
import type { Group, SuiteName } from '../../client/core/mls/types.ts'
import { epochInfo, own, staged } from '../../client/core/session/state.ts'
import { openVault, type Vault } from '../../client/core/vault/vault.ts'
import { type Codec, decode } from '../../shared/base/codec.ts'
import { toHex } from '../../shared/base/text.ts'
import type { MemoryDisk } from './memoryVaultFile.ts'
import { PASSPHRASE, type Person } from './people.ts'

/** `groups`: one for each epoch and each commit of its own, with all ratchets at their beginning. */
export type Loot = { readonly groups: readonly Group[]; readonly logs: readonly EpochLog[] }

/** Copies the disk before every write from now on; the answer is all copies, and the disk as it is then. */
export const keepEverything = ({ disk }: Person): (() => readonly MemoryDisk[]) => {
  const copies: MemoryDisk[] = [disk.copy()]
  disk.beforeWrite = () => void copies.push(disk.copy())
  return () => [...copies, disk.copy()]
}

export const lootOf = async (disks: readonly MemoryDisk[]): Promise<Loot> => {
  const found: Found = { groups: [], logs: [] }
  const known = new Set<string>()
  for (const disk of disks) {
    const opened = await openVault(disk.open(), PASSPHRASE)
    if (!opened.ok) throw new Error(opened.error)
    await takeAll(opened.value, known, found)
    await opened.value.close()
  }
  return found
}

type Found = { readonly groups: Group[]; readonly logs: EpochLog[] }

/** Every value once, however many copies of the disk have it. */
const takeAll = async (vault: Vault, known: Set<string>, found: Found): Promise<void> => {
  for (const key of vault.keys('committee/')) {
    const name = key + toHex(vault.get(key) ?? new Uint8Array(0))
    if (known.has(name)) continue
    known.add(name)
    const group = await groupAt(vault, key)
    if (group) found.groups.push(group)
    found.logs.push(...logsAt(vault, key))
  }
}

const suiteAt = (vault: Vault, key: string): SuiteName => {
  const committee = key.split('/').slice(0, 2).join('/')
  return stored(vault, `${committee}/own`, own).suite
}

const stored = <T>(vault: Vault, key: string, codec: Codec<T>): T => {
  const decoded = decode(codec, vault.get(key) ?? new Uint8Array(0))
  if (!decoded.ok) throw new Error(`${key} does not decode`)
  return decoded.value
}

const groupAt = async (vault: Vault, key: string): Promise<Group | undefined> => {
  if (key.includes('/staged/')) return decodeGroup(suiteAt(vault, key), stored(vault, key, staged).next, [])
  const base = key.endsWith('/group/base') ? vault.get(key) : undefined
  return base && decodeGroup(suiteAt(vault, key), base, [])
}

const logsAt = (vault: Vault, key: string): readonly EpochLog[] =>
  key.endsWith('/info') ? stored(vault, key, epochInfo).logSeeds.map(logFromSeed) : []

/** Of every epoch that can be reached from these states with these commits: where its logs are. */
export const reach = async (loot: Loot, commits: readonly Uint8Array[]): Promise<readonly EpochLog[]> => {
  const roots = new Map<string, Uint8Array>()
  const add = (root: Uint8Array | undefined): void => void (root && roots.set(toHex(root), root))
  const groups = [...loot.groups]
  const seen = new Set<string>()
  for (let group = groups.pop(); group; group = groups.pop()) {
    const name = `${ownLeafOf(group)} ${toHex(epochAuthenticatorOf(group))}`
    if (seen.has(name)) continue
    seen.add(name)
    add(await exportRoot(group))
    for (const commit of commits) {
      const followed = await followCommit(group, commit)
      if (followed.ok) groups.push(followed.value)
      add(await rootByLibrary(group, commit))
      add(await rootWithoutPath(group, commit))
    }
  }
  return [...loot.logs, ...[...roots.values()].map((root) => logFromSeed(logSeed(root, 0)))]
}

const rootOf = (group: Group, exporterSecret: Uint8Array): Promise<Uint8Array> =>
  mlsExporter(exporterSecret, 'epochlog/1', anchorOf(group), 32, inside(group).suite.cs)

/** What the library itself would make of it, whoever is removed. */
const rootByLibrary = async (group: Group, commit: Uint8Array): Promise<Uint8Array | undefined> => {
  const { suite, state } = inside(group)
  const message = decodePrivate(commit)
  try {
    if (!message) return undefined
    const { newState } = await processPrivateMessage(state, message, emptyPskIndex, suite.cs)
    return await rootOf(group, newState.keySchedule.exporterSecret)
  } catch {
    return undefined
  }
}

/** As if there were no path in the commit, or nothing in it but zeros. */
const rootWithoutPath = async (group: Group, commit: Uint8Array): Promise<Uint8Array | undefined> => {
  const { suite, state } = inside(group)
  const examined = await examine(group, commit)
  if (!examined) return undefined
  const zeros = new Uint8Array(suite.cs.kdf.size)
  const { initSecret } = state.keySchedule
  const next = await initializeEpoch(initSecret, zeros, examined.nextContext, zeros, suite.cs.kdf)
  return rootOf(group, next.keySchedule.exporterSecret)
}

/** Every private key of the tree that these states hold. */
const privateKeysOf = (loot: Loot): readonly Uint8Array[] => [
  ...new Map(
    loot.groups
      .flatMap((group) => Object.values(inside(group).state.privatePath.privateKeys))
      .map((key) => [toHex(key), key]),
  ).values(),
]

/** How many of the path secrets in a commit these keys open. `witness`: a member's group of the commit's epoch, for what is public. */
export const pathSecretsOpened = async (loot: Loot, witness: Group, commit: Uint8Array): Promise<number> => {
  const { suite } = inside(witness)
  const examined = await examine(witness, commit)
  if (!examined?.path) return 0
  const { epoch, treeHash } = examined.nextContext
  const context = encodeGroupContext({ ...examined.context, epoch, treeHash })
  let count = 0
  for (const raw of privateKeysOf(loot)) {
    const key = await suite.cs.hpke.importPrivateKey(raw)
    for (const { kemOutput, ciphertext } of examined.path.nodes.flatMap((node) => node.encryptedPathSecret))
      try {
        await decryptWithLabel(key, 'UpdatePathNode', context, kemOutput, ciphertext, suite.cs.hpke)
        count++
      } catch {
        // As it should be.
      }
  }
  return count
}

/** Whether any state opens the message, or at least learns who sent it. */
export const opensMessage = async (loot: Loot, message: Uint8Array): Promise<boolean> => {
  const decoded = decodePrivate(message)
  for (const group of loot.groups) {
    const { suite, state } = inside(group)
    if ((await open(group, message)).ok) return true
    try {
      const { senderDataSecret } = state.keySchedule
      if (decoded && (await decryptSenderData(decoded, senderDataSecret, suite.cs))) return true
    } catch {
      // As it should be.
    }
  }
  return false
}

/** Whether any log key opens the blob, taken for an entry of its own log or of the one it stands in. */
export const opensBlob = (logs: readonly EpochLog[], log: EpochLog['id'], blob: Uint8Array): boolean =>
  logs.some((own) => openEnvelope({ ...own, id: log }, blob).ok || openEnvelope(own, blob).ok)
