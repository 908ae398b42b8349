/**
 * The socket port over `ws`. The relay learns nothing from the handshake that the protocol does not need: no user
 * agent, no origin, no compression that would make sizes speak.
 */
import { WebSocket } from 'ws'
import type { Dial } from '../core/relay/ports.ts'

const SUBPROTOCOL = 'tocsin.1'

/** Bytes: the largest ENTRIES frame stays below 1 MiB; what claims to be larger than this is not read. */
const MAX_FRAME_BYTES = 2 << 20

/** Milliseconds for name, TCP, TLS and upgrade together. */
const HANDSHAKE_MS = 15_000

/** Milliseconds to wait for the relay's side of the closing handshake: nobody waits for a relay when leaving. */
const CLOSE_MS = 1000

/** The address is that of the invite, `ws://` or `wss://`, without the `/v1`. */
export const dialNode: Dial = (address, { onFrame, onClose }) => {
  const socket = new WebSocket(endpoint(address), SUBPROTOCOL, {
    perMessageDeflate: false,
    maxPayload: MAX_FRAME_BYTES,
    handshakeTimeout: HANDSHAKE_MS,
    followRedirects: false,
  })
  socket.binaryType = 'nodebuffer'
  socket.on('message', (data, isBinary) => {
    if (isBinary && data instanceof Uint8Array) onFrame(data)
    else socket.terminate()
  })
  // Whatever went wrong, 'close' follows; the reason may name hosts and is not kept.
  socket.on('error', () => undefined)
  socket.on('close', onClose)
  return {
    send: (frame) => {
      if (socket.readyState === WebSocket.OPEN) socket.send(frame)
    },
    close: () => hangUp(socket),
  }
}

const endpoint = (address: string): string => `${address.replace(/\/$/, '')}/v1`

/** Before the upgrade there is nothing to say goodbye to. */
const hangUp = (socket: WebSocket): void => {
  if (socket.readyState !== WebSocket.OPEN) {
    socket.terminate()
    return
  }
  const patience = setTimeout(() => socket.terminate(), CLOSE_MS)
  socket.on('close', () => clearTimeout(patience))
  socket.close()
}
