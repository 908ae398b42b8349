/**
 * The relay's composition root: environment, database, relay, signals. What a person should read goes to standard output as
 * plain text; the log goes to standard error. Exit codes: 0 ended when asked to, 1 could not start or go on, 2 bad settings.
 */
import { resolve } from 'node:path'
import type { Result } from '../shared/base/result.ts'
import { err, ok } from '../shared/base/result.ts'
import { type Config, readConfig } from './config.ts'
import { startEmbedded } from './embedded/embedded.ts'
import { createLog } from './log.ts'
import { DEFAULT_LIMITS } from './relay/limits.ts'
import { type Running, startRelay } from './start.ts'
import type { DatabaseAddress } from './store/database.ts'
import { welcome } from './welcome.ts'

const say = (text: string): void => void process.stdout.write(`${text}\n`)
const complain = (text: string): void => void process.stderr.write(`${text}\n`)

type Place = {
  readonly address: DatabaseAddress
  readonly isOwn: boolean
  readonly stop: () => Promise<void>
}

const findDatabase = async (config: Config): Promise<Result<Place, string>> => {
  if (config.databaseUrl !== undefined)
    return ok({ address: { url: config.databaseUrl }, isOwn: false, stop: async () => undefined })
  const embedded = await startEmbedded(config.dataFolder, complain)
  if (!embedded.ok) return embedded
  const { socketFolder, wasRunning, stop } = embedded.value
  return ok({ address: { socketFolder }, isOwn: !wasRunning, stop })
}

const start = async (config: Config, place: Place): Promise<Result<Running, string>> => {
  const log = createLog(config.logLevel, (line) => process.stderr.write(line))
  const limits = { ...DEFAULT_LIMITS, web: { ...DEFAULT_LIMITS.web, connections: config.maxConnections } }
  const { host, port } = config
  const started = await startRelay({
    database: place.address,
    host,
    port,
    limits,
    clock: Date.now,
    log,
  }).catch((error) => err(sentenceOf(error, config)))
  return started.ok || started.error !== 'taken' ? started : err(takenSentence(config))
}

const takenSentence = (config: Config): string =>
  config.databaseUrl === undefined
    ? `Another relay is running on ${resolve(config.dataFolder)}: stop it first, or set TOCSIN_DATA to another folder.`
    : 'Another relay is using this database: stop it first, or name another one in DATABASE_URL.'

/** Messages of the database driver may hold its URL, and that a password: only codes are shown. */
const sentenceOf = (error: unknown, { host, port, databaseUrl }: Config): string => {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
  const isOurs = error instanceof Error && 'syscall' in error && error.syscall === 'listen'
  if (isOurs) return `Cannot listen on ${host} port ${port} (${code}): set TOCSIN_HOST and TOCSIN_PORT.`
  return databaseUrl === undefined
    ? `The embedded database cannot be used (${code}): is another relay just ending? Start again.`
    : `The database cannot be used (${code}): is it running, and is DATABASE_URL right?`
}

const run = async (): Promise<number> => {
  const asked = askedToEnd()
  const config = readConfig(process.env)
  if (!config.ok) {
    complain(['The relay did not start:', ...config.error.map((fault) => `- ${fault}`)].join('\n'))
    return 2
  }
  const place = await findDatabase(config.value)
  if (!place.ok) {
    complain(place.error)
    return 1
  }
  const started = await start(config.value, place.value)
  if (!started.ok) {
    complain(started.error)
    if (place.value.isOwn) await place.value.stop()
    return 1
  }
  const running = started.value
  say(welcome(config.value, running))
  const reason = await Promise.race([asked, lost(running)])
  if (reason === 'lost') complain('The database went away, so the relay ends: start it again.')
  await running.close()
  await place.value.stop()
  return reason === 'lost' ? 1 : 0
}

/** Listens from the beginning: who ends the relay while it starts must not leave a database running. */
const askedToEnd = (): Promise<'asked'> =>
  new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => resolve('asked'))
  })

const lost = (running: Running): Promise<'lost'> =>
  new Promise((resolve) => {
    running.onLost(() => resolve('lost'))
  })

process.exit(await run())
