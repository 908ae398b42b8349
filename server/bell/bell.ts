/** The bell from its parts: what is asked of it, decided; and the way in, one POST. Not here: environment and signals (main.ts). */
import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { decode, encode } from '../../shared/base/codec.ts'
import {
  type BellAnswer,
  type BellRequest,
  bellAnswer,
  bellHash,
  isProven,
  MAX_BELL_REQUEST_BYTES,
  printBellAddress,
  sealed,
} from '../../shared/bell/bell.ts'
import { cryptoReady } from '../../shared/crypto/sodium.ts'
import { isEndpoint } from './endpoint.ts'
import { createPush, type PushDeps, vapidPublic } from './push.ts'
import { createRinging, type Ringing, type RingingDeps } from './ringing.ts'
import { type BellDatabase, type BellStore, openBellStore } from './store.ts'

export type BellOptions = Pick<PushDeps, 'contact' | 'isAllowed' | 'ca'> &
  Partial<Pick<RingingDeps, 'later' | 'steady'>> & {
    readonly database: BellDatabase
    readonly migrations: string
    readonly host: string
    /** 0 for any free one. */
    readonly port: number
    /** Where devices reach it; where it listens, without. */
    readonly publicUrl?: string | undefined
    /** Push services beside the known ones. */
    readonly hosts: readonly string[]
    readonly clock: () => number
    readonly say: (what: 'round' | 'alarm', count: number) => void
    /** Begins with another secret; the one before stays good until the next rotation (B10). */
    readonly rotates?: boolean
  }

export type Bell = {
  /** With its key and its secret (B3). */
  readonly address: string
  readonly url: string
  readonly count: () => Promise<number>
  readonly idle: () => Promise<void>
  readonly close: () => Promise<void>
}

const DAY_MS = 86_400_000
/** B6: registrations at once, and a second: a city that begins, and then as many as come anew. */
const REGISTERS = { burst: 1000, perSecond: 0.2 }

export const startBell = async (options: BellOptions): Promise<Bell> => {
  await cryptoReady
  const store = await openBellStore(options.database, options.migrations)
  const fresh = { secret: randomBytes(32), vapid: newVapid() }
  const known = await store.keys(fresh)
  if (options.rotates) await store.rotate(randomBytes(32))
  const { secret, vapid, previous } = options.rotates ? await store.keys(fresh) : known
  const steady = options.steady ?? (() => performance.now())
  const today = (): number => Math.floor(options.clock() / DAY_MS)
  const ringing = createRinging({
    store,
    push: createPush({ ...options, vapid }),
    steady,
    random: Math.random,
    today,
    later: options.later ?? ((ms, run) => void setTimeout(run, ms).unref()),
    rang: options.say,
  })
  const inside: Inside = {
    store,
    ringing,
    secrets: previous ? [secret, previous] : [secret],
    steady,
    today,
    hosts: options.hosts,
    tokens: REGISTERS.burst,
    at: 0,
  }
  const server = createServer({ maxHeaderSize: 8192 }, (asked, answer) => void serve(inside, asked, answer))
  server.requestTimeout = 10_000
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(options.port, options.host, resolve)
  })
  ringing.start()
  const url = `http://${options.host}:${(server.address() as AddressInfo).port}`
  return {
    url,
    address: printBellAddress({ url: options.publicUrl ?? url, key: vapidPublic(vapid), secret }),
    count: store.count,
    idle: ringing.idle,
    close: async () => {
      await new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      })
      await store.close()
    },
  }
}

const newVapid = (): Uint8Array =>
  generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'der', type: 'pkcs8' })

type Inside = {
  readonly store: BellStore
  readonly ringing: Ringing
  readonly secrets: readonly Uint8Array[]
  readonly steady: () => number
  readonly today: () => number
  readonly hosts: readonly string[]
  tokens: number
  at: number
}

/** Any page may ask, without anything that a browser keeps for it. */
const HEADERS = {
  'access-control-allow-origin': '*',
  'access-control-allow-headers': 'content-type',
  'content-type': 'application/octet-stream',
  'cache-control': 'no-store',
}

const serve = async (inside: Inside, asked: IncomingMessage, answer: ServerResponse): Promise<void> => {
  const isAsked = asked.method === 'POST' && /\/v1$/.test(asked.url ?? '')
  if (!isAsked) {
    answer.writeHead(asked.method === 'OPTIONS' ? 204 : 404, HEADERS).end()
    return
  }
  const body = await bodyOf(asked)
  const said = body ? await answerTo(inside, body).catch(() => undefined) : NONE
  if (said) answer.writeHead(200, HEADERS).end(encode(bellAnswer, said))
  else answer.writeHead(503, HEADERS).end()
}

const NONE: BellAnswer = { type: 'none' }

const bodyOf = async (asked: IncomingMessage): Promise<Uint8Array | undefined> => {
  const pieces: Buffer[] = []
  let size = 0
  try {
    for await (const piece of asked as AsyncIterable<Buffer>) {
      size += piece.length
      if (size > MAX_BELL_REQUEST_BYTES) return undefined
      pieces.push(piece)
    }
  } catch {
    return undefined
  }
  return Buffer.concat(pieces)
}

const answerTo = async (inside: Inside, body: Uint8Array): Promise<BellAnswer> => {
  const asked = decode(sealed, body)
  if (!asked.ok) return NONE
  const { proof, request } = asked.value
  if (!inside.secrets.some((secret) => isProven(secret, proof, request))) return NONE
  switch (request.type) {
    case 'register':
      return register(inside, request)
    case 'unregister':
      return (await inside.store.forget(bellHash(request.id))) ? { type: 'ok' } : NONE
    case 'ringAll':
      return inside.ringing.ringAll()
    case 'ringOne':
      return inside.ringing.ringOne(bellHash(request.id))
  }
}

const register = async (
  inside: Inside,
  { id, rung, endpoint }: Extract<BellRequest, { type: 'register' }>,
): Promise<BellAnswer> => {
  if (!isEndpoint(endpoint, inside.hosts)) return { type: 'endpoint' }
  const now = inside.steady()
  inside.tokens = Math.min(REGISTERS.burst, inside.tokens + ((now - inside.at) / 1000) * REGISTERS.perSecond)
  inside.at = now
  if (inside.tokens < 1)
    return { type: 'later', seconds: Math.ceil((1 - inside.tokens) / REGISTERS.perSecond) }
  inside.tokens -= 1
  await inside.store.register({ hash: bellHash(id), rung, endpoint, day: inside.today() })
  return { type: 'ok' }
}
