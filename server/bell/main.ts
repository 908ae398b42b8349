/**
 * The bell's composition root: environment, streams, signals, exit. Beside a relay or, better, with another operator: it is a program and a
 * database of its own. Settings: TOCSIN_BELL_*, and with TOCSIN_BELL_DATABASE_URL, a Postgres in place of the embedded one. Its one word is `rotate`.
 */
import { fileURLToPath } from 'node:url'
import { startEmbedded } from '../embedded/embedded.ts'
import { startBell } from './bell.ts'
import { readBellSettings } from './settings.ts'

const say = (text: string): void => void process.stdout.write(`${text}\n`)
const refuse = (text: string): never => {
  process.stderr.write(`${text}\n`)
  process.exit(1)
}

const read = readBellSettings(process.env)
const settings = read.ok ? read.value : refuse(read.error)

const place = async () => {
  const { databaseUrl, dataDir } = settings
  if (databaseUrl) return { address: { url: databaseUrl }, leave: async () => undefined }
  const embedded = await startEmbedded(dataDir)
  if (!embedded.ok) return refuse(embedded.error)
  return { address: { socketFolder: embedded.value.socketFolder }, leave: embedded.value.stop }
}

const [word, ...more] = process.argv.slice(2)
if ((word !== undefined && word !== 'rotate') || more.length > 0)
  refuse('The bell knows one word: rotate, which starts it with another address.')

const { address, leave } = await place()
const bell = await startBell({
  database: address,
  migrations: fileURLToPath(new URL('../../migrations/bell', import.meta.url)),
  host: settings.host,
  port: settings.port,
  publicUrl: settings.publicUrl,
  hosts: settings.hosts,
  contact: settings.contact,
  clock: Date.now,
  rotates: word === 'rotate',
  say: (what, count) => say(`${what}: ${count}`),
})
say(`The bell rings at ${bell.address}`)

const end = async (): Promise<void> => {
  await bell.close()
  await leave()
  process.exit(0)
}
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void end())
