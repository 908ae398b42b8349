/** What somebody outside an epoch could compute of it, tried out: every key he holds on everything the log shows. */
import { decryptWithLabel } from 'ts-mls/crypto/hpke.js'
import { deriveSecret } from 'ts-mls/crypto/kdf.js'
import { encodeGroupContext } from 'ts-mls/groupContext.js'
import { initializeEpoch } from 'ts-mls/keySchedule.js'
import { pathToRoot } from 'ts-mls/pathSecrets.js'
import { filteredDirectPath } from 'ts-mls/ratchetTree.js'
import { leafWidth, type NodeIndex, root, toLeafIndex } from 'ts-mls/treemath.js'
import { type Examined, examine } from '../../client/core/mls/examine.ts'
import { inside } from '../../client/core/mls/inside.ts'
import type { Group } from '../../client/core/mls/types.ts'
import { toHex } from '../../shared/base/text.ts'

/** Every epoch authenticator a device of the old epoch can compute for the epoch after this commit; in hex. */
export const reachableEpochs = async (from: Group, message: Uint8Array): Promise<string[]> => {
  const { suite, state } = inside(from)
  const { cs } = suite
  const examined = await examine(from, message)
  if (examined === undefined) throw new Error('commit is not valid')
  const zeros = new Uint8Array(cs.kdf.size)
  const secrets = [zeros, ...(await openable(from, examined))]
  const epochs = secrets.map((secret) =>
    initializeEpoch(state.keySchedule.initSecret, secret, examined.nextContext, zeros, cs.kdf),
  )
  return (await Promise.all(epochs)).map(({ keySchedule }) => toHex(keySchedule.epochAuthenticator))
}

/** The commit secrets behind every ciphertext that one of the held private keys opens. */
const openable = async (from: Group, { path, tree, author, ...rest }: Examined): Promise<Uint8Array[]> => {
  const { suite, state } = inside(from)
  const { cs } = suite
  if (path === undefined) return []
  const { epoch, treeHash } = rest.nextContext
  const info = encodeGroupContext({ ...rest.context, epoch, treeHash })
  const levels = filteredDirectPath(toLeafIndex(author), tree)
  const tries = path.nodes.flatMap(({ encryptedPathSecret }, i) =>
    encryptedPathSecret.flatMap(({ kemOutput, ciphertext }) =>
      Object.values(state.privatePath.privateKeys).map(async (raw) => {
        const key = await cs.hpke.importPrivateKey(raw)
        const secret = await decryptWithLabel(key, 'UpdatePathNode', info, kemOutput, ciphertext, cs.hpke)
        const above = await pathToRoot(tree, levels[i] as NodeIndex, secret, cs.kdf)
        return deriveSecret(above[root(leafWidth(tree.length))] as Uint8Array, 'path', cs.kdf)
      }),
    ),
  )
  const settled = await Promise.allSettled(tries)
  return settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
}
