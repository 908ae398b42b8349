/** The client's side of the wire on a browser's WebSocket. Not here: what the frames mean (client/core/relay). */
import type { Dial } from '../../core/relay/ports.ts'

const SUBPROTOCOL = 'tocsin.1'

/** Bytes: the largest ENTRIES frame stays below 1 MiB; what is larger than this is not looked at. */
const MAX_FRAME_BYTES = 2 << 20

/** Milliseconds for name, TCP, TLS and upgrade together. */
const HANDSHAKE_MS = 15_000

/** The address is that of the invite, `ws://` or `wss://`, without the `/v1`. */
export const dialBrowser: Dial = (address, { onFrame, onClose }) => {
  const socket = open(`${address.replace(/\/$/, '')}/v1`)
  if (!socket) {
    queueMicrotask(onClose)
    return { send: () => undefined, close: () => undefined }
  }
  let isOver = false
  const end = (): void => {
    if (isOver) return
    isOver = true
    clearTimeout(patience)
    socket.close()
    queueMicrotask(onClose)
  }
  const patience = setTimeout(end, HANDSHAKE_MS)
  socket.binaryType = 'arraybuffer'
  socket.onopen = () => clearTimeout(patience)
  socket.onmessage = ({ data }: MessageEvent<unknown>) => {
    if (isOver) return
    if (data instanceof ArrayBuffer && data.byteLength <= MAX_FRAME_BYTES) onFrame(new Uint8Array(data))
    else end()
  }
  // Whatever went wrong, 'close' follows. Nobody waits for the other side's goodbye.
  socket.onclose = end
  return {
    send: (frame) => {
      if (socket.readyState === WebSocket.OPEN) socket.send(new Uint8Array(frame))
    },
    close: end,
  }
}

/** Undefined where the browser does not even try: an address that is none, or an open line asked for by a page that is not. */
const open = (address: string): WebSocket | undefined => {
  try {
    return new WebSocket(address, SUBPROTOCOL)
  } catch {
    return undefined
  }
}
