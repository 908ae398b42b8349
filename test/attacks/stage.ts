/**
 * A committee in which one device does what no client of ours would: what it signs, commits and writes past its client. Real clients, real MLS, a relay in memory; all seats
 * count at once, and everybody has one clock. Not here: commits that are no MLS (test/support/hostileCommit.ts).
 */
import type { Test } from 'tap'
import { sealEnvelope } from '../../client/core/epochlog/envelope.ts'
import { type EpochLog, logFromSeed, logSeed } from '../../client/core/epochlog/keys.ts'
import { type Stated, signStatement } from '../../client/core/epochlog/statement.ts'
import { type Act, encodeAct } from '../../client/core/governance/act.ts'
import { type Charter, charterHash } from '../../client/core/governance/charter.ts'
import { type Action, approve, type Motion } from '../../client/core/governance/motion.ts'
import { planProposals } from '../../client/core/governance/plan.ts'
import { deviceOf, devicesOf } from '../../client/core/governance/roster.ts'
import { stageCommit } from '../../client/core/mls/commit.ts'
import { exportRoot, signatureKeyPair } from '../../client/core/mls/group.ts'
import type { Group, LeafIndex, Proposal } from '../../client/core/mls/types.ts'
import { type Epoch, rosterOf } from '../../client/core/session/state.ts'
import { randomBytes } from '../../shared/crypto/sodium.ts'
import { logKey } from '../../shared/protocol/ids.ts'
import { seatOf } from '../support/committeeStory.ts'
import { bookOf, groupOf } from '../support/hostileMember.ts'
import { appendTo, type MemoryLog, newMemoryLog } from '../support/memoryLog.ts'
import { createMemoryRelay, type MemoryRelay, type Misdeeds } from '../support/memoryRelay.ts'
import { foundBy, joinBy, type Person, say, textsOf } from '../support/people.ts'

export const MINUTE = 60_000
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR

/** In the order of the names; by custom the last ones are the infiltrators. */
export const committeeOf = async <const N extends readonly string[]>(
  names: N,
  charter: Partial<Charter> = {},
): Promise<{ relay: MemoryRelay; people: { readonly [K in keyof N]: Person } }> => {
  const relay = createMemoryRelay()
  const [first = '', ...rest] = names
  const people = [await foundBy(first, relay, { charter: { probation: 0, ...charter } })]
  for (const name of rest) people.push(await joinBy(name, people[0] as Person, relay, people.slice(1)))
  await syncAll(people, 2)
  return { relay, people: people as unknown as { readonly [K in keyof N]: Person } }
}

/** Whatever comes of it: a device may be stuck, removed, or without a line. */
export const syncAll = async (people: readonly Person[], times = 1): Promise<void> => {
  for (let i = 0; i < times; i++) for (const { session } of people) await session.sync()
}

/** So many minutes with these online, looked at every five. */
export const pass = async (people: readonly Person[], minutes: number): Promise<void> => {
  for (let passed = 0; passed < minutes; passed += 5) {
    for (const time of new Set(people.map((one) => one.time))) time.now += 5 * MINUTE
    await syncAll(people)
  }
}

export const newest = async (person: Person): Promise<Epoch> => (await bookOf(person)).newest()
export const statusOf = ({ session }: Person): string => session.view().own.status
export const epochNumber = ({ session }: Person): number => session.view().epoch
export const deviceIdOf = ({ session }: Person) => session.view().own.device

/** Members all, in one epoch, and the first of them is heard by the others. */
export const agree = async (t: Test, people: readonly [Person, ...Person[]]): Promise<void> => {
  await syncAll(people, 3)
  const [first] = people
  const text = `all here, in ${epochNumber(first)}`
  t.equal(await say(first, text), 'sent')
  await syncAll(people)
  for (const one of people) {
    t.equal(statusOf(one), 'member', `${one.name} is a member`)
    t.strictSame(one.session.view().words, first.session.view().words, `${one.name} is where the others are`)
    t.equal(textsOf(one).at(-1), text, `${one.name} hears it`)
  }
}

/** What these sign together, whatever the rules say of it. */
export const mandateBy = async (
  signers: readonly Person[],
  action: Action,
  change: Partial<Motion> = {},
): Promise<Act> => {
  const [first] = signers
  if (!first) throw new Error('nobody signs')
  const { info, charter } = await newest(first)
  const motion: Motion = {
    anchor: info.anchor,
    charterHash: charterHash(info.charterBytes),
    rules: charter.rules,
    nonce: randomBytes(16),
    lastEpoch: info.number + 10,
    action,
    ...change,
  }
  const approvals = await Promise.all(
    signers.map(async (one) => approve(await keyOf(one), deviceIdOf(one), motion)),
  )
  const sorted = approvals.sort((a, b) => (a.device < b.device ? -1 : 1))
  return { type: 'mandate', mandate: { motion, approvals: sorted } }
}

/** The key of its leaf, which is one for the leaf's whole life. */
export const keyOf = async (person: Person) => signatureKeyPair(groupOf(await newest(person))).secretKey

export const actOf = (act: Act): Proposal => ({ type: 'act', data: encodeAct(act) })
export const removeLeaves = (epoch: Epoch, person: Person): readonly Proposal[] =>
  devicesOf(rosterOf(epoch), seatOf(person)).map(({ leaf }) => ({ type: 'remove', leaf: leaf as LeafIndex }))

/** As the rules ask for it, if the act were carried. */
export const planned = (epoch: Epoch, act: Act, keyPackage?: Uint8Array): readonly Proposal[] => {
  const proposals = planProposals(rosterOf(epoch), act, keyPackage)
  if (!proposals) throw new Error('nothing to act on')
  return proposals as readonly Proposal[]
}

/** Good MLS, by the keys of this device; judged by nobody. Not to be repeated for one epoch without reading the disk again. */
export const commitBy = async (person: Person, proposals: readonly Proposal[]) =>
  stageCommit(groupOf(await newest(person)), proposals)

export const firstLogOf = (epoch: Pick<Epoch, 'logs'>): EpochLog => {
  const [log] = epoch.logs
  if (!log) throw new Error('an epoch has a log')
  return log
}

/** The first log of the epoch that this is a state of, also if only its author has entered it. */
export const logIn = async (group: Group): Promise<EpochLog> =>
  logFromSeed(logSeed(await exportRoot(group), 0))

/** Made if nobody has: whoever has an epoch's keys can. */
export const logAt = (relay: MemoryRelay, { id, access }: EpochLog): MemoryLog => {
  const log = relay.logs.get(logKey(id)) ?? newMemoryLog(access.policy)
  if (!log) throw new Error('an epoch log has a policy')
  relay.logs.set(logKey(id), log)
  return log
}

/** Past the wire, which holds nobody back who has the keys. */
export const write = (relay: MemoryRelay, log: EpochLog, kind: 1 | 4, body: Uint8Array): void =>
  void appendTo(logAt(relay, log), sealEnvelope(log, { kind, body }))

/** A statement of this device's leaf, into the first log of that epoch. */
export const stateAs = async (
  relay: MemoryRelay,
  person: Person,
  number: number,
  stated: Stated,
): Promise<void> => {
  const epoch = (await bookOf(person)).epoch(number)
  const mine = epoch && deviceOf(rosterOf(epoch), deviceIdOf(person))
  if (!epoch || !mine) throw new Error('not held')
  const log = firstLogOf(epoch)
  const seen = { log: 0, seq: 0, chain: new Uint8Array(32) }
  const key = signatureKeyPair(groupOf(epoch)).secretKey
  write(relay, log, 4, signStatement(key, log.id, { leaf: mine.leaf, seen, stated }))
}

export const isCommit = (request: Parameters<NonNullable<Misdeeds['receive']>>[0]): boolean =>
  request.type === 'append' && request.blob.length > 1024 // of five members or more

/** No commit gets through the wire; and nobody waits so long for it. */
export const HELD: Misdeeds = {
  refuse: (request) => (isCommit(request) ? { type: 'slow', seconds: 3600 } : undefined),
}

/** Everybody stays where they were, and no word goes into the epoch that the commit would have led to (I16). */
export const isNothing = async (
  t: Test,
  { relay, by, others }: { relay: MemoryRelay; by: Person; others: readonly [Person, ...Person[]] },
  what: string,
  proposals: readonly Proposal[],
): Promise<void> => {
  const before = epochNumber(others[0])
  const staged = await commitBy(by, proposals)
  write(relay, firstLogOf(await newest(by)), 1, staged.message)
  // A mandate that is published is carried out by whoever reads it, as it was meant; here nobody gets to.
  relay.misbehave(HELD)
  await syncAll(others, 2)
  relay.misbehave()
  t.strictSame(
    others.map((one) => [statusOf(one), epochNumber(one)]),
    others.map(() => ['member', before]),
    `${what}: nobody follows`,
  )
  t.notOk(relay.logs.has(logKey((await logIn(staged.next)).id)), `${what}: its epoch has no log`)
}
