/** The operator's page against the tables that the migrations really make, its copy in the source, and what a browser gets. */
import { readFileSync } from 'node:fs'
import t from 'tap'
import { asMarkdown } from '../../server/transparency/markdown.ts'
import { OPERATORS_PAGE } from '../../server/transparency/page.ts'
import { TABLES } from '../../server/transparency/tables.ts'
import { startRelay, type TestRelay } from '../support/relay.ts'
import { appendTo, connectWire, newOpenLog } from '../support/wire.ts'

const relay = await startRelay()
t.teardown(relay.close)
const base = relay.url.replace('ws:', 'http:')

/** A log with entries of all three lives, so that tables which exist only for a day exist. */
const use = async (): Promise<void> => {
  const wire = await connectWire(relay.url)
  const log = await newOpenLog(wire, relay)
  for (const lifeDays of [1, 7, 45] as const)
    t.equal((await appendTo(wire, log, { lifeDays })).type, 'receipt')
  wire.end()
}

/** Everything that can hold a row, by schema and name; the tables of single days under one name. */
const columnsOf = async ({
  sql,
}: TestRelay): Promise<Readonly<Record<string, Readonly<Record<string, string>>>>> => {
  const rows = await sql<{ at: string; name: string; type: string }[]>`
    select n.nspname || '.' || c.relname as at, a.attname as name, format_type(a.atttypid, a.atttypmod) as type
    from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid
    where c.relkind in ('r', 'p', 'v', 'm', 'f') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
      and a.attnum > 0 and not a.attisdropped`
  const found: Record<string, Record<string, string>> = {}
  for (const { at, name, type } of rows) {
    const table = at.replace(/_[0-9]+$/, '_DAY')
    found[table] = { ...found[table], [name]: type }
  }
  return found
}

t.test('D3 the page names every table and column that the migrations make, and no other', async (t) => {
  await use()

  const told = Object.entries(TABLES).map(([table, { columns }]) => [
    table,
    Object.fromEntries(Object.entries(columns).map(([column, [type]]) => [column, type])),
  ])

  t.strictSame(await columnsOf(relay), Object.fromEntries(told))
})

t.test('D3 a column that somebody adds is noticed', async (t) => {
  await relay.sql`create table public.seen_12 (at timestamptz)`
  t.teardown(() => relay.sql`drop table public.seen_12`)

  t.strictSame((await columnsOf(relay))['public.seen_DAY'], { at: 'timestamp with time zone' })
  t.notOk('public.seen_DAY' in TABLES)
})

t.test('no column is finer than a day', async (t) => {
  const types = Object.values(await columnsOf(relay)).flatMap((columns) => Object.values(columns))

  t.strictSame(
    types.filter((type) => /time|date|interval|inet|cidr|json/.test(type)),
    [],
  )
})

t.test('TRANSPARENCY.md says what the page says (npm run transparency)', async (t) => {
  t.equal(readFileSync('TRANSPARENCY.md', 'utf8'), asMarkdown(OPERATORS_PAGE))
})

t.test('the page is served to a browser without script, cookie or anything from elsewhere', async (t) => {
  const front = await fetch(`${base}/`)
  t.match(await front.text(), /href="\/operator"/)
  const answer = await fetch(`${base}/operator`)
  const html = await answer.text()

  t.equal(answer.status, 200)
  t.match(answer.headers.get('content-type'), /^text\/html/)
  t.match(answer.headers.get('content-security-policy'), /^default-src 'none'; style-src 'sha256-/)
  t.equal(answer.headers.get('set-cookie'), null)
  t.equal(answer.headers.get('referrer-policy'), 'no-referrer')
  t.equal(answer.headers.get('x-content-type-options'), 'nosniff')
  t.notMatch(html, /<script|<img|<link|<iframe|<table|src=|https?:/)
  t.match(html, /width=device-width/)
  for (const { columns } of Object.values(TABLES))
    for (const name of Object.keys(columns)) t.ok(html.includes(`<code>${name}</code>`), name)
  for (const { title } of OPERATORS_PAGE.sections) t.ok(html.includes(`<h2>${title}</h2>`), title)
  t.notMatch(html.replace(/<[^>]*>/g, ''), /[`*]|&#60;[a-z]+&#62;.*&#60;\//, 'no mark is left over')
})
