/**
 * `npm test`: the checks, then every test. Starts one Postgres server for the whole run (each test file makes its own
 * database on it) and takes it down again. Durability is off in that server: what must survive a kill is tested
 * on servers that those tests start themselves. Arguments are handed to tap.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { chownSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { takeLock } from '../client/cli/vaultLock.ts'
import { type Account, chooseAccount, options } from '../server/embedded/account.ts'
import { findBinaries } from '../server/embedded/binaries.ts'
import type { Result } from '../shared/base/result.ts'
import { cryptoReady } from '../shared/crypto/sodium.ts'
import { freePort, installedPrograms } from './support/postgres.ts'

const say = (text: string): void => void process.stderr.write(`# ${text}\n`)

/** Debian's server if there is one, else the programs that the embedded database brings. */
const programs = (account: Account, folder: string): string =>
  installedPrograms() ?? orThrow(findBinaries(account, folder))

const orThrow = <T>(result: Result<T, string>): T => {
  if (!result.ok) throw new Error(result.error)
  return result.value
}

type Server = { readonly url: string; readonly stop: () => Promise<void> }

const startPostgres = async (): Promise<Server> => {
  if (process.env.TEST_PG_ADMIN_URL)
    return { url: process.env.TEST_PG_ADMIN_URL, stop: async () => undefined }
  const account = orThrow(chooseAccount())
  const folder = mkdtempSync(join(tmpdir(), 'tocsin-pg-'))
  if (account.ids) chownSync(folder, account.ids.uid, account.ids.gid)
  const binaries = programs(account, folder)
  const data = join(folder, 'data')
  const init = spawnSync(
    join(binaries, 'initdb'),
    ['-D', data, '-A', 'trust', '-U', 'postgres', '--no-sync', '-E', 'UTF8', '--locale=C'],
    { ...options(account), encoding: 'utf8' },
  )
  if (init.status !== 0) throw new Error(`initdb: ${init.stderr || init.error}`)
  const port = await freePort()
  const settings = {
    port: String(port),
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    fsync: 'off',
    full_page_writes: 'off',
    max_connections: '100',
  }
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const server: ChildProcess = spawn(join(binaries, 'postgres'), ['-D', data, ...flags], {
    ...options(account),
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  await ready(server)
  const stop = async (): Promise<void> => {
    const gone = new Promise((resolve) => server.once('exit', resolve))
    server.kill('SIGINT')
    await gone
    rmSync(folder, { recursive: true, force: true })
  }
  return { url: `postgres://postgres@127.0.0.1:${port}/postgres`, stop }
}

const ready = async (server: ChildProcess): Promise<void> => {
  let said = ''
  server.stderr?.on('data', (chunk) => {
    said += chunk
  })
  for (let i = 0; !/ready to accept connections/.test(said); i++) {
    if (server.exitCode !== null || i > 1500) throw new Error(`postgres did not start: ${said}`)
    await sleep(20)
  }
}

const TAP = join('node_modules', 'tap', 'dist', 'esm', 'run.mjs')

/** Beside what tap builds, in the package's own folder: an installation that brings another tap takes it away. */
const TAP_BUILD = join('node_modules', '@tapjs', 'test')
const STAMP = join(TAP_BUILD, 'tocsin-plugins')

/**
 * tap compiles itself anew for the plugins that package.json names; a first run would still use the old set, whose loader does not find
 * the MLS library's inner modules. Once for an installation, and one run at a time: a build under a run that reads it breaks that run.
 */
const buildTap = async (): Promise<void> => {
  const plugins = JSON.stringify(JSON.parse(readFileSync('package.json', 'utf8')).tap.plugin)
  const isBuilt = (): boolean => existsSync(STAMP) && readFileSync(STAMP, 'utf8') === plugins
  await cryptoReady
  while (!isBuilt()) {
    const lock = await takeLock(TAP_BUILD)
    if (!lock.ok) continue
    if (!isBuilt()) compile(plugins)
    await lock.value.release()
  }
}

const compile = (plugins: string): void => {
  rmSync(STAMP, { force: true })
  const built = spawnSync(process.execPath, [TAP, 'build'], { encoding: 'utf8' })
  if (built.status !== 0) throw new Error(`tap build: ${built.stderr}`)
  writeFileSync(STAMP, plugins)
}

/** What the last screen of a log has room for. */
const MOST_SHOWN = 40

/** What failed, each with the tests that it stands in, outermost first: gathered line by line from nested TAP. */
const gatherFailures = (): {
  readonly line: (text: string) => void
  readonly failed: () => readonly string[]
} => {
  const titles: string[] = []
  const failed: string[] = []
  /** A test that failed by what stands in it has been told by that. */
  const note = (path: string): void => {
    if (!failed.at(-1)?.startsWith(`${path} > `)) failed.push(path)
  }
  const line = (text: string): void => {
    const found = /^( *)(?:# Subtest: (.*)|not ok \d+ - (.*?)(?: # time=.*)?)$/.exec(text)
    if (!found) return
    const depth = (found[1] as string).length / 4
    if (found[2] !== undefined) titles.splice(depth, titles.length, found[2])
    else note([...titles.slice(0, depth), found[3]].join(' > '))
  }
  return { line, failed: () => failed }
}

/** tap's own output, and at the end what failed and one plain line with the sums. */
const runTap = (url: string): Promise<number> => {
  const tap = spawn(process.execPath, [TAP, ...process.argv.slice(2)], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, TEST_PG_ADMIN_URL: url },
  })
  const { line, failed } = gatherFailures()
  let sums = ''
  tap.stdout.pipe(process.stdout, { end: false })
  createInterface({ input: tap.stdout }).on('line', (text) => {
    line(text)
    if (text.startsWith('# {')) sums = text
  })
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => tap.kill(signal))
  return new Promise((resolve) =>
    tap.on('close', (code, signal) => {
      const count = (word: string): number => Number(new RegExp(`\\b${word}: (\\d+)`).exec(sums)?.[1] ?? 0)
      for (const what of failed().slice(0, MOST_SHOWN)) process.stdout.write(`failed: ${what}\n`)
      process.stdout.write(`${count('pass')} passed, ${count('fail')} failed, ${count('skip')} skipped\n`)
      resolve(signal ? 1 : (code ?? 1))
    }),
  )
}

const check = (): boolean => {
  const checked = spawnSync('npm', ['run', '--silent', 'check'], { stdio: 'inherit' })
  if (checked.status !== 0) say('the checks failed: see above (npm run check)')
  return checked.status === 0
}

const all = process.argv.length === 2
if (all && !check()) process.exit(1)
await buildTap()
const postgres = await startPostgres()
const code = await runTap(postgres.url)
await postgres.stop()
process.exit(code)
