/**
 * What the relay gets to see of a committee that does everything there is to do: its wire, its database files, a dump of its tables, its log
 * at trace level. Words that occur nowhere else go through all content, names, kinds and handles; none of them may turn up.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { deflateRawSync } from 'node:zlib'
import t, { type Test } from 'tap'
import type { AlarmContent, AlarmState } from '../../client/core/committee/alarmContent.ts'
import { LOG_TTL_DAYS, logFromSeed } from '../../client/core/epochlog/keys.ts'
import { parseInvite } from '../../client/core/join/invite.ts'
import { decode } from '../../shared/base/codec.ts'
import { fromHex, toHex } from '../../shared/base/text.ts'
import { cryptoReady, randomBytes, sha256 } from '../../shared/crypto/sodium.ts'
import type { Blob } from '../../shared/protocol/ids.ts'
import { BUCKETS } from '../../shared/protocol/limits.ts'
import { logIdOf, policy } from '../../shared/protocol/policy.ts'
import { changeCharter, decide, gather, placeOf, sayIt, seatOf } from '../support/committeeStory.ts'
import { bookOf, lineTo, putMessage, removalByOneVote, tidyGarbledFor } from '../support/hostileMember.ts'
import {
  createSearch,
  formsOfBytes,
  formsOfText,
  type Markers,
  type Needle,
  newMarkers,
} from '../support/markers.ts'
import {
  closeEverybody,
  foundBy,
  joinBy,
  must,
  newDevice,
  type Person,
  type Place,
  realTime,
} from '../support/people.ts'
import { startRelay, type TestRelay } from '../support/relay.ts'
import { tapInto, type Wiretap } from '../support/wiretap.ts'

await cryptoReady

/** Our own words that are so long or odd that no database and no protocol head has them by itself. */
const KINDS = [
  'alarmAnswer',
  'alarmUpdate',
  'alarmState',
  'namesAllowed',
  'safeContact',
  'called_in',
  'phone_taken',
  'need_someone',
  'spied_on',
  'child_care',
  'second_hand',
  'spoken_to',
  'false_alarm',
]

type Story = { readonly people: readonly Person[]; readonly secrets: readonly Needle[] }

type SafeContact = NonNullable<AlarmContent['safeContact']>

const alarmOf = (
  mark: Markers['mark'],
  name: string,
  safeContact: SafeContact,
  more: Partial<AlarmContent> = {},
): AlarmContent => ({
  type: 'alarm',
  kind: 'phone_taken',
  severity: 'now',
  facts: `They took it at the gate: ${mark(`${name} facts`)}`,
  guesses: `Somebody told them: ${mark(`${name} guesses`)}`,
  needs: ['witness', 'child_care', 'lawyer'],
  about: { who: 'named', handle: mark(`${name} about`) },
  place: mark(`${name} place`),
  safeContact,
  namesAllowed: { team: true, committee: true, city: false, supporters: false, public: false },
  checked: 'second_hand',
  ...more,
})

/** How to reach somebody is on the screen of whoever is on it, until the alarm is over. */
const told = async (raiser: Person, onIt: Person, alarm: string): Promise<void> => {
  for (const { session } of [raiser, onIt]) must(await session.sync())
  const said = raiser.session.reachOf(alarm)
  if (said === undefined || onIt.session.reachOf(alarm) !== said) throw new Error('not told')
}

/** Two alarms through every answer and every state. */
const alarms = async (people: readonly Person[], mark: Markers['mark']): Promise<void> => {
  const [alice, bob, carol, dave] = people as [Person, Person, Person, Person]
  const state = (
    person: Person,
    alarm: string,
    name: string,
    to: 'steady' | 'cancelled' | 'spoken_to' | 'reopened',
  ) => sayIt(person, { type: 'alarmState', alarm, to, note: `So it is: ${mark(name)}` })
  const first = await sayIt(dave, alarmOf(mark, 'first alarm', { may: 'yes' }))
  must(await dave.session.setReach(first, `Ring ${mark('contact')} twice`))
  await sayIt(alice, { type: 'alarmAnswer', alarm: first, answer: 'seen' })
  await sayIt(carol, { type: 'alarmAnswer', alarm: first, answer: 'cannot' })
  const what = `I come with ${mark('on it')}`
  await sayIt(bob, {
    type: 'alarmAnswer',
    alarm: first,
    answer: 'on_it',
    what,
    by: '2026-01-05T14:30',
    takes: ['witness'],
  })
  await told(dave, bob, first)
  const text = `Now at ${mark('update')}`
  await sayIt(dave, {
    type: 'alarmUpdate',
    alarm: first,
    text,
    severity: 'today',
    kind: 'called_in',
    needs: ['come'],
  })
  await state(dave, first, 'steady one', 'steady')
  await state(bob, first, 'steady two', 'steady')
  const settled: AlarmState = {
    type: 'alarmState',
    alarm: first,
    to: 'settled',
    outcome: 'partly',
    note: mark('settled'),
  }
  await sayIt(dave, settled)
  await state(alice, first, 'reopened', 'reopened')
  await sayIt(bob, { type: 'alarmAnswer', alarm: first, answer: 'on_it', what })
  await sayIt(dave, { type: 'alarmState', alarm: first, to: 'false_alarm', note: mark('false alarm') })
  await sayIt(bob, { type: 'post', text: `About that: ${mark('reply to alarm')}`, replyTo: first })
  const second = await sayIt(carol, alarmOf(mark, 'second alarm', { may: 'phrase' }, { kind: 'spied_on' }))
  must(await carol.session.setReach(second, mark('phrase')))
  await sayIt(alice, { type: 'alarmAnswer', alarm: second, answer: 'on_it', what })
  await told(carol, alice, second)
  await state(carol, second, 'cancelled', 'cancelled')
  await state(alice, second, 'spoken to', 'spoken_to')
  const third = { kind: 'need_someone' as const, severity: 'note' as const }
  await sayIt(alice, alarmOf(mark, 'third alarm', { may: 'no' }, third))
}

const talk = async (people: readonly Person[], mark: Markers['mark'], name: string): Promise<void> => {
  for (const person of people) {
    const post = await sayIt(person, {
      type: 'post',
      text: `${person.name} says ${mark(`${name} of ${person.name}`)}`,
    })
    await sayIt(person, { type: 'post', text: mark(`${name} reply of ${person.name}`), replyTo: post })
  }
}

/** Somebody asks to come in and does not: the sponsor says no, or the words differ. */
const turnedAway = async (
  sponsor: Person,
  place: Place,
  handle: string,
  why: 'declined' | 'words_differ',
) => {
  const device = await newDevice(handle, place.dial, sponsor.time)
  const invite = must(await sponsor.session.invite(why === 'declined' ? 'link' : 'qr'))
  await sponsor.session.sync()
  const id = must(await device.client.startJoining(invite.link, handle))
  must(await device.client.continueJoining(id))
  await sponsor.session.sync()
  must(await device.client.continueJoining(id))
  await sponsor.session.sync()
  const shown = sponsor.session.view().invites.find((one) => one.id === invite.id)
  await sponsor.session.refuse(invite.id, why)
  await device.client.answerWords(id, false)
  await device.client.continueJoining(id)
  return { handle: shown?.handle, link: invite.link }
}

/** What the relay must not know either: who they are to each other. */
const secretsOf = async (people: readonly Person[]): Promise<readonly Needle[]> => {
  const needles: Needle[] = []
  for (const person of people) {
    const book = await bookOf(person)
    for (const { info } of book.epochs()) {
      needles.push(...formsOfBytes('group anchor', info.anchor))
      for (const { seat, device, signatureKey } of info.roster.devices) {
        needles.push(...formsOfBytes(`seat ${seat}`, fromHex(seat) ?? new Uint8Array(0)))
        needles.push(...formsOfBytes(`device ${device}`, fromHex(device) ?? new Uint8Array(0)))
        needles.push(...formsOfBytes(`signature key of ${device}`, signatureKey))
      }
    }
  }
  return needles
}

const inviteSecret = (person: Person, link: string): readonly Needle[] => {
  const invite = must(parseInvite(link, Math.floor(person.time.now / 86_400_000) as never))
  return [...formsOfText('invite link', link), ...formsOfBytes('invite secret', invite.secret)]
}

/** Everything a committee does, the unpleasant included. */
const live = async (t: Test, place: Place, mark: Markers['mark']): Promise<Story> => {
  const charter = { probation: 0 }
  const named = { name: `Depot ${mark('committee name')}`, purpose: `We want ${mark('purpose')}`, charter }
  const alice = await foundBy(mark('handle of alice'), place, named, realTime())
  const bob = await joinBy(mark('handle of bob'), alice, place)
  const carol = await joinBy(mark('handle of carol'), bob, place, [alice])
  const mallory = await joinBy(mark('handle of mallory'), alice, place, [bob])
  const dave = await joinBy(mark('handle of dave'), alice, place, [bob, carol])
  const people = [alice, bob, carol, dave] as const
  await gather([...people, mallory])
  const seen = await secretsOf([...people, mallory])
  await talk([...people, mallory], mark, 'first post')
  await sayIt(carol, { type: 'introduce', handle: mark('new handle of carol') })
  const no = await turnedAway(bob, place, mark('handle declined'), 'declined')
  const differ = await turnedAway(alice, place, mark('handle with other words'), 'words_differ')
  t.strictSame([no.handle, differ.handle], [mark('handle declined'), mark('handle with other words')])
  await gather([...people, mallory])
  await alarms(people, mark)
  for (const year of ['one', 'two']) {
    const next = { name: mark(`name in year ${year}`), purpose: `Then ${mark(`purpose in year ${year}`)}` }
    await changeCharter([...people], next)
    await gather([...people, mallory])
  }
  const refused = await decide([bob], { type: 'remove', seat: seatOf(alice) })
  await carol.session.sync()
  must(await carol.session.decline(refused))
  await gather([...people, mallory])
  const epoch = (await bookOf(mallory)).newest()
  await putMessage(place, epoch, await removalByOneVote(mallory, epoch, seatOf(alice)))
  await putMessage(place, epoch, await tidyGarbledFor(epoch, [seatOf(carol)]))
  await gather([...people, mallory])
  await talk(people, mark, 'post after the resync')
  await decide([...people], { type: 'remove', seat: seatOf(mallory) })
  await gather(people)
  await talk(people, mark, 'post after the removal')
  must(await dave.session.leave())
  await gather([alice, bob, carol])
  await talk([alice, bob, carol], mark, 'last post')
  await gather([alice, bob, carol])
  const secrets = [...seen, ...(await secretsOf(people))]
  const links = [no.link, differ.link].flatMap((link) => inviteSecret(alice, link))
  return { people: [...people, mallory], secrets: [...secrets, ...links] }
}

/** The first name and purpose gave way to others; who was turned away was shown while the words were compared, and how to reach somebody while they were in trouble (`told`). */
const SHOWN_BEFORE = [
  'committee name',
  'purpose',
  'handle declined',
  'handle with other words',
  'contact',
  'phrase',
]

/** Each marker stands on the screen of somebody else than the one it is about: it did go through the relay. */
const wentThrough = (t: Test, { people }: Story, markers: Markers): void => {
  const screens = people.map(({ session }) => {
    const { charter, members, motions, invites, committee } = session.view()
    const posts = committee.posts.map(({ text }) => text)
    const handles = [...committee.handles.values(), ...members.map(({ handle }) => handle)]
    const alarms = [...committee.alarms.values()].map((one) => [
      one.content,
      [...one.answers.values()],
      one.notes,
    ])
    const amended = motions.map(({ about, action }) => [
      about,
      'charter' in action && Buffer.from(action.charter).toString(),
    ])
    return JSON.stringify([charter.name, charter.purpose, handles, amended, invites, posts, alarms])
  })
  for (const [name, word] of markers.all()) {
    const count = screens.filter((screen) => screen.includes(word)).length
    t.ok(SHOWN_BEFORE.includes(name) || count >= 2, `${name} is on ${count} screens`)
  }
}

const filesIn = (folder: string): readonly string[] =>
  readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))

/** Every row of every table, binary values as hex. */
const dumpOf = async ({ sql }: TestRelay): Promise<string> => {
  const tables = await sql<{ name: string }[]>`
    select format('%I.%I', n.nspname, c.relname) as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind = 'r' and n.nspname not in ('pg_catalog', 'information_schema')`
  const parts: string[] = []
  for (const { name } of tables) {
    const rows = await sql.unsafe(`select row_to_json(one)::text as line from ${name} one`)
    parts.push(`${name}\n`, ...rows.map(({ line }) => `${line}\n`))
  }
  return parts.join('')
}

/** What pg_dump writes, or undefined where there is no pg_dump as new as the server. */
const pgDumpOf = ({ databaseUrl }: TestRelay): Buffer | undefined => {
  if (spawnSync('pg_dump', ['--version']).status !== 0) return undefined
  const done = spawnSync('pg_dump', [databaseUrl], { maxBuffer: 1 << 30 })
  return done.status === 0 ? done.stdout : undefined
}

type Evidence = ReadonlyMap<string, Uint8Array>

const wireOf = (tap: Wiretap): Evidence =>
  new Map([
    ['the wire', Buffer.concat(tap.raw())],
    ['the wire without masks', Buffer.concat(tap.unmasked())],
  ])

const hitsIn = (evidence: Evidence, search: (hay: Uint8Array) => readonly string[]): readonly string[] =>
  [...evidence].flatMap(([where, bytes]) =>
    search(bytes)
      .slice(0, 3)
      .map((hit) => `${where}: ${hit}`),
  )

/** Days since 1970 that these rows may speak of, the last of them when the longest life is over. */
const isDay = (value: unknown): boolean => {
  const today = Math.floor(Date.now() / 86_400_000)
  return typeof value === 'number' && value >= today - 1 && value <= today + LOG_TTL_DAYS
}

const COLUMNS = {
  logs: 'id bytea, policy bytea, head integer, chain bytea, bytes bigint, last_day integer, held integer, held_bytes integer',
  deposits:
    'due bigint, wait integer, day integer, life smallint, needed smallint, place smallint, writer smallint, log bytea, name bytea, shown ARRAY, hashes bytea, wsig bytea, blob bytea',
  entries:
    'seq integer, expiry_day integer, bytes integer, writer smallint, log bytea, hash bytea, wsig bytea',
  relay:
    'only boolean, signing_seed bytea, static_secret bytea, admission bytea, previous_admission bytea, admission_day integer, settled_day integer, creation boolean, moved boolean',
  ahead: 'log bytea, seq integer, life smallint',
}
/** One table for each day on which blobs end. */
const DAY_COLUMNS = 'seq integer, log bytea, blob bytea'

type Row = { readonly log: Buffer; readonly seq: number; readonly blob: Buffer }

const blobsIn = async (sql: TestRelay['sql'], tables: readonly string[]): Promise<readonly Row[]> =>
  (
    await Promise.all(
      tables.map((table) => sql<Row[]>`select log, seq, blob from ${sql(table)}`.then((rows) => [...rows])),
    )
  ).flat()

/** protocol.md section 5, "State on disk, per log", and nothing finer. */
const rowsSayNothing = async (t: Test, { sql }: TestRelay): Promise<void> => {
  const columns = await sql`
    select table_name as name, string_agg(column_name || ' ' || data_type, ', ' order by ordinal_position) as columns
    from information_schema.columns where table_schema = 'public' group by table_name`
  const days = columns.filter(({ name }) => /^blobs_\d+$/.test(name))
  const rest = columns.filter((table) => !days.includes(table))
  t.strictSame(Object.fromEntries(rest.map(({ name, columns }) => [name, columns])), COLUMNS)
  t.ok(days.length > 0 && days.every(({ columns }) => columns === DAY_COLUMNS))
  t.equal((await sql`select * from ahead`).length, 0)
  const blobs = await blobsIn(
    sql,
    days.map(({ name }) => name),
  )
  const logs = await sql`select id, policy, head, chain, bytes::int4 as bytes, last_day from logs`
  const entries = await sql`select log, seq, bytes, hash, expiry_day, writer, wsig from entries`
  t.ok(logs.length > 10 && entries.length > 100, `${logs.length} logs, ${entries.length} entries`)
  for (const { id, policy: raw, chain, last_day } of logs) {
    const decoded = decode(policy, raw)
    t.ok(
      decoded.ok && decoded.value.readers.length === 1 && decoded.value.writers.length === 1,
      'one key hash each',
    )
    t.strictSame(Buffer.from(logIdOf(raw)), Buffer.from(id), 'the id says nothing that the policy does not')
    t.ok(chain.length === 32 && isDay(last_day))
  }
  const perLog = logs.map(({ id, head, bytes }) => {
    const own = entries.filter(({ log }) => Buffer.compare(log, id) === 0)
    return own.length === head && own.reduce((sum, entry) => sum + entry.bytes, 0) === bytes
  })
  t.ok(perLog.every(Boolean), 'head and bytes are counts of what is there')
  const hashes = new Map(entries.map(({ log, seq, hash }) => [`${toHex(log)} ${seq}`, hash]))
  t.equal(blobs.length, entries.length)
  t.ok(
    blobs.every(({ log, seq, blob }) => hashes.get(`${toHex(log)} ${seq}`)?.equals(sha256(blob))),
    'the hash of an entry is that of its blob and says no more',
  )
  t.ok(
    blobs.every(({ blob }) => BUCKETS.some((bucket) => bucket === blob.length)),
    'every blob fills one of five buckets',
  )
  t.ok(
    blobs.every(({ blob }) => deflateRawSync(blob).length >= blob.length),
    'and has no pattern that could be packed',
  )
  t.ok(entries.every(({ expiry_day, writer, wsig }) => isDay(expiry_day) && writer === null && wsig === null))
}

const handshakesSayNothing = (t: Test, tap: Wiretap): void => {
  for (const stream of tap.raw()) {
    const head = Buffer.from(stream).subarray(0, 1000).toString('latin1').split('\r\n\r\n')[0] ?? ''
    t.notMatch(head, /user-agent|origin|cookie|accept-language|authorization|referer/i)
  }
}

/** A client that leaks: one entry in the clear, to a log of its own. */
const leak = async (place: Place, word: string): Promise<void> => {
  const { access } = logFromSeed(randomBytes(64))
  const relay = lineTo(place)
  const blob = Buffer.alloc(1024, `${word} `) as Uint8Array as Blob
  must(await relay.create(access))
  must(await relay.append(access, blob, { lifeDays: LOG_TTL_DAYS }))
  relay.close()
}

const EVERY_FORM = 11

const controlsItself = (t: Test, control: string, evidence: Evidence): void => {
  const forms = formsOfText('control', control)
  const search = createSearch(forms)
  t.equal(forms.length, EVERY_FORM)
  for (const { form, bytes } of forms) {
    const copy = Buffer.concat([Buffer.from('before'), bytes, Buffer.from('after')])
    t.ok(search(copy).includes(`control (${form}) at 6`), `planted as ${form}, it is found`)
  }
  for (const [where, bytes] of evidence)
    t.ok(search(bytes).length > 0, `a client that leaks would be noticed in ${where}`)
}

const look = async (t: Test, relay: TestRelay, closed: () => Promise<Evidence>): Promise<void> => {
  const markers = newMarkers()
  const tap = await tapInto(relay.url)
  const place = { ...placeOf(relay), address: tap.url }
  const story = await live(t, place, markers.mark)
  await closeEverybody()
  wentThrough(t, story, markers)
  const words = [...markers.all()].flatMap(([name, word]) => formsOfText(name, word))
  const kinds = KINDS.flatMap((kind) => formsOfText(`kind ${kind}`, kind))
  const search = createSearch(distinct([...words, ...kinds, ...story.secrets]))
  t.ok(markers.all().size >= 60, `${markers.all().size} marker words`)

  const wire = wireOf(tap)
  t.strictSame(hitsIn(wire, search), [], 'nothing on the wire')
  t.ok(tap.connections() > 10 && (wire.get('the wire')?.length ?? 0) > 100_000, 'there is a wire')
  handshakesSayNothing(t, tap)
  await rowsSayNothing(t, relay)

  const control = newMarkers().mark('control')
  await leak(place, control)
  const dump = Buffer.from(await dumpOf(relay))
  const tool = pgDumpOf(relay)
  const dumps: Evidence = new Map([['the tables', dump], ...(tool ? [['pg_dump', tool] as const] : [])])
  t.strictSame(hitsIn(dumps, search), [], `nothing in the dump${tool ? 's' : ''}`)
  const wireThen = wireOf(tap).get('the wire without masks') ?? new Uint8Array(0)
  await tap.close()
  const files = await closed()
  if (files.size > 0)
    t.strictSame(hitsIn(files, search), [], `nothing in ${files.size} files of the database`)
  const logs = Buffer.from(relay.logs())
  t.strictSame(hitsIn(new Map([['the log', logs]]), search), [], 'nothing in the log of the relay')
  t.ok(logs.length > 0, 'there is a log')
  const evidence = new Map([
    ...dumps,
    ['the wire', wireThen],
    ['a log with the word in it', Buffer.concat([logs, Buffer.from(control)])],
  ])
  const whole = Buffer.concat([...files.values()])
  controlsItself(t, control, files.size > 0 ? new Map([...evidence, ['the files', whole]]) : evidence)
}

const distinct = (needles: readonly Needle[]): readonly Needle[] => [
  ...new Map(needles.map((needle) => [Buffer.from(needle.bytes).toString('hex'), needle])).values(),
]

t.test('issue point 2: an embedded relay, its files and its wire know nothing of sixty words', async (t) => {
  const dataDir = mkdtempSync(join(tmpdir(), 'tocsin-blind-'))
  const relay = await startRelay({ database: 'embedded', dataDir, logLevel: 'trace' })
  t.teardown(() => rmSync(dataDir, { recursive: true, force: true }))
  await look(t, relay, async () => {
    await relay.close()
    return new Map(filesIn(dataDir).map((file) => [file, readFileSync(file)]))
  })
})

t.test('issue point 2: neither does a relay on a Postgres server, nor its dump', async (t) => {
  const relay = await startRelay({ database: 'server', logLevel: 'trace' })
  await look(t, relay, async () => {
    await relay.close()
    return new Map()
  })
})
