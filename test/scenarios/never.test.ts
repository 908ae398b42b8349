/**
 * protocol.md section 5, "Never": a day of load, pressed into seconds, on a relay that is a process of its own; then everything that it or
 * its database wrote is searched. Callers differ in address and are loud about themselves; positions, ids and moments are known. None of
 * them may be anywhere, but log ids in the database's own tables and write-ahead log. TOCSIN_NEVER_ROUNDS makes the day longer.
 */
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import postgres from 'postgres'
import t, { type Test } from 'tap'
import { WebSocket } from 'ws'
import { ENTRIES as COMMANDS } from '../../server/operations/registry.ts'
import { cryptoReady } from '../../shared/crypto/sodium.ts'
import type { Blob } from '../../shared/protocol/ids.ts'
import { freePort } from '../support/containers.ts'
import { formsOfBytes, formsOfText, type Needle, newMarkers } from '../support/markers.ts'
import { type RelayProcess, startRelayProcess } from '../support/relayProcess.ts'
import { runProgram } from '../support/relayProgram.ts'
import { type Span, timesIn } from '../support/times.ts'
import {
  appendTo,
  connectWire,
  createOn,
  newLog,
  openOn,
  readFrom,
  type TestLog,
  type Wire,
  watchFrom,
} from '../support/wire.ts'

await cryptoReady

const ROUNDS = Number(process.env.TOCSIN_NEVER_ROUNDS ?? 1)
const CALLERS = 24
const ENTRIES = 12

/** A place that no log reaches and no other number here has; told apart from the rest by what surrounds it: nothing else is that large. */
const POSITION = 0x5a17_c0de

/** What the searching has to do with: the forms of everything that must not be written down. */
type Known = { readonly callers: readonly Needle[]; readonly logs: readonly Needle[] }

type Evidence = ReadonlyMap<string, Uint8Array>

/** Blobs without any chance in them: short needles must not be found in them by accident. */
const plainBlob = (n: number): Blob => new Uint8Array(1024).fill(n % 251) as Blob

const addressOf = (n: number): string => `127.77.1${(n >> 7) + 10}.${100 + (n % 128)}`
const forwardedOf = (n: number): string => (n % 2 === 0 ? `203.0.113.${100 + n}` : `2001:db8:77:5a17::${n}`)

/** What all addresses begin with: as text, and as in the 16 bytes in which programs hold either kind. */
const ADDRESSES: readonly Needle[] = [
  ...['127.77.1', '203.0.113.', '2001:db8:77:5a17:'].flatMap((text) => formsOfText(text, text)),
  ...['00000000000000000000ffff7f4d', '00000000000000000000ffffcb0071', '20010db800775a17'].flatMap((hex) =>
    formsOfBytes(hex, Buffer.from(hex, 'hex')),
  ),
]

/** Everything that a caller says of itself holds the same word. */
const headersOf = (word: string, n: number): Record<string, string> => ({
  'user-agent': `${word}-agent/${n}`,
  'x-forwarded-for': `${word}, ${forwardedOf(n)}`,
  'x-real-ip': word,
  forwarded: `for=${word}`,
  'accept-language': `x-${word}`,
  cookie: `${word}=${n}`,
  referer: `https://${word}.example/`,
})

/** Everything a connection does, the unpleasant included. */
const visit = async (
  relay: RelayProcess,
  log: TestLog,
  headers: Record<string, string>,
  n: number,
): Promise<void> => {
  const from = { localAddress: addressOf(n), headers }
  const wire = await connectWire(relay.url, from.localAddress, headers)
  await openOn(wire, relay, log, 'reader')
  await openOn(wire, relay, log, 'writer')
  await watchFrom(wire, log, n % 3 === 0 ? POSITION : 1)
  for (let i = 0; i < ENTRIES; i++) await appendTo(wire, log, { blob: plainBlob(n + i), lifeDays: 7 })
  await readFrom(wire, log, POSITION)
  await readFrom(wire, log, 1)
  await refusedOn(wire, relay)
  if (n % 2 === 0) wire.socket.send(Buffer.from(`no frame: ${headers['user-agent']}`))
  else wire.socket.send(`text: ${headers['user-agent']}`)
  await wire.closed
  await knock(relay, from)
}

const refusedOn = async (wire: Wire, relay: RelayProcess): Promise<void> => {
  const stranger = newLog()
  await openOn(wire, relay, stranger, 'reader')
  await appendTo(wire, stranger)
}

/** A socket that is no client of ours, and pages that are there and are not. */
const knock = async (
  relay: RelayProcess,
  options: { localAddress: string; headers: Record<string, string> },
) => {
  const wrong = new WebSocket(`${relay.url}/v1`, 'another', {
    ...options,
    origin: 'https://elsewhere.example',
  })
  await new Promise((resolve) => wrong.on('close', resolve).on('error', resolve))
  const { headers } = options
  for (const path of ['/', '/operator', `/${headers['user-agent']}`, `/?${headers['user-agent']}`])
    await fetch(relay.url.replace('ws', 'http') + path, { headers }).then((answer) => answer.text())
}

/** One command of the relay's own program, beside the running relay: what it said. */
const operate = async (
  env: Readonly<Record<string, string>>,
  ...words: readonly string[]
): Promise<string> => {
  const { code, out, err } = await runProgram(env, ...words)
  return `${words.join(' ')}: ${code}\n${out}${err}`
}

type Day = {
  readonly span: Span
  readonly known: Known
  /** Metrics and commands, as they were shown in the course of the day. */
  readonly shown: Evidence
  readonly entries: number
}

const live = async (
  relay: RelayProcess,
  env: Readonly<Record<string, string>>,
  folder: string,
): Promise<Day> => {
  const word = newMarkers().mark('a caller')
  const logs = Array.from({ length: 4 }, () => newLog())
  const maker = await connectWire(relay.url)
  for (const log of logs) await createOn(maker, relay, log)
  maker.end()
  await sleep(20)
  const from = Date.now()
  for (let round = 0; round < ROUNDS; round++)
    await Promise.all(
      Array.from({ length: CALLERS }, (_, i) => {
        const n = round * CALLERS + i
        return visit(relay, logs[n % logs.length] as TestLog, headersOf(word, n), n)
      }),
    )
  const shown = await watched(env, folder)
  const to = Date.now()
  return {
    span: { from, to },
    known: {
      callers: [...ADDRESSES, ...formsOfText('a caller', word)],
      logs: logs.flatMap(({ id, reader, writer }, n) => [
        ...formsOfBytes(`log ${n}`, id),
        ...formsOfBytes(`reader key ${n}`, reader.publicKey),
        ...formsOfBytes(`writer key ${n}`, writer.publicKey),
      ]),
    },
    shown,
    entries: ROUNDS * CALLERS * ENTRIES,
  }
}

/** Every command as an operator would give it to a relay that runs. */
const wordsFor = (name: string, folder: string): readonly (readonly string[])[] => {
  const special: Readonly<Record<string, readonly (readonly string[])[]>> = {
    serve: [],
    restore: [],
    creation: [['off'], ['on']],
    migrate: [['--dry-run']],
    backup: [[join(folder, 'saved')]],
  }
  return (special[name] ?? [[]]).map((words) => [name, ...words])
}

/** What an operator does and sees meanwhile. */
const watched = async (env: Readonly<Record<string, string>>, folder: string): Promise<Evidence> => {
  const metrics = await fetch(`http://127.0.0.1:${env.TOCSIN_METRICS_PORT}/metrics`).then((answer) =>
    answer.text(),
  )
  const shown = [['the metrics', metrics]]
  const commands = COMMANDS.flatMap(({ name }) => wordsFor(name, folder))
  const said = await Promise.all(commands.map((words) => operate(env, ...words)))
  commands.forEach((words, i) => {
    shown.push([`the command ${words.join(' ')}`, said[i] ?? ''])
  })
  return new Map(shown.map(([where = '', text = '']) => [where, Buffer.from(text)]))
}

/** What is due every hour is done ten seconds after a start as well. */
const untilForgotten = async (folder: string, span: Span): Promise<void> => {
  for (let i = 0; i < 30; i++) {
    if (
      filesIn(folder).every(
        (file) => !file.includes('pg_wal') || timesIn(readFileSync(file), span).length === 0,
      )
    )
      return
    await sleep(1000)
  }
}

const filesIn = (folder: string): readonly string[] =>
  readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))

const readAll = (folder: string): Evidence =>
  new Map(
    filesIn(folder)
      .filter((file) => !file.includes('postgres-programs')) // copies of what the package holds
      .map((file) => [relative(folder, file), readFileSync(file)]),
  )

/** The embedded database, by its socket. */
const lookInside = async (data: string): Promise<Evidence> => {
  const sql = postgres({
    path: join(data, 'postgres', 'socket', '.s.PGSQL.5432'),
    user: 'postgres',
    database: 'postgres',
    max: 1,
  })
  const views = await viewsOf(sql)
  await sql.end()
  return views
}

/** Every view of statistics and activity, as the database itself shows them. */
const viewsOf = async (sql: postgres.Sql): Promise<Evidence> => {
  const views = await sql<{ name: string }[]>`
    select relname as name from pg_class where relnamespace = 'pg_catalog'::regnamespace and relkind = 'v' and relname ~ '^pg_stat'`
  const shown: [string, Uint8Array][] = []
  for (const { name } of views) {
    const rows = await sql.unsafe(`select row_to_json(one)::text as line from pg_catalog.${name} one`)
    shown.push([name, Buffer.from(rows.map(({ line }) => line).join('\n'))])
  }
  return new Map(shown)
}

const hits = (evidence: Evidence, search: (bytes: Uint8Array) => readonly string[]): readonly string[] =>
  [...evidence].flatMap(([where, bytes]) =>
    search(bytes)
      .slice(0, 3)
      .map((hit) => `${where}: ${hit}`),
  )

/** Few needles in much hay: the machine's own search is faster than ours. */
const finding =
  (needles: readonly Needle[]) =>
  (bytes: Uint8Array): readonly string[] => {
    const hay = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    return needles.flatMap(({ name, form, bytes: needle }) => {
      const at = hay.indexOf(needle)
      return at < 0 ? [] : [`${name} (${form}) at ${at}`]
    })
  }

/** As a number of four or eight bytes, and in digits. */
const positionIn = (bytes: Uint8Array): readonly string[] => {
  const hay = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const low = Buffer.alloc(4)
  const high = Buffer.alloc(4)
  low.writeUInt32LE(POSITION)
  high.writeUInt32BE(POSITION)
  return [low, high, Buffer.from(String(POSITION)), Buffer.from(POSITION.toString(16))].flatMap(
    (needle, form) => (hay.includes(needle) ? [`position (form ${form}) at ${hay.indexOf(needle)}`] : []),
  )
}

/** Where the database keeps tables, and the write-ahead log of changes to them. */
const isTable = (file: string): boolean =>
  /(^|\/)(base|pg_wal)\/[^/]+/.test(file) && !file.includes('pgsql_tmp')
/** One moment for each table and index, of all its rows together; and of the server itself. */
const isOfTheWhole = (file: string): boolean => /(^|\/)(pg_stat\/|global\/pg_control|postmaster)/.test(file)

const nothingIn = (t: Test, evidence: Evidence, { known, span }: Day): void => {
  const anybody = finding(known.callers)
  const anyLog = finding(known.logs)
  const beyond = new Map([...evidence].filter(([where]) => !isTable(where)))
  const undated = new Map(
    [...evidence].filter(([where]) => !isOfTheWhole(where) && !where.startsWith('pg_stat_')),
  )

  t.strictSame(hits(evidence, anybody), [], 'no address, user agent or header')
  t.strictSame(hits(evidence, positionIn), [], 'no position of a reader')
  t.strictSame(hits(beyond, anyLog), [], 'no id or key of a log outside of its tables')
  t.strictSame(
    hits(undated, (bytes) => timesIn(bytes, span)),
    [],
    'no moment at which anything happened',
  )
}

/** A line says what happened to the whole relay, in fixed words and numbers; not one for each connection, log or entry. */
const linesSayLittle = (t: Test, said: string, entries: number): void => {
  const lines = said.split('\n').flatMap((line) => (line.startsWith('{') ? [JSON.parse(line)] : []))

  t.ok(lines.length > 0 && lines.length < entries / 4, `${lines.length} lines for ${entries} entries`)
  for (const { msg, ...rest } of lines)
    t.ok(
      typeof msg === 'string' && Object.values(rest).every((value) => typeof value === 'number'),
      `nothing but numbers: ${msg}`,
    )
}

/** At the end of something from each kind of place, what must be found is hidden. */
const isNotBlind = (t: Test, evidence: Evidence, { known, span }: Day): void => {
  const micros = Buffer.alloc(8)
  micros.writeBigInt64LE(BigInt(span.from - 946_684_800_000) * 1000n + 7n)
  const position = Buffer.alloc(4)
  position.writeUInt32LE(POSITION)
  const find = finding([...known.callers, ...known.logs])
  const kinds = new Map([...evidence].map(([where, bytes]) => [kindOf(where), bytes.slice(-4096)]))
  const missed = [...kinds].filter(([, bytes]) => {
    const leaky = (secret: Uint8Array): Buffer =>
      Buffer.concat([bytes, Buffer.from('x'), secret, Buffer.from('x')])
    const isFound = [...known.callers, ...known.logs].every(
      ({ bytes: secret }) => find(leaky(secret)).length > 0,
    )
    const times = [micros, Buffer.from(new Date(span.from + 1).toISOString())]
    return !(
      isFound &&
      times.every((time) => timesIn(leaky(time), span).length > 0) &&
      positionIn(leaky(position)).length > 0
    )
  })
  t.ok(kinds.size > 15, `${kinds.size} kinds of places`)
  t.strictSame(
    missed.map(([kind]) => kind),
    [],
    'what is planted is found in each',
  )
}

const kindOf = (where: string): string => where.split('/').slice(0, -1).join('/') || where

t.test(
  'Never: after a day of load no file, log line, metric or answer says who was here, when, or what they read',
  async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'tocsin-never-'))
    t.teardown(() => rmSync(folder, { recursive: true, force: true }))
    chmodSync(folder, 0o755) // the database may run under another account
    const data = join(folder, 'data')
    const temp = join(folder, 'tmp')
    mkdirSync(temp)
    chmodSync(temp, 0o1777)
    const env = {
      TOCSIN_DATA: data,
      TMPDIR: temp,
      TOCSIN_LOG_LEVEL: 'trace',
      TOCSIN_TRUSTED_PROXY: 'loopback',
      TOCSIN_METRICS_PORT: String(await freePort()),
    }
    const relay = await startRelayProcess(env)
    t.teardown(relay.kill)
    const day = await live(relay, env, folder)
    const views = await lookInside(data)
    const code = await relay.end()
    const again = await startRelayProcess(env)
    t.teardown(again.kill)
    await untilForgotten(join(data, 'postgres'), day.span)
    await again.end()

    const evidence = new Map([
      ...readAll(folder),
      ...views,
      ...day.shown,
      ['what the relay said', Buffer.from(relay.said() + again.said())],
    ])
    const logLines = new Map([...evidence].filter(([where]) => where !== 'what the relay said'))
    t.equal(code, 0)
    t.ok(
      evidence.size > 500 && [...evidence.keys()].some((where) => where.includes('pg_wal')),
      `${evidence.size} places`,
    )
    for (const [what, said] of day.shown)
      t.notMatch(Buffer.from(said).toString(), /^[^\n]*: 2\n|^$/, `${what} was understood`)
    nothingIn(t, logLines, day)
    t.strictSame(
      hits(evidence, finding([...day.known.callers, ...day.known.logs])).filter((hit) =>
        hit.startsWith('what the relay said'),
      ),
      [],
    )
    linesSayLittle(t, relay.said(), day.entries)
    t.ok(hits(evidence, finding(day.known.logs)).length > 0, 'the ids of logs stand in their tables')
    isNotBlind(t, evidence, day)
  },
)
