/**
 * What relays get to see of a city: the wire, every table, the log at trace level, after a committee has joined, called the city with two taps, and handed over an alarm that opens
 * by itself. No word of it turns up; no value stands in two logs; and what is on the disk is as long for five committees as for sixty. Not here: a committee's own life
 * (blindness.test.ts), and what a bell keeps (test/server/bell).
 */
import t from 'tap'
import { bulletinLogOf } from '../../client/core/city/bulletinTerm.ts'
import { decode } from '../../shared/base/codec.ts'
import { fromHex } from '../../shared/base/text.ts'
import { cryptoReady, newKeyPair, randomBytes } from '../../shared/crypto/sodium.ts'
import { BUCKETS } from '../../shared/protocol/limits.ts'
import { policy } from '../../shared/protocol/policy.ts'
import { callCity, confirmCity, type Stage, stageCity } from '../bench/cityCommittee.ts'
import { newCitySide, termOfCity } from '../support/cityTerm.ts'
import { anAlarm, gather, placeOf, sayIt, seatOf } from '../support/committeeStory.ts'
import { bookOf } from '../support/hostileMember.ts'
import { createSearch, formsOfBytes, formsOfText, type Needle, newMarkers } from '../support/markers.ts'
import { closeEverybody, must, type Person } from '../support/people.ts'
import { startRelay, type TestRelay } from '../support/relay.ts'
import { tapInto } from '../support/wiretap.ts'

await cryptoReady
t.teardown(closeEverybody)

const relay = await startRelay({ logLevel: 'trace' })
t.teardown(relay.close)
const tap = await tapInto(relay.url)
t.teardown(tap.close)
const { mark, all: marks } = newMarkers()
const COMMITTEES = 5
const stage = await stageCity({ ...placeOf(relay), address: tap.url }, COMMITTEES)
const [one] = stage.people

const bytesOf = (hex: string): Uint8Array => fromHex(hex) ?? new Uint8Array(0)

/** What identifies a committee in its city, and a member in their committee. */
const identities = ({ people, terms }: Stage): readonly Needle[] => {
  const { committee } = one.session.view()
  const [known] = [...terms.values()]
  const list = committee.keyLists.get(1)
  if (!known || !list) throw new Error('no term')
  const { term } = known
  return [
    ...formsOfBytes('the city', bytesOf(term.city)),
    ...formsOfBytes('the seed of the term', term.seed),
    ...formsOfBytes('the root of the term', term.root),
    ...[...terms.keys()].flatMap(({ card }, i) => formsOfBytes(`card ${i}`, bytesOf(card))),
    ...list.keys.flatMap((key, i) => formsOfBytes(`letter key ${i}`, key)),
    ...formsOfBytes('the root of a list', bytesOf(list.root)),
    ...people.flatMap((person) => formsOfBytes(`seat of ${person.name}`, bytesOf(seatOf(person)))),
    ...['Heron', 'logistics', 'Warehouse'].flatMap((word) => formsOfText(word, word)),
  ].filter(({ bytes }) => bytes.length >= 8)
}

type Row = Readonly<Record<string, unknown>>
const tablesOf = async ({ sql }: TestRelay): Promise<ReadonlyMap<string, readonly Row[]>> => {
  const names = await sql<{ name: string }[]>`
    select table_name as name from information_schema.tables where table_schema = 'public' order by 1`
  const tables = new Map<string, readonly Row[]>()
  for (const { name } of names) tables.set(name, [...(await sql<Row[]>`select * from ${sql(name)}`)])
  return tables
}

const dumpOf = (tables: ReadonlyMap<string, readonly Row[]>): Buffer => {
  const text = (value: unknown): string =>
    value instanceof Uint8Array ? Buffer.from(value).toString('hex') : String(value)
  const rows = [...tables].flatMap(([name, all]) =>
    all.map((row) => `${name} ${Object.values(row).map(text)}`),
  )
  return Buffer.from(rows.join('\n'))
}

/** All values of 16 bytes and more that a row of this log holds, its key hashes apart from each other. */
const valuesOf = (row: Row): readonly string[] =>
  Object.entries(row).flatMap(([name, value]): readonly string[] => {
    if (!(value instanceof Uint8Array) || value.length < 16 || name === 'log' || name === 'id') return []
    if (name === 'policy') {
      const decoded = decode(policy, new Uint8Array(value))
      return decoded.ok ? [...decoded.value.readers, ...decoded.value.writers].map(hexOf) : []
    }
    const pieces = name === 'hashes' ? value.length / 32 : 1
    const size = value.length / pieces
    return Array.from({ length: pieces }, (_, i) => hexOf(value.subarray(i * size, (i + 1) * size)))
  })
const hexOf = (value: Uint8Array): string => Buffer.from(value).toString('hex')

const byLog = (tables: ReadonlyMap<string, readonly Row[]>): ReadonlyMap<string, ReadonlySet<string>> => {
  const values = new Map<string, Set<string>>()
  for (const row of [...tables.values()].flat()) {
    const log = row.log ?? row.id
    if (!(log instanceof Uint8Array)) continue
    const own = values.get(hexOf(log)) ?? new Set<string>()
    for (const value of valuesOf(row)) own.add(value)
    values.set(hexOf(log), own)
  }
  return values
}

const ids = (): { readonly bulletin: string } => {
  const [known] = [...stage.terms.values()]
  if (!known) throw new Error('no term')
  return { bulletin: hexOf(known.log.id) }
}

t.test(
  'a city that was called: none of its words and none of its names is on the wire, the disk or in the log',
  async (t) => {
    const text = `Called in: ${mark('alert')}`
    await confirmCity(stage.people, await callCity(stage.people, text))
    const alarm = { ...anAlarm(mark('what the check says')), place: mark('where') }
    must(await one.session.startCheck({ minutes: 30, note: mark('note'), alarm }))

    const posted = one.session.bulletins()[0]?.posted ?? []
    must(await one.session.sync())
    await one.session.keepCity()
    t.match(
      [...posted, ...(one.session.bulletins()[0]?.posted ?? [])].map(({ letter }) => letter.says),
      [{ type: 'alert', text }],
      'it went through',
    )
    const words = [...marks()].flatMap(([name, word]) => formsOfText(name, word))
    const search = createSearch([...words, ...identities(stage)])
    const tables = await tablesOf(relay)
    t.equal(tables.get('deposits')?.length, 1, 'something waits')
    const wire = Buffer.concat([...tap.raw(), ...tap.unmasked()])
    t.strictSame(search(wire), [], 'nothing on the wire')
    t.strictSame(search(dumpOf(tables)), [], 'nothing in the tables')
    t.strictSame(search(Buffer.from(relay.logs())), [], 'nothing in the log')
    const planted = [...marks().values()][0] ?? ''
    t.ok(search(Buffer.concat([wire, Buffer.from(planted)])).length > 0, 'what is there is found')
  },
)

t.test(
  '4.6 after an alert the committee goes on in a log of another name, and the one that was written to beside the bulletin gets nothing any more',
  async (t) => {
    const [, two] = stage.people
    const logOf = async (person: Person): Promise<string> =>
      hexOf((await bookOf(person)).newest().logs[0]?.id ?? new Uint8Array(0))
    const headOf = async (log: string): Promise<unknown> =>
      (await tablesOf(relay)).get('logs')?.find(({ id }) => id instanceof Uint8Array && hexOf(id) === log)
        ?.head
    await gather(stage.people)
    const id = await callCity(stage.people, `Called in again: ${mark('second alert')}`)
    const [before, epoch] = [await logOf(two), two.session.view().epoch]

    await confirmCity(stage.people, id)
    await gather(stage.people)

    t.equal(one.session.view().epoch, epoch + 1, 'once, and not by each of them')
    const head = await headOf(before)
    t.ok(Number(head) > 0, 'what was said before stands in the old log')
    await sayIt(one, { type: 'post', text: mark('afterwards') })
    await gather(stage.people)
    const after = await logOf(two)
    t.not(after, before)
    t.ok(Number(await headOf(after)) > 0)
    t.equal(await headOf(before), head)
  },
)

t.test(
  'no value on the disk stands in two logs, and no connection knows of a committee and the bulletin',
  async (t) => {
    const values = byLog(await tablesOf(relay))
    const seen = new Map<string, string>()
    const shared: string[] = []
    for (const [log, own] of values)
      for (const value of own) {
        const other = seen.get(value)
        if (other !== undefined && other !== log) shared.push(`${value} in ${other} and ${log}`)
        seen.set(value, log)
      }
    t.ok(values.size > 4 && seen.size > 100, `${values.size} logs, ${seen.size} values`)
    t.strictSame(shared, [])

    const { bulletin } = ids()
    const others = [...values.keys()].filter((log) => log !== bulletin)
    const has = (stream: Uint8Array, log: string): boolean =>
      Buffer.from(stream).includes(Buffer.from(log, 'hex'))
    const streams = tap.unmasked()
    t.ok(
      streams.some((stream) => has(stream, bulletin)),
      'somebody spoke of the bulletin',
    )
    for (const stream of streams.filter((one) => has(one, bulletin)))
      t.strictSame(
        others.filter((log) => has(stream, log)),
        [],
        'whoever speaks of the bulletin speaks of nothing else',
      )
  },
)

t.test('a seized disk does not tell how many committees or members there are', async (t) => {
  const tables = await tablesOf(relay)
  const { bulletin } = ids()
  const row = tables.get('logs')?.find(({ id }) => id instanceof Uint8Array && hexOf(id) === bulletin)
  const raw = row?.policy
  if (!(raw instanceof Uint8Array)) throw new Error('no bulletin')
  const sixty = Array.from({ length: 60 }, () => newCitySide(25))
  const place = { address: 'wss://relay.test/', staticKey: randomBytes(32), signingKey: randomBytes(32) }
  const large = termOfCity(sixty, { relay: { ...place, admission: randomBytes(32) }, city: '9'.repeat(64) })
  const [known] = [...large.values()]
  if (!known) throw new Error('no term')
  const policies = [raw, bulletinLogOf(known.term, newKeyPair()).access.policy].map((one) => {
    const decoded = decode(policy, new Uint8Array(one))
    if (!decoded.ok) throw new Error('not a policy')
    const { readers, writers, ...rest } = decoded.value
    return { ...rest, bytes: one.length, readers: readers.length, writers: writers.length }
  })
  t.strictSame(policies[0], policies[1], 'five committees or sixty: the same rules, the same length')
  t.match(policies[0], { readers: 1, writers: 128 })
  t.strictSame(
    sixty.map(({ keys }) => keys.length),
    Array(60).fill(32),
    'members: at most 32',
  )

  const [waiting] = tables.get('deposits') ?? []
  const hashes = waiting?.hashes
  t.equal(hashes instanceof Uint8Array && hashes.length, 32 * 32, 'three members or thirty: 32 hashes')
  const sizes = [...tables]
    .filter(([name]) => /^blobs_|^deposits$/.test(name))
    .flatMap(([, rows]) => rows.map(({ blob }) => (blob instanceof Uint8Array ? blob.length : 0)))
  t.strictSame(
    [...new Set(sizes)].filter((size) => !BUCKETS.some((bucket) => bucket === size)),
    [],
    'every blob fills a bucket',
  )
})
