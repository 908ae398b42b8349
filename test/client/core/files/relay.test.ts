/** Files through a real relay: what it gets to see of them, whom they keep waiting, and what is left when their days are over. */
import t from 'tap'
import { PART_BYTES } from '../../../../client/core/committee/fileWords.ts'
import { cryptoReady } from '../../../../shared/crypto/sodium.ts'
import { anAlarm, gather, placeOf } from '../../../support/committeeStory.ts'
import { newSink, sourceOf, testBytes } from '../../../support/fileEnds.ts'
import { createSearch, formsOfBytes, formsOfText, newMarkers } from '../../../support/markers.ts'
import { closeEverybody, foundBy, joinBy, must, type Person, realTime } from '../../../support/people.ts'
import { startRelay, type TestRelay, type TestRelayOptions } from '../../../support/relay.ts'
import { tapInto } from '../../../support/wiretap.ts'

await cryptoReady

const DAY_MS = 86_400_000

const dumpOf = async ({ sql }: TestRelay): Promise<Buffer> => {
  const tables = await sql<{ name: string }[]>`
    select format('%I.%I', schemaname, tablename) as name from pg_tables
    where schemaname not in ('pg_catalog', 'information_schema')`
  const lines: string[] = []
  for (const { name } of tables) {
    const rows = await sql.unsafe(`select row_to_json(one)::text as line from ${name} one`)
    lines.push(name, ...rows.map((row) => String(row.line)))
  }
  return Buffer.from(lines.join('\n'))
}

type Scene = { readonly relay: TestRelay; readonly alice: Person; readonly bob: Person }

const scene = async (
  options: TestRelayOptions = {},
  url?: (relay: TestRelay) => Promise<string>,
): Promise<Scene> => {
  const time = realTime()
  const relay = await startRelay({ clock: () => time.now, ...options })
  const place = { ...placeOf(relay), ...(url ? { address: await url(relay) } : {}) }
  const alice = await foundBy('alice', place, {}, time)
  const bob = await joinBy('bob', alice, place)
  await gather([alice, bob])
  return { relay, alice, bob }
}

t.test(
  'P1 neither the relay nor the wire has anything of a file but locked parts in five sizes',
  async (t) => {
    const { mark, all } = newMarkers()
    let tap: Awaited<ReturnType<typeof tapInto>> | undefined
    const { relay, alice, bob } = await scene({}, async ({ url }) => {
      tap = await tapInto(url)
      return tap.url
    })
    t.teardown(async () => {
      await closeEverybody()
      await tap?.close()
      await relay.close()
    })
    const bytes = Buffer.from(`${mark('inside')} and on every line ${mark('inside too')}\n`.repeat(6000))
    const draft = {
      kind: 'file' as const,
      name: `${mark('name')}.pdf`,
      media: 'application/pdf' as const,
      life: 45 as const,
      words: `look: ${mark('words')}`,
    }
    const source = sourceOf(bytes, `/home/${mark('place')}/x.pdf`)
    const id = must(await alice.session.files.prepare(draft, source))
    must(await alice.session.files.send(id, source))
    await bob.session.sync()
    const sink = newSink({ place: `/home/${mark('target')}` })
    must(await bob.session.files.fetch(id, sink))
    t.ok(Buffer.compare(sink.bytes(), bytes) === 0)

    const content = bob.session.files.list()[0]?.content
    const search = createSearch([
      ...[...all()].flatMap(([name, word]) => formsOfText(name, word)),
      ...formsOfText('type', 'application/pdf'),
      ...formsOfText('secret as text', content?.secret ?? ''),
      ...formsOfBytes('secret', Buffer.from(content?.secret ?? '', 'hex')),
      ...formsOfBytes('hash', Buffer.from(content?.sha256 ?? '', 'hex')),
      ...formsOfText('id', id),
    ])
    t.not(search(bytes).length, 0, 'the search finds what is there')
    const dump = await dumpOf(relay)
    const wire = [...(tap?.raw() ?? []), ...(tap?.unmasked() ?? [])]
    for (const [where, hay] of [
      ['the tables', dump],
      ['the log', Buffer.from(relay.logs())],
      ...wire.map((one) => ['the wire', one] as const),
    ] as const)
      t.strictSame(search(hay), [], `nothing in ${where}`)
    t.ok(dump.length > 2 * bytes.length, 'all of it went through there')
  },
)

t.test('5 while a file is held back by SLOW, an alarm on the committee’s connection passes it', async (t) => {
  const rates = { perSecond: 20, burst: 30 }
  const { relay, alice, bob } = await scene({ limits: { connectionAppends: rates }, clock: Date.now })
  t.teardown(async () => {
    await closeEverybody()
    await relay.close()
  })
  const bytes = testBytes(12 * PART_BYTES)
  const draft = {
    kind: 'file' as const,
    name: 'x.bin',
    media: 'application/octet-stream' as const,
    life: 1 as const,
  }
  const id = must(await alice.session.files.prepare(draft, sourceOf(bytes)))
  let parts = 0
  let isUnderWay: () => void = () => undefined
  const underWay = new Promise<void>((resolve) => {
    isUnderWay = resolve
  })
  const sending = alice.session.files.send(id, sourceOf(bytes), {
    onProgress: (progress) => {
      parts = progress.parts
      if (parts === 3) isUnderWay()
    },
  })
  await underWay
  const raised = must(await alice.session.say(anAlarm('come now')))
  await bob.session.sync()
  const passed = parts
  t.equal(raised.is, 'sent')
  t.equal(bob.session.view().committee.alarms.size, 1, 'the alarm is there')
  t.ok(passed < 12, `and the file is not yet: ${passed} of 12 parts`)
  t.equal(must(await sending), 'sent')
  await bob.session.sync()
  const sink = newSink()
  must(await bob.session.files.fetch(id, sink))
  t.ok(Buffer.compare(sink.bytes(), bytes) === 0)
})

t.test('FL9 a relay gives a file until its last day, and then only hashes of it', async (t) => {
  const { relay, alice, bob } = await scene()
  t.teardown(async () => {
    await closeEverybody()
    await relay.close()
  })
  const bytes = testBytes(300_000)
  const draft = {
    kind: 'file' as const,
    name: 'x.bin',
    media: 'application/octet-stream' as const,
    life: 1 as const,
  }
  const id = must(await alice.session.files.prepare(draft, sourceOf(bytes)))
  must(await alice.session.files.send(id, sourceOf(bytes)))
  await bob.session.sync()
  bob.time.now += DAY_MS
  must(await bob.session.files.fetch(id, newSink()))
  t.match(bob.session.files.list(), [{ state: { is: 'here' } }])
  bob.time.now += DAY_MS
  await relay.sweep()
  const late = await bob.session.files.fetch(id, newSink({ place: '/another' }))
  t.strictSame(late, { ok: false, error: 'expired' })
  t.notOk(bob.session.view().own.alarmed)
})
