import { isDeepStrictEqual } from 'node:util'
import { wordlist } from '@scure/bip39/wordlists/english.js'
import * as fc from 'fast-check'
import encodeQr from 'qr'
import t from 'tap'
import {
  INVITE_DAYS,
  INVITE_KINDS,
  type Invite,
  isExpired,
  newInvite,
  parseInvite,
  printInvite,
} from '../../../../client/core/join/invite.ts'
import { rendezvousOf } from '../../../../client/core/join/rendezvous.ts'
import { committeeWords, transcriptWords } from '../../../../client/core/join/words.ts'
import { concat, sameBytes, utf8 } from '../../../../shared/base/bytes.ts'
import { decode } from '../../../../shared/base/codec.ts'
import { fromBase64url, toBase64url, toHex } from '../../../../shared/base/text.ts'
import { cryptoReady, type PublicKey, sha256 } from '../../../../shared/crypto/sodium.ts'
import type { AdmissionSecret } from '../../../../shared/protocol/access.ts'
import type { Day } from '../../../../shared/protocol/ids.ts'
import { logIdOf, policy } from '../../../../shared/protocol/policy.ts'

import { anInvite, filled, TODAY, value } from './people.ts'

await cryptoReady

t.test('4.4 an invite comes out of its link as it went in', async () => {
  const bytes32 = fc.uint8Array({ minLength: 32, maxLength: 32 })
  const address = fc.string({
    unit: fc.integer({ min: 0x21, max: 0x7e }).map((c) => String.fromCharCode(c)),
    minLength: 1,
    maxLength: 200,
  })
  const relay = fc.record({
    address,
    key: fc.record({ staticKey: bytes32, signingKey: bytes32.map((key) => key as PublicKey) }),
  })
  await fc.assert(
    fc.property(
      fc.record({
        kind: fc.constantFrom(...INVITE_KINDS),
        secret: bytes32,
        admission: bytes32.map((key) => key as AdmissionSecret),
        relays: fc.array(relay, { minLength: 1, maxLength: 2 }),
      }),
      (fresh) => {
        const invite = newInvite(structuredClone(fresh), TODAY)
        const link = printInvite(invite)
        return (
          /^tocsin:[\w-]+$/.test(link) &&
          isDeepStrictEqual(parseInvite(link, TODAY), { ok: true, value: invite })
        )
      },
    ),
    { numRuns: 300 },
  )
})

t.test('4.4 an invite for a code lasts a day, one for a link or a device a week', async (t) => {
  for (const kind of INVITE_KINDS) {
    const link = printInvite(newInvite({ ...anInvite(['ws://127.0.0.1:8080']), kind }, TODAY))
    const last = (TODAY + INVITE_DAYS[kind]) as Day
    t.ok(parseInvite(link, TODAY).ok)
    t.ok(parseInvite(link, last).ok)
    t.strictSame(parseInvite(link, (last + 1) as Day), { ok: false, error: 'expired' })
    t.equal(isExpired(anInvite(['x'], { expiresDay: last }), (last + 1) as Day), true)
  }
  t.strictSame(INVITE_DAYS, { qr: 1, link: 7, device: 7 })
})

t.test('4.4 every single mistyped letter is noticed', async (t) => {
  const link = printInvite(anInvite(['wss://relay.example.org']))
  const wrong = [...link].flatMap((letter, i) =>
    ['A', 'b', '7', '-']
      .filter((other) => other !== letter)
      .map((other) => link.slice(0, i) + other + link.slice(i + 1)),
  )

  t.equal(wrong.filter((text) => parseInvite(text, TODAY).ok).length, 0)
  t.ok(wrong.every((text) => isDeepStrictEqual(parseInvite(text, TODAY), { ok: false, error: 'malformed' })))
})

/** Around any body, the checksum that makes it whole. */
const wrapped = (body: Uint8Array): string =>
  `tocsin:${toBase64url(concat(body, sha256(utf8('tocsin invite'), body).slice(0, 4)))}`

const bodyOf = (invite: Invite): Uint8Array =>
  (fromBase64url(printInvite(invite).slice('tocsin:'.length)) ?? new Uint8Array(4)).slice(0, -4)

t.test('4.4 an invite of a later version is told from a broken one', async (t) => {
  const body = bodyOf(anInvite(['ws://x']))
  const [later, zero] = [body.slice(), body.slice()]
  later[0] = 2
  zero[0] = 0

  t.ok(parseInvite(wrapped(body), TODAY).ok)
  t.strictSame(parseInvite(wrapped(later), TODAY), { ok: false, error: 'newer_version' })
  t.strictSame(parseInvite(wrapped(Uint8Array.of(9)), TODAY), { ok: false, error: 'newer_version' })
  t.strictSame(parseInvite(wrapped(zero), TODAY), { ok: false, error: 'malformed' })
  t.strictSame(parseInvite(wrapped(concat(body, filled(0, 1))), TODAY), { ok: false, error: 'malformed' })
})

t.test('4.4 without a relay, or with an address that plays with the terminal, it is no invite', async (t) => {
  const malformed = { ok: false, error: 'malformed' }
  t.throws(() => printInvite(anInvite([' ws://x'])))
  t.throws(() => printInvite(anInvite([])))
  const one = bodyOf(anInvite(['ws://x']))
  const none = one.slice(0, -(64 + 4 + 6))
  none[none.length - 1] = 0
  t.strictSame(parseInvite(wrapped(none), TODAY), malformed)
  for (const bad of [0x1b, 0x20, 0x0a, 0xc3]) {
    const body = one.slice()
    body[body.length - 64 - 1] = bad
    t.strictSame(parseInvite(wrapped(body), TODAY), malformed)
  }
})

t.test('4.4 10,000 hostile links get one clear refusal each, and nothing throws', async (t) => {
  const link = printInvite(anInvite(['wss://relay.example.org', 'wss://standby.example.org']))
  const body = bodyOf(anInvite(['wss://relay.example.org']))
  const hostile = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc.base64String({ maxLength: 400 }).map((text) => `tocsin:${text}`),
    fc.tuple(fc.nat(link.length), fc.string({ maxLength: 4 })).map(([at, text]) => link.slice(0, at) + text),
    fc.uint8Array({ maxLength: 400 }).map(wrapped),
    fc.tuple(fc.nat(body.length - 1), fc.nat(255), fc.nat(3)).map(([at, byte, cut]) => {
      const changed = body.slice(0, body.length - cut)
      changed[at % changed.length] = byte
      return wrapped(changed)
    }),
  )
  const seen = new Map<string, number>()
  await fc.assert(
    fc.property(hostile, (text) => {
      const parsed = parseInvite(text, TODAY)
      const what = parsed.ok ? 'ok' : parsed.error
      seen.set(what, (seen.get(what) ?? 0) + 1)
      return parsed.ok
        ? printInvite(parsed.value) === text
        : ['malformed', 'newer_version', 'expired'].includes(parsed.error)
    }),
    { numRuns: 10_000 },
  )
  t.strictSame([...seen.keys()].sort(), ['expired', 'malformed', 'newer_version', 'ok'])
})

t.test('4.4 an invite fits a code on a terminal', async (t) => {
  const modules = (invite: Invite): number =>
    encodeQr(printInvite(invite), 'raw', { ecc: 'low', encoding: 'byte', border: 1 }).length - 2

  t.equal(modules(anInvite(['wss://relay.example.org'])), 53)
  t.ok(printInvite(anInvite(['wss://relay.example.org'])).length <= 235)
  t.equal(modules(anInvite(['wss://relay.example.org', 'wss://standby.example.net'])), 65)
})

t.test(
  '4.4 a rendezvous has its own keys, none of them the secret, and a life as short as its invite',
  async (t) => {
    for (const kind of INVITE_KINDS) {
      const { id, access, envelopeKey } = rendezvousOf(filled(1), kind)
      const again = rendezvousOf(filled(1), kind)
      const decoded = value(decode(policy, access.policy))
      const keys = [
        filled(1),
        access.reader.secretKey.slice(0, 32),
        access.writer.secretKey.slice(0, 32),
        envelopeKey,
      ]

      t.strictSame(again.id, id)
      t.equal(new Set(keys.map(toHex)).size, 4)
      t.strictSame(decoded, {
        version: 1,
        ttlDays: INVITE_DAYS[kind],
        cap: 0,
        wake: 0,
        writerSigned: false,
        readers: [sha256(access.reader.publicKey)],
        writers: [sha256(access.writer.publicKey)],
      })
      t.strictSame(logIdOf(access.policy), access.id)
    }
    t.notOk(sameBytes(rendezvousOf(filled(1), 'qr').id, rendezvousOf(filled(2), 'qr').id))
    t.throws(() => rendezvousOf(filled(1, 16), 'qr'))
  },
)

t.test('4.4 every word of the 2,048 stands for 11 bits, and the words move with every input', async (t) => {
  t.equal(new Set(wordlist).size, 2048)
  const seen = new Set<string>()
  for (let i = 0; i < 4000; i++)
    for (const word of committeeWords(sha256(utf8(`${i}`)), filled(1))) seen.add(word)
  t.ok(seen.size > 2030, 'sixteen thousand draws leave hardly a word out')
  t.ok([...seen].every((word) => wordlist.includes(word)))

  t.equal(transcriptWords(filled(1)).length, 3)
  t.equal(committeeWords(filled(1), filled(2, 64)).length, 4)
  t.notSame(transcriptWords(filled(1)), transcriptWords(filled(2)))
  t.notSame(committeeWords(filled(1), filled(2)), committeeWords(filled(1), filled(3)))
  t.notSame(committeeWords(filled(1), filled(2)), committeeWords(filled(3), filled(2)))
  t.throws(() => transcriptWords(filled(1, 31)))
  t.throws(() => committeeWords(filled(1, 31), filled(2)))
})

t.test('4.4 the first word is the first eleven bits of the digest, and so on', async (t) => {
  const digest = sha256(utf8('join words/1'), filled(1))
  const bits = [...digest].map((byte) => byte.toString(2).padStart(8, '0')).join('')

  t.strictSame(
    transcriptWords(filled(1)),
    [0, 11, 22].map((at) => wordlist[Number.parseInt(bits.slice(at, at + 11), 2)]),
  )
})
