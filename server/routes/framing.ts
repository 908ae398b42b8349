/** The header that a websocket server puts in front of a binary message (RFC 6455 section 5.2): no mask, one fragment. */

const FIN_BINARY = 0x82

/** A new buffer of header and payload, which any number of sockets may be given. A Buffer, so that no socket has to make one. */
export const framing = (payload: Uint8Array): Uint8Array => Buffer.concat([headerOf(payload.length), payload])

const headerOf = (length: number): Uint8Array => {
  if (length < 126) return Uint8Array.of(FIN_BINARY, length)
  if (length < 65_536) return Uint8Array.of(FIN_BINARY, 126, length >> 8, length & 255)
  return Uint8Array.of(
    FIN_BINARY,
    127,
    0,
    0,
    0,
    0,
    length >>> 24,
    (length >> 16) & 255,
    (length >> 8) & 255,
    length & 255,
  )
}
