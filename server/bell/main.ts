/**
 * The bell's composition root: environment, streams, signals, exit. Beside a relay or, better, with another operator: it is a program and a
 * database of its own. Settings: TOCSIN_BELL_*, and with TOCSIN_BELL_DATABASE_URL, a Postgres in place of the embedded one.
 */
import { fileURLToPath } from 'node:url'
import { startEmbedded } from '../embedded/embedded.ts'
import { startBell } from './bell.ts'

const { env } = process
const say = (text: string): void => void process.stdout.write(`${text}\n`)

const place = async () => {
  if (env.TOCSIN_BELL_DATABASE_URL)
    return { address: { url: env.TOCSIN_BELL_DATABASE_URL }, leave: async () => undefined }
  const embedded = await startEmbedded(env.TOCSIN_BELL_DATA ?? './data-bell')
  if (!embedded.ok) {
    process.stderr.write(`${embedded.error}\n`)
    process.exit(1)
  }
  return { address: { socketFolder: embedded.value.socketFolder }, leave: embedded.value.stop }
}

const { address, leave } = await place()
const bell = await startBell({
  database: address,
  migrations: fileURLToPath(new URL('../../migrations/bell', import.meta.url)),
  host: env.TOCSIN_BELL_HOST ?? '127.0.0.1',
  port: Number(env.TOCSIN_BELL_PORT ?? 8790),
  publicUrl: env.TOCSIN_BELL_PUBLIC_URL,
  hosts: (env.TOCSIN_BELL_HOSTS ?? '').split(',').filter((host) => host !== ''),
  contact: env.TOCSIN_BELL_CONTACT ?? 'mailto:nobody@invalid.example',
  clock: Date.now,
  say: (what, count) => say(`${what}: ${count}`),
})
say(`The bell rings at ${bell.address}`)

const end = async (): Promise<void> => {
  await bell.close()
  await leave()
  process.exit(0)
}
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void end())
