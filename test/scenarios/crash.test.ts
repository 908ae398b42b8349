/**
 * I6: a device dies at every moment of its life at which that makes a difference, and is started again from what its disk has. Every death is a
 * world of its own, in which everybody goes on. Not here: disks that lie about what they have (test/client/cli/vaultCrash.test.ts).
 */
import t, { type Test } from 'tap'
import { sealEnvelope } from '../../client/core/epochlog/envelope.ts'
import { logFromSeed, logSeed } from '../../client/core/epochlog/keys.ts'
import { encodeCharter } from '../../client/core/governance/charter.ts'
import type { SeatId } from '../../client/core/governance/ids.ts'
import { epochOf, exportRoot } from '../../client/core/mls/group.ts'
import { seal } from '../../client/core/mls/message.ts'
import { utf8 } from '../../shared/base/bytes.ts'
import { toHex } from '../../shared/base/text.ts'
import { cryptoReady } from '../../shared/crypto/sodium.ts'
import { decide, gather, historyOf, seatOf } from '../support/committeeStory.ts'
import { lootOf } from '../support/formerMember.ts'
import { bookOf, putMessage, tidyGarbledFor } from '../support/hostileMember.ts'
import {
  liveOn,
  type Moment,
  newRecorder,
  type Recorder,
  type SeenEntry,
  type Uses,
  usedTwice,
  type World,
} from '../support/manyWorlds.ts'
import { createMemoryRelay, type MemoryRelay } from '../support/memoryRelay.ts'
import type { MemoryDisk } from '../support/memoryVaultFile.ts'
import { closeEverybody, foundBy, joinBy, must, type Person, textsOf } from '../support/people.ts'

await cryptoReady

const HOUR_MS = 3_600_000

type Cast = Readonly<Record<'alice' | 'bob' | 'carol' | 'mallory', Person>>

/** Bob is mallory's neighbour in the tree. */
const fourPeople = async (relay: MemoryRelay, recorder: Recorder): Promise<Cast> => {
  const alice = await foundBy('alice', relay, { charter: { probation: 0 } })
  const carol = await joinBy('carol', alice, relay)
  const bob = await joinBy('bob', alice, { ...relay, dial: recorder.dial }, [carol])
  const mallory = await joinBy('mallory', alice, relay, [bob, carol])
  const cast = { alice, bob, carol, mallory }
  recorder.people.push(...Object.values(cast))
  await gather(recorder.people)
  return cast
}

/** Bob posts, waits offline, executes an ADD, a CHARTER and a REMOVE, refreshes his keys, gets stuck, helps who is stuck. */
const bobsLife = async (relay: MemoryRelay, recorder: Recorder, cast: Cast): Promise<void> => {
  const { alice, bob, carol, mallory } = cast
  const everybody = [alice, carol, bob, mallory]
  const bobSays = async (text: string): Promise<string> => {
    const said = must(await bob.session.say({ type: 'post', text }))
    recorder.told.push(text)
    return said.is
  }
  recorder.begin(bob)
  await bobSays('one')
  must(await alice.session.say({ type: 'post', text: 'alice goes first' }))
  await bobSays('two, after a conflict')
  await amend([alice, carol, bob], 'by bob')
  await bobSays('three, in the epoch of the charter')
  await gather(everybody)
  recorder.disconnect(true)
  for (const text of ['four, offline', 'five, offline'])
    if ((await bobSays(text)) !== 'waiting') throw new Error('sent')
  recorder.disconnect(false)
  await amend([alice, carol, mallory], 'while bob is away')
  await online(bob)
  await gather(everybody)
  recorder.people.push(await joinBy('dave', alice, relay, [carol, bob]))
  await gather(recorder.people)
  await bobSays('six, after the ADD')
  await gather(recorder.people)
  const epoch = (await bookOf(mallory)).newest()
  await putMessage(relay, epoch, await tidyGarbledFor(epoch, [seatOf(bob)]))
  await bob.session.sync()
  if (bob.session.view().own.status !== 'stuck') throw new Error('bob can follow')
  await gather([alice, carol, bob])
  await bobSays('seven, back again')
  await mallory.session.sync()
  alice.time.now += 7 * HOUR_MS // logs that are over are looked at again every six hours
  await online(bob)
  await gather([...everybody])
  await decide([alice, carol, bob], { type: 'remove', seat: seatOf(mallory) })
  await bobSays('eight, after the REMOVE')
  await gather([alice, carol, bob])
}

const amend = ([first, ...others]: readonly [Person, ...Person[]], purpose: string): Promise<string> => {
  const { charter } = first.session.view()
  const action = { type: 'charter' as const, charter: encodeCharter({ ...charter, purpose }) }
  return decide([first, ...others], action)
}

/** A device that lost its connection dials again a little later. */
const online = async ({ session }: Person): Promise<void> => {
  for (let tries = 0; tries < 200; tries++) {
    if ((await session.sync()).ok) return
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  throw new Error('does not come online')
}

const named = (world: World, name: string): Person => {
  const person = world.people.find((one) => one.name === name)
  if (!person) throw new Error(`no ${name} here`)
  return person
}

const AWAKE = ['alice', 'bob', 'carol']

/** What is wrong in a world after its people have lived on for a while; each a sentence. */
const wrongWith = async (moment: Moment, bobsSeat: SeatId, known: Uses): Promise<readonly string[]> => {
  const world = await liveOn(moment, AWAKE)
  const [alice, bob, carol] = AWAKE.map((name) => named(world, name)) as [Person, Person, Person]
  await gather([bob, alice, carol])
  await say(bob, 'last words')
  await gather([alice, carol])
  const loot = await lootOf([alice.disk])
  const twice = await usedTwice(world.seen(), bobsSeat, loot, known)
  return [
    ...differences([alice, bob, carol]),
    ...lost(moment.told, carol),
    ...[alice, bob, carol].flatMap(suspicionsOf),
    ...twice.map((key) => `used twice: ${key}`),
  ]
}

const differences = (people: readonly Person[]): readonly string[] => {
  const views = people.map(({ session }) => session.view())
  const states = new Set(
    views.map(({ own, epoch, words }) => `${own.status} in ${epoch}: ${words.join(' ')}`),
  )
  const texts = new Set(people.map((one) => textsOf(one).join(' / ')))
  return [
    ...(states.size === 1 ? [] : [`not one state: ${[...states].join(' | ')}`]),
    ...(texts.size === 1 ? [] : [`not one conversation: ${[...texts].join(' | ')}`]),
  ]
}

const lost = (told: readonly string[], reader: Person): readonly string[] =>
  [...told, 'last words'].flatMap((text) => {
    const count = textsOf(reader).filter((one) => one === text).length
    return count === 1 ? [] : [`"${text}" is there ${count} times`]
  })

const suspicionsOf = ({ name, session }: Person): readonly string[] =>
  session.view().suspicions.map(({ kind, epoch }) => `${name} suspects: ${kind} in ${epoch}`)

const say = async (person: Person, text: string): Promise<void> =>
  void must(await person.session.say({ type: 'post', text }))

/** What a device that forgot to save would send: sealed by the disk as it was once. */
const sealAgain = async (disk: MemoryDisk, text: string): Promise<SeenEntry> => {
  const { groups, logs } = await lootOf([disk])
  const newest = groups.reduce((one, other) => (epochOf(other) > epochOf(one) ? other : one))
  const id = toHex(logFromSeed(logSeed(await exportRoot(newest), 0)).id)
  const log = logs.find((one) => toHex(one.id) === id)
  if (!log) throw new Error('no log for this group')
  const { message } = await seal(newest, utf8(text))
  return { log: log.id, blob: sealEnvelope(log, { kind: 1, body: message }) }
}

const showAll = async (t: Test, moments: readonly Moment[], seat: SeatId): Promise<void> => {
  const wrong = new Map<string, number[]>()
  const known: Uses = new Map()
  for (const [i, moment] of moments.entries()) {
    for (const what of await wrongWith(moment, seat, known).catch((error: Error) => [
      `throws: ${error.stack}`,
    ]))
      wrong.set(what, [...(wrong.get(what) ?? []), i])
    await closeEverybody()
  }
  t.strictSame(
    [...wrong].map(([what, when]) => `${what}: after deaths ${when.join(' ')}`),
    [],
    `nothing is wrong after any of ${moments.length} deaths`,
  )
}

t.test(
  'I6, attack 24: a device that dies at any moment comes back to the same state, and uses no key twice',
  async (t) => {
    t.teardown(closeEverybody)
    const relay = createMemoryRelay()
    const recorder = newRecorder(relay)
    const cast = await fourPeople(relay, recorder)
    const seat = seatOf(cast.bob)
    const begun = cast.bob.disk.copy()
    await bobsLife(relay, recorder, cast)
    const { moments } = recorder
    const authored = (await historyOf(cast.alice)).filter(({ author }) => author === seat)
    t.strictSame(
      [...new Set(authored.map(({ action }) => action))].sort(),
      ['add', 'charter', 'remove', 'resync', 'tidy'],
      'bob made commits of all kinds',
    )
    t.ok(moments.length > 100, `${moments.length} moments`)

    await showAll(t, moments, seat)

    const reader = await lootOf([cast.alice.disk])
    const entries = [await sealAgain(begun, 'this'), await sealAgain(begun, 'that')]
    const twice = await usedTwice(entries, seat, reader)
    t.match(twice.join(), /^application \w+\/\d+\/0$/, 'a key that seals twice would be noticed')
  },
)
