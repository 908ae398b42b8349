/**
 * Which relay is at the end of the way: it greets (SPEC A1), makes a log, opens it only if it has this relay's static key (A2), and
 * signs its head with this relay's signing key (H1); and that log is then in this relay's database. It is new each time, empty, and
 * dies after two days (L6). Not here: the way to it (network.ts).
 */
import { WebSocket } from 'ws'
import { cryptoReady, newKeyPair, sha256 } from '../../../shared/crypto/sodium.ts'
import { type Challenge, proveAccess, proveAdmission } from '../../../shared/protocol/access.ts'
import { verifyHead } from '../../../shared/protocol/chain.ts'
import { decodeEvent, type Event, encodeRequest, type Request } from '../../../shared/protocol/frames.ts'
import { encodePolicy, logIdOf } from '../../../shared/protocol/policy.ts'
import { relayKeys } from '../../keys.ts'
import { SUBPROTOCOL } from '../../routes/socket.ts'
import { type Finding, failure, fine, warning } from './finding.ts'
import type { OwnRelay } from './ownRelay.ts'

/** Milliseconds for everything. */
const PATIENCE_MS = 10_000

export const greetingFinding = async (publicUrl: string, own: OwnRelay | undefined): Promise<Finding> => {
  await cryptoReady
  const line = openLine(`${publicUrl.replace(/\/$/, '')}/v1`)
  try {
    const greeting = await line.next()
    if (greeting?.type !== 'greeting') return NOBODY
    return own === undefined ? SOMEBODY : await identify(line, greeting.challenge, own)
  } finally {
    line.end()
  }
}

const identify = async (line: Line, challenge: Challenge, own: OwnRelay): Promise<Finding> => {
  const { id, create, open } = newLog(own, challenge)
  const made = await line.ask(create)
  if (made?.type === 'refused' && made.refusal.type !== 'none') return UNKNOWN
  const opened = made?.type === 'ok' ? await line.ask(open) : undefined
  const { signingKey } = relayKeys(own.row).key
  if (opened?.type !== 'opened' || !verifyHead(signingKey, id, opened.head)) return ANOTHER
  return (await own.has(id)) ? fine('relay', 'this one answers at the public address') : TWIN
}

/** The smallest, with one key, which is forgotten. */
const newLog = ({ row }: OwnRelay, challenge: Challenge) => {
  const { publicKey, secretKey } = newKeyPair()
  const keys = [sha256(publicKey)]
  const policy = encodePolicy({
    version: 1,
    ttlDays: 1,
    cap: 0,
    wake: 0,
    writerSigned: false,
    readers: keys,
    writers: keys,
  })
  const id = logIdOf(policy)
  // a relay that has not heard of the newest secret yet knows the one before it
  const admission = proveAdmission(row.previousAdmission ?? row.admission, id)
  const create: Request = { type: 'create', ref: 1, policy, admission, work: undefined }
  const binding = { relayStaticKey: relayKeys(row).key.staticKey, challenge }
  const signature = proveAccess(secretKey, binding, id, 'reader')
  const open: Request = { type: 'open', ref: 2, log: id, role: 'reader', publicKey, signature }
  return { id, create, open }
}

const NOBODY = failure(
  'relay',
  'no relay greets at the public address',
  'start it, and look whether the proxy passes websockets on',
)
const SOMEBODY = fine('relay', 'one greets at the public address')
const UNKNOWN = warning(
  'relay',
  'one greets at the public address, but it makes no log now, so whether it is this one is not known',
  'ask again later',
)
const ANOTHER = failure(
  'relay',
  'another relay answers at the public address',
  'look where DNS points to, and what the proxy hands it to',
)
const TWIN = failure(
  'relay',
  'a relay with the same keys and another database answers at the public address',
  'stop one of them now: members leave a relay that contradicts itself',
)

type Line = {
  /** What comes next; undefined when nothing does. */
  readonly next: () => Promise<Event | undefined>
  readonly ask: (request: Request) => Promise<Event | undefined>
  readonly end: () => void
}

const openLine = (url: string): Line => {
  const socket = new WebSocket(url, SUBPROTOCOL, { handshakeTimeout: PATIENCE_MS })
  const heard: (Event | undefined)[] = []
  let wake: () => void = () => undefined
  const hear = (event: Event | undefined): void => {
    heard.push(event)
    wake()
  }
  const over = (): void => hear(undefined)
  const late = setTimeout(over, PATIENCE_MS)
  socket.on('error', over)
  socket.on('close', over)
  socket.on('message', (data: Buffer) => {
    const event = decodeEvent(new Uint8Array(data))
    hear(event.ok ? event.value : undefined)
  })
  const next = async (): Promise<Event | undefined> => {
    if (heard.length === 0)
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    return heard.shift()
  }
  return {
    next,
    ask: (request) => {
      socket.send(encodeRequest(request))
      return next()
    },
    end: () => {
      clearTimeout(late)
      socket.terminate()
    },
  }
}
