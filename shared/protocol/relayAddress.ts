/**
 * Where a relay is and who it is, in one line: `ws://host:port#<relay key>`, and after a dot the admission secret where
 * the line is also an invitation to the relay. The part behind # is 86 and 43 characters of base64url.
 */
import { fromBase64url, toBase64url } from '../base/text.ts'
import type { AdmissionSecret } from './access.ts'
import { parseRelayKey, printRelayKey, type RelayKey } from './relayKey.ts'

export type RelayAddress = {
  /** `ws://` or `wss://`, at most 200 bytes, without the `/v1` of the wire. */
  readonly url: string
  readonly key: RelayKey
  /** Needed to create logs; a member's device learns it anew at every OPEN (A3). */
  readonly admission: AdmissionSecret | undefined
}

const MAX_URL_BYTES = 200
const SHAPE = /^([^#]+)#([A-Za-z0-9_-]{86})(?:\.([A-Za-z0-9_-]{43}))?$/
/** Host, port and folder, and nothing that could hide a second host. */
const URL_SHAPE = /^wss?:\/\/(?:[a-z0-9.-]+|\[[0-9a-f:.]+\])(?::[1-9][0-9]{0,4})?(?:\/[A-Za-z0-9._~-]+)*\/?$/

/** In the one form that URL parsers print: a host that is one, no default port, no dots to resolve. */
export const isRelayUrl = (text: string): boolean =>
  text.length <= MAX_URL_BYTES &&
  URL_SHAPE.test(text) &&
  URL.canParse(text) &&
  [text, `${text}/`].includes(new URL(text).href)

export const printRelayAddress = ({ url, key, admission }: RelayAddress): string =>
  `${url}#${printRelayKey(key)}${admission ? `.${toBase64url(admission)}` : ''}`

/** Undefined for anything but what printRelayAddress prints. */
export const parseRelayAddress = (text: string): RelayAddress | undefined => {
  const [, url = '', keyText = '', admissionText] = SHAPE.exec(text) ?? []
  const key = parseRelayKey(keyText)
  const admission = admissionText === undefined ? undefined : fromBase64url(admissionText)
  if (!isRelayUrl(url) || key === undefined || (admissionText !== undefined && admission === undefined))
    return undefined
  return { url, key, admission: admission as AdmissionSecret | undefined }
}
