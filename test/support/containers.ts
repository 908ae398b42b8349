/**
 * The container files without a container engine: what they say, and the same steps in a folder of this machine, under an
 * account that may write to none of it. Not here: what must be true of them (test/house/containers.test.ts).
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Account, chooseAccount, options } from '../../server/embedded/account.ts'
import { findBinaries } from '../../server/embedded/binaries.ts'

/** tap brings a reader of YAML. Tags of compose (`!reset`) are read as the value behind them. */
const yaml: { parse: (text: string, options: object) => unknown } = createRequire(import.meta.url)('yaml')

export type Service = {
  readonly [Key in string]?: unknown
} & {
  readonly environment?: Readonly<Record<string, string>>
  readonly command?: readonly string[]
  readonly entrypoint?: readonly string[]
  readonly networks?: readonly string[]
  readonly depends_on?: Readonly<Record<string, { readonly condition: string; readonly restart?: boolean }>>
}

export type Compose = {
  readonly services: Readonly<Record<string, Service>>
  readonly networks: Readonly<Record<string, { readonly internal?: boolean } | null>>
}

export const readCompose = (file: string): Compose =>
  yaml.parse(readFileSync(file, 'utf8'), { merge: true, logLevel: 'error' }) as Compose

/** One instruction of a Dockerfile, lines joined. */
export type Instruction = { readonly name: string; readonly rest: string }

export const readDockerfile = (file: string): readonly Instruction[] =>
  readFileSync(file, 'utf8')
    .replace(/^#.*\n/gm, '')
    .replace(/\\\n/g, ' ')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => ({ name: line.split(' ', 1)[0] ?? '', rest: line.replace(/^\S+\s+/, '').trim() }))

/** What an exec form runs. */
export const wordsOf = (instruction: Instruction | undefined): readonly string[] =>
  JSON.parse(/\[.*\]/.exec(instruction?.rest ?? '')?.[0] ?? '[]')

export const last = (file: readonly Instruction[], name: string): Instruction | undefined =>
  file.filter((one) => one.name === name).at(-1)

/** ENV lines of the last stage. */
export const environmentOf = (file: readonly Instruction[]): Readonly<Record<string, string>> =>
  Object.fromEntries(
    file
      .filter(({ name }) => name === 'ENV')
      .flatMap(({ rest }) => rest.split(/\s+/).map((pair) => pair.split('=') as [string, string])),
  )

/** An account that owns nothing, as in the image; the one that runs the tests where that is no root. */
const NOBODY = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {}

export type Tree = {
  readonly folder: string
  /** The only place that can be written to, as /tmp in the container. */
  readonly scratch: string
  readonly run: (words: readonly string[], env: Readonly<Record<string, string>>) => ChildProcess
  readonly runToEnd: (
    words: readonly string[],
    env: Readonly<Record<string, string>>,
  ) => { readonly status: number | null; readonly said: string }
  readonly give: (path: string) => void
  readonly remove: () => void
}

/** The image's tree, by the COPY lines of the first stage; the packages are linked to those that are here. */
export const buildTree = (dockerfile: readonly Instruction[], packages: 'linked' | 'installed'): Tree => {
  const outside = mkdtempSync(join(tmpdir(), 'tocsin-image-'))
  chmodSync(outside, 0o755)
  const folder = join(outside, 'tree')
  const scratch = join(outside, 'tmp')
  mkdirSync(folder)
  mkdirSync(scratch)
  copyInto(folder, dockerfile)
  if (packages === 'linked') spawnSync('ln', ['-s', join(process.cwd(), 'node_modules'), folder])
  else install(folder, dockerfile)
  spawnSync('chmod', ['-R', 'a-w,a+rX', folder])
  const give = (path: string): void => {
    if (NOBODY.uid !== undefined) chownSync(path, NOBODY.uid, NOBODY.gid)
  }
  give(scratch)
  // by env(1), which hands on nothing else: tap would follow a child of its own into folders that this account may not enter
  const place = { ...NOBODY, cwd: folder }
  const pure = (words: readonly string[], env: Readonly<Record<string, string>>): readonly string[] => [
    '-i',
    ...Object.entries({ PATH: process.env.PATH ?? '', HOME: '/nonexistent', TMPDIR: scratch, ...env }).map(
      ([name, value]) => `${name}=${value}`,
    ),
    ...words,
  ]
  return {
    folder,
    scratch,
    give,
    run: (words, env) => spawn('env', pure(words, env), { ...place, stdio: ['ignore', 'pipe', 'pipe'] }),
    runToEnd: (words, env) => {
      const { status, stdout, stderr } = spawnSync('env', pure(words, env), { ...place, encoding: 'utf8' })
      return { status, said: `${stdout}${stderr}` }
    },
    remove: () => {
      spawnSync('chmod', ['-R', 'u+w', outside])
      rmSync(outside, { recursive: true, force: true })
    },
  }
}

const copyInto = (folder: string, dockerfile: readonly Instruction[]): void => {
  for (const { name, rest } of dockerfile) {
    if (name !== 'COPY' || rest.startsWith('--from')) continue
    const words = rest.split(/\s+/)
    const target = words.pop() ?? ''
    for (const source of words)
      cpSync(source, join(folder, target, target.endsWith('/') ? basename(source) : ''), { recursive: true })
  }
}

/** The RUN line of the first stage, as it stands. */
const install = (folder: string, dockerfile: readonly Instruction[]): void => {
  const line =
    dockerfile.find(({ name, rest }) => name === 'RUN' && rest.startsWith('npm ci'))?.rest ?? 'false'
  const done = spawnSync('/bin/sh', ['-ec', line], { cwd: folder, encoding: 'utf8' })
  if (done.status !== 0) throw new Error(`${line}: ${done.stderr}`)
}

export const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })

/** A server as the compose file makes it: its flags for initdb, its settings, a password, and its script for the first start. */
export type ComposedPostgres = {
  readonly port: number
  readonly stop: () => Promise<void>
  readonly start: () => Promise<void>
  readonly remove: () => Promise<void>
}

export const startPostgresOf = async (
  { environment = {}, command = [] }: Service,
  passwordFile: string,
): Promise<ComposedPostgres> => {
  const account = orThrow(chooseAccount())
  const folder = mkdtempSync(join(tmpdir(), 'tocsin-compose-'))
  chmodSync(folder, 0o755)
  if (account.ids) chownSync(folder, account.ids.uid, account.ids.gid)
  const bin = programs(account, folder)
  const port = await freePort()
  const data = join(folder, 'data')
  const flags = (environment.POSTGRES_INITDB_ARGS ?? '').split(' ')
  const init = spawnSync(
    join(bin, 'initdb'),
    ['-D', data, '-U', 'postgres', '--auth-local=trust', '--auth-host=scram-sha-256', '--no-sync', ...flags],
    { ...options(account), encoding: 'utf8' },
  )
  if (init.status !== 0) throw new Error(init.stderr)
  const settings = [
    ...command.slice(1),
    '-clisten_addresses=127.0.0.1',
    `-cunix_socket_directories=${folder}`,
  ]
  let server: ChildProcess | undefined
  const start = async (): Promise<void> => {
    server = spawn(join(bin, 'postgres'), ['-D', data, '-p', String(port), ...settings], {
      ...options(account),
      stdio: 'ignore',
    })
    await until(() => existsSync(join(folder, `.s.PGSQL.${port}`)))
    await until(() => psql(folder, port, ['-c', 'select 1']).status === 0)
  }
  const stop = async (): Promise<void> => {
    const gone = new Promise((resolve) => server?.once('exit', resolve))
    server?.kill('SIGINT')
    await gone
  }
  await start()
  firstStart(folder, port, passwordFile)
  return {
    port,
    start,
    stop,
    remove: async () => {
      if (server?.exitCode === null && server.signalCode === null) await stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** What the image's own entry point does after initdb. */
const firstStart = (folder: string, port: number, passwordFile: string): void => {
  psql(folder, port, ['-c', 'create database tocsin'])
  const done = spawnSync('/bin/sh', [join('docker', 'postgres-role.sh')], {
    env: {
      PATH: process.env.PATH ?? '',
      PGHOST: folder,
      PGPORT: String(port),
      POSTGRES_USER: 'postgres',
      POSTGRES_DB: 'tocsin',
      POSTGRES_PASSWORD: readFileSync(passwordFile, 'utf8').trim(),
    },
    encoding: 'utf8',
  })
  if (done.status !== 0) throw new Error(done.stderr)
}

const psql = (host: string, port: number, more: readonly string[]) =>
  spawnSync(
    'psql',
    ['-X', '-q', '-h', host, '-p', String(port), '-U', 'postgres', '-d', 'postgres', ...more],
    {
      encoding: 'utf8',
    },
  )

const programs = (account: Account, folder: string): string => {
  const debian = ['18', '17', '16', '15'].map((version) => `/usr/lib/postgresql/${version}/bin`)
  return debian.find((bin) => existsSync(join(bin, 'initdb'))) ?? orThrow(findBinaries(account, folder))
}

const orThrow = <T>(result: { ok: true; value: T } | { ok: false; error: string }): T => {
  if (!result.ok) throw new Error(result.error)
  return result.value
}

/** Tries for half a minute. */
export const until = async (holds: () => boolean | Promise<boolean>): Promise<boolean> => {
  for (let i = 0; i < 600; i++) {
    if (await holds()) return true
    await sleep(50)
  }
  return false
}
