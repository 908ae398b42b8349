/**
 * Open websockets: bytes in, relay/connection.ts, bytes out. No decisions about logs are made here, and nothing about a
 * peer is written anywhere: no address, no header, no count of what it sent. One object for each connection and listeners that
 * all of them share: an idle connection costs little. Not here: who may come in (upgrade.ts).
 */
import type { Socket } from 'node:net'
import { type RawData, WebSocket } from 'ws'
import type { Caller } from '../guard/callers.ts'
import type { Door } from '../guard/door.ts'
import type { Log } from '../log.ts'
import type { Connection } from '../relay/connection.ts'
import type { RelayLimits } from '../relay/limits.ts'
import type { Relay } from '../relay/relay.ts'
import { type Flow, newFlow, rest, settle } from './flow.ts'
import { letGo } from './leaving.ts'
import { cameBack, isBehind, newOutlet, type SocketOutlet } from './outlet.ts'
import { makeRounds, newVisited, type Visited, visit } from './rounds.ts'

/** Anything that is not a frame, at any level (SPEC F4). */
const MALFORMED = 4400
/** Nothing was opened or created in time. */
const UNUSED = 4408
/** The relay cannot answer now; connect again later (RFC 6455: 1011). */
const FAILED = 1011
export const SUBPROTOCOL = 'tocsin.1'
/** What the websocket library calls frames that are too large, too many pieces, not UTF-8, or no frames at all. */
const LIBRARY_FAULTS = [1002, 1007, 1008, 1009]

export type SocketDeps = {
  readonly relay: Relay
  readonly limits: RelayLimits
  readonly log: Log
  readonly door: Door
}

export type Sockets = {
  /** From the moment of the handshake on. */
  readonly serve: (socket: WebSocket, raw: Socket, caller: Caller) => void
  /** Lets everybody go within so many milliseconds (leaving.ts). */
  readonly letGo: (withinMs: number) => Promise<void>
}

/** All there is about one connection. */
type Line = Flow &
  Visited & {
    readonly outlet: SocketOutlet
    readonly house: House
    readonly caller: Caller
    readonly connection: Connection
    isOver: boolean
  }

type House = SocketDeps & { readonly lines: Set<Line> }

/** So that listeners are made once, not for every connection. */
const lineOf = new WeakMap<WebSocket, Line>()

export const createSockets = (deps: SocketDeps): Sockets => {
  const lines = new Set<Line>()
  const house: House = { ...deps, lines }
  let count = 0
  const endRounds = makeRounds(() => lines, deps.limits.pingMs, look)
  return {
    serve: (socket, raw, caller) => {
      socket.close = closeWith4400
      socket.on('error', onError)
      if (socket.protocol !== SUBPROTOCOL) return void socket.close(MALFORMED)
      const line = newLine(house, newVisited(raw, count++), { socket, caller })
      lines.add(line)
      lineOf.set(socket, line)
      listen(line)
      raw.write(line.connection.greeting())
    },
    letGo: (withinMs) => {
      endRounds()
      return letGo(lines, withinMs)
    },
  }
}

type Arrived = { readonly socket: WebSocket; readonly caller: Caller }

/** Methods, not arrows: see createConnection. */
const newLine = (house: House, visited: Visited, { socket, caller }: Arrived): Line => {
  const { relay, limits, log, door } = house
  const { raw } = visited
  const outlet = newOutlet(socket, raw, limits.behindBytes)
  const connection = relay.connect({
    outlet,
    fail(error) {
      log.error('a request failed', error)
      socket.close(FAILED)
    },
    payCreation(own, brought) {
      return door.payCreation(caller, own, brought)
    },
    strayed() {
      door.strayed(caller)
      rest(line, door.pauseMs(caller), limits)
    },
  })
  // the spread last: what begins with one gets a hidden class of its own for each object, and every access to it is slow
  const line: Line = {
    house,
    socket,
    caller,
    connection,
    outlet,
    isOver: false,
    ...visited,
    ...newFlow,
  }
  return line
}

/** Before anything is awaited: an early frame would be lost. */
const listen = ({ socket, raw }: Line): void => {
  socket.on('message', onMessage)
  socket.on('ping', onPing)
  socket.on('pong', onPong)
  socket.on('close', onClose)
  raw.on('drain', () => drained(socket))
}

function onMessage(this: WebSocket, data: RawData, isBinary: boolean): void {
  const line = lineOf.get(this)
  if (line === undefined || line.isOver) return
  const handled = isBinary ? take(line, asBytes(data)) : 'malformed'
  if (handled === 'taken') return
  // what came before has been handled; what comes after is not read
  line.isOver = true
  line.house.door.strayed(line.caller)
  this.close(MALFORMED)
}

const take = (line: Line, frame: Uint8Array): 'malformed' | 'taken' => {
  const handled = line.connection.handle(frame)
  if (handled === 'malformed') return 'malformed'
  line.unanswered += 1
  line.unansweredBytes += frame.length
  counted(line, frame.length)
  void handled.then(() => {
    line.unanswered -= 1
    line.unansweredBytes -= frame.length
    settle(line, line.house.limits)
  })
  return 'taken'
}

/** Pings and pongs are read at the rate of all frames, or they would be a way around it. */
const counted = (line: Line, bytes: number): void => {
  line.silent = 0
  rest(line, line.connection.pauseAfter(bytes), line.house.limits)
  settle(line, line.house.limits)
}

function onPing(this: WebSocket, data: Buffer): void {
  const line = lineOf.get(this)
  if (line === undefined || this.readyState !== this.OPEN) return
  this.pong(data)
  counted(line, data.length)
}

function onPong(this: WebSocket, data: Buffer): void {
  const line = lineOf.get(this)
  if (line === undefined) return
  counted(line, data.length)
  if (cameBack(line.outlet, data) && !isBehind(line.outlet)) line.connection.drained()
}

/** The library was given something that is no frame, and is closing already. */
function onError(this: WebSocket): void {
  const line = lineOf.get(this)
  line?.house.door.strayed(line.caller)
}

function onClose(this: WebSocket): void {
  const line = lineOf.get(this)
  if (line === undefined) return
  line.house.lines.delete(line)
  clearTimeout(line.resting)
  line.connection.end()
}

const drained = (socket: WebSocket): void => {
  const line = lineOf.get(socket)
  if (line === undefined) return
  settle(line, line.house.limits)
  if (!isBehind(line.outlet)) line.connection.drained()
}

/** Two full rounds at least have gone by when `idleMs` are over. */
const look = (line: Line): void => {
  const { pingMs, idleMs } = line.house.limits
  const isUnused = (line.visits - 1) * pingMs >= idleMs && !line.connection.isUsed()
  if (isUnused) line.socket.close(UNUSED)
  else if (!visit(line)) line.socket.terminate()
}

/** The library closes with codes of its own; on this wire all of them mean the same (F4). */
function closeWith4400(this: WebSocket, code?: number, reason?: string | Buffer): void {
  const own = code !== undefined && LIBRARY_FAULTS.includes(code) ? MALFORMED : code
  WebSocket.prototype.close.call(this, own, reason)
}

const asBytes = (data: RawData): Uint8Array =>
  data instanceof ArrayBuffer ? new Uint8Array(data) : whole(data)

const whole = (data: Buffer | Buffer[]): Uint8Array => (Array.isArray(data) ? Buffer.concat(data) : data)
