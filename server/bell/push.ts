/** One push request as RFC 8030 and RFC 8292 say: empty, signed, to an address that was looked at first. Not here: whom to ring (ringing.ts). */
import { createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto'
import { lookup as resolve } from 'node:dns'
import { request } from 'node:https'
import type { LookupFunction } from 'node:net'
import { isPublic } from './endpoint.ts'

/** `gone`: nobody is there any more. `later`: may work another time. */
export type Rang = 'sent' | 'gone' | 'later'

export type Push = (endpoint: string, urgency: 'high' | 'normal') => Promise<Rang>

export type PushDeps = {
  /** P-256, PKCS#8. */
  readonly vapid: Uint8Array
  /** Whom a push service may write to: mailto: or https:. */
  readonly contact: string
  /** Milliseconds since 1970. */
  readonly clock: () => number
  readonly isAllowed?: (address: string) => boolean
  /** Certificates to trust beside those of the system. */
  readonly ca?: string | undefined
}

const TTL_SECONDS = 86_400
/** Seconds that a signature is good; push services take 24 hours at most. */
const GOOD_SECONDS = 43_200
const TIMEOUT_MS = 15_000

export const createPush = (deps: PushDeps): Push => {
  const key = createPrivateKey({ key: Buffer.from(deps.vapid), format: 'der', type: 'pkcs8' })
  const publicKey = vapidPublic(deps.vapid).toString('base64url')
  const lookup = guarded(deps.isAllowed ?? isPublic)
  return (endpoint, urgency) =>
    new Promise((done) => {
      const url = new URL(endpoint)
      const token = tokenFor(key, { aud: url.origin, sub: deps.contact, now: deps.clock() })
      const asked = request(
        url,
        {
          method: 'POST',
          agent: false,
          lookup,
          timeout: TIMEOUT_MS,
          ...(deps.ca && { ca: deps.ca }),
          headers: {
            authorization: `vapid t=${token}, k=${publicKey}`,
            'content-length': 0,
            ttl: TTL_SECONDS,
            topic: 'bell',
            urgency,
          },
        },
        (answer) => {
          answer.destroy()
          done(meaningOf(answer.statusCode ?? 0))
        },
      )
      asked.on('timeout', () => asked.destroy()).on('error', () => done('later'))
      asked.end()
    })
}

/** A redirect is none of these: it is not followed. */
const meaningOf = (status: number): Rang => {
  if (status >= 200 && status < 300) return 'sent'
  return status === 404 || status === 410 ? 'gone' : 'later'
}

/** The very address that was looked at is connected to: a name that changes in between helps nobody. An address in the URL is never asked about, and refused there. */
const guarded =
  (isAllowed: (address: string) => boolean): LookupFunction =>
  (host, options, answer) => {
    resolve(host, { ...options, all: true }, (error, found) => {
      const allowed = error ? [] : found.filter(({ address }) => isAllowed(address))
      const [first] = allowed
      if (!first) return answer(error ?? new Error('no address to call'), '', 4)
      if (options.all) return answer(null, allowed)
      answer(null, first.address, first.family)
    })
  }

const tokenFor = (key: KeyObject, { aud, sub, now }: { aud: string; sub: string; now: number }): string => {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  const exp = Math.floor(now / 1000) + GOOD_SECONDS
  const text = `${part({ typ: 'JWT', alg: 'ES256' })}.${part({ aud, exp, sub })}`
  return `${text}.${sign('sha256', Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`
}

/** The 65 bytes of the public key. */
export const vapidPublic = (vapid: Uint8Array): Buffer => {
  const key = createPrivateKey({ key: Buffer.from(vapid), format: 'der', type: 'pkcs8' })
  return createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(-65)
}
