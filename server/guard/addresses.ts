/**
 * Addresses: what is counted as one caller, and whose word about them is taken. Nothing here remembers any; that is
 * callers.ts, which keeps keyed hashes only.
 */
import type { IncomingMessage } from 'node:http'
import { BlockList, isIP, isIPv4, isIPv6 } from 'node:net'

/** All that is no address is one caller. */
const NO_ADDRESS = 'none'
const MAPPED = /^::ffff:([0-9.]+)$/i

/** IPv4 whole, IPv6 the first 64 bits: what one household or one server is given. */
export const prefixOf = (address: string): string => {
  const plain = unmapped(address)
  if (isIPv4(plain)) return plain
  return isIPv6(plain) ? network64(plain) : NO_ADDRESS
}

/** A socket that listens on both families shows IPv4 peers as ::ffff:1.2.3.4. */
const unmapped = (address: string): string => MAPPED.exec(address)?.[1] ?? address

/** The first four groups, written out. Four are missing at most where :: stands, and those are zeros. */
const network64 = (address: string): string => {
  const [left = '', right] = address.toLowerCase().split('::')
  const before = groups(left)
  const after = groups(right ?? '')
  const zeros = right === undefined ? 0 : Math.max(0, 8 - before.length - after.length)
  const all = [...before, ...new Array<number>(zeros).fill(0), ...after]
  return all
    .slice(0, 4)
    .map((group) => group.toString(16))
    .join(':')
}

/** An IPv4 address at the end stands for two groups. */
const groups = (text: string): readonly number[] =>
  text === ''
    ? []
    : text.split(':').flatMap((group) => (group.includes('.') ? [0, 0] : [Number.parseInt(group, 16)]))

export type AddressSet = (address: string) => boolean

/** Names for sets of addresses that no router passes on. */
const NAMED: ReadonlyMap<string, readonly string[]> = new Map([
  ['loopback', ['127.0.0.0/8', '::1/128']],
  [
    'private',
    ['127.0.0.0/8', '10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '::1/128', 'fc00::/7', 'fe80::/10'],
  ],
])

/** `loopback`, `private`, addresses and networks such as 10.1.0.0/16, with commas between them. Undefined for anything else. */
export const parseAddressSet = (text: string): AddressSet | undefined => {
  const list = new BlockList()
  const items = text.split(',').flatMap((item) => NAMED.get(item.trim()) ?? [item.trim()])
  for (const item of items) if (!addTo(list, item)) return undefined
  return (address) => {
    const plain = unmapped(address)
    const family = isIP(plain)
    return family !== 0 && list.check(plain, family === 4 ? 'ipv4' : 'ipv6')
  }
}

const addTo = (list: BlockList, item: string): boolean => {
  const [address = '', bits, ...more] = item.split('/')
  const family = isIP(address)
  if (family === 0 || address.includes('%') || more.length > 0) return false
  const most = family === 4 ? 32 : 128
  if (bits !== undefined && (!/^[0-9]{1,3}$/.test(bits) || Number(bits) > most)) return false
  list.addSubnet(address, bits === undefined ? most : Number(bits), family === 4 ? 'ipv4' : 'ipv6')
  return true
}

export const isPrivate: AddressSet = parseAddressSet('private') ?? (() => false)

/**
 * Who asks: the peer, or, where the peer is a proxy of ours, the last address that it wrote into X-Forwarded-For. What stands
 * before that was written by anybody.
 */
export const callerOf = (request: IncomingMessage, isTrusted: AddressSet): string => {
  const peer = request.socket.remoteAddress ?? ''
  if (!isTrusted(peer)) return peer
  return lastForwarded(request.headers['x-forwarded-for']) ?? peer
}

/** Some proxies add the port. */
export const lastForwarded = (header: string | readonly string[] | undefined): string | undefined => {
  const last = String(header ?? '')
    .split(',')
    .at(-1)
    ?.trim()
  return last === undefined || last === ''
    ? undefined
    : last.replace(/^\[(.*)\](:[0-9]+)?$/, '$1').replace(/^([0-9.]+):[0-9]+$/, '$1')
}
