/** What the client's side of the wire needs from the world. Backends: client/cli/socketNode.ts, the browser's socket. */

/** An open or opening socket. One frame is one binary message; sending on a closed one does nothing. */
export type Socket = { readonly send: (frame: Uint8Array) => void; readonly close: () => void }

/** Both are called later, never from within `dial`. `onClose` is called once and ends everything, failure to connect included. */
type SocketEvents = {
  readonly onFrame: (frame: Uint8Array) => void
  readonly onClose: () => void
}

/** Listeners are given before the first byte can arrive: a greeting that nobody heard would be lost. */
export type Dial = (address: string, events: SocketEvents) => Socket

/** Calls `wake` once after `delayMs`, unless the answer is called before. */
export type Timer = (delayMs: number, wake: () => void) => () => void
