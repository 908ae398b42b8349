import { readFileSync } from 'node:fs'
import * as fc from 'fast-check'
import t from 'tap'
import type { SeatId } from '../../../../client/core/governance/ids.ts'
import {
  confirm,
  decline,
  type Join,
  joinCodec,
  newNewcomer,
  newSponsor,
  offerOf,
  owed,
  ready,
  step,
  welcomeFor,
  wordsDiffer,
} from '../../../../client/core/join/exchange.ts'
import { parseInvite } from '../../../../client/core/join/invite.ts'
import { decodeItem, encodeItem, type JoinItem } from '../../../../client/core/join/items.ts'
import { rendezvousOf } from '../../../../client/core/join/rendezvous.ts'
import { commitmentTo, transcriptHash } from '../../../../client/core/join/transcript.ts'
import { concat, sameBytes, utf8 } from '../../../../shared/base/bytes.ts'
import { decode, encode } from '../../../../shared/base/codec.ts'
import { fromHex, toHex } from '../../../../shared/base/text.ts'
import { cryptoReady, keyPairFromSeed, sha256 } from '../../../../shared/crypto/sodium.ts'

import {
  AS_DEVICE,
  aHost,
  aSponsor,
  computed,
  FOR_DEVICE,
  filled,
  LOG,
  OFFER,
  OTHER,
  REVEAL,
  reasonOf,
  SPONSOR_KEY,
  TODAY,
  talk,
  through,
  type Vectors,
  value,
  whole,
  wordsIn,
} from './people.ts'

await cryptoReady

t.test('4.4 both sides come to the same three words', async (t) => {
  const { sponsor, newcomer, log } = whole()

  t.strictSame(
    log.map(({ type }) => type),
    ['offer', 'commitment', 'answer', 'reveal'],
  )
  t.equal(wordsIn(sponsor).length, 3)
  t.strictSame(wordsIn(newcomer), wordsIn(sponsor))
  t.strictSame(offerOf(newcomer), { type: 'offer', ...OFFER })
})

t.test('4.4 everything that was said, and where, is in the words', async (t) => {
  const hashOf = (join: Join): string =>
    join.type === 'comparing' ? toHex(transcriptHash(join.transcript)) : join.type
  const elsewhere = rendezvousOf(filled(2), 'qr').id
  const others = [
    whole(),
    talk({ sponsor: aSponsor({ nonce: filled(0x12) }), newcomer: newNewcomer(LOG, false) }),
    talk({
      sponsor: newSponsor(
        LOG,
        { ...OFFER, joined: 7 },
        { nonce: filled(0x11), seat: '0a'.repeat(16) as SeatId, signatureKey: SPONSOR_KEY.publicKey },
      ),
      newcomer: newNewcomer(LOG, false),
    }),
    talk({
      sponsor: newSponsor(LOG, OFFER, {
        nonce: filled(0x11),
        seat: '0b'.repeat(16) as SeatId,
        signatureKey: SPONSOR_KEY.publicKey,
      }),
      newcomer: newNewcomer(LOG, false),
    }),
    talk({
      sponsor: newSponsor(LOG, OFFER, {
        nonce: filled(0x11),
        seat: '0a'.repeat(16) as SeatId,
        signatureKey: filled(8),
      }),
      newcomer: newNewcomer(LOG, false),
    }),
    talk({
      sponsor: newSponsor(elsewhere, OFFER, {
        nonce: filled(0x11),
        seat: '0a'.repeat(16) as SeatId,
        signatureKey: SPONSOR_KEY.publicKey,
      }),
      newcomer: newNewcomer(elsewhere, false),
    }),
    ...[
      { keyPackage: utf8('x') },
      { nonce: filled(7) },
      { as: { type: 'member' as const, handle: 'ann' } },
    ].map((more) => talk({ sponsor: aSponsor(), newcomer: newNewcomer(LOG, false) }, { ...REVEAL, ...more })),
  ]

  t.equal(new Set(others.map(({ newcomer }) => hashOf(newcomer))).size, 9)
})

t.test(
  '4.4, attack 21: a newcomer cannot choose anything after the sponsor has spoken: what is revealed was fixed before',
  async (t) => {
    const { log } = whole()
    const [offer, commitment, answer] = log
    if (!offer || !commitment || !answer) throw new Error('no talk')
    const changes = [
      { as: { type: 'member' as const, handle: 'bo2' } },
      { nonce: filled(0x23) },
      { keyPackage: utf8('a key packagf') },
    ]

    for (const change of changes) {
      const reveal: JoinItem = { type: 'reveal', ...REVEAL, ...change }
      t.equal(reasonOf(through(aSponsor(), [offer, commitment, answer, reveal])), 'reveal_changed')
    }
    t.notSame(
      commitmentTo({ ...REVEAL, keyPackage: utf8('ab'), as: { type: 'member', handle: 'c' } }),
      commitmentTo({ ...REVEAL, keyPackage: utf8('a'), as: { type: 'member', handle: 'bc' } }),
    )
  },
)

t.test(
  '4.4 a sponsor cannot choose anything after the newcomer has spoken: answer and offer stand once',
  async (t) => {
    const { log } = whole()
    const newcomer = newcomerAt(3)
    for (const changed of [
      {
        type: 'answer',
        nonce: filled(0x44),
        seat: '0a'.repeat(16) as SeatId,
        signatureKey: SPONSOR_KEY.publicKey,
      },
      { type: 'offer', ...OFFER, joined: 9 },
    ] as const)
      t.equal(reasonOf(step(newcomer, changed)), 'second_sponsor')
    t.equal(reasonOf(through(newcomer, log)), 'comparing')
  },
)

/** The newcomer after so many of the four items. */
const newcomerAt = (count: number): Join => {
  const { log } = whole()
  const heard = through(newNewcomer(LOG, false), log.slice(0, 1))
  if (count === 0) return newNewcomer(LOG, false)
  return count === 1 ? heard : through(value(ready(heard, REVEAL)), log.slice(0, count))
}
const sponsorAt = (count: number): Join => through(aSponsor(), whole().log.slice(0, count))

t.test(
  '4.4, attack 21: a second newcomer with the same invite ends it for everybody, whoever was first',
  async (t) => {
    const first = commitmentTo(REVEAL)
    const second = commitmentTo(OTHER)
    const offer: JoinItem = { type: 'offer', ...OFFER }
    const newcomers = [REVEAL, OTHER].map((chosen) =>
      value(ready(step(newNewcomer(LOG, false), offer), chosen)),
    )

    for (const log of [
      [offer, first, second],
      [offer, second, first],
    ]) {
      for (const join of [aSponsor(), ...newcomers]) t.equal(reasonOf(through(join, log)), 'second_newcomer')
    }
    for (const at of [2, 3, 4]) {
      t.equal(reasonOf(step(sponsorAt(at), second)), 'second_newcomer')
      t.equal(reasonOf(step(newcomerAt(at), second)), 'second_newcomer')
    }
    t.equal(
      reasonOf(step(newcomerAt(1), second)),
      'second_newcomer',
      'even before the own key package is there',
    )
    t.equal(reasonOf(step(sponsorAt(4), { type: 'reveal', ...OTHER })), 'second_newcomer')
  },
)

t.test('4.4 somebody who plays the sponsor with the same invite ends it as well', async (t) => {
  const fakeOffer: JoinItem = { type: 'offer', ...OFFER, rules: 2 }
  const fakeAnswer: JoinItem = {
    type: 'answer',
    nonce: filled(1),
    seat: '0c'.repeat(16) as SeatId,
    signatureKey: filled(1),
  }

  for (const at of [0, 1, 2, 3, 4]) t.equal(reasonOf(step(sponsorAt(at), fakeOffer)), 'second_sponsor')
  for (const at of [2, 3, 4]) t.equal(reasonOf(step(sponsorAt(at), fakeAnswer)), 'second_sponsor')
  for (const at of [1, 2, 3, 4]) t.equal(reasonOf(step(newcomerAt(at), fakeOffer)), 'second_sponsor')
})

t.test(
  '4.11 an invite for a device brings in a device of the seat that it names, and nobody else',
  async (t) => {
    const { sponsor, newcomer } = talk({ sponsor: aHost(), newcomer: newNewcomer(LOG, true) }, AS_DEVICE)
    const [, commitment, answer] = whole().log
    if (!commitment || !answer) throw new Error('no talk')
    const person: readonly JoinItem[] = [{ type: 'offer', ...FOR_DEVICE }, commitmentTo(REVEAL)]
    const asked = through(aHost(), person)

    t.strictSame([wordsIn(sponsor).length, wordsIn(newcomer)], [3, wordsIn(sponsor)])
    t.equal(reasonOf(step(newNewcomer(LOG, true), { type: 'offer', ...OFFER })), 'out_of_order')
    t.equal(reasonOf(step(newNewcomer(LOG, false), { type: 'offer', ...FOR_DEVICE })), 'out_of_order')
    const own = owed(asked)
    if (!own) throw new Error('no answer')
    t.equal(reasonOf(through(asked, [own, { type: 'reveal', ...REVEAL }])), 'out_of_order')
    t.equal(
      reasonOf(
        through(aSponsor(), [
          { type: 'offer', ...OFFER },
          commitmentTo(AS_DEVICE),
          answer,
          { type: 'reveal', ...AS_DEVICE },
        ]),
      ),
      'out_of_order',
    )
    const elsewhere = { sponsor: aHost(), newcomer: newNewcomer(LOG, true) }
    const otherKey = talk(elsewhere, { ...AS_DEVICE, as: { type: 'device', sealTo: filled(0x45) } })
    t.notSame(
      wordsIn(otherKey.newcomer),
      wordsIn(newcomer),
      'the key that the hand-over is sealed to is in the words',
    )
  },
)

t.test(
  'V8, attack 17: whoever is offered a committee of other rules is told so, and promises nothing',
  async (t) => {
    for (const rules of [0, 2, 65_535]) {
      const offer = { type: 'offer', ...OFFER, rules } as const
      t.equal(reasonOf(step(newNewcomer(LOG, false), offer)), 'other_rules', `rules ${rules}`)
      const device = { type: 'offer', ...FOR_DEVICE, rules } as const
      t.equal(reasonOf(step(newNewcomer(LOG, true), device)), 'other_rules', `rules ${rules}, for a device`)
    }
  },
)

t.test('4.4 nobody speaks out of turn', async (t) => {
  const [, commitment, answer, reveal] = whole().log
  if (!commitment || !answer || !reveal) throw new Error('no talk')
  for (const [join, item] of [
    [aSponsor(), commitment],
    [sponsorAt(1), answer],
    [sponsorAt(2), reveal],
    [newcomerAt(0), answer],
    [value(ready(newcomerAt(1), REVEAL)), answer],
    [newcomerAt(2), reveal],
  ] as const)
    t.equal(reasonOf(step(join, item)), 'out_of_order')
})

t.test('I6 what is owed stays owed until it is read back, and a resend changes nothing', async (t) => {
  const { log } = whole()
  for (const at of [0, 1, 2, 3, 4]) {
    for (const join of [sponsorAt(at), newcomerAt(at)]) {
      t.strictSame(value(decode(joinCodec, encode(joinCodec, join))), join, 'a restart loses nothing')
      for (const item of log.slice(0, at)) t.strictSame(step(join, item), join)
    }
  }
  t.strictSame(
    [0, 1, 2, 3, 4].map((at) => owed(sponsorAt(at))?.type),
    ['offer', undefined, 'answer', undefined, undefined],
  )
  t.strictSame(
    [0, 1, 2, 3, 4].map((at) => owed(newcomerAt(at))?.type),
    [undefined, undefined, undefined, 'reveal', undefined],
  )
  const made = value(ready(newcomerAt(1), REVEAL))
  t.strictSame(owed(made), commitmentTo(REVEAL))
  t.strictSame(ready(made, OTHER), { ok: false, error: 'not_now' }, 'one key package, once')
  t.strictSame(ready(newcomerAt(0), REVEAL), { ok: false, error: 'not_now' })
  t.strictSame(ready(sponsorAt(1), REVEAL), { ok: false, error: 'not_now' })
})

t.test('4.4 after the words were compared, nobody with the invite can end or change it', async (t) => {
  const { sponsor, newcomer } = whole()
  const noise: readonly JoinItem[] = [
    commitmentTo(OTHER),
    { type: 'reveal', ...OTHER },
    { type: 'offer', ...OFFER, joined: 3 },
    { type: 'declined', signature: filled(1, 64) },
  ]
  for (const join of [sponsor, newcomer].map((side) => value(confirm(side))))
    for (const item of noise) t.strictSame(step(join, item), join)
  t.strictSame(confirm(aSponsor()), { ok: false, error: 'not_now' })
  t.strictSame(confirm(value(wordsDiffer(newcomer))), { ok: false, error: 'not_now' })
  t.equal(reasonOf(value(wordsDiffer(newcomer))), 'words_differ')
  t.strictSame(wordsDiffer(value(confirm(newcomer))), { ok: false, error: 'not_now' })
})

t.test('4.4 only the sponsor of the transcript can decline', async (t) => {
  const { sponsor, newcomer } = whole()
  const stranger = keyPairFromSeed(filled(10))
  const forged = owed(value(decline(sponsor, stranger.secretKey)))
  const declining = value(decline(value(confirm(sponsor)), SPONSOR_KEY.secretKey))
  const no = owed(declining)
  if (!forged || !no) throw new Error('nothing owed')

  for (const join of [newcomer, value(confirm(newcomer))]) {
    t.strictSame(step(join, forged), join)
    t.strictSame(step(join, no), { type: 'declined' })
  }
  t.strictSame(step(declining, forged), declining)
  t.strictSame(step(declining, no), { type: 'declined' })
  t.strictSame(step(sponsor, no), sponsor)
  t.strictSame(step(newcomerAt(3), no), newcomerAt(3), 'before the words there is nothing to decline')
  t.strictSame(decline(newcomer, SPONSOR_KEY.secretKey), { ok: false, error: 'not_now' })
  t.strictSame(decline(aSponsor(), SPONSOR_KEY.secretKey), { ok: false, error: 'not_now' })
  t.strictSame(step({ type: 'declined' }, commitmentTo(OTHER)), { type: 'declined' })
})

t.test('4.4 a Welcome counts for the newcomer it names, and only after the words', async (t) => {
  const { sponsor, newcomer } = whole()
  const welcome: JoinItem = {
    type: 'welcome',
    keyPackage: sha256(REVEAL.keyPackage),
    welcome: utf8('come in'),
  }
  const confirmed = value(confirm(newcomer))

  t.strictSame(welcomeFor(confirmed, welcome), utf8('come in'))
  t.equal(welcomeFor(confirmed, { ...welcome, keyPackage: sha256(OTHER.keyPackage) }), undefined)
  t.equal(welcomeFor(confirmed, commitmentTo(REVEAL)), undefined)
  t.equal(welcomeFor(newcomer, welcome), undefined)
  t.equal(welcomeFor(value(confirm(sponsor)), welcome), undefined)
  for (const join of [newcomer, confirmed, sponsor]) t.strictSame(step(join, welcome), join)
})

t.test(
  '4.4 10,000 hostile items: a refusal, or a value that moves no confirmed join and never throws',
  async (t) => {
    const { log, newcomer, sponsor } = whole()
    const examples = [
      ...log,
      { type: 'declined', signature: filled(4, 64) } as const,
      { type: 'welcome', keyPackage: filled(1), welcome: utf8('w') } as const,
    ].map(encodeItem)
    const hostile = fc.oneof(
      fc.uint8Array({ maxLength: 150 }),
      fc
        .tuple(fc.integer({ min: 1, max: 6 }), fc.uint8Array({ maxLength: 90 }))
        .map(([tag, rest]) => concat(Uint8Array.of(tag), rest)),
      fc
        .tuple(fc.constantFrom(...examples), fc.nat(200), fc.nat(255), fc.constantFrom(0, 0, 0, 1))
        .map(([raw, at, byte, cut]) => {
          const changed = raw.slice(0, raw.length - cut)
          changed[at % changed.length] = byte
          return changed
        }),
    )
    const joins = [0, 1, 2, 3, 4].flatMap((at) => [sponsorAt(at), newcomerAt(at)])
    const settled = [newcomer, sponsor].map((join) => value(confirm(join)))
    let decodedCount = 0
    await fc.assert(
      fc.property(hostile, fc.constantFrom(...joins), (raw, join) => {
        const item = decodeItem(raw)
        if (!item.ok) return item.error === 'malformed'
        decodedCount++
        const next = step(join, item.value)
        const isDefined =
          next === join || next.type === 'aborted' || next.type === 'comparing' || next.type === 'talking'
        const isCanonical = sameBytes(encodeItem(item.value), raw)
        return isDefined && isCanonical && settled.every((one) => step(one, item.value) === one)
      }),
      { numRuns: 10_000 },
    )
    t.ok(decodedCount > 1000, `${decodedCount}`)
  },
)

t.test('4.4 a handle that could not be shown does not enter', async (t) => {
  const raw = encodeItem({ type: 'reveal', ...REVEAL })
  raw[raw.length - 1] = 0x1b

  t.strictSame(decodeItem(raw), { ok: false, error: 'malformed' })
  t.throws(() => encodeItem({ type: 'reveal', ...REVEAL, as: { type: 'member', handle: 'bo#1' } }))
})

t.test('I6 a stored join comes back as it was, and any other bytes are refused', async (t) => {
  const { newcomer } = whole()
  const joins: readonly Join[] = [
    value(confirm(newcomer)),
    { type: 'declined' },
    { type: 'aborted', reason: 'words_differ' },
    value(decline(whole().sponsor, SPONSOR_KEY.secretKey)),
  ]
  for (const join of joins) t.strictSame(value(decode(joinCodec, encode(joinCodec, join))), join)
  await fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (raw) => {
      const decoded = decode(joinCodec, raw)
      return !decoded.ok || sameBytes(encode(joinCodec, decoded.value), raw)
    }),
    { numRuns: 2000 },
  )
})

t.test('version 1 of invite, items, transcript and words stays as it is', async (t) => {
  const frozen: Vectors = JSON.parse(readFileSync('test/vectors/join.json', 'utf8'))

  t.strictSame(computed(), frozen)
  t.ok(parseInvite(frozen.invite.link, TODAY).ok)
  for (const raw of Object.values(frozen.items)) t.ok(decodeItem(fromHex(raw) ?? filled(0)).ok)
})
