/** From a talk to a committee, or to separate ways (product.md 3.B; acceptance steps 4 and 5), with real groups on a relay in memory. */
import t from 'tap'
import type { KnownContent } from '../../../../client/core/committee/content.ts'
import { encodeCharter } from '../../../../client/core/governance/charter.ts'
import { type Action, needed } from '../../../../client/core/governance/motion.ts'
import { judge } from '../../../../client/core/governance/validity.ts'
import { stageOf, unityPage } from '../../../../client/core/session/lifeView.ts'
import { cryptoReady } from '../../../../shared/crypto/sodium.ts'
import {
  aCharter,
  aCommit,
  aCommittee,
  actProposal,
  addLeaf,
  aMotion,
  aNewcomer,
  type CommitteePlan,
  mandateOf,
  seatNumber,
} from '../../../support/court.ts'
import { createMemoryRelay, type MemoryRelay } from '../../../support/memoryRelay.ts'
import { closeEverybody, foundBy, joinBy, must, type Person, restart, say } from '../../../support/people.ts'

await cryptoReady
t.teardown(closeEverybody)

const TALK = { charter: { isFounded: false } } as const

/** The verdict on an action that the first `approvers` of the seats want, carried out by the first. */
const verdictOn = (plan: CommitteePlan, action: Action, approvers: number) => {
  const { court, signers, of } = aCommittee(plan)
  const act = mandateOf(aMotion(court, action), signers.slice(0, approvers))
  const fresh = aNewcomer()
  const added = action.type === 'add' ? { added: fresh } : {}
  const what = action.type === 'add' ? addLeaf(fresh) : { type: 'charter' as const, charter: bytesIn(action) }
  const verdict = judge(
    court,
    aCommit({ by: of(0), proposals: [what, actProposal(act)], hasPath: false, ...added }),
  )
  return verdict.ok ? 'valid' : verdict.error
}

const bytesIn = (action: Action): Uint8Array =>
  action.type === 'charter' ? action.charter : new Uint8Array(0)
const charterTo = (isFounded: boolean): Action => ({
  type: 'charter',
  charter: encodeCharter(aCharter({ isFounded })),
})

t.test('section 6: founding needs everybody, and never one alone', async (t) => {
  for (const seats of [2, 3]) {
    const { court } = aCommittee({ seats, ...TALK })
    t.equal(needed(court, aMotion(court, charterTo(true))), seats)
    t.equal(verdictOn({ seats, ...TALK }, charterTo(true), seats - 1), 'not_carried')
    t.equal(verdictOn({ seats, ...TALK }, charterTo(true), seats), 'valid')
  }
  t.equal(verdictOn({ seats: 1, ...TALK }, charterTo(true), 1), 'not_carried')
  t.equal(verdictOn({ seats: 3 }, charterTo(false), 3), 'bad_charter', 'and it is never a talk again')
})

t.test('3.B nobody joins a talk beyond the third, whoever wants it', async (t) => {
  const add: Action = {
    type: 'add',
    keyPackage: aNewcomer().view.hash,
    seat: seatNumber(90),
    sponsor: seatNumber(0),
  }
  t.equal(verdictOn({ seats: 3, ...TALK }, add, 3), 'not_founded')
  t.equal(verdictOn({ seats: 3 }, add, 3), 'valid')
})

const talk = async (relay: MemoryRelay, ...others: readonly string[]): Promise<readonly Person[]> => {
  const alice = await foundBy('alice', relay, TALK)
  const people = [alice]
  for (const name of others) people.push(await joinBy(name, alice, relay, people.slice(1)))
  await everybody(people)
  return people
}

/** Everybody looks three times round. */
const everybody = async (people: readonly Person[]): Promise<void> => {
  for (const { session } of [...people, ...people, ...people]) must(await session.sync())
}

const speak = async (person: Person, content: KnownContent): Promise<string> =>
  must(await person.session.say(content)).id

/** One writes a meeting down, and each says of themselves that they were there. */
const meetOn = async (on: string, people: readonly Person[]): Promise<void> => {
  const [writer] = people
  if (!writer) return
  const meeting = await speak(writer, { type: 'meeting', on, agenda: [] })
  for (const person of people) {
    must(await person.session.sync())
    await speak(person, { type: 'meetingThere', meeting, was: true })
  }
  await everybody(people)
}

const agree = async (people: readonly Person[]): Promise<void> => {
  const [alice] = people
  if (!alice) return
  const point = await speak(alice, { type: 'unityPoint', source: 'starter', principle: 'autonomy' })
  for (const person of people) {
    must(await person.session.sync())
    await speak(person, { type: 'unityStance', point, stance: 'agree' })
  }
  await everybody(people)
}

const gapOf = async (person: Person) => {
  const voted = await person.session.foundVote()
  return voted.ok ? 'voted' : voted.error
}

t.test(
  'section 10, 4: founding before the second meeting is refused, and then everybody founds',
  async (t) => {
    const relay = createMemoryRelay()
    const people = await talk(relay, 'bob', 'carol')
    const [alice, bob, carol] = people
    if (!alice || !bob || !carol) throw new Error('three')
    t.equal(stageOf(carol.session.view()), 'talking', 'whoever comes sees that it is a talk')
    await agree(people)
    await meetOn('2026-01-04', people)
    t.equal(await gapOf(alice), 'meetings')
    await meetOn('2026-01-11', people.slice(0, 2))
    t.equal(await gapOf(alice), 'meetings', 'two of them cannot say it for the third')

    const { charter } = alice.session.view()
    const pushed = must(
      await alice.session.propose({
        type: 'charter',
        charter: encodeCharter({ ...charter, isFounded: true }),
      }),
    )
    await everybody(people)
    t.strictSame(
      await bob.session.approve(pushed.motion),
      { ok: false, error: 'meetings' },
      'nor push it through',
    )

    await meetOn('2026-01-18', people)
    must(await bob.session.foundVote())
    await everybody(people)
    t.equal(stageOf(carol.session.view()), 'founding')
    t.equal(alice.session.view().charter.isFounded, false, 'two yes are not everybody')
    must(await carol.session.foundVote())
    await everybody(people)
    for (const { session } of people) t.equal(stageOf(session.view()), 'active')
    t.equal(unityPage(bob.session.view()).points[0]?.state, 'agreed')
    t.equal(await gapOf(alice), 'founded')

    const { motions, members } = alice.session.view()
    const carolSeat = members.find(({ handle }) => handle === 'carol')?.seat
    if (!carolSeat) throw new Error('carol')
    const named = encodeCharter({ ...alice.session.view().charter, name: 'Alice and the others' })
    must(await alice.session.propose({ type: 'remove', seat: carolSeat }))
    must(await alice.session.propose({ type: 'charter', charter: named }))
    await everybody(people)
    t.equal(alice.session.view().members.length, 3, 'she alone puts nobody out')
    t.not(alice.session.view().charter.name, 'Alice and the others', 'and renames nothing')
    t.ok(motions.length > 0)
  },
)

t.test('3.B a point in discussion, or none at all, is not enough to found on', async (t) => {
  const people = await talk(createMemoryRelay(), 'bob')
  const [alice, bob] = people
  if (!alice || !bob) throw new Error('two')
  await meetOn('2026-01-04', people)
  await meetOn('2026-01-11', people)
  t.equal(await gapOf(alice), 'no_unity')
  await agree(people)
  const point = await speak(bob, { type: 'unityPoint', source: 'own', text: 'Strike pay for everybody' })
  await everybody(people)
  t.equal(await gapOf(alice), 'open_points')
  for (const person of people) await speak(person, { type: 'unityEnd', point, to: 'kept_open' })
  await everybody(people)
  t.equal(await gapOf(alice), 'voted')
})

const isForgotten = (person: Person): boolean => person.vault.keys('committee/').length === 0

t.test(
  'section 10, 5: who parts ways ends the talk on every device, and nothing of it is kept',
  async (t) => {
    const relay = createMemoryRelay()
    const people = await talk(relay, 'bob', 'carol')
    const [alice, bob, carol] = people
    if (!alice || !bob || !carol) throw new Error('three')
    await say(carol, 'What I think of the manager')
    await everybody(people)
    const before = bytesOn(bob)
    t.strictSame(await alice.session.partWays(), { ok: true, value: 'done' })
    t.ok(isForgotten(alice))
    t.equal(alice.session.view().own.status, 'parted')
    t.notOk(isForgotten(bob), 'bob has not looked yet')
    must(await bob.session.sync())
    t.ok(isForgotten(bob))
    t.equal(bob.session.view().own.status, 'parted')
    t.ok(bytesOn(bob) < before / 4, `of ${before} bytes ${bytesOn(bob)} are left`)
    must(await bob.session.sync())
    await bob.session.goOn()
    t.ok(isForgotten(bob), 'and nothing comes back')
    t.strictSame(await bob.session.say({ type: 'post', text: 'wait' }), { ok: false, error: 'not_member' })
    must(await carol.session.sync())
    t.ok(isForgotten(carol))
  },
)

t.test('3.B parting without a connection waits, and is done as soon as the relay has it', async (t) => {
  const relay = createMemoryRelay()
  const [alice, bob] = await talk(relay, 'bob')
  if (!alice || !bob) throw new Error('two')
  relay.refuseDialing(true)
  relay.cut()
  t.strictSame(await alice.session.partWays(), { ok: true, value: 'waiting' })
  t.notOk(isForgotten(alice), 'or the others would never learn of it')
  await alice.session.close()
  relay.refuseDialing(false)
  const back = await restart(alice, relay.dial)
  must(await back.session.sync())
  t.ok(isForgotten(back))
  await bob.session.close()
  const again = await restart(bob, relay.dial)
  must(await again.session.sync())
  t.ok(isForgotten(again))
})

t.test('3.B a committee that is founded is not parted from: one goes, the others stay', async (t) => {
  const relay = createMemoryRelay()
  const alice = await foundBy('alice', relay)
  const bob = await joinBy('bob', alice, relay)
  t.strictSame(await bob.session.partWays(), { ok: false, error: 'founded' })
  await speak(bob, { type: 'partWays' })
  await everybody([alice, bob])
  t.strictSame(
    [alice, bob].map(({ session }) => session.view().own.status),
    ['member', 'member'],
  )
})

t.test('3.B who talks to nobody else just forgets', async (t) => {
  const relay = createMemoryRelay()
  const alice = await foundBy('alice', relay, TALK)
  t.equal(await gapOf(alice), 'alone')
  relay.refuseDialing(true)
  relay.cut()
  t.strictSame(await alice.session.partWays(), { ok: true, value: 'done' })
  t.ok(isForgotten(alice))
})

const bytesOn = ({ disk }: Person): number => disk.raw().length
