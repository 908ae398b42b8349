/**
 * What a device holds of one committee, as values, with the codec each is stored by. Epochs are held newest last; an older one is
 * the snapshot that a void steps back to (protocol.md section 6). Not here: how they change (receive.ts, follow.ts, send.ts)
 * and how they reach the disk (book.ts).
 */
import {
  bytes,
  flag,
  list,
  option,
  struct,
  text,
  u8,
  u16,
  u32,
  u48,
  type Value,
  varBytes,
} from '../../../shared/base/codec.ts'
import { type EpochLog, LOGS_PER_EPOCH } from '../epochlog/keys.ts'
import { joinRequest, seenFields } from '../epochlog/payload.ts'
import { dropRequest, leaveRequest, resyncRequest } from '../governance/act.ts'
import { type Charter, decodeCharter, MAX_CHARTER_BYTES } from '../governance/charter.ts'
import { decisionsCodec } from '../governance/decisions.ts'
import { type Fold, placeFields } from '../governance/fold.ts'
import { deviceId, hashText, idText, seatId } from '../governance/ids.ts'
import { ledgerCodec } from '../governance/ledger.ts'
import { approval, type Forum, motion } from '../governance/motion.ts'
import { type Roster, rosterCodec } from '../governance/roster.ts'
import { joinCodec } from '../join/exchange.ts'
import type { Group } from '../mls/types.ts'
import type { Witness } from '../relay/witness.ts'
import { exposed } from './exposedThen.ts'
import { type Status, standingCodec, wordOf } from './standing.ts'
import { stuckFields } from './stuck.ts'

/** Everything of an epoch that does not change after entry. `logSeeds`: 64 bytes for each log of the epoch that was needed so far. */
export const epochInfo = struct({
  number: u32,
  anchor: bytes(32),
  charterBytes: varBytes(MAX_CHARTER_BYTES),
  roster: rosterCodec,
  logSeeds: list(bytes(64), LOGS_PER_EPOCH),
  opener: option(seatId),
  /** Hash of the commit that opened it; zeros for the founding epoch and for one joined by Welcome. */
  openedBy: hashText,
  /** By a TIDY or a drop: nobody decided it (4.5 rule 3). */
  openedUnasked: flag,
  /** Where the parent epoch's log stood at that commit, as HELLO reports it. */
  parent: seenFields,
  ledger: ledgerCodec,
})
export type EpochInfo = Value<typeof epochInfo>

/** What happens to an epoch besides its log: times are this device's clock in milliseconds. */
export const epochNotes = struct({
  enteredAt: u48,
  leftAt: option(u48),
  hello: wordOf(['owed', 'said']),
  /** Hashes of MLS messages that this device made in this epoch. */
  mine: list(bytes(32), 65_535),
  /** Unread entries that had expired before this device could read them. */
  missed: u32,
  /** The last of them, as long as nobody who had read it has shown that the epoch went on after it. */
  gap: option(placeFields),
})
export type EpochNotes = Value<typeof epochNotes>

export type Epoch = {
  readonly info: EpochInfo
  readonly notes: EpochNotes
  readonly charter: Charter
  readonly logs: readonly EpochLog[]
  readonly witnesses: readonly Witness[]
  readonly fold: Fold
  /** Undefined once the snapshot's time is over (I8). */
  readonly group: Group | undefined
}

/** Throws on bytes that were not a charter when the epoch was entered: the vault would be damaged. */
export const charterOfInfo = (info: EpochInfo): Charter => {
  const charter = decodeCharter(info.charterBytes)
  if (!charter) throw new Error('stored charter does not decode')
  return charter
}

export const forumOf = (epoch: Epoch): Forum => ({
  anchor: epoch.info.anchor,
  charter: epoch.charter,
  charterBytes: epoch.info.charterBytes,
  roster: epoch.info.roster,
  ledger: epoch.info.ledger,
})

export const rosterOf = (epoch: Epoch): Roster => epoch.info.roster

/** This device in this committee. */
export const own = struct({
  seat: seatId,
  device: deviceId,
  handle: text(160),
  suite: wordOf(['xwing', 'x25519']),
  standing: standingCodec,
  /** Since when it has this status. */
  since: u48,
  /** Counter and hash of the last payload made. */
  counter: u32,
  previous: bytes(32),
  relay: struct({ address: text(200), staticKey: bytes(32), signingKey: bytes(32), admission: bytes(32) }),
  /** When this device's keys were last refreshed by its own commit, and whether it owes a TIDY now. */
  refreshedAt: u48,
  owesTidy: flag,
  /** When all held logs were last read to their heads. */
  polledAt: u48,
  /** When what is over was last looked for, and when this device last had something to say in a log. */
  forgotAt: u48,
  spokeAt: u48,
  /** Days, where the owner wants to carry less than the committee agreed. */
  keepAtMost: option(u16),
  /** The turn of the last vote, VOID or UNVOID, that this device gave. */
  turn: u32,
  stuck: option(stuckFields),
  /** The secret key of the own leaf, while no snapshot holds it. */
  signer: option(bytes(64)),
})
export type StoredOwn = Value<typeof own>
/** `alarmed`: the relay was caught lying and nobody has decided yet to go on (ALARM). */
export type Own = StoredOwn & { readonly status: Status; readonly alarmed: boolean }

/** The last payload of another device that reached us, for its counter and hash chain. */
export const peer = struct({ counter: u32, hash: bytes(32), missing: u32 })
/** When a device was last heard, by this device's clock, and the newest entry that it had seen then. */
export const heardOf = struct({ at: u48, epoch: u32, log: u8, seq: u32 })

const moment = struct({ epoch: u32, at: u48 })

/** `came`: unknown of devices that were there before this one. `by`: whose emergency it was; nobody's, if the owner did it. */
export const deviceRecord = struct({
  seat: seatId,
  came: option(moment),
  cutOff: option(struct({ epoch: u32, at: u48, by: option(seatId), exposed })),
})
export type DeviceRecord = Value<typeof deviceRecord>

/** Something said, in its place in the total order. `content` is encoded (client/core/committee). */
export const storedSaying = struct({
  id: idText,
  seat: seatId,
  device: deviceId,
  order: u48,
  at: u48,
  /** The full seats of the epoch in which it was said, of what is about counting (committee/content.ts, `isCounted`). */
  electorate: option(list(seatId, 256)),
  /** The decision table of that epoch's charter, of what opens a vote. */
  decisions: option(decisionsCodec),
  /** This device's clock when it was heard. */
  heardAt: u48,
  /** This device's clock when it last knew everything, before it heard this. */
  notBefore: u48,
  content: varBytes(200_000),
})
export type StoredSaying = Value<typeof storedSaying>

/** A sealed form of an outgoing payload: good in this log of this epoch only. */
const sealed = struct({ epoch: u32, log: u8, message: varBytes(262_144), blob: varBytes(262_144) })

/** Ours, until it is read back from the log. `payload` is encoded, its `seen` is set when it is sealed. */
export const outgoing = struct({
  number: u48,
  id: idText,
  payload: varBytes(262_144),
  sealed: option(sealed),
})
export type Outgoing = Value<typeof outgoing>
export type Sealed = Value<typeof sealed>

/**
 * A commit of ours: from before its APPEND until its epoch's snapshot ends, for even one that lost can win after a void, and MLS does
 * not open what it sealed itself. `next` and its Welcome wait in it. `act` and `keyPackage` give its proposals again (plan.ts).
 */
export const staged = struct({
  epoch: u32,
  hash: hashText,
  message: varBytes(262_144),
  next: varBytes(16_777_216),
  welcome: option(varBytes(4_194_304)),
  act: option(varBytes(262_144)),
  keyPackage: option(varBytes(65_536)),
  hasPath: flag,
})
export type Staged = Value<typeof staged>

/** A motion this device knows of, with every approval it has seen. */
export const knownMotion = struct({
  motion,
  by: option(seatId),
  at: u48,
  order: u48,
  approvals: list(approval, 256),
  declined: list(seatId, 256),
  join: option(joinRequest),
  outcome: wordOf(['open', 'carried_out', 'lapsed']),
})
export type KnownMotion = Value<typeof knownMotion>

/** A signed request to the members, waiting for one of them to carry it out. */
export const openRequest = struct({
  epoch: u32,
  log: u8,
  resync: option(struct({ request: resyncRequest, keyPackage: varBytes(65_536) })),
  leave: option(leaveRequest),
  drop: option(dropRequest),
})
export type OpenRequest = Value<typeof openRequest>

/** A Welcome that this device made and still has to post: to a rendezvous, or to the log in which a stuck device asked. */
export const openWelcome = struct({
  body: varBytes(4_194_304),
  rendezvous: option(struct({ secret: bytes(32), kind: u8, keyPackage: bytes(32) })),
  inLog: option(struct({ epoch: u32, log: u8 })),
})
export type OpenWelcome = Value<typeof openWelcome>

/** An invite of ours, until it has led to a motion, was refused or has expired. */
export const openInvite = struct({
  secret: bytes(32),
  kind: u8,
  expiresDay: u32,
  join: joinCodec,
  /** The motion that came of it. */
  motion: option(hashText),
})
export type OpenInvite = Value<typeof openInvite>

/** A Welcome that a stuck device was offered, and the newest epoch of that branch in which it has said HELLO. */
export const candidate = struct({ bundle: varBytes(4_194_304), greeted: option(u32) })
export type Candidate = Value<typeof candidate>

/** Something that should not happen with an honest relay and honest members; kept for people to judge. */
export const suspicion = struct({
  at: u48,
  kind: text(32),
  epoch: u32,
  /** Whose, if a member's device is meant. */
  device: option(deviceId),
  /** An encoded `evidence` (client/core/relay/evidence.ts), if a stranger can check it. */
  evidence: option(varBytes(262_144)),
})
export type Suspicion = Value<typeof suspicion>

export const handleText = text(160)
