/** Reads a QR code in a picture. Fetched when a camera is asked for, and no earlier (camera.ts). */
import { decodeQR } from 'qr/decode.js'

/** Undefined where there is no code that can be read: most pictures of a moving hand. */
export const readCode = (picture: ImageData): string | undefined => {
  try {
    return decodeQR(picture)
  } catch {
    return undefined
  }
}
