/**
 * The story of one committee, with real clients over real sockets: once on a Postgres server, once on the embedded database. Not here:
 * what the relay learns of it (blindness.test.ts), what a removed device can do (removed.test.ts), crashes (crash.test.ts).
 */
import t, { type Test } from 'tap'
import type { SuiteName } from '../../client/core/mls/types.ts'
import { cryptoReady } from '../../shared/crypto/sodium.ts'
import {
  alarmIn,
  anAlarm,
  changeCharter,
  decide,
  gather,
  historyOf,
  placeOf,
  sayIt,
  seatOf,
} from '../support/committeeStory.ts'
import {
  bookOf,
  putMessage,
  removalByOneVote,
  removalWithoutMandate,
  tidyGarbledFor,
} from '../support/hostileMember.ts'
import {
  closeEverybody,
  foundBy,
  joinBy,
  must,
  type Person,
  type Place,
  realTime,
  say,
  textsOf,
} from '../support/people.ts'
import { startRelay, type TestRelay } from '../support/relay.ts'

await cryptoReady

/** Carol is mallory's neighbour in the tree, so a path can be garbled for her alone. */
type Cast = Readonly<Record<'alice' | 'bob' | 'carol' | 'mallory' | 'dave', Person>>
type Stage = { readonly place: Place; readonly suite: SuiteName }

const sameWords = (t: Test, people: readonly Person[], why: string): void => {
  const [first, ...others] = people.map(({ session }) => session.view())
  for (const other of others) {
    t.equal(other.epoch, first?.epoch, `${why}: one epoch`)
    t.strictSame(other.words, first?.words, `${why}: one set of words`)
    t.strictSame(
      other.members.map(({ seat, handle }) => [seat, handle]),
      first?.members.map(({ seat, handle }) => [seat, handle]),
      `${why}: one list of members`,
    )
  }
}

const nobodySuspects = (t: Test, people: readonly Person[]): void => {
  for (const { name, session } of people)
    t.strictSame(session.view().suspicions, [], `${name} suspects nobody`)
}

/** Founding, and two who come in by invite, words and approvals; they talk. */
const founding = async (t: Test, { place, suite }: Stage) => {
  const alice = await foundBy('alice', place, { suite, charter: { probation: 0 } }, realTime())
  const bob = await joinBy('bob', alice, place)
  const carol = await joinBy('carol', bob, place, [alice])
  const people = [alice, bob, carol]
  const asked = await sayIt(alice, { type: 'post', text: 'Who has the keys to the hall?' })
  await sayIt(bob, { type: 'post', text: 'Carol has them.', replyTo: asked })
  await say(carol, 'I have them.')

  await gather(people)

  sameWords(t, people, 'after two joins')
  for (const one of people) {
    t.strictSame(textsOf(one), ['Who has the keys to the hall?', 'Carol has them.', 'I have them.'])
    t.equal(one.session.view().committee.posts[1]?.replyTo, asked)
    t.ok(one.session.view().confirmation.isConfirmed, 'all have arrived')
    t.strictSame(
      one.session.view().members.map(({ handle, counts }) => [handle, counts]),
      [
        ['alice', true],
        ['bob', true],
        ['carol', true],
      ],
    )
  }
  return { alice, bob, carol }
}

/** Carol's device is off. The others take in two people and change the charter again and again. */
const tenEpochs = async (
  t: Test,
  { alice, bob, carol }: Pick<Cast, 'alice' | 'bob' | 'carol'>,
  place: Place,
): Promise<Cast> => {
  const before = carol.session.view().epoch
  const mallory = await joinBy('mallory', alice, place, [bob])
  const dave = await joinBy('dave', bob, place, [alice, mallory])
  const awake = [alice, bob, mallory, dave] as const
  const missed: string[] = []
  for (let week = 1; week <= 4; week++) {
    const text = `Minutes of week ${week}`
    await say(week % 2 ? dave : alice, text)
    missed.push(text)
    await changeCharter(awake, { purpose: `Safe breaks, as of week ${week}` })
    await gather(awake)
  }
  t.ok(alice.session.view().epoch >= before + 10, `${alice.session.view().epoch - before} epochs went by`)
  t.equal(carol.session.view().epoch, before, 'without carol')

  must(await carol.session.sync())

  t.strictSame(textsOf(carol).slice(-4), missed, 'she reads everything that was said meanwhile')
  t.strictSame(textsOf(carol), textsOf(alice))
  t.equal(carol.session.view().charter.purpose, 'Safe breaks, as of week 4')
  await gather([...awake, carol])
  sameWords(t, [...awake, carol], 'after catching up')
  return { alice, bob, carol, mallory, dave }
}

/** D11: whoever executes a change of the charter refreshes their keys in the next epoch. */
const charterThenTidy = async (t: Test, { bob }: Cast): Promise<void> => {
  const history = await historyOf(bob)
  const changes = history.filter(({ action }) => action === 'charter')
  t.equal(changes.length, 4)
  for (const change of changes) {
    const next = history.find(({ epoch }) => epoch === change.epoch + 1)
    t.strictSame(next, { action: 'tidy', author: change.author, epoch: change.epoch + 1 })
  }
}

const alarmStory = async (t: Test, cast: Cast): Promise<void> => {
  const { alice, bob, carol, dave } = cast
  const people = Object.values(cast)
  const alarm = await sayIt(dave, anAlarm('They called me in at two, alone.'))
  await gather(people)
  await sayIt(alice, { type: 'alarmAnswer', alarm, answer: 'seen' })
  await sayIt(bob, {
    type: 'alarmAnswer',
    alarm,
    answer: 'on_it',
    what: 'I go with you',
    by: 20,
    takes: ['come'],
  })
  await sayIt(carol, { type: 'alarmAnswer', alarm, answer: 'cannot' })
  await gather(people)
  for (const one of people) {
    const answers = [...(alarmIn(one, alarm)?.answers.values() ?? [])].map(({ answer }) => answer)
    t.strictSame(answers, ['seen', 'on_it', 'cannot'], `${one.name} sees who answered`)
  }

  await sayIt(dave, { type: 'alarmUpdate', alarm, text: 'It is at three now.', severity: 'today' })
  await sayIt(dave, { type: 'alarmState', alarm, to: 'steady' })
  await sayIt(bob, { type: 'alarmState', alarm, to: 'steady', note: 'They let me sit with him.' })
  await gather(people)
  for (const one of people) {
    t.strictSame(alarmIn(one, alarm)?.phase, { is: 'steady' }, `${one.name} sees it steady`)
    t.equal(alarmIn(one, alarm)?.severity, 'today')
  }

  await sayIt(dave, { type: 'alarmState', alarm, to: 'settled', outcome: 'won' })
  await gather(people)
  for (const one of people)
    t.strictSame(alarmIn(one, alarm)?.phase, { is: 'settled', outcome: 'won' }, `${one.name} sees it settled`)
}

/** Mallory puts carol out without asking anybody, and then with a mandate that only mallory signed. */
const removalIgnored = async (t: Test, cast: Cast, place: Place): Promise<void> => {
  const { alice, carol, mallory } = cast
  const people = Object.values(cast)
  const before = alice.session.view().epoch
  const entries = alice.session.view().relay.entriesRead
  const epoch = (await bookOf(mallory)).newest()
  await putMessage(place, epoch, await removalWithoutMandate(epoch, seatOf(carol)))
  await putMessage(place, epoch, await removalByOneVote(mallory, epoch, seatOf(carol)))

  await gather(people)

  t.equal(alice.session.view().relay.entriesRead, entries + 2, 'both commits stand in the log')
  for (const one of people) {
    t.equal(one.session.view().epoch, before, `${one.name} stays in the epoch`)
    t.equal(one.session.view().own.status, 'member', `${one.name} stays a member`)
    t.equal(one.session.view().members.length, 5)
  }
  sameWords(t, people, 'after a removal that nobody mandated')
  await say(carol, 'I am still here.')
  await gather(people)
  for (const one of people) t.equal(textsOf(one).at(-1), 'I am still here.', `${one.name} hears its victim`)
}

/** Mallory's TIDY opens for everybody but carol. */
const garbledCommit = async (t: Test, cast: Cast, place: Place): Promise<void> => {
  const { alice, bob, carol, dave, mallory } = cast
  const people = Object.values(cast)
  const before = alice.session.view().epoch
  const held = { seat: seatOf(carol), device: carol.session.view().own.device, posts: textsOf(carol) }
  const epoch = (await bookOf(mallory)).newest()
  await putMessage(place, epoch, await tidyGarbledFor(epoch, [seatOf(carol)]))

  must(await carol.session.sync())
  t.equal(carol.session.view().own.status, 'stuck', 'its victim cannot follow')
  t.notOk((await carol.session.say({ type: 'post', text: 'Hello?' })).ok, 'and says nothing where she is')
  must(await alice.session.sync())
  t.ok(alice.session.view().epoch > before, 'the others can')
  await gather(people)

  sameWords(t, people, 'after the resync')
  const { own, members, suspicions } = carol.session.view()
  t.equal(own.status, 'member')
  t.equal(own.seat, held.seat, 'she keeps the seat')
  t.not(own.device, held.device, 'on a fresh leaf')
  t.strictSame(members.map(({ handle }) => handle).sort(), ['alice', 'bob', 'carol', 'dave', 'mallory'])
  t.strictSame(textsOf(carol), held.posts, 'and everything she had')
  t.strictSame(suspicions, [])
  const history = await historyOf(bob)
  t.ok(
    history.some(({ action, epoch }) => action === 'resync' && epoch > before),
    'by RESYNC',
  )
  await say(carol, 'Back again.')
  await gather(people)
  for (const one of [alice, bob, carol, dave])
    t.equal(textsOf(one).at(-1), 'Back again.', `${one.name} hears her`)
}

const removal = async (t: Test, cast: Cast): Promise<void> => {
  const { alice, bob, carol, dave, mallory } = cast
  const others = [alice, bob, carol, dave] as const
  must(await mallory.session.sync())
  t.equal(mallory.session.view().own.status, 'member')
  const before = textsOf(mallory)

  const decided = await decide(others, { type: 'remove', seat: seatOf(mallory) })
  await gather(others)
  await say(alice, 'She is out.')
  await gather(others)

  sameWords(t, others, 'after the removal')
  t.equal(alice.session.view().members.length, 4)
  must(await mallory.session.sync())
  t.equal(mallory.session.view().own.status, 'removed', 'her own device says so')
  t.strictSame(textsOf(mallory), before, 'and reads nothing more')
  t.strictSame(await mallory.session.say({ type: 'post', text: 'But I' }), { ok: false, error: 'not_member' })
  const motion = alice.session.view().motions.find(({ hash }) => hash === decided)
  t.equal(motion?.outcome, 'carried_out')
}

const leaving = async (t: Test, { alice, bob, carol, dave }: Cast): Promise<void> => {
  const rest = [alice, bob, carol]
  must(await dave.session.leave())
  t.equal(dave.session.view().own.status, 'left')
  await gather(rest)
  await say(bob, 'Goodbye, Dave.')
  await gather(rest)

  sameWords(t, rest, 'after a leave')
  t.strictSame(
    alice.session
      .view()
      .members.map(({ handle }) => handle)
      .sort(),
    ['alice', 'bob', 'carol'],
  )
  for (const one of rest) t.equal(textsOf(one).at(-1), 'Goodbye, Dave.')
  must(await dave.session.sync())
  t.notOk(textsOf(dave).includes('Goodbye, Dave.'), 'who has left hears nothing more')
  t.equal((await historyOf(bob)).at(-1)?.action, 'leave')
}

const tell = async (t: Test, relay: TestRelay, suite: SuiteName): Promise<void> => {
  const stage = { place: placeOf(relay), suite }
  const found = await founding(t, stage)
  const cast = await tenEpochs(t, found, stage.place)
  await charterThenTidy(t, cast)
  await alarmStory(t, cast)
  await removalIgnored(t, cast, stage.place)
  nobodySuspects(t, Object.values(cast))
  await garbledCommit(t, cast, stage.place)
  await removal(t, cast)
  await leaving(t, cast)
  nobodySuspects(t, [cast.alice, cast.bob, cast.carol])
}

for (const [database, suite] of [
  ['server', 'x25519'],
  ['embedded', 'xwing'],
] as const)
  t.test(`issue point 1: a committee goes its way on the ${database} database (${suite})`, async (t) => {
    const relay = await startRelay({ database })
    t.teardown(() => relay.close())
    t.teardown(closeEverybody)
    await tell(t, relay, suite)
  })
