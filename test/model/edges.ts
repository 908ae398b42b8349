/**
 * I9 to I13: what the step from one epoch to the next did, against what its commit was allowed to do. Counted here again from the signed
 * approvals, by nothing that the clients' own judge uses.
 */

import { openEnvelope } from '../../client/core/epochlog/envelope.ts'
import { type Act, type DropRequest, decodeAct, verifyDrop } from '../../client/core/governance/act.ts'
import type { Charter } from '../../client/core/governance/charter.ts'
import type { DeviceId, SeatId } from '../../client/core/governance/ids.ts'
import { type Approval, type Motion, motionHash } from '../../client/core/governance/motion.ts'
import type { Roster } from '../../client/core/governance/roster.ts'
import { inspectCommit } from '../../client/core/mls/commit.ts'
import type { EpochInfo } from '../../client/core/session/state.ts'
import { concat, sameBytes, utf8 } from '../../shared/base/bytes.ts'
import { fromHex, toHex } from '../../shared/base/text.ts'
import { sha256, verify } from '../../shared/crypto/sodium.ts'
import { logKey } from '../../shared/protocol/ids.ts'
import { broken, type Chronicle, type Edge, groupIn, pathTo } from './chronicle.ts'
import { checkFormer } from './former.ts'
import type { HeldEpoch } from './peek.ts'
import type { Device } from './world.ts'

/** A seat whose last device was cut off is one as well. */
const seatsIn = (roster: Roster): readonly SeatId[] => [
  ...new Set([...roster.devices, ...roster.vacant].map(({ seat }) => seat)),
]

/** I11: on probation until so many epochs after joining, unless it counted before; the founders never were. */
const countsIn = ({ devices, vacant, epoch, probation, counted }: Roster, seat: SeatId): boolean =>
  [...devices, ...vacant].some(
    (d) => d.seat === seat && (d.joined <= counted || epoch >= d.joined + probation),
  )

const fullIn = (roster: Roster): readonly SeatId[] => seatsIn(roster).filter((seat) => countsIn(roster, seat))

/** I12, of every epoch that a device has entered: no charter is below the floors, however it came to be. */
export const checkEntered = (chronicle: Chronicle, device: Device, { id, info }: HeldEpoch): void => {
  const charter = chronicle.epochs.get(id)?.charter
  if (!charter) return
  const { add, remove, change, relocate } = charter
  const isSound =
    [add, remove, change, relocate].every(({ count }) => count >= 2) &&
    change.thirds >= 2 &&
    relocate.thirds >= 2 &&
    add.count >= remove.count &&
    add.thirds >= remove.thirds
  if (!isSound)
    broken(chronicle, 'I12', `${device.name} lives under a charter below a floor in ${info.number}`)
}

/** I9 and what hangs on it, once for every step that an honest device takes. */
export const checkEdge = async (
  chronicle: Chronicle,
  device: Device,
  from: HeldEpoch,
  to: HeldEpoch,
): Promise<void> => {
  const { current } = from.fold
  const message = messageOf(chronicle, from)
  const act = message ? await actOf(chronicle, device, from, message) : 'unreadable'
  if (!current || !message || act === 'unreadable') {
    broken(chronicle, 'I9', `${device.name} went from ${from.info.number} on by a commit that nobody finds`)
    return
  }
  const motion = act?.type === 'mandate' ? motionHash(act.mandate.motion) : undefined
  const { author, action, removed } = current.effect
  const edge: Edge = { from: from.id, to: to.id, commit: current.commit, author, action, motion, removed }
  for (const fault of faultsOf(chronicle, edge, { before: from.info, after: to.info }, act))
    broken(chronicle, fault[0], `${device.name} in ${to.info.number}: ${fault[1]}`)
  // I11: nobody on probation may vote on the commit.
  if (!current.electorate.every((seat) => countsIn(from.info.roster, seat)))
    broken(chronicle, 'I11', `probation counts in the electorate of ${from.info.number}`)
  chronicle.edges.set(to.id, edge)
  await checkFormer(chronicle, device, { from, to, commit: message })
  const log = chronicle.epochs.get(from.id)?.logs[current.place.log]
  if (log && (removed.length > 0 || act?.type === 'drop'))
    chronicle.removals.set(current.commit, { log: logKey(log.id), seq: current.place.seq })
}

/** The entry that the fold points at. */
const messageOf = (chronicle: Chronicle, { id, fold: { current } }: HeldEpoch): Uint8Array | undefined => {
  const log = current && chronicle.epochs.get(id)?.logs[current.place.log]
  const entry = log && chronicle.world.relay.logs.get(logKey(log.id))?.entries[current.place.seq - 1]
  const opened = log && entry?.content.type === 'blob' ? openEnvelope(log, entry.content.blob) : undefined
  return opened?.ok && toHex(sha256(opened.value.body)) === current?.commit ? opened.value.body : undefined
}

/** Undefined for a renewal of keys. */
const actOf = async (
  chronicle: Chronicle,
  device: Device,
  from: HeldEpoch,
  message: Uint8Array,
): Promise<Act | undefined | 'unreadable'> => {
  const group = await groupIn(chronicle, device, from)
  const inspected = group && (await inspectCommit(group, message))
  if (!inspected?.ok) return 'unreadable'
  const end = inspected.value.proposals.at(-1)
  return end?.type === 'act' ? decodeAct(end.data) : undefined
}

type Fault = readonly [rule: string, what: string]

const faultsOf = (
  chronicle: Chronicle,
  edge: Edge,
  { before, after }: { readonly before: EpochInfo; readonly after: EpochInfo },
  act: Act | undefined,
): readonly Fault[] => {
  const allowed = allowedBy(before.roster, act)
  return [
    ...seatFaults(before, after, allowed),
    ...charterFaults(before, after, allowed),
    ...deviceFaults(before.roster, after.roster, allowed),
    ...(act?.type === 'mandate' ? mandateFaults(chronicle, edge, before, act.mandate) : []),
    ...(act?.type === 'drop' ? dropFaults(before, act.request) : []),
    ...(allowed.comes ? probationFaults(after.roster) : []),
  ]
}

/** What an act may change: seats that go and come, the charter, a device that goes, and the seat in which one comes. */
type Allowed = {
  readonly goes?: SeatId
  readonly comes?: SeatId
  readonly charter?: Uint8Array
  readonly loses?: DeviceId
  readonly gains?: SeatId | undefined
}

const allowedBy = (roster: Roster, act: Act | undefined): Allowed => {
  if (act?.type === 'leave') return { goes: act.request.seat }
  if (act?.type === 'drop') return { loses: act.request.device }
  if (act?.type === 'resync') {
    const { device } = act.request
    return { loses: device, gains: roster.devices.find((d) => d.device === device)?.seat }
  }
  return act ? allowedByMotion(act.mandate.motion) : {}
}

const allowedByMotion = ({ action }: Motion): Allowed => {
  if (action.type === 'remove') return { goes: action.seat }
  if (action.type === 'charter') return { charter: action.charter }
  if (action.type === 'add') return { comes: action.seat, gains: action.seat }
  return action.type === 'deviceAdd' ? { gains: action.seat } : {}
}

const seatFaults = (before: EpochInfo, after: EpochInfo, allowed: Allowed): readonly Fault[] => {
  const gone = seatsIn(before.roster).filter((seat) => !seatsIn(after.roster).includes(seat))
  const come = seatsIn(after.roster).filter((seat) => !seatsIn(before.roster).includes(seat))
  const faults: Fault[] = []
  // I13: a place is lost by the removal or the leave that names it.
  if (gone.some((seat) => seat !== allowed.goes)) faults.push(['I13', 'a seat lost its place'])
  if (allowed.goes && !gone.includes(allowed.goes)) faults.push(['I9', 'a removal removed nobody'])
  if (come.some((seat) => seat !== allowed.comes)) faults.push(['I9', 'a seat came from nowhere'])
  return faults
}

const charterFaults = (before: EpochInfo, after: EpochInfo, { charter }: Allowed): readonly Fault[] =>
  sameBytes(charter ?? before.charterBytes, after.charterBytes)
    ? []
    : [['I9', 'not the charter that was decided']]

/** I9: a device goes only with its seat or where it is named; at most one comes, and only into the seat that is meant. */
const deviceFaults = (before: Roster, after: Roster, { goes, loses, gains }: Allowed): readonly Fault[] => {
  const lost = before.devices.filter((d) => !isIn(after, d) && d.seat !== goes && d.device !== loses)
  const fresh = after.devices.filter((d) => !isIn(before, d))
  const isSound = lost.length === 0 && fresh.length <= 1 && fresh.every(({ seat }) => seat === gains)
  return isSound ? [] : [['I9', 'devices changed that were not meant']]
}

/** As it was: a leaf keeps its device, its seat, its signature key and its epoch of joining for life. */
const isIn = ({ devices }: Roster, one: Roster['devices'][number]): boolean =>
  devices.some(
    (d) =>
      d.device === one.device &&
      d.seat === one.seat &&
      d.joined === one.joined &&
      sameBytes(d.signatureKey, one.signatureKey),
  )

/** 4.11: cut off by another device of the seat, or by a full seat that has no other cut-off open. */
const dropFaults = ({ roster, ledger }: EpochInfo, request: DropRequest): readonly Fault[] => {
  const by = roster.devices.find(({ device }) => device === request.by)
  const target = roster.devices.find(({ device }) => device === request.device)
  if (!by || !target || !verifyDrop(by.signatureKey, request)) return [['I9', 'a device cut off by nobody']]
  const mayAlone = countsIn(roster, by.seat) && !ledger.drops.some((open) => open.by === by.seat)
  return by.seat === target.seat || mayAlone ? [] : [['I9', 'a device cut off by somebody who may not']]
}

/** I9 and I10: enough different full seats have signed this motion of this group under this charter, and it was not executed before. */
const mandateFaults = (
  chronicle: Chronicle,
  edge: Edge,
  before: EpochInfo,
  { motion, approvals }: { readonly motion: Motion; readonly approvals: readonly Approval[] },
): readonly Fault[] => {
  const faults: Fault[] = []
  const charter = chronicle.epochs.get(edge.from)?.charter
  if (!charter || !isApproved(before, charter, motion, approvals))
    faults.push(['I9', 'carried out without enough approvals'])
  if (!sameBytes(motion.anchor, before.anchor)) faults.push(['I10', 'a motion of another group'])
  if (!sameBytes(motion.charterHash, sha256(before.charterBytes)))
    faults.push(['I10', 'a motion under another charter'])
  if (motion.lastEpoch < before.number) faults.push(['I10', 'a motion that had lapsed'])
  if (pathTo(chronicle, edge.from).some((earlier) => earlier.motion === motionHash(motion)))
    faults.push(['I10', 'a motion carried out twice'])
  return faults
}

/** Counted by seats, with signatures checked; whom it is about has no say in a removal. */
export const isApproved = (
  { roster }: EpochInfo,
  charter: Charter,
  motion: Motion,
  approvals: readonly Approval[],
): boolean => {
  const signed = concat(utf8('mandate/1'), fromHex(motionHash(motion)) ?? new Uint8Array(0))
  const seats = new Set(
    approvals.flatMap(({ device, signature }) => {
      const by = roster.devices.find((d) => d.device === device)
      return by && verify(by.signatureKey, signed, signature) ? [by.seat] : []
    }),
  )
  const { action } = motion
  if (action.type === 'deviceAdd') return isVouchedFor(roster, charter, action, seats)
  if (action.type === 'settleDrop' && action.by !== action.seat && seats.has(action.seat)) return true
  const apart = [action.type === 'remove' && action.seat, action.type === 'settleDrop' && action.by]
  const electorate = fullIn(roster).filter((seat) => !apart.includes(seat))
  return (
    electorate.filter((seat) => seats.has(seat)).length >= neededOf(charter, action.type, electorate.length)
  )
}

/** 4.11: the seat itself and one other, where there is one; without it, as many others as let somebody in. */
const isVouchedFor = (
  roster: Roster,
  charter: Charter,
  action: Extract<Motion['action'], { type: 'deviceAdd' }>,
  seats: ReadonlySet<SeatId>,
): boolean => {
  const others = fullIn(roster).filter((one) => one !== action.seat)
  const vouching = others.filter((one) => seats.has(one)).length
  const isOwners = seats.has(action.seat)
  return vouching >= (isOwners ? Math.min(1, others.length) : neededOf(charter, 'add', others.length))
}

const neededOf = (
  { add, remove, change }: Charter,
  type: Motion['action']['type'],
  electorate: number,
): number => {
  const isAgainst = type === 'remove' || type === 'settleDrop'
  const { count, thirds } = isAgainst ? remove : { add, deviceAdd: add, charter: change }[type]
  if (electorate < 3 && type !== 'remove') return Math.max(1, electorate)
  return Math.max(2, Math.min(count, electorate), Math.ceil((electorate * thirds) / 3))
}

/** Of an addition that is decided: there is room among those who wait, or will be when one of them counts. */
export const hasRoom = ({ roster }: EpochInfo): boolean => {
  const seats = seatsIn(roster).length
  return roster.probation === 0 || 3 * (seats - fullIn(roster).length + 1) <= seats + 1
}

/** I11: with the newcomer, at most a third of the seats wait. */
const probationFaults = (after: Roster): readonly Fault[] => {
  const waiting = seatsIn(after).length - fullIn(after).length
  return 3 * waiting > seatsIn(after).length ? [['I11', 'too many on probation']] : []
}
