/** The database that the relay brings, and the relay as a command: first start, second relay, killed relay, bad settings, SIGTERM. */
import { spawn } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import postgres from 'postgres'
import t from 'tap'
import { startEmbedded } from '../../../server/embedded/embedded.ts'
import { sameBytes } from '../../../shared/base/bytes.ts'
import { printRelayKey } from '../../../shared/protocol/relayKey.ts'
import { spawnRelay, startRelayProcess } from '../../support/relayProcess.ts'
import { appendTo, connectWire, newOpenLog, openOn, readFrom } from '../../support/wire.ts'

const newFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'tocsin-embedded-'))
  chmodSync(folder, 0o755)
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

const postmasterOf = (folder: string): number =>
  Number(readFileSync(join(folder, 'postgres', 'data', 'postmaster.pid'), 'utf8').split('\n')[0])

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

t.test(
  'a relay that ends and starts again has its keys, its logs and nothing running in between',
  async (t) => {
    const folder = join(newFolder(), 'deep', 'data')
    const first = await startRelayProcess({ TOCSIN_DATA: folder })
    t.match(first.said(), /It does not store: who connects/)
    t.ok(first.said().includes(printRelayKey(first.key)), 'the key for invites is printed')
    t.ok(first.said().includes(folder), 'and where the data is')
    const wire = await connectWire(first.url)
    const log = await newOpenLog(wire, first)
    await appendTo(wire, log)
    const postmaster = postmasterOf(folder)

    t.equal(await first.end(), 0)
    t.equal(await wire.closed, 1001)
    t.notOk(isAlive(postmaster), 'the database ended with the relay')
    t.equal(statSync(join(folder, 'postgres')).mode & 0o077, 0, 'nobody else may enter')

    const again = await startRelayProcess({ TOCSIN_DATA: folder })
    t.ok(
      sameBytes(again.key.signingKey, first.key.signingKey) &&
        sameBytes(again.key.staticKey, first.key.staticKey),
    )
    const later = await connectWire(again.url)
    await openOn(later, again, log, 'reader')
    const page = await readFrom(later, log)
    t.equal(page.type === 'entries' && page.entries.length, 1)
    later.end()
    t.equal(await again.end(), 0)
  },
)

t.test(
  'a second relay on the same data says so and harms nothing; a killed one leaves a database that the next takes over',
  async (t) => {
    const folder = newFolder()
    const first = await startRelayProcess({ TOCSIN_DATA: folder })
    const wire = await connectWire(first.url)
    const log = await newOpenLog(wire, first)

    const second = await spawnRelay({ TOCSIN_DATA: folder })

    t.notOk(second.ok)
    t.match(!second.ok && second, { code: 1, said: /Another relay is running on .+: stop it first/ })
    t.equal((await appendTo(wire, log)).type, 'receipt', 'the first goes on')
    const postmaster = postmasterOf(folder)
    await first.kill()
    t.ok(isAlive(postmaster))
    const third = await startRelayProcess({ TOCSIN_DATA: folder })
    t.equal(postmasterOf(folder), postmaster, 'the database it left is used again')
    const again = await connectWire(third.url)
    await openOn(again, third, log, 'reader')
    const page = await readFrom(again, log)
    t.equal(page.type === 'entries' && page.entries.length, 1)
    again.end()
    t.equal(await third.end(), 0)
    t.notOk(isAlive(postmaster), 'and ended with the relay that took it over')
  },
)

const query = async (socketFolder: string, text: string): Promise<string> => {
  const sql = postgres({ path: join(socketFolder, '.s.PGSQL.5432'), user: 'postgres', max: 1 })
  try {
    return JSON.stringify(await sql.unsafe(text))
  } finally {
    await sql.end({ timeout: 1 })
  }
}

/** The first answer that comes; a database that stays away fails the test by tap's own time-out. */
const answerOf = async (socketFolder: string, text: string): Promise<string> => {
  for (;;) {
    const answer = await query(socketFolder, text).catch(() => undefined)
    if (answer !== undefined) return answer
    await sleep(20)
  }
}

t.test(
  'a database that dies is started again where it was, as often as it dies, until it is stopped',
  async (t) => {
    const folder = newFolder()
    const told: string[] = []
    const embedded = await startEmbedded(folder, (sentence) => told.push(sentence))
    if (!embedded.ok) throw new Error(embedded.error)
    const { socketFolder, stop } = embedded.value
    await query(socketFolder, 'create table kept (n int)')
    for (const signal of ['SIGKILL', 'SIGQUIT', 'SIGINT'] as const) {
      const pid = postmasterOf(folder)
      await query(socketFolder, 'insert into kept values (1)')
      process.kill(pid, signal)
      while (isAlive(pid)) await sleep(5)
      await answerOf(socketFolder, 'select 1')
      t.not(postmasterOf(folder), pid)
    }
    t.equal(await answerOf(socketFolder, 'select count(*)::int as n from kept'), '[{"n":3}]')
    t.equal(told.length, 3, 'and the operator was told each time')
    t.match(told[0], /^The embedded database ended \(SIGKILL\) and is started again\.$/)
    const pid = postmasterOf(folder)
    process.kill(pid, 'SIGKILL')

    await stop()

    await sleep(300)
    t.notOk(existsSync(join(folder, 'postgres', 'data', 'postmaster.pid')) && isAlive(postmasterOf(folder)))
  },
)

t.test('a database that a killed relay left is started again too when it dies', async (t) => {
  const folder = newFolder()
  const relay = await startRelayProcess({ TOCSIN_DATA: folder })
  await relay.kill()
  const left = postmasterOf(folder)
  const embedded = await startEmbedded(folder)
  if (!embedded.ok) throw new Error(embedded.error)
  t.ok(embedded.value.wasRunning)

  process.kill(left, 'SIGKILL')

  while (isAlive(left)) await sleep(5)
  t.match(await answerOf(embedded.value.socketFolder, 'select count(*)::int as n from logs'), '[{"n":0}]')
  await embedded.value.stop()
  t.notOk(existsSync(join(folder, 'postgres', 'data', 'postmaster.pid')), 'and it is stopped like our own')
})

t.test('the number of a dead server that is now a stranger\u2019s does not stop the start', async (t) => {
  const folder = newFolder()
  const first = await startEmbedded(folder)
  if (!first.ok) throw new Error(first.error)
  const pidFile = join(folder, 'postgres', 'data', 'postmaster.pid')
  const noted = readFileSync(pidFile, 'utf8')
  await first.value.stop()
  const { uid, gid } = statSync(join(folder, 'postgres', 'data'))
  const stranger = spawn('sleep', ['600'], { uid, gid, cwd: '/' })
  t.teardown(() => stranger.kill())
  writeFileSync(pidFile, noted.replace(/^\d+/, String(stranger.pid)))
  chownSync(pidFile, uid, gid)

  const again = await startEmbedded(folder)

  t.match(again, { ok: true, value: { wasRunning: false } })
  if (again.ok) await again.value.stop()
  t.ok(stranger.exitCode === null && stranger.signalCode === null, 'and the stranger was left alone')
})

t.test('a long data folder works: the socket is then elsewhere', async (t) => {
  const folder = join(newFolder(), 'a-folder-with-a-long-name'.repeat(4), 'and a space')
  const relay = await startRelayProcess({ TOCSIN_DATA: folder })

  t.notOk(existsSync(join(folder, 'postgres', 'socket')))

  t.equal(await relay.end(), 0)
})

t.test('bad settings are all named, with exit code 2', async (t) => {
  const start = await spawnRelay({
    TOCSIN_PORT: 'http',
    TOCSIN_LOG_LEVEL: 'loud',
    TOCSIN_PROT: '1',
    DATABASE_URL: 'x',
  })

  t.match(!start.ok && start, { code: 2 })
  for (const name of ['TOCSIN_PORT', 'TOCSIN_LOG_LEVEL', 'TOCSIN_PROT', 'DATABASE_URL'])
    t.match(!start.ok && start.said, new RegExp(`^- ${name} `, 'm'))
})

/** A server that refuses everybody, as Postgres does when the password is wrong. */
const refusingServer = async (): Promise<{ readonly port: number; readonly close: () => void }> => {
  const fields = ['SFATAL', 'VFATAL', 'C28P01', 'Mpassword authentication failed', ''].join('\0')
  const message = Buffer.concat([Buffer.from('E'), Buffer.alloc(4), Buffer.from(`${fields}\0`)])
  message.writeUInt32BE(message.length - 1, 1)
  const server = createServer((socket) => {
    socket.on('error', () => undefined)
    socket.once('data', () => socket.end(message))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return { port: typeof address === 'object' && address ? address.port : 0, close: () => server.close() }
}

t.test('a database that refuses, and a port that is taken, are one sentence with exit code 1', async (t) => {
  const folder = newFolder()
  const relay = await startRelayProcess({ TOCSIN_DATA: folder })
  const refusing = await refusingServer()
  t.teardown(refusing.close)
  const { port } = new URL(relay.url)

  const noDatabase = await spawnRelay({
    DATABASE_URL: `postgres://somebody:secret-word@127.0.0.1:${refusing.port}/x`,
  })
  const noPort = await spawnRelay({ TOCSIN_DATA: join(newFolder(), 'other'), TOCSIN_PORT: port })

  t.match(!noDatabase.ok && noDatabase, { code: 1, said: /^The database cannot be used \(28P01\)/m })
  t.notMatch(!noDatabase.ok && noDatabase.said, /secret-word/)
  t.match(!noPort.ok && noPort, {
    code: 1,
    said: /^Cannot listen on 127\.0\.0\.1 port \d+ \(EADDRINUSE\)/m,
  })
  t.equal(await relay.end(), 0)
})

t.test(
  'root under a private folder is told what to do',
  { skip: process.getuid?.() !== 0 && 'needs root' },
  async (t) => {
    const home = join(newFolder(), 'home')
    mkdirSync(home, { mode: 0o700 })

    const start = await spawnRelay({ TOCSIN_DATA: join(home, 'data') })

    t.match(!start.ok && start, {
      code: 1,
      said: /cannot run as root, and the account \w+ cannot reach .+ set TOCSIN_DATA/,
    })
  },
)
