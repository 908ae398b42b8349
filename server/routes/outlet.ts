/**
 * What is written to one peer, and how far it is behind with it. The operating system takes megabytes for a peer that reads nothing
 * before anything waits here; so a ping goes behind every part, and the pong that brings its mark back says that all before it has
 * arrived. One small object that shares its functions with all others: a thousand of them are gone through for each entry.
 * Not here: who is gone (rounds.ts).
 */
import { randomBytes } from 'node:crypto'
import type { Socket } from 'node:net'
import { WebSocket } from 'ws'
import type { Outlet } from '../relay/ports.ts'

export type SocketOutlet = Outlet & {
  readonly socket: WebSocket
  readonly raw: Socket
  /** Bytes on their way above which the peer is behind. */
  readonly mostBytes: number
  /** Bytes since the last mark that came back. */
  unheard: number
  /** Of those, bytes behind the mark that is on its way. */
  behindMark: number
  mark: Buffer | undefined
}

/** Marks in what a peer may be behind, so that who reads is never waited for. */
const PARTS = 4

/** Each begins somewhere else, so that a thousand watchers of one log are not asked all at once. */
export const newOutlet = (socket: WebSocket, raw: Socket, mostBytes: number): SocketOutlet => ({
  socket,
  raw,
  mostBytes,
  unheard: Math.floor((Math.random() * mostBytes) / PARTS),
  behindMark: 0,
  mark: undefined,
  write,
})

function write(this: SocketOutlet, framed: Uint8Array): boolean {
  if (this.socket.readyState !== WebSocket.OPEN) return false
  this.raw.write(framed)
  this.unheard += framed.length
  this.behindMark += framed.length
  ask(this)
  return !isBehind(this)
}

export const isBehind = ({ raw, unheard, mostBytes }: SocketOutlet): boolean =>
  raw.writableLength >= mostBytes || unheard >= mostBytes

/** Random, so that nobody can say it without having read it. */
const MARK_BYTES = 4
const PING_HEADER = Buffer.of(0x89, MARK_BYTES)

/** The ping that is due behind what was written, if one is. */
const ask = (outlet: SocketOutlet): void => {
  if (outlet.mark !== undefined || outlet.unheard < outlet.mostBytes / PARTS) return
  outlet.mark = randomBytes(MARK_BYTES)
  outlet.behindMark = 0
  outlet.raw.write(Buffer.concat([PING_HEADER, outlet.mark]))
}

/** True when the mark came back. */
export const cameBack = (outlet: SocketOutlet, pong: Uint8Array): boolean => {
  if (!outlet.mark?.equals(pong)) return false
  outlet.unheard = outlet.behindMark
  outlet.mark = undefined
  ask(outlet)
  return true
}
