/** The relay itself, until it is asked to end. Waits for a database that is not there yet. */
import { setTimeout as sleep } from 'node:timers/promises'
import { err, ok, type Result } from '../../shared/base/result.ts'
import type { Config } from '../config.ts'
import { createLog } from '../log.ts'
import { DEFAULT_LIMITS } from '../relay/limits.ts'
import { WEB } from '../release.ts'
import { readWebFiles } from '../routes/web.ts'
import { type Running, startRelay } from '../start.ts'
import { isUnanswered } from '../store/away.ts'
import { welcome } from '../welcome.ts'
import { failed } from './database.ts'
import { codeOf, databaseSentence, listenSentence, MOVED, NEWER, takenSentence } from './faults.ts'
import { connectionsFor, openFilesLimit } from './openFiles.ts'
import type { Context, Exit, Operation } from './operation.ts'
import { findPlace, type Place } from './place.ts'
import { openWaitingRoom, type WaitingRoom } from './waitingRoom.ts'

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
    const { config, complain } = context
    const room = await openRoom(config)
    if (!room.ok) return failed(context, room.error)
    const place = await findPlace(config, complain)
    if (!place.ok) {
      await room.value.close()
      return failed(context, place.error)
    }
    const started = await startPatiently(context, { room: room.value, place: place.value, asked })
    if (started.ok && started.value) return serveUntilTheEnd(context, started.value, place.value)
    await room.value.close()
    await place.value.leave()
    return started.ok ? 0 : failed(context, started.error)
  },
}

const openRoom = ({ host, port }: Config): Promise<Result<WaitingRoom, string>> =>
  openWaitingRoom(host, port).then(ok, (error) =>
    err(listenSentence(error, host, port, 'TOCSIN_HOST and TOCSIN_PORT')),
  )

type Ground = { readonly room: WaitingRoom; readonly place: Place; readonly asked: AbortSignal }

/** Milliseconds between the first tries, between tries at most, and of waiting until whoever runs the relay had better know. */
const FIRST_PAUSE_MS = 500
const LONGEST_PAUSE_MS = 10_000
const PATIENCE_MS = 300_000

/** `isPassing`: a server that is not up yet. */
type Fault = { readonly sentence: string; readonly isPassing: boolean }

/** Undefined: it was asked to end before. */
const startPatiently = async (
  context: Context,
  ground: Ground,
): Promise<Result<Running | undefined, string>> => {
  const until = performance.now() + PATIENCE_MS
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
    const started = await start(context, ground)
    if (started.ok) return started
    const { sentence, isPassing } = started.error
    if (!isPassing || performance.now() > until) return err(sentence)
    if (pauseMs === FIRST_PAUSE_MS) context.complain(`${sentence} The relay waits for it.`)
    if (await isAskedWithin(pauseMs, ground.asked)) return ok(undefined)
  }
}

const isAskedWithin = (ms: number, signal: AbortSignal): Promise<boolean> =>
  sleep(ms, false, { signal }).catch(() => true)

const start = async (
  { config, writeLog }: Context,
  { room, place }: Ground,
): Promise<Result<Running, Fault>> => {
  const started = await startRelay({
    ...config,
    database: place.address,
    port: room.port,
    makeWay: room.close,
    limits: { ...DEFAULT_LIMITS, web: { ...DEFAULT_LIMITS.web, connections: connectionsOf(config) } },
    clock: Date.now,
    graceMs: 1000 * config.graceSeconds,
    web: config.isWebOn ? readWebFiles(WEB) : undefined,
    log: createLog(config.logLevel, writeLog),
  }).catch((error) => err({ sentence: sentenceOf(error, config), isPassing: isPassing(error) }))
  if (started.ok) return started
  const sentences = { taken: takenSentence(config), newer: NEWER, moved: MOVED }
  const fault = started.error
  return err(typeof fault === 'object' ? fault : { sentence: sentences[fault], isPassing: false })
}

/** Those that would take the files that the database needs are not let in. The doctor tells of it. */
const connectionsOf = ({ maxConnections }: Config): number => {
  const files = openFilesLimit()
  return files === undefined ? maxConnections : Math.min(maxConnections, connectionsFor(files))
}

/** A server that says that password, name or right is wrong will say so again. */
const isPassing = (error: unknown): boolean => isUnanswered(error) && !/^(28|3D|42)/.test(codeOf(error))

const sentenceOf = (error: unknown, config: Config): string => {
  if (!(error instanceof Error && 'syscall' in error && error.syscall === 'listen'))
    return databaseSentence(error, config)
  const { host, port, onionPort, metrics } = config
  const taken = 'port' in error ? error.port : undefined
  if (metrics && taken === metrics.port)
    return listenSentence(error, metrics.host, metrics.port, 'TOCSIN_METRICS_PORT')
  return onionPort !== undefined && taken === onionPort
    ? listenSentence(error, host, onionPort, 'TOCSIN_ONION_PORT')
    : listenSentence(error, host, port, 'TOCSIN_HOST and TOCSIN_PORT')
}

const serveUntilTheEnd = async (context: Context, running: Running, place: Place): Promise<Exit> => {
  context.say(welcome(context.config, running))
  const reason = await Promise.race([whenAsked(context.asked()), whenLost(running)])
  if (reason === 'lost') context.complain(LOST)
  await running.close()
  await place.close()
  return reason === 'lost' ? 1 : 0
}

const LOST =
  'Somebody else holds the database since it was away for a moment, so this relay ends: start it again.'

const whenAsked = (asked: AbortSignal): Promise<'asked'> =>
  new Promise((resolve) => {
    if (asked.aborted) resolve('asked')
    asked.addEventListener('abort', () => resolve('asked'))
  })

const whenLost = (running: Running): Promise<'lost'> =>
  new Promise((resolve) => {
    running.onLost(() => resolve('lost'))
  })
