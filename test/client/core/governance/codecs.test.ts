/** One encoding for everything the rules sign, hash or store (protocol.md D9), and one refusal for everything else. */
import { readFileSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import t from 'tap'
import {
  type Act,
  decodeAct,
  encodeAct,
  verifyDrop,
  verifyLeave,
  verifyResync,
} from '../../../../client/core/governance/act.ts'
import {
  type Charter,
  decodeCharter,
  encodeCharter,
  meetsFloors,
} from '../../../../client/core/governance/charter.ts'
import { type Fold, foldCodec } from '../../../../client/core/governance/fold.ts'
import {
  type DeviceId,
  decodeIdentity,
  encodeIdentity,
  newId,
  type SeatId,
} from '../../../../client/core/governance/ids.ts'
import {
  type Ledger,
  ledgerCodec,
  ledgerHash,
  newLedger,
  type SeatChange,
} from '../../../../client/core/governance/ledger.ts'
import {
  approve,
  type Motion,
  mandate,
  motion,
  motionHash,
} from '../../../../client/core/governance/motion.ts'
import {
  decodeSeatData,
  encodeSeatData,
  type Roster,
  rosterCodec,
} from '../../../../client/core/governance/roster.ts'
import type { ActionName } from '../../../../client/core/governance/verdict.ts'
import { type Codec, decode, encode } from '../../../../shared/base/codec.ts'
import { fromHex, toHex } from '../../../../shared/base/text.ts'
import { verify } from '../../../../shared/crypto/sodium.ts'
import {
  A_LINK,
  aCharter,
  aCommittee,
  aMotion,
  aNewcomer,
  deviceNumber,
  dropOfDevice,
  filled,
  leaveOf,
  mandateOf,
  RELAY,
  resyncOf,
  seatNumber,
} from '../../../support/court.ts'

import { charterParts, keptDays } from './charterParts.ts'

const bytesOf = (size: number) => fc.uint8Array({ minLength: size, maxLength: size })
const hexOf = (size: number) => bytesOf(size).map(toHex)
const seat = hexOf(16).map((id) => id as SeatId)
const device = hexOf(16).map((id) => id as DeviceId)
const hash = hexOf(32)
const u8 = fc.nat({ max: 255 })
const u16 = fc.nat({ max: 65_535 })
const u32 = fc.nat({ max: 0xffff_ffff })
const text = (max: number) => fc.string({ unit: 'grapheme', maxLength: Math.floor(max / 40) })

const action: fc.Arbitrary<Motion['action']> = fc.oneof(
  fc.record({ type: fc.constant('add' as const), keyPackage: hash, seat, sponsor: seat }),
  fc.record({ type: fc.constant('remove' as const), seat }),
  fc.record({ type: fc.constant('charter' as const), charter: fc.uint8Array({ maxLength: 300 }) }),
  fc.record({ type: fc.constant('deviceAdd' as const), keyPackage: hash, seat }),
  fc.record({ type: fc.constant('settleDrop' as const), device, seat, by: seat }),
)
const aMotionOf: fc.Arbitrary<Motion> = fc.record({
  anchor: bytesOf(32),
  charterHash: bytesOf(32),
  rules: u16,
  nonce: bytesOf(16),
  lastEpoch: u32,
  action,
})
const aMandate = fc.record({
  motion: aMotionOf,
  approvals: fc
    .uniqueArray(fc.record({ device, signature: bytesOf(64) }), { maxLength: 6, selector: (a) => a.device })
    .map((list) => list.sort((a, b) => (a.device < b.device ? -1 : 1))),
})
const anAct: fc.Arbitrary<Act> = fc.oneof(
  fc.record({ type: fc.constant('mandate' as const), mandate: aMandate }),
  fc.record({
    type: fc.constant('resync' as const),
    request: fc.record({
      anchor: bytesOf(32),
      epoch: u32,
      commit: hash,
      device,
      keyPackage: hash,
      signature: bytesOf(64),
    }),
  }),
  fc.record({
    type: fc.constant('leave' as const),
    request: fc.record({ anchor: bytesOf(32), seat, device, signature: bytesOf(64) }),
  }),
  fc.record({
    type: fc.constant('drop' as const),
    request: fc.record({ anchor: bytesOf(32), device, by: device, lastEpoch: u32, signature: bytesOf(64) }),
  }),
)
const threshold = fc.record({ count: u8, thirds: fc.constantFrom<1 | 2 | 3>(1, 2, 3) })
const relay = fc.record({ address: text(200), staticKey: bytesOf(32), signingKey: bytesOf(32) })
const anyCharter: fc.Arbitrary<Charter> = fc.record({
  rules: u16,
  suite: fc.constantFrom<84 | 3>(84, 3),
  isFounded: fc.boolean(),
  isAssembly: fc.boolean(),
  name: text(64),
  purpose: text(280),
  ...charterParts,
  add: threshold,
  remove: threshold,
  change: threshold,
  relocate: threshold,
  probation: u16,
  devices: fc.constantFrom<1 | 2 | 3>(1, 2, 3),
  keepDays: u16,
  ...keptDays,
  alarmSeen: u8,
  callsCity: fc.boolean(),
  relays: fc.array(relay, { maxLength: 2 }),
})
/** Generated charters, lifted above the floors. */
const charter = anyCharter
  .map((c) => ({
    ...c,
    add: { count: Math.max(2, c.add.count, c.remove.count), thirds: 3 as const },
    remove: { ...c.remove, count: Math.max(2, c.remove.count) },
    change: { count: Math.max(2, c.change.count), thirds: 2 as const },
    relocate: { count: Math.max(2, c.relocate.count), thirds: 3 as const },
    keepDays: Math.max(1, c.keepDays),
    relays: c.relays.length > 0 ? c.relays : [RELAY],
  }))
  .filter(meetsFloors)
const after = fc.array(fc.record({ device, signatureKey: bytesOf(32), signature: bytesOf(64) }), {
  maxLength: 3,
})
const roster: fc.Arbitrary<Roster> = fc.record({
  epoch: u32,
  probation: u32,
  devices: fc.array(
    fc.record({
      leaf: u32,
      seat,
      device,
      signatureKey: bytesOf(32),
      joined: u32,
      after,
      resynced: fc.boolean(),
    }),
    { maxLength: 8 },
  ),
  vacant: fc.array(fc.record({ seat, joined: u32 }), { maxLength: 4 }),
  counted: u32,
})
const perhaps = <T>(inner: fc.Arbitrary<T>) => fc.option(inner, { nil: undefined })
const helpers = fc.uniqueArray(seat, { maxLength: 3 }).map((seats) => seats.sort())
const change: fc.Arbitrary<SeatChange> = fc.oneof(
  fc.record({
    type: fc.constant('dropped' as const),
    seat,
    device,
    by: perhaps(seat),
    vacates: perhaps(u32),
  }),
  fc.record({ type: fc.constant('linked' as const), seat }),
  fc.record({ type: fc.constant('settled' as const), device }),
  fc.record({ type: fc.constant('helped' as const), seat, was: device, device, by: helpers }),
  fc.record({ type: fc.constant('raised' as const), counted: u32 }),
)
const uniquely = <T>(one: fc.Arbitrary<T>, keyOf: (value: T) => string) =>
  fc
    .uniqueArray(one, { maxLength: 4, selector: keyOf })
    .map((items) => items.sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1)))
const ledger: fc.Arbitrary<Ledger> = fc.record({
  spent: uniquely(fc.record({ motion: hash, lastEpoch: u32 }), (one) => one.motion),
  vacant: uniquely(fc.record({ seat, joined: u32 }), (one) => one.seat),
  drops: uniquely(fc.record({ by: seat, seat, device }), (one) => one.by),
  helped: uniquely(fc.record({ seat, device, by: helpers }), (one) => one.device),
  counted: u32,
})
const DEVICE_ACTIONS = ['leave', 'drop', 'deviceAdd', 'settleDrop'] as const
const fold: fc.Arbitrary<Fold> = fc.record({
  current: perhaps(
    fc.record({
      commit: hash,
      place: fc.record({ log: u8, seq: u32 }),
      effect: fc.record({
        action: fc.constantFrom<ActionName>('tidy', 'add', 'remove', 'charter', 'resync', ...DEVICE_ACTIONS),
        author: seat,
        authorDevice: device,
        removed: fc.array(seat, { maxLength: 2 }),
        spends: perhaps(fc.record({ motion: hash, lastEpoch: u32 })),
        change: perhaps(change),
      }),
      electorate: fc.array(seat, { maxLength: 5 }),
    }),
  ),
  voids: fc.array(seat, { maxLength: 5 }),
  barred: fc.array(seat, { maxLength: 5 }),
  hellos: fc.array(device, { maxLength: 5 }),
  provisional: fc.array(device, { maxLength: 5 }),
  turns: fc.array(fc.record({ device, turn: u32 }), { maxLength: 5 }),
})
const seatData = fc.record({ writerKey: bytesOf(32), joined: u32, after })

type Form<T> = {
  readonly values: fc.Arbitrary<T>
  readonly write: (value: T) => Uint8Array
  readonly read: (raw: Uint8Array) => T | undefined
}

const withCodec = <T>(values: fc.Arbitrary<T>, codec: Codec<T>): Form<T> => ({
  values,
  write: (value) => encode(codec, value),
  read: (raw) => {
    const decoded = decode(codec, raw)
    return decoded.ok ? decoded.value : undefined
  },
})

/** A value comes out as it went in, and no other bytes mean it: whatever decodes encodes to the same bytes. */
const holds = <T>({ values, write, read }: Form<T>): void => {
  fc.assert(
    fc.property(
      values,
      fc.nat(),
      fc.nat({ max: 255 }),
      fc.uint8Array({ maxLength: 4 }),
      (value, at, byte, tail) => {
        const raw = write(value)
        const changed = raw.slice()
        changed[at % raw.length] = byte
        const isCanonical = [changed, raw.slice(0, at % raw.length), new Uint8Array([...raw, ...tail])].every(
          (other) => {
            const decoded = read(other)
            return decoded === undefined || isDeepStrictEqual(write(decoded), other)
          },
        )
        const isExact = tail.length === 0 || read(new Uint8Array([...raw, ...tail])) === undefined
        return isDeepStrictEqual(plain(read(raw)), plain(value)) && isCanonical && isExact
      },
    ),
    { numRuns: 300 },
  )
}

/** fast-check makes objects without a prototype. */
const plain = (value: unknown): string =>
  JSON.stringify(value, (_, one) => (one instanceof Uint8Array ? toHex(one) : one))

t.test(
  'D9 motion, mandate, charter, act, roster, fold, ledger and seat data have one encoding each',
  async (t) => {
    holds(withCodec(aMotionOf, motion))
    holds(withCodec(aMandate, mandate))
    holds({ values: charter, write: encodeCharter, read: decodeCharter })
    holds({ values: anAct, write: encodeAct, read: decodeAct })
    holds(withCodec(roster, rosterCodec))
    holds(withCodec(fold, foldCodec))
    holds(withCodec(ledger, ledgerCodec))
    holds({ values: seatData, write: encodeSeatData, read: decodeSeatData })
    t.pass()
  },
)

t.test('D9 a credential is a seat id and a device id, and nothing longer or shorter', async (t) => {
  fc.assert(
    fc.property(seat, device, (a, b) =>
      isDeepStrictEqual(decodeIdentity(encodeIdentity(a, b)), { seat: a, device: b }),
    ),
  )
  for (const size of [0, 16, 31, 33, 64]) t.equal(decodeIdentity(filled(1, size)), undefined)
  t.equal(
    newId((size) => filled(0xab, size)),
    'ab'.repeat(16),
  )
})

t.test('7.4 a motion that differs in anything has another name', async () => {
  const keys = ['anchor', 'charterHash', 'rules', 'nonce', 'lastEpoch', 'action'] as const
  fc.assert(
    fc.property(aMotionOf, aMotionOf, fc.constantFrom(...keys), (a, b, key) => {
      const changed = { ...a, [key]: b[key] }
      return (motionHash(a) === motionHash(changed)) === (plain(a) === plain(changed))
    }),
    { numRuns: 300 },
  )
})

/** Bytes as an enemy makes them: noise, noise behind a good tag, and good values cut, lengthened and changed. */
const hostile = (samples: readonly Uint8Array[]) =>
  fc.oneof(
    fc.uint8Array({ maxLength: 400 }),
    fc
      .tuple(fc.nat({ max: 4 }), fc.uint8Array({ maxLength: 400 }))
      .map(([tag, rest]) => new Uint8Array([tag, ...rest])),
    fc
      .record({
        sample: fc.constantFrom(...samples),
        cut: fc.nat({ max: 600 }),
        changes: fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { maxLength: 4 }),
        tail: fc.uint8Array({ maxLength: 3 }),
      })
      .map(({ sample, cut, changes, tail }) => {
        const raw = new Uint8Array([...(cut % 3 === 0 ? sample.slice(0, cut) : sample), ...tail])
        for (const [at, byte] of changes) if (raw.length > 0) raw[at % raw.length] = byte
        return raw
      }),
  )

const RUNS = 12_000

/** How many of the inputs were let in; throws if one threw or came back as something else than it was. */
const assail = <T>(form: Pick<Form<T>, 'values' | 'write' | 'read'>): number => {
  const samples = fc.sample(form.values, { numRuns: 40, seed: 7 }).map(form.write)
  let letIn = 0
  fc.assert(
    fc.property(hostile(samples), (raw) => {
      const before = toHex(raw)
      const value = form.read(raw)
      letIn += value === undefined ? 0 : 1
      return toHex(raw) === before && (value === undefined || toHex(form.write(value)) === before)
    }),
    { numRuns: RUNS },
  )
  return letIn
}

t.test('hostile input: acts, charters and seat data are read or refused, and nothing throws', async (t) => {
  const act = assail({ values: anAct, write: encodeAct, read: decodeAct })
  const rules = assail({ values: charter, write: encodeCharter, read: decodeCharter })
  const data = assail({ values: seatData, write: encodeSeatData, read: decodeSeatData })
  for (const letIn of [act, rules, data])
    t.ok(letIn > 0 && letIn < RUNS / 2, `${letIn} of ${RUNS} were well formed`)
})

/** What is signed and hashed, computed anew from fixed seeds. */
const computed = () => {
  const { court, signers, of } = aCommittee({ seats: 3 })
  const change = aMotion(court, { type: 'charter', charter: encodeCharter(aCharter({ name: 'Day shift' })) })
  const removal = aMotion(court, { type: 'remove', seat: seatNumber(2) })
  const fresh = aNewcomer({ seat: seatNumber(2), device: deviceNumber(2, 5), joined: 0, resynced: true })
  const admission = aMotion(court, {
    type: 'add',
    keyPackage: fresh.view.hash,
    seat: seatNumber(90),
    sponsor: seatNumber(0),
  })
  const device = aMotion(court, { type: 'deviceAdd', keyPackage: fresh.view.hash, seat: seatNumber(2) })
  const right = { device: deviceNumber(2, 1), seat: seatNumber(2), by: seatNumber(0) }
  const settling = aMotion(court, { type: 'settleDrop', ...right })
  const approval = approve(of(0).secretKey, of(0).device, removal)
  return {
    note: 'Version 1 of the rules. Keys and ids as in test/support/court.ts. Frozen: a change here splits committees.',
    charter: toHex(court.charterBytes),
    charterHash: toHex(change.charterHash),
    motions: [change, removal, admission, device, settling].map((one) => ({
      encoded: toHex(encode(motion, one)),
      hash: motionHash(one),
    })),
    approval: { publicKey: toHex(of(0).signatureKey), signature: toHex(approval.signature) },
    acts: [
      mandateOf(removal, signers.slice(0, 2)),
      { type: 'resync', request: resyncOf(of(2), fresh) } as const,
      { type: 'leave', request: leaveOf(of(2)) } as const,
      { type: 'drop', request: dropOfDevice(of(2), of(0)) } as const,
    ].map((act) => toHex(encodeAct(act))),
    seatData: toHex(encodeSeatData({ writerKey: filled(0x77), joined: 31, after: [A_LINK] })),
    identity: toHex(encodeIdentity(seatNumber(2), deviceNumber(2, 0))),
    roster: toHex(encode(rosterCodec, court.roster)),
    ledgerHash: ledgerHash({
      ...newLedger,
      spent: [{ motion: motionHash(removal), lastEpoch: 286 }],
      drops: [right],
    }),
  }
}

t.test('7.4 what members sign is frozen, byte for byte', async (t) => {
  const frozen = JSON.parse(readFileSync('test/vectors/governance.json', 'utf8'))
  t.strictSame(computed(), frozen)

  const bytes = (hex: string) => fromHex(hex) ?? filled(0, 0)
  const [, removal] = frozen.motions
  const signed = new Uint8Array([...new TextEncoder().encode('mandate/1'), ...bytes(removal.hash)])
  t.ok(verify(bytes(frozen.approval.publicKey), signed, bytes(frozen.approval.signature)))
  const { of } = aCommittee({ seats: 3 })
  const [, resync, leave, drop] = frozen.acts.map((hex: string) => decodeAct(bytes(hex)))
  t.ok(verifyResync(of(2).signatureKey, resync.request))
  t.ok(verifyLeave(of(2).signatureKey, leave.request))
  t.ok(verifyDrop(of(0).signatureKey, drop.request))
})
