/** The relay itself, until it is asked to end. */
import { resolve } from 'node:path'
import { err, type Result } from '../../shared/base/result.ts'
import type { Config } from '../config.ts'
import { createLog } from '../log.ts'
import { DEFAULT_LIMITS } from '../relay/limits.ts'
import { type Running, type StartFault, startRelay } from '../start.ts'
import { welcome } from '../welcome.ts'
import type { Context, Exit, Operation } from './operation.ts'
import { findPlace, type Place } from './place.ts'

export const serve: Operation = {
  usage: '',
  about: [
    'Everything is set by environment variables, see `npx tocsin-relay help`. What a person should read goes to',
    'standard output, the log to standard error. SIGTERM and Ctrl-C end it once what was taken is answered; a second one',
    'ends it at once.',
  ],
  example: 'TOCSIN_PUBLIC_URL=wss://relay.example.org npx tocsin-relay serve',
  run: async (context) => {
    const asked = context.asked()
    const { config, say, complain } = context
    const place = await findPlace(config, complain)
    if (!place.ok) return failed(context, place.error)
    const started = await start(context, place.value)
    if (!started.ok) {
      await place.value.leave()
      return failed(context, started.error)
    }
    say(welcome(config, started.value))
    return untilTheEnd(context, started.value, asked).finally(place.value.close)
  },
}

const failed = ({ complain }: Context, sentence: string): Exit => {
  complain(sentence)
  return 1
}

const start = async ({ config, writeLog }: Context, place: Place): Promise<Result<Running, string>> => {
  const started = await startRelay({
    database: place.address,
    host: config.host,
    port: config.port,
    limits: { ...DEFAULT_LIMITS, web: { ...DEFAULT_LIMITS.web, connections: config.maxConnections } },
    clock: Date.now,
    edge: config.edge,
    onionPort: config.onionPort,
    disk: config.disk,
    maxBytes: config.maxBytes,
    log: createLog(config.logLevel, writeLog),
  }).catch((error) => err({ thrown: error }))
  return started.ok ? started : err(faultSentence(started.error, config))
}

const faultSentence = (fault: StartFault | { readonly thrown: unknown }, config: Config): string => {
  if (typeof fault === 'object') return sentenceOf(fault.thrown, config)
  return fault === 'taken' ? takenSentence(config) : FAULTS[fault]
}

const FAULTS = {
  newer: 'The database was last used by a newer version of the relay: start that one.',
  moved:
    'Everything in this database was moved to another machine, which serves it now: it must not be served twice.',
} as const

const takenSentence = (config: Config): string =>
  config.databaseUrl === undefined
    ? `Another relay is running on ${resolve(config.dataFolder)}: stop it first, or set TOCSIN_DATA to another folder.`
    : 'A relay of an older version is using this database, or it is being moved: wait for it, or stop it first.'

/** Messages of the database driver may hold its URL, and that a password: only codes are shown. */
const sentenceOf = (error: unknown, { host, port, databaseUrl }: Config): string => {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
  const isOurs = error instanceof Error && 'syscall' in error && error.syscall === 'listen'
  if (isOurs) return `Cannot listen on ${host} port ${port} (${code}): set TOCSIN_HOST and TOCSIN_PORT.`
  return databaseUrl === undefined
    ? `The embedded database cannot be used (${code}): is another relay just ending? Start again.`
    : `The database cannot be used (${code}): is it running, and is DATABASE_URL right?`
}

const untilTheEnd = async (context: Context, running: Running, asked: AbortSignal): Promise<Exit> => {
  const reason = await Promise.race([whenAsked(asked), whenLost(running)])
  if (reason === 'lost') context.complain('The database went away, so the relay ends: start it again.')
  await running.close()
  return reason === 'lost' ? 1 : 0
}

const whenAsked = (asked: AbortSignal): Promise<'asked'> =>
  new Promise((resolve) => {
    if (asked.aborted) resolve('asked')
    asked.addEventListener('abort', () => resolve('asked'))
  })

const whenLost = (running: Running): Promise<'lost'> =>
  new Promise((resolve) => {
    running.onLost(() => resolve('lost'))
  })
