/**
 * Dockerfile, compose files, Caddyfile, torrc and unit. No container engine is needed: what they say is read, and what they
 * would run is run, by the same commands, as an account that may write nowhere. One line says what a machine lacks for it.
 */
import { spawn, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { WebSocket } from 'ws'
import { readConfig } from '../../server/config.ts'
import {
  buildTree,
  type ComposedPostgres,
  environmentOf,
  freePort,
  last,
  readCompose,
  readDockerfile,
  startPostgresOf,
  type Tree,
  until,
  wordsOf,
} from '../support/containers.ts'

const dockerfile = readDockerfile('docker/relay.Dockerfile')
const compose = readCompose('docker-compose.yml')
const services = Object.entries(compose.services)
const has = (program: string, ...probe: readonly string[]): boolean =>
  spawnSync(program, probe, { stdio: 'ignore' }).status === 0

t.test(
  'the image is pinned, in two stages, for an account of no rights, and asks no registry for a syntax',
  async (t) => {
    const text = readFileSync('docker/relay.Dockerfile', 'utf8')

    t.notMatch(text, /^#\s*syntax=/m)
    t.match(text, /^ARG NODE=node:\d+\.\d+\.\d+-bookworm-slim$/m)
    t.equal(dockerfile.filter(({ name }) => name === 'FROM').length, 2)
    t.equal(last(dockerfile, 'USER')?.rest, 'node')
    t.notMatch(text, /^ADD|PASSWORD|SECRET=/m)
    t.match(wordsOf(last(dockerfile, 'HEALTHCHECK')).join(' '), /^node -e .*\/readyz/)
    t.match(last(dockerfile, 'HEALTHCHECK')?.rest, /--start-period=15m/, 'a long migration is no failure')
    t.strictSame(
      [...wordsOf(last(dockerfile, 'ENTRYPOINT')), ...wordsOf(last(dockerfile, 'CMD'))].slice(-1),
      ['serve'],
    )
  },
)

t.test('every container is confined, bounded and watched', async (t) => {
  for (const [name, service] of services) {
    t.equal(service.read_only, true, `${name}: read-only`)
    t.strictSame(service.cap_drop, ['ALL'], `${name}: no capabilities`)
    t.strictSame(
      service.cap_add ?? [],
      name === 'caddy' ? ['NET_BIND_SERVICE'] : [],
      `${name}: but ports below 1024`,
    )
    t.strictSame(service.security_opt, ['no-new-privileges:true'], name)
    t.match(service.mem_limit, /^\d+m$/, `${name}: memory`)
    t.type(service.pids_limit, 'number', `${name}: processes`)
    t.match(service.logging, { driver: 'local', options: { 'max-size': '1m', 'max-file': '2' } }, name)
    t.ok(
      service.healthcheck !== undefined || name === 'relay',
      `${name}: health (the relay's is in its image)`,
    )
    t.equal(service.ports !== undefined, name === 'caddy', `${name}: only Caddy is reached from outside`)
    t.notOk(service.privileged || service.network_mode === 'host' || service.pid, name)
  }
})

t.test('a service that ends is waited for by one that stays, so that `up --wait` succeeds', async (t) => {
  const oneShot = services.filter(([, { restart }]) => restart === 'no').map(([name]) => name)

  t.strictSame(oneShot, ['secrets'])
  t.equal(compose.services.postgres?.depends_on?.secrets?.condition, 'service_completed_successfully')
  t.equal(compose.services.relay?.depends_on?.postgres?.condition, 'service_healthy')
  t.strictSame(compose.services.tor?.depends_on?.relay, { condition: 'service_healthy', restart: true })
})

t.test(
  'the database has no way out, the relay none either, and no secret stands in a variable',
  async (t) => {
    t.strictSame(compose.services.postgres?.networks, ['database'])
    t.strictSame(compose.services.relay?.networks, ['inside', 'database'])
    t.equal(compose.networks.database?.internal, true)
    t.equal(compose.networks.inside?.internal, true)
    t.notMatch(readFileSync('docker-compose.yml', 'utf8'), /PASSWORD:|:\/\/\w+:\w+@/)
  },
)

t.test('TOCSIN_DOMAIN is the one variable, and the relay knows all its settings', async (t) => {
  const text = ['docker-compose.yml', 'docker-compose.replicas.yml']
    .map((file) => readFileSync(file, 'utf8'))
    .join('')
  const names = [...text.matchAll(/\$\{(\w+)/g)].map(([, name]) => name)
  const config = readConfig({ ...environmentOf(dockerfile), ...relayEnvironment('localhost') }, () => ({
    ok: true,
    value: 'secret',
  }))

  t.strictSame([...new Set(names)], ['TOCSIN_DOMAIN'])
  t.strictSame(config.ok ? [] : config.error, [])
  t.equal(config.ok && config.value.publicUrl, 'wss://localhost')
})

t.test('the Postgres of the compose file is durable, quiet and forgetful', async (t) => {
  const settings = compose.services.postgres?.command?.slice(1).map((flag) => flag.slice(2)) ?? []

  for (const wanted of [
    'fsync=on',
    'synchronous_commit=on',
    'full_page_writes=on',
    'wal_recycle=off',
    'wal_level=minimal',
  ])
    t.ok(settings.includes(wanted), wanted)
  for (const quiet of ['log_min_error_statement=panic', 'log_checkpoints=off', 'log_connections=off'])
    t.ok(settings.includes(quiet), quiet)
  t.notMatch(settings.join(' '), /archive/)
})

t.test(
  '`docker compose config` takes both files',
  { skip: !has('docker', 'compose', 'version') && 'no docker compose here' },
  async (t) => {
    for (const more of [[], ['-f', 'docker-compose.replicas.yml'], ['--profile', 'onion']]) {
      const done = spawnSync(
        'docker',
        ['compose', '-f', 'docker-compose.yml', ...more, 'config', '--quiet'],
        {
          env: { ...process.env, TOCSIN_DOMAIN: 'localhost' },
          encoding: 'utf8',
        },
      )
      t.equal(done.status, 0, done.stderr)
    }
  },
)

const relayEnvironment = (domain: string): Record<string, string> =>
  Object.fromEntries(
    Object.entries(compose.services.relay?.environment ?? {}).map(([name, value]) => [
      name,
      value.replace(/\$\{TOCSIN_DOMAIN:\?[^}]*\}/, domain),
    ]),
  )

/** `npm ci` takes a minute: the packages are those of this checkout, except in the nightly round. */
const packages = process.env.TOCSIN_NIGHTLY ? 'installed' : 'linked'

t.test(
  'what image and compose file run, run in their order',
  { skip: !has('psql', '--version') && 'no psql here' },
  async (t) => {
    const tree = buildTree(dockerfile, packages)
    t.teardown(tree.remove)
    const passwordFile = secretsAreMade(t, tree)
    const postgres = await startPostgresOf(compose.services.postgres ?? {}, passwordFile)
    t.teardown(postgres.remove)
    await relayLives(t, tree, postgres, passwordFile)
  },
)

const secretsAreMade = (t: Test, tree: Tree): string => {
  const folder = join(tree.scratch, 'secrets')
  mkdirSync(folder, { mode: 0o750 })
  tree.give(folder)
  const words = (compose.services.secrets?.entrypoint ?? []).map((word) =>
    word === '/srv/secrets' ? folder : word,
  )
  const file = join(folder, 'database-password')

  t.strictSame(tree.runToEnd(words, {}), { status: 0, said: '' })
  const first = readFileSync(file, 'utf8')
  t.strictSame(tree.runToEnd(words, {}), { status: 0, said: '' })

  t.match(first, /^[\w-]{43}\n$/)
  t.equal(readFileSync(file, 'utf8'), first, 'a second start changes nothing')
  t.equal(statSync(file).mode & 0o777, 0o440, 'for its owner, and for the group that Postgres is given')
  return file
}

const relayLives = async (
  t: Test,
  tree: Tree,
  postgres: ComposedPostgres,
  passwordFile: string,
): Promise<void> => {
  const port = await freePort()
  const env = {
    ...environmentOf(dockerfile),
    ...relayEnvironment('localhost'),
    DATABASE_URL: `postgres://tocsin@127.0.0.1:${postgres.port}/tocsin`,
    TOCSIN_DATABASE_PASSWORD_FILE: passwordFile,
    TOCSIN_HOST: '127.0.0.1',
    TOCSIN_PORT: String(port),
    TOCSIN_ONION_PORT: String(await freePort()),
    TOCSIN_DISK: tree.scratch,
  }
  const healthy = (): boolean => tree.runToEnd(wordsOf(last(dockerfile, 'HEALTHCHECK')), env).status === 0

  t.notOk(healthy(), 'nothing answers before it runs')
  const relay = tree.run(
    [...wordsOf(last(dockerfile, 'ENTRYPOINT')), ...wordsOf(last(dockerfile, 'CMD'))],
    env,
  )
  let said = ''
  for (const stream of [relay.stdout, relay.stderr]) stream?.on('data', (text) => (said += text))
  const ended = new Promise<number | null>((resolve) => relay.once('exit', resolve))
  t.teardown(() => relay.kill('SIGKILL'))
  let hasEnded = false
  void ended.then(() => {
    hasEnded = true
  })
  const isHealthy = (await until(() => hasEnded || healthy())) && !hasEnded
  t.ok(isHealthy, `ready with a password from a file ${isHealthy ? '' : said}`)
  t.ok(await until(() => /wss:\/\/localhost#/.test(said)), 'the address for invites is in its output')
  await caddyStands(t, port)
  await postgres.stop()
  t.ok(await until(() => !healthy()), 'not ready while the database is away')
  t.equal((await fetch(`http://127.0.0.1:${port}/livez`)).status, 200, 'and alive')
  await postgres.start()
  t.ok(await until(healthy), 'and ready again by itself')
  relay.kill('SIGTERM')
  t.equal(await ended, 0, 'SIGTERM ends it cleanly')
}

/** Debian's Caddy is older than what the file needs: these lines are left out for it. */
const NEWER = /^\s*(stream_buffer_size|stream_close_delay|persist_config) .*\n/gm

const caddyfileFor = async (folder: string, relayPort: number): Promise<{ file: string; port: number }> => {
  const port = await freePort()
  const version = spawnSync('caddy', ['version'], { encoding: 'utf8' }).stdout
  const isOld = /^v?2\.(\d|10|11\.[0-2])\b/.test(version) || /^2\.[0-9]\./.test(version)
  const text = readFileSync('docker/Caddyfile', 'utf8')
    .replace('{\n', `{\n\thttp_port ${await freePort()}\n\thttps_port ${port}\n`)
    .replaceAll('127.0.0.1:2020', `127.0.0.1:${await freePort()}`)
    .replaceAll('relay:8787', `127.0.0.1:${relayPort}`)
  const file = join(folder, 'Caddyfile')
  writeFileSync(file, isOld ? text.replace(NEWER, '') : text)
  return { file, port }
}

type Caddy = {
  readonly port: number
  readonly said: () => string
  /** SIGTERM, and the exit code. */
  readonly end: () => Promise<number | null>
}

/** Before a relay at this port. */
const startCaddy = async (t: Test, relayPort: number): Promise<Caddy> => {
  const folder = mkdtempSync(join(tmpdir(), 'tocsin-caddy-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  const { file, port } = await caddyfileFor(folder, relayPort)
  const caddy = spawn('caddy', ['run', '--config', file, '--adapter', 'caddyfile'], {
    env: {
      PATH: process.env.PATH ?? '',
      HOME: folder,
      XDG_DATA_HOME: folder,
      TOCSIN_DOMAIN: 'localhost',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  for (const stream of [caddy.stdout, caddy.stderr]) stream.on('data', (text) => (said += text))
  const ended = new Promise<number | null>((resolve) => caddy.once('exit', resolve))
  t.teardown(() => caddy.kill('SIGKILL'))
  const end = (): Promise<number | null> => {
    caddy.kill('SIGTERM')
    return ended
  }
  return { port, said: () => said, end }
}

/** The whole way of a client, and a caller whose address and headers must not turn up in what Caddy prints. */
const caddyStands = async (t: Test, relayPort: number): Promise<void> => {
  if (!has('caddy', 'version')) return t.comment('no caddy here: its file is not run')
  const { port, said, end } = await startCaddy(t, relayPort)

  t.ok(await until(async () => (await get(port, '/readyz')) === 200), `a page through TLS ${said()}`)
  const socket = new WebSocket(`wss://localhost:${port}/v1`, 'tocsin.1', {
    rejectUnauthorized: false,
    headers: LOUD,
  })
  t.ok(
    await new Promise((resolve) => socket.once('message', () => resolve(true))),
    'the greeting through a websocket',
  )
  socket.terminate()
  t.equal(await get(port, `/marker-in-a-path`), 404)
  t.equal(await end(), 0)
  t.notMatch(said(), ABOUT_SOMEBODY, 'and no word about anybody')
}

const ABOUT_SOMEBODY = /marker|127\.0\.0\.1|User-Agent|remote/i

const LOUD = { 'user-agent': 'marker-agent', cookie: 'marker=cookie', referer: 'https://marker.example' }

const get = (port: number, path: string): Promise<number> =>
  new Promise((resolve) => {
    const asked = request({
      host: '127.0.0.1',
      servername: 'localhost',
      port,
      path,
      rejectUnauthorized: false,
      headers: { ...LOUD, host: 'localhost' },
    })
    asked.on('response', (response) => {
      response.resume()
      resolve(response.statusCode ?? 0)
    })
    asked.on('error', () => resolve(0))
    asked.end()
  })

t.test(
  'Caddy says nothing about a caller either when no relay answers',
  { skip: !has('caddy', 'version') && 'no caddy here' },
  async (t) => {
    const { port, said, end } = await startCaddy(t, await freePort())

    t.ok(await until(async () => (await get(port, '/marker')) >= 500), 'it is refused')
    await end()
    t.notMatch(said(), ABOUT_SOMEBODY)
  },
)

t.test('tor takes its file', { skip: !has('tor', '--version') && 'no tor here' }, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'tocsin-tor-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  const file = join(folder, 'torrc')
  const text = readFileSync('docker/torrc', 'utf8')
  writeFileSync(file, text.replaceAll('/var/lib/tor', folder).replace('relay:8788', '127.0.0.1:8788'))

  const done = spawnSync('tor', ['--verify-config', '--defaults-torrc', '/dev/null', '-f', file], {
    encoding: 'utf8',
  })

  t.equal(done.status, 0, done.stdout)
  t.notMatch(text, /^Log (info|notice|debug)|^SocksPort [^0]/m)
})

const UNIT = 'docker/systemd/tocsin-relay.service'

t.test(
  'systemd finds the unit sound and no more exposed than 1.3',
  { skip: !has('systemd-analyze', '--version') && 'no systemd here' },
  async (t) => {
    const verified = spawnSync('systemd-analyze', ['verify', '--man=no', UNIT], { encoding: 'utf8' })
    const graded = spawnSync('systemd-analyze', ['security', '--offline=true', UNIT], { encoding: 'utf8' })

    t.notMatch(verified.stderr, /tocsin-relay[.]service:\d+/, 'no line that systemd does not know')
    t.ok(
      Number(/exposure level.*?(\d+\.\d+)/.exec(graded.stdout)?.[1] ?? 10) <= 1.3,
      graded.stdout.split('\n').at(-2) ?? '',
    )
  },
)
