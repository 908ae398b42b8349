/**
 * Commits: staging one's own, judging anybody's, following what the log made effective. All three are pure; nothing is adopted
 * here (protocol.md 7.2 and 7.3). Not here: whether the committee allows it (client/core/governance).
 */
import { createCommit } from 'ts-mls/createCommit.js'
import type { CiphersuiteImpl } from 'ts-mls/crypto/ciphersuite.js'
import { encodeMlsMessage } from 'ts-mls/message.js'
import { err, ok, type Result } from '../../../shared/base/result.ts'
import { sha256 } from '../../../shared/crypto/sodium.ts'
import { enterEpoch } from './enterEpoch.ts'
import { examine } from './examine.ts'
import { leavesOf, ownLeafOf } from './group.ts'
import { groupOf, inside } from './inside.ts'
import { afterOwnHandshake, spendOwn } from './ownRatchet.ts'
import { withoutBlank } from './pathSecrets.ts'
import { toLibrary } from './proposals.ts'
import type { CommitSummary, Group, Proposal, StagedCommit } from './types.ts'

/**
 * A commit of these proposals by the own leaf; none at all only renews the own keys (TIDY). Adopt `after` at once and `next` when the
 * log has made the commit effective. Throws on proposals that could never be valid, on a charter together with a removal
 * (its receivers could not follow: findings.md), and on the second use of one sending key.
 */
export const stageCommit = async (group: Group, proposals: readonly Proposal[]): Promise<StagedCommit> => {
  const removes = proposals.some(({ type }) => type === 'remove')
  if (removes && proposals.some(({ type }) => type === 'charter')) {
    throw new Error('a charter and a removal need two commits')
  }
  spendOwn(group, 'handshake')
  const { suite, state } = inside(group)
  const { newState, commit, welcome } = await createCommit(
    { state, cipherSuite: leavesOneLeaf(group, proposals) ? withOwnCommitSecret(group) : suite.cs },
    { extraProposals: proposals.map(toLibrary), ratchetTreeExtension: true },
  )
  const message = encodeMlsMessage(commit)
  const { privatePath, ratchetTree } = newState
  const privateKeys = withoutBlank(privatePath.privateKeys, ratchetTree)
  return {
    message,
    next: groupOf(suite.name, { ...newState, privatePath: { ...privatePath, privateKeys } }),
    after: await afterOwnHandshake(group),
    ...(welcome && {
      welcome: encodeMlsMessage({ version: 'mls10', wireformat: 'mls_welcome', welcome }),
    }),
    summary: {
      hash: sha256(message),
      author: ownLeafOf(group),
      proposals,
      hasPath: proposals.length === 0 || removes,
    },
  }
}

/** Whether the commit is publicly valid as far as MLS decides it (examine.ts), and what it says. */
export const inspectCommit = async (
  group: Group,
  message: Uint8Array,
): Promise<Result<CommitSummary, 'invalid'>> => {
  const examined = await examine(group, message)
  if (examined === undefined) return err('invalid')
  const { author, proposals, path } = examined
  return ok({ hash: sha256(message), author, proposals, hasPath: path !== undefined })
}

/**
 * The epoch after this commit, seen from the own leaf (the dry run of protocol.md 7.3). `invalid`: for everybody. `stuck`: valid, but
 * what it holds for this device does not open or does not fit. `removed`: the own leaf is among the removed; whether its
 * author may do that, the caller has judged before. An own commit with a path is `stuck`: adopt what was staged.
 */
export const followCommit = async (
  group: Group,
  message: Uint8Array,
): Promise<Result<Group, 'invalid' | 'stuck' | 'removed'>> => {
  const examined = await examine(group, message)
  if (examined === undefined) return err('invalid')
  const own = ownLeafOf(group)
  // By the proposals, not by the tree: a resync puts the fresh leaf where the old one was.
  const isRemoved = examined.proposals.some((p) => p.type === 'remove' && p.leaf === own)
  if (isRemoved) return err('removed')
  const next = await enterEpoch(group, examined)
  return next === undefined ? err('stuck') : ok(next)
}

const leavesOneLeaf = (group: Group, proposals: readonly Proposal[]): boolean => {
  const count = (type: Proposal['type']) => proposals.filter((proposal) => proposal.type === type).length
  return leavesOf(group).length + count('add') - count('remove') === 1
}

/**
 * When only the author's leaf is left, its path has no nodes, and the library takes zeros for the commit secret: the removed device could
 * compute the next epoch. RFC 9420 section 7.4 wants the secret after the leaf's; nobody but the author needs it, so a random one
 * does. It goes in where the init secret meets the commit secret (RFC 9420 section 8).
 */
const withOwnCommitSecret = (group: Group): CiphersuiteImpl => {
  const { suite, state } = inside(group)
  const { cs } = suite
  const commitSecret = cs.rng.randomBytes(cs.kdf.size)
  const extract: CiphersuiteImpl['kdf']['extract'] = (salt, inputKey) =>
    cs.kdf.extract(salt, salt === state.keySchedule.initSecret ? commitSecret : inputKey)
  return { ...cs, kdf: { ...cs.kdf, extract } }
}
