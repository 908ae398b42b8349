/**
 * The charter: the rules a committee gave itself, in the MLS GroupContext (protocol.md D11), changed by mandate only.
 * The floors below cannot be voted away (section 4.5). Not here: who is on the committee (roster.ts).
 */
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
  u8,
  u16,
  type Value,
} from '../../../shared/base/codec.ts'
import { sha256 } from '../../../shared/crypto/sodium.ts'

/** The version of the validity rules that this client implements (V8, section 7.6). */
export const RULES = 1

/** At least `count` seats, and at least `thirds` thirds of those who may approve. */
const threshold = struct({ count: u8, thirds: oneByteOf([1, 2, 3]) })
export type Threshold = Value<typeof threshold>

/** Where the committee's logs are: address (a ws or wss URL) and the relay's two 32-byte public keys. */
const relay = struct({ address: text(200), staticKey: bytes(32), signingKey: bytes(32) })

const fields = struct({
  rules: u16,
  /** 84: X-Wing, the default; 3: suite 0x0003 for old phones (D2). The ids of the MLS library we use. */
  suite: oneByteOf([84, 3]),
  name: text(64),
  purpose: text(280),
  add: threshold,
  remove: threshold,
  change: threshold,
  relocate: threshold,
  /** Epochs that a new seat waits before it counts (4.4). */
  probation: u16,
  /** Devices a seat may have, 1 to 3. */
  devices: oneByteOf([1, 2, 3]),
  /** Days after which posts vanish from devices (D10). */
  keepDays: u16,
  /** Who must have seen an alarm: 0 stands for the smaller of 3 and one third of the members. */
  alarmSeen: u8,
  /** Primary and standby. */
  relays: list(relay, 2),
})

export type Charter = Value<typeof fields>

const isAtLeast = (a: Threshold, b: Threshold): boolean => a.count >= b.count && a.thirds >= b.thirds

/** Section 4.5: add needs two once there are three seats; remove two and a third; change and relocation two thirds; add no easier than remove. */
export const meetsFloors = (charter: Charter): boolean =>
  charter.add.count >= 2 &&
  charter.remove.count >= 2 &&
  charter.change.count >= 2 &&
  charter.relocate.count >= 2 &&
  charter.change.thirds >= 2 &&
  charter.relocate.thirds >= 2 &&
  isAtLeast(charter.add, charter.remove) &&
  charter.keepDays >= 1 &&
  charter.relays.length >= 1

/** A charter below a floor does not decode: I12 holds for every charter that exists in memory. */
export const charterCodec: Codec<Charter> = mapped(
  fields,
  (value) => (meetsFloors(value) ? value : undefined),
  (value) => value,
)

export const MAX_CHARTER_BYTES = 4096

export const encodeCharter = (charter: Charter): Uint8Array => {
  if (!meetsFloors(charter)) throw new Error('charter below a floor')
  return encode(charterCodec, charter)
}

export const decodeCharter = (raw: Uint8Array): Charter | undefined => {
  const decoded = decode(charterCodec, raw)
  return decoded.ok ? decoded.value : undefined
}

export const charterHash = (raw: Uint8Array): Uint8Array => sha256(raw)

/** Nothing that changes the group is one person's once there are three (section 4.5). */
const FLOOR = 2

/**
 * Approvals needed among `electorate` seats. One and two seats decide everything together (product.md section 6), but never nobody;
 * with `keepsCount` the floor of two holds for them too. A count above the electorate asks for all of it: a committee that has
 * become smaller than its charter expected must still be able to decide.
 */
export const approvalsNeeded = (wanted: Threshold, electorate: number, keepsCount: boolean): number =>
  electorate < 3 && !keepsCount
    ? Math.max(1, electorate)
    : Math.max(FLOOR, Math.min(wanted.count, electorate), Math.ceil((electorate * wanted.thirds) / 3))

export type CharterBasics = Pick<Charter, 'suite' | 'name' | 'purpose' | 'relays'>

/** What a committee starts with, until its members decide otherwise (protocol.md sections 4.4, 4.5, D10; product.md section 6). */
export const defaultCharter = (basics: CharterBasics): Charter => ({
  rules: RULES,
  ...basics,
  add: { count: 2, thirds: 2 },
  remove: { count: 2, thirds: 2 },
  change: { count: 2, thirds: 2 },
  relocate: { count: 2, thirds: 2 },
  probation: 20,
  devices: 3,
  keepDays: 7,
  alarmSeen: 0,
})
