/** Deciding together on devices of their own, over a relay in memory (protocol.md D8): the hours, the reasons, and what binds the group. */
import { setTimeout } from 'node:timers/promises'
import t from 'tap'
import { motionLines } from '../../../../client/cli/show/motionCards.ts'
import type { MotionContent } from '../../../../client/core/committee/motionContent.ts'
import { encodeCharter } from '../../../../client/core/governance/charter.ts'
import type { DecideStep } from '../../../../client/core/session/decideContent.ts'
import { type Card, decidePage } from '../../../../client/core/session/decideView.ts'
import { decide } from '../../../../client/core/session/deciding.ts'
import { cryptoReady } from '../../../../shared/crypto/sodium.ts'
import { gather, seatOf } from '../../../support/committeeStory.ts'
import { createMemoryRelay } from '../../../support/memoryRelay.ts'
import { closeEverybody, foundBy, joinBy, type Person, restart } from '../../../support/people.ts'

await cryptoReady
t.teardown(closeEverybody)

const HOUR = 3_600_000
const DAY = 24 * HOUR

const three = async () => {
  const relay = createMemoryRelay()
  const alice = await foundBy('alice', relay)
  const bob = await joinBy('bob', alice, relay)
  const carol = await joinBy('carol', alice, relay, [bob])
  const people = [alice, bob, carol]
  await gather(people)
  const pass = (ms: number): void => {
    alice.time.now += ms
  }
  return { relay, alice, bob, carol, people, pass }
}

const motion = (more: Partial<MotionContent> = {}): MotionContent => ({
  type: 'motion',
  kind: 'everyday',
  title: 'Meet on Tuesdays',
  text: 'We meet on Tuesdays.\n\nAt the bus station.',
  lang: 'en',
  ...more,
})

/** Presses, after looking: the id, or why not. */
const press = async (person: Person, step: DecideStep): Promise<string> => {
  await person.session.sync()
  const decided = await decide(person.session, step, person.time.now)
  if (decided.ok) return decided.value.id
  return 'why' in decided.error ? decided.error.why : decided.error
}

const start = (person: Person, content: MotionContent, hasNewFacts = false) =>
  press(person, { do: 'start', content, hasNewFacts })

const cardFor = async (person: Person, id: string): Promise<Card> => {
  await person.session.sync()
  const { open, done } = decidePage(person.session.view(), person.time.now)
  const card = [...open, ...done].find((one) => one.id === id)
  if (!card) throw new Error('no such card')
  return card
}

const waits = async (person: Person, id: string) => (await cardFor(person, id)).waitsForMe

t.test(
  '3.C a motion goes its way in the hours of the charter, and every device shows the same end',
  async (t) => {
    const { alice, bob, carol, people, pass, relay } = await three()
    const id = await start(alice, motion())
    t.strictSame(await waits(bob, id), ['second'])
    await press(bob, { do: 'second', motion: id })
    t.equal(await press(alice, { do: 'fix', motion: id }), 'too_early')
    const change = await press(carol, { do: 'amend', motion: id, paragraph: 1, text: 'At the library.' })
    t.strictSame(await waits(alice, id), ['amendment'])
    await press(alice, { do: 'amendment', motion: id, amendment: change, to: 'accepted' })
    pass(DAY)
    t.strictSame(await waits(alice, id), ['fix'])
    await press(alice, { do: 'fix', motion: id })
    t.strictSame(await waits(carol, id), ['open'])
    await press(carol, { do: 'open', motion: id })
    t.equal(await press(bob, { do: 'vote', motion: id, choice: 'block' }), 'no_reason')
    await press(alice, { do: 'vote', motion: id, choice: 'yes' })
    await press(bob, { do: 'vote', motion: id, choice: 'yes' })
    t.strictSame([await waits(alice, id), await waits(carol, id)], [[], ['vote']])
    t.match(
      (await cardFor(bob, id)).tally,
      { voted: 2, electorate: 3, counts: undefined },
      'hidden until the end',
    )
    t.equal(await press(alice, { do: 'close', motion: id }), 'too_early')
    pass(DAY + HOUR)
    await press(alice, { do: 'close', motion: id })
    t.strictSame(await waits(bob, id), ['confirm'])
    t.equal((await cardFor(carol, id)).state, 'counting')
    t.equal(await press(alice, { do: 'confirm', motion: id }), 'same_member')
    await press(bob, { do: 'confirm', motion: id })
    t.equal(await press(carol, { do: 'vote', motion: id, choice: 'no' }), 'late')
    const { hash = '' } = (await cardFor(carol, id)).motion ?? {}
    await carol.session.say({ type: 'motionVote', motion: id, hash, choice: 'no' })
    t.ok((await cardFor(carol, id)).isLate, 'who said it all the same is told')
    await gather(people)
    for (const person of people) {
      const { state, tally } = await cardFor(person, id)
      t.strictSame([state, tally?.counts], ['carried', { yes: 2, no: 0, unsure: 0, block: 0 }])
    }
    const again = await restart(carol, relay.dial)
    t.strictSame(again.session.view().committee.motions, carol.session.view().committee.motions)
    t.strictSame(await waits(alice, id), ['outcome'])
    await press(alice, { do: 'outcome', motion: id, text: 'We met.', reviewOn: '2026-01-09' })
    t.strictSame(await waits(bob, id), [])
    pass(2 * DAY)
    t.strictSame(await waits(bob, id), ['review'])
  },
)

t.test('3.C when everybody has voted nobody has to wait, and doubts come within a day', async (t) => {
  const { alice, bob, carol, pass } = await three()
  const id = await start(alice, motion())
  await press(bob, { do: 'second', motion: id })
  pass(DAY)
  await press(alice, { do: 'fix', motion: id })
  await press(alice, { do: 'open', motion: id })
  for (const person of [alice, bob, carol]) await press(person, { do: 'vote', motion: id, choice: 'no' })
  await press(alice, { do: 'close', motion: id })
  await press(bob, { do: 'confirm', motion: id })
  t.equal((await cardFor(carol, id)).state, 'not_carried')
  pass(DAY + HOUR)
  t.equal(await press(carol, { do: 'recount', motion: id }), 'too_late')
})

t.test(
  'a vote that an author opened in the past by their clock is not ended early by honest devices',
  async (t) => {
    const { alice, bob, pass } = await three()
    const id = await start(alice, motion())
    await press(bob, { do: 'second', motion: id })
    pass(10 * DAY)
    await press(alice, { do: 'fix', motion: id })
    const now = alice.time.now
    alice.time.now = now - 9 * DAY
    const opened = await decide(alice.session, { do: 'open', motion: id }, alice.time.now)
    t.ok(opened.ok)
    alice.time.now = now
    pass(11 * HOUR)
    await press(alice, { do: 'vote', motion: id, choice: 'yes' })

    t.equal(await press(bob, { do: 'close', motion: id }), 'too_early')
  },
)

t.test(
  '3.C a vote in which too few took part is extended, by two and once, and then it is over',
  async (t) => {
    const { alice, bob, carol, pass } = await three()
    const id = await start(alice, motion())
    await press(bob, { do: 'second', motion: id })
    pass(DAY)
    await press(alice, { do: 'fix', motion: id })
    t.equal(await press(alice, { do: 'extend', motion: id }), 'not_extendable')
    await press(alice, { do: 'open', motion: id })
    await press(alice, { do: 'vote', motion: id, choice: 'yes' })
    t.equal(await press(bob, { do: 'extend', motion: id }), 'too_early')
    pass(DAY + HOUR)
    await press(alice, { do: 'extend', motion: id })
    t.match(await cardFor(carol, id), { state: 'counting', motion: { vote: { extendedAt: undefined } } })
    await press(bob, { do: 'extend', motion: id })
    const { state, dueAt } = await cardFor(carol, id)
    t.strictSame([state, dueAt], ['voting', alice.time.now + DAY], 'as long again')
    t.equal(await press(carol, { do: 'extend', motion: id }), 'not_extendable')
    pass(DAY + HOUR)
    await press(alice, { do: 'close', motion: id })
    await press(bob, { do: 'confirm', motion: id })
    t.equal((await cardFor(carol, id)).state, 'no_quorum')

    const other = await start(alice, motion({ title: 'Meet on Mondays' }))
    await press(bob, { do: 'second', motion: other })
    pass(DAY)
    await press(alice, { do: 'fix', motion: other })
    await press(alice, { do: 'open', motion: other })
    for (const person of [alice, bob]) await press(person, { do: 'vote', motion: other, choice: 'yes' })
    await carol.session.sync()
    pass(DAY + HOUR)
    t.equal(await press(carol, { do: 'extend', motion: other }), 'not_extendable', 'enough have voted')
  },
)

t.test('3.B whoever is put forward is shown beside our rule on who may speak for us', async (t) => {
  const { alice, bob } = await three()
  const { charter } = alice.session.view()
  const mayBeDelegate = 'Nobody who gives orders at work'
  const change = { type: 'charter', charter: encodeCharter({ ...charter, mayBeDelegate }) } as const
  const asked = await alice.session.propose(change)
  for (const person of [bob, alice]) await person.session.sync()
  await bob.session.approve(asked.ok ? asked.value.motion : '')
  await alice.session.sync()
  const about = { languages: [], skills: [], wants: [], away: false }
  await bob.session.say({ type: 'profile', ...about, interest: 'supervisor' })
  const effect = { gives: 'role', role: 'delegate', seat: seatOf(bob) } as const
  const id = await start(alice, motion({ kind: 'elect', title: 'Bob speaks for us', effect }))
  const card = await cardFor(alice, id)
  const view = alice.session.view()
  const names = (seat: string): string => (seat === seatOf(bob) ? 'bob' : 'somebody')
  const lines = motionLines(card, { view, names, short: (one) => one.slice(0, 4), nowMs: alice.time.now })
  t.match(
    lines.join('\n'),
    /Who may speak for us, by our rules: Nobody who gives orders at work\nbob says about interests of their own: gives orders at work\./,
  )
})

t.test('D8 a removal is voted on by approvals, and carried out by them', async (t) => {
  const { alice, bob, carol } = await three()
  const seat = seatOf(carol)
  const id = await start(alice, motion({ kind: 'remove', title: 'Carol goes', about: seat }))
  await press(bob, { do: 'second', motion: id })
  alice.time.now += 3 * DAY
  await press(alice, { do: 'fix', motion: id })
  await press(alice, { do: 'open', motion: id })
  const { mandate } = await cardFor(bob, id)
  t.strictSame([mandate?.action.type, mandate?.approvedBy], ['remove', [seatOf(alice)]])
  t.strictSame(await waits(bob, id), ['vote'])
  t.equal(await press(bob, { do: 'vote', motion: id, choice: 'unsure' }), 'by_mandate')
  t.equal(decidePage(bob.session.view(), 0).open.length, 1, 'one card, not two')
  await press(bob, { do: 'vote', motion: id, choice: 'yes' })
  await gather([alice, bob])

  t.equal((await cardFor(alice, id)).state, 'carried')
  t.equal(alice.session.view().members.length, 2)
})

t.test(
  'what binds the group and was put directly is a card of its own, until a motion names it',
  async (t) => {
    const { alice, bob, carol } = await three()
    const { charter } = alice.session.view()
    const change = encodeCharter({ ...charter, keepDays: 14 })
    const id = await start(alice, motion({ kind: 'charter', title: 'Keep posts longer' }))
    await press(bob, { do: 'second', motion: id })
    alice.time.now += 4 * DAY
    await press(alice, { do: 'fix', motion: id })
    t.equal(await press(alice, { do: 'open', motion: id }), 'unknown_mandate')
    const proposed = await alice.session.propose({ type: 'charter', charter: change })
    const hash = proposed.ok ? proposed.value.motion : ''
    t.match(await cardFor(carol, hash), {
      kind: 'charter',
      state: 'voting',
      waitsForMe: ['vote'],
      isOpen: true,
    })
    t.equal(await press(alice, { do: 'open', motion: id, mandate: 'a'.repeat(64) }), 'unknown_mandate')
    await press(alice, { do: 'open', motion: id })
    await carol.session.sync()
    t.strictSame(
      decidePage(carol.session.view(), 0).open.map((card) => card.id),
      [id],
    )
    await press(carol, { do: 'vote', motion: id, choice: 'yes' })
    await gather([alice, bob, carol])
    t.equal(bob.session.view().charter.keepDays, 14)
    t.equal((await cardFor(bob, id)).state, 'carried')
  },
)

t.test(
  'product.md 12 who was just voted on is not voted on again for 60 days, unless there are new facts',
  async (t) => {
    const { alice, bob, carol } = await three()
    const removal = motion({ kind: 'remove', title: 'Carol goes', about: seatOf(carol) })
    const id = await start(alice, removal)
    await press(bob, { do: 'second', motion: id })
    alice.time.now += 3 * DAY
    await press(alice, { do: 'fix', motion: id })
    await press(alice, { do: 'open', motion: id })
    await press(bob, { do: 'vote', motion: id, choice: 'no' })
    alice.time.now += 2 * DAY + HOUR
    await press(alice, { do: 'close', motion: id })
    await press(bob, { do: 'confirm', motion: id })
    t.equal((await cardFor(bob, id)).state, 'ended')
    t.equal(await start(alice, removal), 'cooling_down')
    const direct = { type: 'remove', seat: seatOf(carol) } as const
    t.strictSame(await alice.session.propose(direct), { ok: false, error: 'voted_lately' })
    const old = bob.session.view().motions.find(({ action }) => action.type === 'remove')?.hash ?? ''
    t.strictSame(await bob.session.approve(old), { ok: false, error: 'voted_lately' }, 'nor said yes to late')
    const again = await start(alice, removal, true)
    t.equal((await cardFor(bob, again)).motion?.content.hasNewFacts, true, 'which everybody sees')
    t.ok((await bob.session.propose(direct)).ok)
    await press(alice, { do: 'withdraw', motion: again })
    await bob.session.sync()
    t.equal((await bob.session.propose(direct)).ok, false)
    alice.time.now += 61 * DAY
    t.match(await start(bob, removal), /^[0-9a-f]{32}$/)
  },
)

t.test('steps that would mean nothing are refused before anything is said', async (t) => {
  const { alice, bob } = await three()
  const id = await start(alice, motion())
  const said = alice.session.view().committee.last
  t.equal(await press(alice, { do: 'second', motion: id }), 'own_motion')
  t.equal(await press(alice, { do: 'vote', motion: id, choice: 'yes' }), 'not_now')
  t.equal(await press(bob, { do: 'withdraw', motion: id }), 'not_yours')
  t.equal(await press(bob, { do: 'lapse', motion: id }), 'too_early')
  t.equal(await press(bob, { do: 'second', motion: '0'.repeat(32) }), 'no_such_motion')
  for (const title of ['b', 'c']) await start(alice, motion({ title }))
  t.equal(await start(alice, motion({ title: 'd' })), 'too_many_open')
  const empty = await decide(bob.session, { do: 'start', content: motion({ title: ' ' }) }, bob.time.now)
  t.match(empty, { ok: false, error: { why: 'field', field: 'title' } })
  await bob.session.sync()
  t.equal(bob.session.view().committee.motions.get(id)?.refused.length, 0)
  t.ok(bob.session.view().committee.last > said)
})

t.test('3.C whoever takes a change and fixes the text at once fixes the changed text', async (t) => {
  for (const isOnline of [true, false]) {
    const { relay, alice, bob, people, pass } = await three()
    const id = await start(alice, motion())
    await press(bob, { do: 'second', motion: id })
    const change = await press(bob, { do: 'amend', motion: id, paragraph: 1, text: 'At the library.' })
    pass(DAY)
    await alice.session.sync()
    const quick = async (step: DecideStep) => decide(alice.session, step, alice.time.now)
    if (!isOnline) {
      relay.refuseDialing(true)
      relay.cut()
    }
    const taken = quick({ do: 'amendment', motion: id, amendment: change, to: 'accepted' })
    t.ok((await taken).ok)
    t.ok((await quick({ do: 'fix', motion: id })).ok)
    t.match(await quick({ do: 'fix', motion: id }), { ok: false }, 'once')
    relay.refuseDialing(false)
    for (const { session } of people)
      for (let tries = 0; tries < 200 && !(await session.sync()).ok; tries++) await setTimeout(10)
    await gather(people)
    const { phase, paragraphs, refused } = (await cardFor(bob, id)).motion ?? {}
    t.strictSame([phase, paragraphs?.[1], refused], ['fixed', 'At the library.', []], `online: ${isOnline}`)
  }
})
