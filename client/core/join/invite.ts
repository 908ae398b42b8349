/**
 * What a newcomer is handed: where the relay is, a secret, until when (protocol.md 4.4). As text it is one token,
 * `tocsin:` and base64url of the canonical encoding and four bytes of its SHA-256, so that a slip of the finger is told from
 * another invite. It names no committee, because links leak. Not here: what the secret opens (rendezvous.ts).
 */

import { concat, sameBytes, utf8 } from '../../../shared/base/bytes.ts'
import {
  bytes,
  type Codec,
  decode,
  encode,
  list,
  mapped,
  oneByteOf,
  struct,
  text,
  u32,
  type Value,
} from '../../../shared/base/codec.ts'
import { err, ok, type Result } from '../../../shared/base/result.ts'
import { fromBase64url, toBase64url } from '../../../shared/base/text.ts'
import { sha256 } from '../../../shared/crypto/sodium.ts'
import type { AdmissionSecret } from '../../../shared/protocol/access.ts'
import type { Day } from '../../../shared/protocol/ids.ts'
import { relayKey } from '../../../shared/protocol/relayKey.ts'

/**
 * For somebody new, `qr`: shown in person, one day, and `link`: sent through something else, a week. `device`: for another device of a
 * seat that is there already, shown in person; a week, because such a device may have to wait before it is let in.
 */
export const INVITE_KINDS = ['qr', 'link', 'device'] as const
export type InviteKind = (typeof INVITE_KINDS)[number]

/** Days that an invite and its rendezvous log live: classes of life that a relay offers (SPEC.md L2). */
export const INVITE_DAYS = { qr: 1, link: 7, device: 7 } as const

const DAY_MS = 86_400_000
export const dayOf = (ms: number): Day => Math.floor(ms / DAY_MS) as Day

const VERSION = 1
const PREFIX = 'tocsin:'
const CHECKSUM_BYTES = 4

/** Characters of the longest token that is looked at; the longest of version 1 has 823. */
const MAX_TOKEN = 4096

/** One byte in a token and in what is stored of one. */
export const inviteKind: Codec<InviteKind> = mapped(
  oneByteOf([1, 2, 3]),
  (byte) => INVITE_KINDS[byte - 1],
  (value) => (INVITE_KINDS.indexOf(value) + 1) as 1 | 2 | 3,
)

/** Visible ASCII only: an address is printed before it is dialled. */
const isAddress = (value: string): boolean => /^[\x21-\x7e]+$/.test(value)

const address = mapped(
  text(200),
  (value) => (isAddress(value) ? value : undefined),
  (value) => value,
)

const fields = struct({
  version: oneByteOf([VERSION]),
  kind: inviteKind,
  expiresDay: mapped(
    u32,
    (value) => value as Day,
    (value) => value,
  ),
  /** 32 random bytes. */
  secret: bytes(32),
  /** Of the first relay, where the rendezvous is. */
  admission: mapped(
    bytes(32),
    (value) => value as AdmissionSecret,
    (value) => value,
  ),
  /** One, or a primary and a standby. */
  relays: list(struct({ address, key: relayKey }), 2),
})

const invite = mapped(
  fields,
  (value) => (value.relays.length > 0 ? value : undefined),
  (value) => value,
)

export type Invite = Value<typeof invite>

export const newInvite = (
  { kind, secret, admission, relays }: Pick<Invite, 'kind' | 'secret' | 'admission' | 'relays'>,
  today: Day,
): Invite => ({
  version: VERSION,
  kind,
  expiresDay: (today + INVITE_DAYS[kind]) as Day,
  secret,
  admission,
  relays,
})

/** The last day on which it is good is `expiresDay`. */
export const isExpired = (value: Invite, today: Day): boolean => today > value.expiresDay

/** Throws on an invite that could not be read again: without a relay, or with an address that is not visible ASCII. */
export const printInvite = (value: Invite): string => {
  if (value.relays.length === 0 || !value.relays.every((relay) => isAddress(relay.address)))
    throw new Error('invite without a usable relay')
  const body = encode(invite, value)
  return PREFIX + toBase64url(concat(body, checksum(body)))
}

/** `malformed`: not an invite, or mistyped. `newer_version`: whole, but from a later release than this one. `expired`: ask for a new one. */
export type InviteFault = 'malformed' | 'newer_version' | 'expired'

/** Strict: spaces around the token are the caller's to remove. */
export const parseInvite = (token: string, today: Day): Result<Invite, InviteFault> => {
  const body = bodyOf(token)
  if (!body) return err('malformed')
  if ((body[0] ?? 0) > VERSION) return err('newer_version')
  const decoded = decode(invite, body)
  if (!decoded.ok) return decoded
  return isExpired(decoded.value, today) ? err('expired') : ok(decoded.value)
}

/** Undefined unless the checksum is right; the same in every version, so that an old client can tell a newer invite. */
const bodyOf = (token: string): Uint8Array | undefined => {
  if (!token.startsWith(PREFIX) || token.length > MAX_TOKEN) return undefined
  const all = fromBase64url(token.slice(PREFIX.length))
  if (!all || all.length <= CHECKSUM_BYTES) return undefined
  const body = all.slice(0, -CHECKSUM_BYTES)
  return sameBytes(checksum(body), all.slice(-CHECKSUM_BYTES)) ? body : undefined
}

const checksum = (body: Uint8Array): Uint8Array =>
  sha256(utf8('tocsin invite'), body).slice(0, CHECKSUM_BYTES)
