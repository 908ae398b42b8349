/**
 * The charter: the rules a committee gave itself, in the MLS GroupContext (protocol.md D11), changed by mandate only.
 * The floors below cannot be voted away (section 4.5). Not here: who is on the committee (roster.ts).
 */
import {
  bytes,
  type Codec,
  decode,
  encode,
  flag,
  list,
  mapped,
  oneByteOf,
  option,
  struct,
  text,
  u8,
  u16,
  u32,
  type Value,
} from '../../../shared/base/codec.ts'
import { sha256 } from '../../../shared/crypto/sodium.ts'
import { decisionsCodec, defaultDecisions, meetsDecisionFloors, wordByte } from './decisions.ts'
import { LEVELS } from './levels.ts'

/** The version of the validity rules that this client implements (V8, section 7.6). */
export const RULES = 1

/** At least `count` seats, and at least `thirds` thirds of those who may approve. */
const threshold = struct({ count: u8, thirds: oneByteOf([1, 2, 3]) })
export type Threshold = Value<typeof threshold>

/** Where the committee's logs are: address (a ws or wss URL) and the relay's two 32-byte public keys. */
const relay = struct({ address: text(200), staticKey: bytes(32), signingKey: bytes(32) })

const hour = oneByteOf(Array.from({ length: 24 }, (_, n) => n))

/** A short language code as in `es` or `ar`, perhaps with a region. */
const LANGUAGE = /^[a-z]{2,3}(-[A-Z]{2})?$/
const areLanguages = (codes: readonly string[]): boolean =>
  new Set(codes).size === codes.length && codes.every((code) => LANGUAGE.test(code))

/** Bytes of UTF-8. */
export const CHARTER_BYTES = { name: 64, purpose: 280, sentence: 160, rule: 280 } as const

const fields = struct({
  rules: u16,
  /** 84: X-Wing, the default; 3: suite 0x0003 for old phones (D2). The ids of the MLS library we use. */
  suite: oneByteOf([84, 3]),
  /** False while two or three people are still talking about founding: then a fourth cannot join (product.md 3.B). */
  isFounded: flag,
  /** A group of committees, whose seats are delegates (4.6); for ever. */
  isAssembly: flag,
  name: text(CHARTER_BYTES.name),
  purpose: text(CHARTER_BYTES.purpose),
  /** The purpose in a sentence that is read aloud; perhaps none. */
  purposeEasy: text(CHARTER_BYTES.sentence),
  level: wordByte(LEVELS),
  /** In words, for people to keep to: who may join, and who may speak for the committee elsewhere. */
  mayJoin: text(CHARTER_BYTES.rule),
  mayBeDelegate: text(CHARTER_BYTES.rule),
  /** In which motions are written; no member is held to them. */
  languages: list(text(8), 12),
  /** From which hour to which nobody is rung, by each member's own clock; the day's own hours differ by shift. */
  quiet: option(struct({ from: hour, to: hour })),
  /** Permissions for emergencies, voted beforehand. */
  standingOrders: list(text(CHARTER_BYTES.rule), 4),
  /** The day, counted from 1970, by which the committee looks at these rules again. */
  reviewOn: option(u32),
  /** How each kind of decision is made; admitting, putting out and these rules by the thresholds below. */
  decisions: decisionsCodec,
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
  /** Days after which closed alarms and plans, and meetings, vanish from devices (R8). Decisions stay. */
  keepAlarmDays: u16,
  keepPlanDays: u16,
  keepMeetingDays: u16,
  /** Who must have seen an alarm: 0 stands for the smaller of 3 and one third of the members. */
  alarmSeen: u8,
  /** Whether an alarm that nobody answers goes on to whoever is on duty in the city (product.md 3.E, ring R1): switched on knowingly. */
  callsCity: flag,
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
  Math.min(charter.keepAlarmDays, charter.keepPlanDays, charter.keepMeetingDays) >= 1 &&
  areLanguages(charter.languages) &&
  meetsDecisionFloors(charter.decisions) &&
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

/** Whether this change ends the talk and founds the committee. */
export const isFounding = (charter: Charter, next: Uint8Array): boolean =>
  !charter.isFounded && decodeCharter(next)?.isFounded === true

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
  isFounded: true,
  isAssembly: false,
  purposeEasy: '',
  level: 'unwritten',
  mayJoin: '',
  mayBeDelegate: '',
  languages: [],
  quiet: { from: 22, to: 6 },
  standingOrders: [],
  reviewOn: undefined,
  decisions: defaultDecisions,
  add: { count: 2, thirds: 2 },
  remove: { count: 2, thirds: 2 },
  change: { count: 2, thirds: 2 },
  relocate: { count: 2, thirds: 2 },
  probation: 20,
  devices: 3,
  keepDays: 7,
  keepAlarmDays: 30,
  keepPlanDays: 30,
  keepMeetingDays: 180,
  alarmSeen: 0,
  callsCity: false,
})
