/**
 * I14: a device that is out, with everything it ever held, given everything the relay ever stores, derives nothing that came later: for
 * every action that takes a leaf out, on both suites. I15: a newcomer derives nothing that came earlier. This test runs on every
 * change (D1): versions of the MLS library that leave the keys to a removed device pass all official vectors.
 */
import t, { type Test } from 'tap'
import { openEnvelope } from '../../client/core/epochlog/envelope.ts'
import type { EpochLog } from '../../client/core/epochlog/keys.ts'
import type { ActionName } from '../../client/core/governance/verdict.ts'
import { followCommit } from '../../client/core/mls/commit.ts'
import { epochOf } from '../../client/core/mls/group.ts'
import { isCommit } from '../../client/core/mls/message.ts'
import type { Group, SuiteName } from '../../client/core/mls/types.ts'
import { toHex } from '../../shared/base/text.ts'
import { cryptoReady } from '../../shared/crypto/sodium.ts'
import { logKey } from '../../shared/protocol/ids.ts'
import { changeCharter, decide, gather, historyOf, seatOf } from '../support/committeeStory.ts'
import {
  keepEverything,
  type Loot,
  lootOf,
  opensBlob,
  opensMessage,
  pathSecretsOpened,
  reach,
} from '../support/formerMember.ts'
import { bookOf, putMessage, tidyGarbledFor } from '../support/hostileMember.ts'
import { createMemoryRelay, type MemoryRelay } from '../support/memoryRelay.ts'
import type { MemoryDisk } from '../support/memoryVaultFile.ts'
import { SUITES } from '../support/mlsGroup.ts'
import {
  closeEverybody,
  foundBy,
  joinBy,
  linkBy,
  must,
  type Person,
  realTime,
  say,
} from '../support/people.ts'

await cryptoReady

const DAY_MS = 86_400_000

type Scene = {
  readonly relay: MemoryRelay
  readonly stay: readonly Person[]
  /** Carol's neighbour in the tree. */
  readonly mallory: Person
}

/** Copies of the disk whose device is out, or whose old leaf is. */
type Out = { readonly disks: readonly MemoryDisk[] }

type Way = {
  readonly name: string
  readonly action: ActionName
  /** What the commit before it was, where that matters. */
  readonly behind?: ActionName
  readonly go: (scene: Scene) => Promise<Out>
}

/** Four devices, all of which have committed, so that every parent in the tree has a key that several of them know. */
const fourInAnOldTree = async (suite: SuiteName): Promise<Scene> => {
  const relay = createMemoryRelay()
  const time = realTime()
  const alice = await foundBy('alice', relay, { suite, charter: { probation: 0 } }, time)
  const bob = await joinBy('bob', alice, relay)
  const carol = await joinBy('carol', bob, relay, [alice])
  const mallory = await joinBy('mallory', alice, relay, [bob])
  const people = [alice, bob, carol, mallory]
  await gather(people)
  time.now += 15 * DAY_MS
  for (const one of people) {
    await one.session.sync()
    await gather(people)
  }
  for (const one of people) await say(one, `${one.name} was here`)
  await gather(people)
  return { relay, stay: [alice, bob, carol], mallory }
}

const three = ({ stay }: Scene) => stay as readonly [Person, Person, Person]

const putOut = async (scene: Scene, by: readonly [Person, ...Person[]] = three(scene)): Promise<Out> => {
  const { mallory, stay } = scene
  const kept = keepEverything(mallory)
  await decide(by, { type: 'remove', seat: seatOf(mallory) })
  await gather(stay)
  must(await mallory.session.sync())
  return { disks: kept() }
}

const deviceOf = ({ session }: Person) => session.view().own.device

const cutOff = async (scene: Scene): Promise<Out> => {
  const { mallory, stay } = scene
  const [alice] = three(scene)
  const kept = keepEverything(mallory)
  must(await alice.session.cutOff(deviceOf(mallory)))
  await gather(stay)
  await mallory.session.sync()
  return { disks: kept() }
}

const WAYS: readonly Way[] = [
  { name: 'REMOVE', action: 'remove', go: (scene) => putOut(scene) },
  {
    name: 'REMOVE right behind an ADD without a path',
    action: 'remove',
    behind: 'add',
    go: async (scene) => {
      const [alice, bob, carol] = three(scene)
      await joinBy('dave', alice, scene.relay, [bob, carol])
      return putOut(scene)
    },
  },
  {
    name: 'REMOVE right behind a CHARTER without a path',
    action: 'remove',
    behind: 'charter',
    go: async (scene) => {
      const [alice, bob, carol] = three(scene)
      await changeCharter([alice, bob, carol], { purpose: 'Another one' })
      return putOut(scene, [carol, alice])
    },
  },
  {
    name: 'LEAVE',
    action: 'leave',
    go: async ({ mallory, stay }) => {
      const kept = keepEverything(mallory)
      must(await mallory.session.leave())
      await gather(stay)
      await mallory.session.sync()
      return { disks: kept() }
    },
  },
  {
    name: 'DROP of a lost phone by its owner',
    action: 'drop',
    go: async (scene) => {
      const { mallory, stay, relay } = scene
      const [alice, bob] = three(scene)
      const lost = await linkBy(mallory, relay, [alice, bob])
      await say(lost, 'on the new phone')
      await gather([...stay, mallory, lost])
      const kept = keepEverything(lost)
      must(await mallory.session.dropDevice(deviceOf(lost)))
      await gather([...stay, mallory])
      await lost.session.sync()
      return { disks: kept() }
    },
  },
  { name: 'DROP in an emergency', action: 'drop', go: (scene) => cutOff(scene) },
  {
    name: 'DROP, and the owner is back with another phone,',
    action: 'drop',
    go: async (scene) => {
      const [alice, bob, carol] = three(scene)
      const out = await cutOff(scene)
      const back = await linkBy(alice, scene.relay, [bob, carol], seatOf(scene.mallory))
      await gather([...scene.stay, back])
      await say(back, 'it is me again')
      await gather([...scene.stay, back])
      return out
    },
  },
  {
    name: 'RESYNC, of which the old leaf had been copied by a thief,',
    action: 'resync',
    go: async (scene) => {
      const { relay, mallory, stay } = scene
      const [, , carol] = three(scene)
      const disks = [carol.disk.copy()]
      const epoch = (await bookOf(mallory)).newest()
      await putMessage(relay, epoch, await tidyGarbledFor(epoch, [seatOf(carol)]))
      await carol.session.sync()
      await gather(stay)
      await gather([...stay, mallory])
      return { disks }
    },
  },
]

/** What people do afterwards: posts, a charter without a path, a TIDY. */
const goOn = async (people: readonly Person[]): Promise<void> => {
  for (const one of people) await say(one, `${one.name}: they are out`)
  await gather(people)
  await changeCharter(people as [Person, ...Person[]], { purpose: 'Without them' })
  await gather(people)
  for (const one of people) await say(one, `${one.name}: good`)
  await gather(people)
}

type Later = {
  readonly number: number
  readonly group: Group
  readonly logs: readonly EpochLog[]
  /** As the relay has them, log by log. */
  readonly blobs: readonly { readonly log: EpochLog; readonly blob: Uint8Array }[]
  /** Without their envelopes: what the attacker is given on top. */
  readonly messages: readonly Uint8Array[]
}

/** All epochs that this member holds, with what the relay has of them. */
const epochsOf = async (member: Person, relay: MemoryRelay): Promise<readonly Later[]> =>
  (await bookOf(member)).epochs().flatMap(({ info, group, logs }) => {
    if (!group) return []
    const blobs = logs.flatMap((log) =>
      (relay.logs.get(logKey(log.id))?.entries ?? []).flatMap(({ content }) =>
        content.type === 'blob' ? [{ log, blob: content.blob }] : [],
      ),
    )
    const messages = blobs.flatMap(({ log, blob }) => {
      const opened = openEnvelope(log, blob)
      return opened.ok && opened.value.kind === 1 ? [opened.value.body] : []
    })
    return [{ number: info.number, group, logs, blobs, messages }]
  })

const idsOf = (logs: readonly EpochLog[]): ReadonlySet<string> => new Set(logs.map(({ id }) => toHex(id)))

const reachedOf = (logs: readonly EpochLog[], epochs: readonly Later[]): readonly number[] => {
  const ids = idsOf(logs)
  return epochs.filter((epoch) => epoch.logs.some(({ id }) => ids.has(toHex(id)))).map(({ number }) => number)
}

/** Everything we can think of, against epochs that the loot should not open. */
const derivesNothing = async (
  t: Test,
  loot: Loot,
  epochs: readonly Later[],
  commits: readonly Uint8Array[],
) => {
  const reached = await reach(loot, commits)
  t.strictSame(reachedOf(reached, epochs), [], 'finds none of their logs')
  const blobs = epochs.flatMap((epoch) => epoch.blobs)
  t.ok(blobs.length > 0 && epochs.some(({ messages }) => messages.length > 0), 'there is something to find')
  t.notOk(
    blobs.some(({ log, blob }) => opensBlob(reached, log.id, blob)),
    `opens none of their ${blobs.length} blobs`,
  )
  for (const { number, group, messages } of epochs) {
    for (const message of messages) {
      t.notOk(await opensMessage(loot, message), `opens no message of epoch ${number}, envelope or not`)
      if (isCommit(message)) t.equal(await pathSecretsOpened(loot, group, message), 0, 'nor a path secret')
    }
  }
}

const newestOf = (loot: Loot): number => Math.max(...loot.groups.map(epochOf))

/** What the door to MLS says of these commits to every state of that epoch. */
const verdictsOf = async (loot: Loot, ending: Later | undefined): Promise<ReadonlySet<string>> => {
  const verdicts = new Set<string>()
  for (const group of loot.groups.filter((one) => epochOf(one) === ending?.number))
    for (const commit of ending?.messages.filter(isCommit) ?? []) {
      const followed = await followCommit(group, commit)
      verdicts.add(followed.ok ? 'followed' : followed.error)
    }
  return verdicts
}

const showWay = async (t: Test, suite: SuiteName, way: Way): Promise<void> => {
  t.teardown(closeEverybody)
  const scene = await fourInAnOldTree(suite)
  const { relay, stay } = scene
  const [alice, bob] = three(scene)
  const honest = [alice.disk.copy(), bob.disk.copy()]
  const out = await way.go(scene)
  await goOn(stay)
  const loot = await lootOf(out.disks)
  const history = await historyOf(bob)
  const end = history.find(({ action, epoch }) => action === way.action && epoch >= newestOf(loot) - 1)
  if (!end) throw new Error('it did not happen')
  if (way.behind) t.equal(history.find(({ epoch }) => epoch === end.epoch - 1)?.action, way.behind)
  const epochs = await epochsOf(bob, relay)
  const commits = epochs.flatMap(({ messages }) => messages.filter(isCommit))
  const later = epochs.filter(({ number }) => number > end.epoch)
  t.ok(later.length >= 3, `${later.length} epochs came after`)

  await derivesNothing(t, loot, later, commits)

  const verdicts = await verdictsOf(
    loot,
    epochs.find(({ number }) => number === end.epoch),
  )
  t.notOk(verdicts.has('followed'), 'follows no commit of the epoch it ended in')
  if (way.action !== 'resync') t.ok(verdicts.has('removed'), 'and reads its own removal')
  const control = await reach(await lootOf(honest), commits)
  t.ok(reachedOf(control, later).includes(end.epoch + 1), 'whoever stays gets there in the same way')
}

for (const suite of SUITES)
  for (const way of WAYS)
    t.test(`I14, attack 1: after a ${way.name} whoever is out derives nothing (${suite})`, (t) =>
      showWay(t, suite, way),
    )

for (const suite of SUITES)
  t.test(
    `I14 whoever leaves a committee of two derives nothing, though no path is left (${suite})`,
    async (t) => {
      t.teardown(closeEverybody)
      const relay = createMemoryRelay()
      const alice = await foundBy('alice', relay, { suite }, realTime())
      const bob = await joinBy('bob', alice, relay)
      await gather([alice, bob])
      const kept = keepEverything(bob)
      must(await bob.session.leave())
      await gather([alice])
      await goOn([alice])
      const end = (await historyOf(alice)).find(({ action }) => action === 'leave')
      const epochs = await epochsOf(alice, relay)
      const later = epochs.filter(({ number }) => number > (end?.epoch ?? Number.NaN))
      t.ok(later.length >= 3, `${later.length} epochs came after`)

      await derivesNothing(
        t,
        await lootOf(kept()),
        later,
        epochs.flatMap(({ messages }) => messages.filter(isCommit)),
      )
    },
  )

for (const suite of SUITES)
  t.test(`I15 a newcomer with everything opens no earlier log (${suite})`, async (t) => {
    t.teardown(closeEverybody)
    const { relay, stay, mallory } = await fourInAnOldTree(suite)
    const [alice, bob, carol] = stay as [Person, Person, Person]
    const before = bob.disk.copy()
    const first = bob.session.view().epoch
    await changeCharter([alice, bob, carol], { purpose: 'Before erin' })
    await gather([...stay, mallory])
    const erin = await joinBy('erin', alice, relay, [bob, carol, mallory])
    const kept = keepEverything(erin)
    await goOn([alice, bob, carol, mallory, erin])
    const epochs = await epochsOf(bob, relay)
    const loot = await lootOf(kept())
    const joined = Math.min(...loot.groups.map(epochOf))
    const earlier = epochs.filter(({ number }) => number < joined)
    t.ok(earlier.length >= 3, `${earlier.length} epochs came before`)
    const commits = epochs.flatMap(({ messages }) => messages.filter(isCommit))

    await derivesNothing(t, loot, earlier, commits)

    const reached = reachedOf(await reach(loot, commits), epochs)
    t.ok(reached.length >= 3 && Math.min(...reached) === joined, 'only those since')
    const control = reachedOf(await reach(await lootOf([before]), commits), earlier)
    t.ok(
      control.includes(first) && control.includes(first + 1),
      'whoever was there gets there in the same way',
    )
  })
