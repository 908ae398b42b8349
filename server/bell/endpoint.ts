/** Which URLs the bell may be made to call: push services only, and never anything on a network of its own (SPEC B7). Pure. */
import { BlockList, isIP } from 'node:net'

/** Those of browsers. `.` in front: any name below it. */
const KNOWN = [
  'fcm.googleapis.com',
  'android.googleapis.com',
  '.push.services.mozilla.com',
  '.push.apple.com',
  '.notify.windows.com',
] as const

/** `own`: hosts that the operator named, with a port where it is not 443. */
export const isEndpoint = (text: string, own: readonly string[]): boolean => {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url?.protocol !== 'https:' || url.username !== '' || url.password !== '' || url.hash !== '')
    return false
  if (own.includes(url.host)) return true
  return url.port === '' && isIP(url.hostname) === 0 && KNOWN.some((known) => matches(known, url.hostname))
}

const matches = (known: string, host: string): boolean =>
  known.startsWith('.') ? host.endsWith(known) : host === known

const RESERVED: readonly (readonly [string, number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
]

const reserved = new BlockList()
for (const [net, bits] of RESERVED) reserved.addSubnet(net, bits, 'ipv4')
/** The only IPv6 addresses of the public Internet begin with 2 or 3; of those, what leads back to IPv4 or means examples. */
const open = new BlockList()
open.addSubnet('2000::', 3, 'ipv6')
for (const [net, bits] of [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
] as const)
  reserved.addSubnet(net, bits, 'ipv6')

export const isPublic = (address: string): boolean => {
  const family = isIP(address)
  if (family === 4) return !reserved.check(address, 'ipv4')
  return family === 6 && open.check(address, 'ipv6') && !reserved.check(address, 'ipv6')
}
