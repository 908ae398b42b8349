/**
 * How fast one connection is read: not while too much is unanswered, unread by its peer, or above a rate. Nobody is told; the
 * network holds the peer back. Not here: what a frame means.
 */
import type { Socket } from 'node:net'
import type { WebSocket } from 'ws'
import type { RelayLimits } from '../relay/limits.ts'

export type Flow = {
  readonly socket: WebSocket
  readonly raw: Socket
  unanswered: number
  unansweredBytes: number
  resting: NodeJS.Timeout | undefined
}

export const newFlow = { unanswered: 0, unansweredBytes: 0, resting: undefined }

const mayRead = ({ raw, unanswered, unansweredBytes, resting }: Flow, limits: RelayLimits): boolean =>
  resting === undefined &&
  unanswered < limits.unanswered &&
  unansweredBytes < limits.unansweredBytes &&
  raw.writableLength < limits.behindBytes

export const settle = (flow: Flow, limits: RelayLimits): void => {
  if (mayRead(flow, limits)) flow.socket.resume()
  else flow.socket.pause()
}

/** A rest is not made longer by another. */
export const rest = (flow: Flow, ms: number, limits: RelayLimits): void => {
  if (ms > 0)
    flow.resting ??= setTimeout(() => {
      flow.resting = undefined
      settle(flow, limits)
    }, ms)
}
