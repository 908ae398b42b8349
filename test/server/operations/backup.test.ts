/** Backups as bytes, moves with data between databases, and what each command says as a process beside a real relay. */
import { randomBytes } from 'node:crypto'
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import postgres from 'postgres'
import t, { type Test } from 'tap'
import { type Content, createBackupWriter, readBackup } from '../../../server/operations/backup/format.ts'
import { dayOf } from '../../../server/relay/relay.ts'
import { agrees } from '../../../server/store/agreement.ts'
import { sameBytes } from '../../../shared/base/bytes.ts'
import { toHex } from '../../../shared/base/text.ts'
import { cryptoReady, sha256 } from '../../../shared/crypto/sodium.ts'
import { parseRelayAddress } from '../../../shared/protocol/relayAddress.ts'
import { startRelay } from '../../support/relay.ts'
import { type RelayProcess, startRelayProcess } from '../../support/relayProcess.ts'
import { runHere as run } from '../../support/relayProgram.ts'
import {
  appendTo,
  connectWire,
  createOn,
  newBlob,
  newLog,
  openOn,
  type RelayAt,
  readFrom,
  type TestLog,
  type Wire,
} from '../../support/wire.ts'

await cryptoReady

const folder = mkdtempSync(join(tmpdir(), 'tocsin-backup-'))
chmodSync(folder, 0o755)
t.teardown(() => rmSync(folder, { recursive: true, force: true }))
const inFolder = (name: string): string => join(folder, name)

const emptyDatabase = async (): Promise<string> => {
  const relay = await startRelay()
  await relay.close()
  const url = new URL(relay.databaseUrl)
  const name = `m_${randomBytes(8).toString('hex')}`
  const admin = postgres(relay.databaseUrl, { max: 1 })
  await admin.unsafe(`create database ${name}`)
  await admin.end()
  url.pathname = `/${name}`
  return url.href
}

const seeds = fc.uint8Array({ minLength: 32, maxLength: 32 })
const keys = fc.record({
  type: fc.constant('keys' as const),
  signingSeed: seeds,
  staticSecret: seeds,
  admission: seeds,
  previousAdmission: fc.option(seeds, { nil: undefined }),
  admissionDay: fc.nat(),
  creation: fc.boolean(),
})
const tables = ['logs', 'entries', 'ahead', 'deposits', 'blobs_7', 'blobs_20781']
const backups: fc.Arbitrary<readonly Content[]> = fc
  .tuple(
    keys,
    fc.boolean(),
    fc.subarray(tables),
    fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 4 }),
  )
  .map(([first, isMove, names, rows]) => [
    first,
    ...(isMove ? [{ type: 'move' as const, settledDay: 20_000, migration: '1795400000002' }] : []),
    ...(isMove ? names : []).flatMap((name) => [
      { type: 'table' as const, name },
      ...rows.map((bytes) => ({ type: 'rows' as const, rows: bytes })),
    ]),
  ])

const written = (contents: readonly Content[]): Buffer => {
  const writer = createBackupWriter()
  return Buffer.concat([...contents.map(writer.put), writer.end()])
}

/** In pieces of `size` bytes. */
const readAll = async (bytes: Uint8Array, size = 7) => {
  const contents: Content[] = []
  const source = async function* () {
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
  }
  const read = await readBackup<never>(source(), async (content) => {
    contents.push(content)
    return undefined
  })
  return { read, contents }
}

t.test('A backup reads as it was written, in whatever pieces it comes', async () => {
  await fc.assert(
    fc.asyncProperty(backups, fc.integer({ min: 1, max: 500 }), async (contents, size) => {
      const { read, contents: found } = await readAll(written(contents), size)
      return read.ok && sameBytes(written(found), written(contents))
    }),
    { numRuns: 60 },
  )
})

t.test(
  'A backup that was cut short, changed in one byte or added to is refused, and so is anything else',
  async (t) => {
    const place = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
    const spoils = fc.oneof(
      fc.record({ how: fc.constant('cut'), at: place, byte: fc.constant(1) }),
      fc.record({ how: fc.constant('change'), at: place, byte: fc.integer({ min: 1, max: 255 }) }),
      fc.record({ how: fc.constant('add'), at: place, byte: fc.integer({ min: 0, max: 255 }) }),
    )
    let refused = 0
    await fc.assert(
      fc.asyncProperty(backups, spoils, async (contents, { how, at, byte }) => {
        const whole = written(contents)
        const i = Math.floor(at * whole.length)
        const changed = Buffer.from(whole)
        changed[i] = (changed[i] ?? 0) ^ byte
        const spoilt = {
          cut: whole.subarray(0, i),
          change: changed,
          add: Buffer.concat([whole, Buffer.of(byte)]),
        }[how]
        const { read } = await readAll(spoilt ?? whole, 64)
        if (!read.ok) refused += 1
        return !read.ok
      }),
      { numRuns: 3000 },
    )
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), async (noise) => {
        const front = Buffer.from('tocsin relay backup 1\n')
        return !(await readAll(noise)).read.ok && !(await readAll(Buffer.concat([front, noise]))).read.ok
      }),
      { numRuns: 1000 },
    )
    t.equal(refused, 3000)
    const newer = Buffer.from(written([]).toString('latin1').replace('backup 1', 'backup 2'), 'latin1')
    t.match((await readAll(newer)).read, { error: 'newer' })
    t.match((await readAll(Buffer.from('hello, this is something else'))).read, { error: 'foreign' })
  },
)

type Kept = { readonly log: TestLog; readonly hashes: readonly string[] }

const opened = async (relay: RelayAt, log: TestLog): Promise<Wire> => {
  const wire = await connectWire(relay.url)
  await createOn(wire, relay, log)
  await openOn(wire, relay, log, 'reader')
  await openOn(wire, relay, log, 'writer')
  return wire
}

const fill = async (relay: RelayAt, sizes: readonly number[]): Promise<Kept> => {
  const log = newLog({ ttlDays: 45 })
  const wire = await opened(relay, log)
  const blobs = sizes.map((size) => newBlob(size))
  for (const [i, blob] of blobs.entries()) await appendTo(wire, log, { blob, lifeDays: i % 2 === 0 ? 45 : 1 })
  wire.end()
  return { log, hashes: blobs.map((blob) => toHex(sha256(blob))) }
}

const headOf = async (relay: RelayProcess, { log }: Kept) => {
  const wire = await opened(relay, log)
  const page = await readFrom(wire, log)
  wire.end()
  if (page.type !== 'entries') throw new Error('no page')
  return { head: page.head, entries: page.entries }
}

const hasAll = async (t: Test, relay: RelayProcess, kept: Kept): Promise<void> => {
  const { entries } = await headOf(relay, kept)
  const found = entries.map(({ content }) =>
    content.type === 'blob' ? toHex(sha256(content.blob)) : 'expired',
  )
  t.strictSame(found, kept.hashes)
}

t.test(
  'H2 a move takes every log with its head and chain to the new machine, and the old one refuses to serve',
  async (t) => {
    const old = { TOCSIN_DATA: inFolder('old') }
    const file = inFolder('move')
    const relay = await startRelayProcess(old)
    const kept = [await fill(relay, [1024, 4096, 1024]), await fill(relay, [262_144, 65_536, 65_536, 1024])]
    const heads = await Promise.all(kept.map((each) => headOf(relay, each)))
    t.match(await run(old, 'backup', '--move', file), { code: 1, err: /A relay is running/ })
    await relay.end()

    const moved = await run(old, 'backup', '--move', file)

    t.equal(moved.code, 0, moved.err)
    t.equal(statSync(file).mode & 0o777, 0o600)
    t.match(await run({ ...old, TOCSIN_PORT: '0' }), { code: 1, err: /moved to another machine/ })
    t.match(await run(old, 'backup', '--move', inFolder('again')), {
      code: 1,
      err: /moved to another machine/,
    })
    for (const env of [{ TOCSIN_DATA: inFolder('new') }, { DATABASE_URL: await emptyDatabase() }]) {
      const restored = await run(env, 'restore', file)
      t.equal(restored.code, 0, restored.err)
      t.match(await run(env, 'restore', file), { code: 1, err: /There are logs in this database/ })
      const next = await startRelayProcess(env)
      t.ok(sameBytes(next.key.signingKey, relay.key.signingKey), 'the same relay')
      for (const [i, each] of kept.entries()) {
        await hasAll(t, next, each)
        t.strictSame((await headOf(next, each)).head, heads[i]?.head, 'H1 the same signed head')
      }
      t.equal(await next.end(), 0)
    }
  },
)

const SPOILS = [
  'update logs set chain = sha256(chain)',
  'update logs set head = head + 1',
  `update logs set policy = policy || '\\x00'`,
  'delete from entries where seq = 1',
  'delete from entries where seq = 2',
  'update entries set seq = 3 where seq = 2',
  'update entries set hash = sha256(hash) where seq = 2',
  'update BLOBS set blob = sha256(blob)',
  'delete from BLOBS where seq = 1',
  'insert into BLOBS select 9, log, blob from BLOBS',
  'drop table BLOBS',
  'delete from logs',
]

t.test('H2 what came from elsewhere is taken only if ids, heads, chains and blobs agree', async (t) => {
  const relay = await startRelay()
  await fill(relay, [1024, 1024])
  const today = dayOf(Date.now())
  const undo = new Error('undo')
  const verdict = async (spoil: string): Promise<boolean | undefined> => {
    let found: boolean | undefined
    await relay.sql
      .begin(async (tx) => {
        await tx.unsafe(spoil.replaceAll('BLOBS', `blobs_${today + 45}`))
        found = await agrees(tx, today)
        throw undo
      })
      .catch((error) => {
        if (error !== undo) throw error
      })
    return found
  }

  t.equal(await verdict('select'), true)
  for (const spoil of SPOILS) t.equal(await verdict(spoil), false, spoil)
  await relay.close()
})

t.test('A move that does not agree with itself leaves nothing where it was to go', async (t) => {
  const relay = await startRelay()
  const env = { DATABASE_URL: relay.databaseUrl }
  await fill(relay, [1024, 1024])
  await relay.sql`update logs set chain = sha256(chain)`
  await relay.close()
  const file = inFolder('spoilt')
  t.equal((await run(env, 'backup', '--move', file)).code, 0)
  const target = { DATABASE_URL: await emptyDatabase() }

  t.match(await run(target, 'restore', file), { code: 1, err: /does not agree with itself/ })

  const there = postgres(target.DATABASE_URL, { max: 1 })
  t.match(
    await there`select (select count(*)::int4 from logs) as logs, (select count(*)::int4 from relay) as rows`,
    [{ logs: 0, rows: 0 }],
  )
  await there.end()
})

t.test(
  'A backup holds keys and secrets only; an empty machine becomes that relay, another relay does not',
  async (t) => {
    const env = { TOCSIN_DATA: inFolder('kept'), TOCSIN_PORT: '8787' }
    const file = inFolder('keys')
    const relay = await startRelayProcess({ ...env, TOCSIN_PORT: '0' })
    const { hashes } = await fill(relay, [1024])
    const address = (await run(env, 'address')).out.trim()
    t.equal((await run(env, 'backup', file)).code, 0)
    t.match(await run(env, 'backup', file), { code: 1, err: /not written over/ })

    const bytes = readFileSync(file)
    t.equal(statSync(file).mode & 0o777, 0o600)
    t.ok(bytes.length < 300 && !bytes.toString('hex').includes(hashes[0] ?? ''), 'no logs')
    const fresh = { TOCSIN_DATA: inFolder('fresh'), TOCSIN_PORT: '8787' }
    t.match(await run(fresh, 'restore', inFolder('nothing')), { code: 1, err: /is not there/ })
    writeFileSync(inFolder('cut'), bytes.subarray(0, 100))
    t.match(await run(fresh, 'restore', inFolder('cut')), { code: 1, err: /damaged/ })
    t.notOk(existsSync(fresh.TOCSIN_DATA), 'nothing is made for what is no backup')
    t.equal((await run(fresh, 'restore', file)).code, 0)
    t.equal((await run(fresh, 'address')).out.trim(), address)
    t.match(await run({ TOCSIN_DATA: env.TOCSIN_DATA }, 'restore', file), {
      code: 1,
      err: /A relay is running/,
    })
    await relay.end()
    t.match(await run({ TOCSIN_DATA: env.TOCSIN_DATA }, 'restore', file), { code: 1, err: /There are logs/ })
    const other = await startRelay()
    await other.close()
    t.match(await run({ DATABASE_URL: other.databaseUrl }, 'restore', file), {
      code: 1,
      err: /Another relay has run/,
    })
  },
)

t.test(
  'rotate-admission, creation and stats are heard of while the relay runs; nothing names a log',
  async (t) => {
    const env = { DATABASE_URL: await emptyDatabase() }
    t.match(await run(env, 'stats'), { code: 1, err: /No relay has run/ })
    t.match((await run(env, 'migrate', '--dry-run')).out, /three tables[\s\S]*Nothing was done/)
    t.match((await run(env, 'migrate')).out, /up to date/)
    t.match((await run(env, 'migrate')).out, /nothing waits/)
    const relay = await startRelayProcess(env)
    const { log } = await fill(relay, [1024, 4096])
    const wire = await opened(relay, log)
    const secretNow = async (): Promise<string> => {
      const answer = await openOn(wire, relay, log, 'reader')
      return answer.type === 'opened' ? toHex(answer.admission) : answer.type
    }
    const before = await secretNow()

    const rotated = await run({ ...env, TOCSIN_PUBLIC_URL: 'wss://relay.example.org' }, 'rotate-admission')

    const printed = parseRelayAddress(rotated.out.trim().split('\n').at(-1) ?? '')
    t.ok(printed?.admission && toHex(printed.admission) !== before)
    while ((await secretNow()) === before) await new Promise((resolve) => setTimeout(resolve, 200))
    t.equal(await secretNow(), printed?.admission && toHex(printed.admission))
    t.equal((await run(env, 'creation', 'off')).code, 0)
    for (;;) {
      const answer = await createOn(wire, relay, newLog())
      if (answer.type === 'refused') break
      await new Promise((resolve) => setTimeout(resolve, 200))
    }
    t.equal((await appendTo(wire, log)).type, 'receipt', 'appends go on')
    const { out } = await run(env, 'stats', '--json')
    const stats = JSON.parse(out)
    t.match(stats, { creation: false, classes: [{ cap: 1, entries: 3, bytes: 1024 + 4096 + 1024 }] })
    t.notMatch(out + (await run(env, 'stats')).out, new RegExp(toHex(log.id).slice(0, 12)))
    wire.end()
    t.equal(await relay.end(), 0)
  },
)

t.test(
  'Wrong words are refused with the nearest one, exit code 2, and every command has help with an example',
  async (t) => {
    t.match(await run({}, 'serv'), { code: 2, err: /Did you mean `serve`/ })
    t.match(await run({}, 'stats', 'now'), { code: 2, err: /one word too many/ })
    t.match(await run({}, 'backup'), { code: 2, err: /needs FILE/ })
    t.match(await run({}, 'stats', '--jsn'), { code: 2, err: /--jsn/ })
    t.match(await run({}, 'creation', 'maybe'), { code: 2, err: /on or off/ })
    t.match(await run({ TOCSIN_PROT: '1' }, 'stats'), {
      code: 2,
      err: /Nothing was done:\n- TOCSIN_PROT is not a setting/,
    })
    const { out } = await run({}, 'help')
    const names = [...out.matchAll(/^ {2}([a-z-]+) {2,}/gm)].map(([, name]) => name ?? '')
    t.ok(names.includes('serve') && names.includes('backup'))
    for (const name of names)
      t.match(await run({}, name, '--help'), { code: 0, out: /For example\n {2}.*npx tocsin-relay/ })
  },
)
