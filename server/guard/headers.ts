/**
 * Host and Origin, from the outside. A page that makes a browser call a relay by a foreign name (DNS rebinding) is not
 * answered, and neither is a page that anybody on the way could have changed.
 */
import { isIP } from 'node:net'

export type Side = 'web' | 'onion'

const ONION = /^(?:[a-z0-9-]{1,63}\.){0,4}[a-z2-7]{56}\.onion$/
const HOST = /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::[0-9]{1,5})?$/

/** Small letters, no port, no dot at the end, no brackets. Undefined for what is no host. */
export const hostName = (header: string | undefined): string | undefined => {
  if (header === undefined || header.length > 300) return undefined
  const name = HOST.exec(header.toLowerCase())?.[1]
    ?.replace(/\.$/, '')
    .replace(/^\[(.*)\]$/, '$1')
  return name === '' ? undefined : name
}

/** `names`: of the public address and of TOCSIN_HOSTS, in small letters. */
export const isOurHost = (header: string | undefined, side: Side, names: readonly string[]): boolean => {
  const name = hostName(header)
  if (name === undefined) return false
  return (
    isIP(name) !== 0 || name === 'localhost' || names.includes(name) || (side === 'onion' && ONION.test(name))
  )
}

/**
 * Programs that are no browser send no Origin. A page has to have come over TLS, from this machine, or from an onion service;
 * `listed` replaces that rule for all pages but the relay's own.
 */
export const isOurOrigin = (
  origin: string | undefined,
  host: string | undefined,
  listed: readonly string[] | undefined,
): boolean => {
  if (origin === undefined) return true
  if (listed?.includes(origin)) return true
  const [, scheme, authority = ''] = /^(https?):\/\/([^/?#@\s]{1,300})$/.exec(origin) ?? []
  const name = hostName(authority)
  if (scheme === undefined || name === undefined) return false
  const isSafe = scheme === 'https' || isThisMachine(name) || ONION.test(name)
  return isSafe && (listed === undefined || authority === host?.toLowerCase())
}

const isThisMachine = (name: string): boolean =>
  name === 'localhost' || name === '::1' || (isIP(name) === 4 && name.startsWith('127.'))
