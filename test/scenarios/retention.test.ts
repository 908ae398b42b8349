/**
 * What is over is gone (product.md R8, protocol.md I20; SPEC.md SH1 to SH9): a committee lives for most of a year, and the file of one vault is searched again and again,
 * plain and with its key: every record that is physically there, dead ones too. And who is online is heard within 48 hours (4.7).
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { openVaultFile } from '../../client/cli/vaultFile.ts'
import { readFrames } from '../../client/cli/vaultFrames.ts'
import { createClient } from '../../client/core/client.ts'
import type { KnownContent } from '../../client/core/committee/content.ts'
import { nextHash } from '../../client/core/committee/motionDraft.ts'
import { countsBefore } from '../../client/core/committee/motionVote.ts'
import { openHeader } from '../../client/core/vault/header.ts'
import { openRecord } from '../../client/core/vault/records.ts'
import { createVault } from '../../client/core/vault/vault.ts'
import { cryptoReady } from '../../shared/crypto/sodium.ts'
import { createSearch, formsOfText, newMarkers } from '../support/markers.ts'
import { createMemoryRelay } from '../support/memoryRelay.ts'
import { CHEAP_COST, createMemoryDisk } from '../support/memoryVaultFile.ts'
import { closeEverybody, joinBy, must, newTime, PASSPHRASE, type Person, worldOf } from '../support/people.ts'

await cryptoReady

const HOUR = 3_600_000
const DAY = 24 * HOUR
const folder = mkdtempSync(join(tmpdir(), 'tocsin-retention-'))
const relay = createMemoryRelay()
const time = newTime()

/** Somebody whose vault is a file. */
const foundInFile = async (): Promise<Person> => {
  const file = must(await openVaultFile(folder))
  const vault = await createVault(file, PASSPHRASE, { cost: CHEAP_COST })
  const client = createClient(vault, worldOf(relay.dial, time))
  const session = await client.found({
    name: 'Night shift',
    purpose: 'Rest',
    handle: 'alice',
    suite: 'x25519',
    relay: { address: relay.address, key: relay.relayKey, admission: relay.admission },
  })
  await session.sync()
  return { name: 'alice', disk: createMemoryDisk(), client, vault, time, session }
}

const alice = await foundInFile()
const bob = await joinBy('bob', alice, relay)
t.teardown(async () => {
  await closeEverybody()
  await alice.session.close()
  await alice.vault.close()
  rmSync(folder, { recursive: true, force: true })
})

const markers = newMarkers()
const { mark } = markers

/** Names of the markers that are anywhere in the vault's folder: in the bytes as they are, and in every record that its key opens. */
const foundOnDisk = (): ReadonlySet<string> => {
  const search = createSearch([...markers.all()].flatMap(([name, word]) => formsOfText(name, word)))
  const found = new Set<string>()
  const look = (bytes: Uint8Array): void => {
    for (const hit of search(bytes)) found.add(hit.slice(0, hit.indexOf(' (')))
  }
  for (const name of readdirSync(folder)) {
    const bytes = readFileSync(join(folder, name))
    look(bytes)
    if (name.startsWith('vault') && !name.includes('lock')) for (const value of valuesIn(bytes)) look(value)
  }
  return found
}

const valuesIn = (bytes: Uint8Array): readonly Uint8Array[] => {
  const frames = readFrames(bytes)
  if (!frames.ok) return []
  const [header, ...records] = frames.value.records
  const opened = header && openHeader(header, PASSPHRASE)
  if (!opened?.ok) throw new Error('the vault does not open')
  return records.flatMap((record, number) => {
    const changes = openRecord(opened.value.era, number, record)
    if (!changes) throw new Error('a record does not open')
    return changes.flatMap(({ key, value }) => [new TextEncoder().encode(key), ...(value ? [value] : [])])
  })
}

const both = async (): Promise<void> => {
  for (const one of [bob, alice, bob]) must(await one.session.sync())
}

const say = async (who: Person, content: KnownContent): Promise<string> => {
  const { id } = must(await who.session.say(content))
  await both()
  return id
}

const motionIn = (id: string) => {
  const motion = alice.session.view().committee.motions.get(id)
  if (!motion) throw new Error('no such motion')
  return motion
}

const passDays = async (days: number): Promise<void> => {
  for (let day = 1; day <= days; day++) {
    time.now += DAY
    if (day % 4 === 0 || day === days) await both()
  }
}

/** From the first word to the confirmed count, by both. */
const carry = async (content: Extract<KnownContent, { type: 'motion' }>): Promise<string> => {
  const motion = await say(alice, content)
  const seats = alice.session.view().members.map(({ seat }) => seat)
  const hash = nextHash(motionIn(motion), seats)
  await say(alice, { type: 'motionFix', motion, hash })
  await say(alice, { type: 'motionOpen', motion, hash })
  for (const one of [alice, bob]) await say(one, { type: 'motionVote', motion, hash, choice: 'yes' })
  const close = await say(alice, { type: 'motionClose', motion })
  const { vote } = motionIn(motion)
  if (!vote) throw new Error('no vote')
  const counts = countsBefore(vote, vote.closes.get(close)?.order ?? 0)
  await say(bob, { type: 'motionConfirm', motion, close, counts })
  return motion
}

const put = (more: Partial<Extract<KnownContent, { type: 'motion' }>>) => ({
  type: 'motion' as const,
  kind: 'everyday' as const,
  title: 'A question',
  text: 'words',
  lang: 'en',
  ...more,
})

const alarm = (facts: string): KnownContent => ({
  type: 'alarm',
  kind: 'fired',
  severity: 'now',
  facts,
  needs: [],
  about: { who: 'me' },
  namesAllowed: { team: true, committee: true, city: false, supporters: false, public: false },
})

const seatOf = (who: Person): string => who.session.view().own.seat

/** One word for every kind of thing, and when it is to be gone: in days, or never. */
const live = async (): Promise<void> => {
  await say(bob, { type: 'post', text: mark('post') })
  const settled = await say(bob, alarm(mark('settled alarm')))
  await say(alice, { type: 'alarmAnswer', alarm: settled, answer: 'on_it', what: mark('its answer') })
  await say(bob, { type: 'alarmState', alarm: settled, to: 'settled', outcome: 'won', note: mark('its end') })
  await say(bob, alarm(mark('open alarm')))
  const meeting = await say(bob, { type: 'meeting', on: '2026-01-06', where: mark('place'), agenda: [] })
  await say(bob, { type: 'meetingNotes', meeting, notes: mark('notes'), tasks: [] })
  const withdrawn = await say(bob, put({ text: mark('withdrawn motion') }))
  await say(bob, { type: 'motionWithdraw', motion: withdrawn })
  await carry(put({ text: mark('decision') }))
  const role = { gives: 'role' as const, role: 'minder' as const, seat: seatOf(bob) }
  await carry(put({ kind: 'elect', text: mark('election'), effect: role }))
  const agreed = await say(bob, { type: 'unityPoint', source: 'own', text: mark('agreed point') })
  for (const one of [alice, bob]) await say(one, { type: 'unityStance', point: agreed, stance: 'agree' })
  const dropped = await say(bob, { type: 'unityPoint', source: 'own', text: mark('dropped point') })
  for (const one of [alice, bob]) await say(one, { type: 'unityEnd', point: dropped, to: 'dropped' })
  const term = await say(bob, { type: 'roleTake', role: 'facilitator' })
  await say(bob, { type: 'roleHandover', term, note: mark('hand-over note'), ends: true })
  await say(alice, { type: 'roleTake', role: 'facilitator' })
  const checked = [{ way: 'seen' as const, found: mark('other way') }]
  const about = { about: seatOf(alice), guesses: [], checked, hasAsked: true }
  const concern = await say(bob, { type: 'concern', facts: [mark('fact')], ...about })
  await say(alice, { type: 'statement', text: mark('statement') })
  await say(bob, { type: 'concernEnd', concern, to: 'withdrawn' })
  for (const skill of ['old skill', 'skill'])
    await say(bob, { type: 'profile', languages: [], skills: [mark(skill)], wants: [], away: false })
  for (const handle of ['old name', 'name']) await say(bob, { type: 'introduce', handle: mark(handle) })
}

const GONE_AFTER: readonly (readonly [days: number, names: readonly string[]])[] = [
  [8, ['post', 'old skill', 'old name']],
  [31, ['settled alarm', 'its answer', 'its end']],
  [
    182,
    [
      ...['open alarm', 'place', 'notes', 'withdrawn motion', 'dropped point', 'hand-over note'],
      ...['fact', 'other way', 'statement'],
    ],
  ],
]
const STAYS = ['decision', 'election', 'agreed point', 'skill', 'name']

const shown = () => {
  const { committee } = alice.session.view()
  const list = (all: Iterable<unknown>) =>
    JSON.stringify([...all], (_, one) => (one instanceof Map ? [...one] : one))
  const motions = [...committee.motions.values()].filter(({ phase }) => phase !== 'withdrawn')
  return {
    motions: list(motions),
    terms: list([...committee.terms.values()].filter(({ ended }) => !ended)),
    unity: list([...committee.unity.values()].filter(({ endings }) => endings.size === 0)),
  }
}

t.test(
  'SH1 SH6 each thing is gone from the bytes when its time is over, and what rests on nothing else',
  async (t) => {
    await live()
    const before = shown()
    t.strictSame(
      [...foundOnDisk()].sort(),
      [...markers.all().keys()].sort(),
      'all of it is there to be found',
    )

    const gone: string[] = []
    const left = (): readonly string[] =>
      [...markers.all().keys()].filter((name) => !gone.includes(name)).sort()
    let today = 0
    for (const [day, names] of GONE_AFTER) {
      await passDays(day - 2 - today)
      t.strictSame([...foundOnDisk()].sort(), left(), `two days before day ${day}`)
      await passDays(2)
      today = day
      gone.push(...names)
      t.strictSame([...foundOnDisk()].sort(), left(), `on day ${day}`)
    }
    t.strictSame(
      [...foundOnDisk()].sort(),
      [...STAYS].sort(),
      'decisions, who we are, and what we agreed stay',
    )
    t.strictSame(shown(), before, 'and look as they did')
    t.equal(alice.session.view().committee.posts.length, 0)
  },
)

t.test('4.7 who is online is heard within 48 hours, though nobody has anything to say', async (t) => {
  await both()
  const heardOf = (by: Person): number =>
    by.session.view().members.find(({ isMe }) => !isMe)?.devices[0]?.heardAt ?? 0
  let longest = 0
  const entries = () => [...relay.logs.values()].reduce((sum, { entries: all }) => sum + all.length, 0)
  const first = entries()
  for (let hours = 0; hours < 24 * 10; hours += 4) {
    time.now += 4 * HOUR
    for (const one of [alice, bob]) must(await one.session.sync())
    longest = Math.max(longest, time.now - heardOf(bob), time.now - heardOf(alice))
  }
  t.ok(longest <= 48 * HOUR, `${longest / HOUR} hours`)
  t.ok(longest >= 36 * HOUR, 'and not much more often than that')
  t.ok(entries() - first <= 2 * 10, `${entries() - first} entries in 10 days of two devices`)

  for (let days = 0; days < 5; days++) {
    time.now += DAY
    must(await alice.session.sync())
  }
  t.ok(time.now - heardOf(alice) >= 5 * DAY, 'whoever is silent is seen to be')
})

t.test('SH7 an owner may carry less than was agreed, at once and without a line', async (t) => {
  await say(bob, alarm(mark('alarm of today')))
  await say(bob, { type: 'post', text: mark('post of today') })
  time.now += 3 * DAY
  await both()
  t.ok(foundOnDisk().has('post of today'))
  relay.refuseDialing(true)
  relay.cut()
  t.same(await alice.session.keepAtMost(0), { ok: false, error: 'out_of_bounds' })
  t.same(await alice.session.keepAtMost(366), { ok: false, error: 'out_of_bounds' })
  must(await alice.session.keepAtMost(2))
  t.notOk(foundOnDisk().has('post of today'), 'without a line to the relay')
  t.ok(foundOnDisk().has('alarm of today'), 'an open alarm stays')
  t.equal(alice.session.view().shelf.posts, 2)
  t.ok(bob.session.view().committee.posts.length > 0, 'the others carry what was agreed')
  must(await alice.session.keepAtMost(undefined))
  t.equal(alice.session.view().shelf.posts, 7)
})
