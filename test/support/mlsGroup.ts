/** Small MLS groups for tests, through the same door as everybody. */
import { ok } from 'node:assert/strict'
import { followCommit, stageCommit } from '../../client/core/mls/commit.ts'
import { createGroup } from '../../client/core/mls/group.ts'
import { newKeyPackage } from '../../client/core/mls/keyPackage.ts'
import type { Group, LeafIndex, NewKeyPackage, Proposal, SuiteName } from '../../client/core/mls/types.ts'
import { joinFromWelcome } from '../../client/core/mls/welcome.ts'
import { utf8 } from '../../shared/base/bytes.ts'
import type { Result } from '../../shared/base/result.ts'
import { randomBytes } from '../../shared/crypto/sodium.ts'

export const SUITES: readonly SuiteName[] = ['xwing', 'x25519']

export const value = <T, E>(result: Result<T, E>): T => {
  ok(result.ok, result.ok ? '' : `expected a value, got ${result.error}`)
  return result.value
}

export const leaf = (index: number): LeafIndex => index as LeafIndex

export const device = (suite: SuiteName): Promise<NewKeyPackage> =>
  newKeyPackage({ suite, identity: randomBytes(32), seatData: utf8('seat') })

export const found = async (suite: SuiteName): Promise<Group> =>
  createGroup({
    suite,
    groupId: randomBytes(32),
    charter: utf8('charter'),
    keyPackage: await device(suite),
  })

/** One commit by `author`, followed by everybody it does not remove; the joiners come last. */
export const advance = async (
  groups: readonly Group[],
  author: number,
  proposals: readonly Proposal[],
  joiners: readonly NewKeyPackage[] = [],
): Promise<Group[]> => {
  const staged = await stageCommit(groups[author] as Group, proposals)
  const next: Group[] = []
  for (const [i, group] of groups.entries()) {
    const followed = i === author ? undefined : await followCommit(group, staged.message)
    if (followed === undefined) next.push(staged.next)
    else if (followed.ok || followed.error !== 'removed') next.push(value(followed))
  }
  for (const keyPackage of joiners) {
    const suite = suiteIn(staged.welcome as Uint8Array)
    next.push(
      value(await joinFromWelcome({ suite, welcome: staged.welcome as Uint8Array, keyPackage })).group,
    )
  }
  return next
}

export const add = async (groups: readonly Group[], author: number, suite: SuiteName, count: number) => {
  const joiners = await Promise.all(Array.from({ length: count }, () => device(suite)))
  const proposals = joiners.map(({ publicBytes }) => ({ type: 'add', keyPackage: publicBytes }) as const)
  return advance(groups, author, proposals, joiners)
}

/** `size` devices in one group, freshly added by the founder. */
export const groupOfSize = async (suite: SuiteName, size: number): Promise<Group[]> => {
  const founder = await found(suite)
  return size === 1 ? [founder] : add([founder], 0, suite, size - 1)
}

/** A Welcome names its suite in the two bytes after version and wire format. */
const suiteIn = (welcome: Uint8Array): SuiteName => (welcome[5] === 3 ? 'x25519' : 'xwing')
