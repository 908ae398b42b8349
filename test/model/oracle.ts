/**
 * The invariants of protocol.md section 9, read off the honest devices' disks and the relay's logs after every step. What each number
 * means here stands at its check. Not here: what a commit may do (edges.ts: I9 to I13), what leaves a device (sent.ts: I6, I16, I17).
 */

import type { Own } from '../../client/core/session/state.ts'
import { toHex } from '../../shared/base/text.ts'
import { logKey } from '../../shared/protocol/ids.ts'
import { broken, type Chronicle, noteEpoch, pathTo } from './chronicle.ts'
import { checkEdge, checkEntered, hasRoom, isApproved } from './edges.ts'
import { type HeldEpoch, type Knowledge, peek } from './peek.ts'
import { checkWritten } from './sent.ts'
import { type Device, honest, hostile } from './world.ts'

/** What the oracle remembers of a device from step to step. */
const last = new WeakMap<Device, Knowledge>()

/** After a step in which this device did something, and after which its disk has what it knows. */
export const checkDevice = async (chronicle: Chronicle, device: Device): Promise<void> => {
  const before = last.get(device)
  const now = peek(device)
  if (device.isHostile || !now) return
  last.set(device, now)
  for (const epoch of now.epochs) if (noteEpoch(chronicle, epoch)) checkEntered(chronicle, device, epoch)
  for (const epoch of now.epochs) checkEpoch(chronicle, device, epoch)
  for (const [i, epoch] of now.epochs.entries()) {
    const next = now.epochs[i + 1]
    if (next && next.info.number === epoch.info.number + 1) await checkStep(chronicle, device, epoch, next)
  }
  checkStatus(chronicle, device, now)
  checkSnapshots(chronicle, device, now)
  checkUnmoved(chronicle, device, before, now)
  await checkWritten(chronicle, device, now)
  checkStarvation(chronicle)
  noteState(chronicle)
}

/** Before anything happens: how the committee came to be is not asked. */
export const beginWith = async (chronicle: Chronicle): Promise<void> => {
  for (const device of honest(chronicle.world))
    for (const { id } of peek(device)?.epochs ?? []) chronicle.beginning.add(id)
  for (const device of honest(chronicle.world)) await checkDevice(chronicle, device)
}

const newestOf = (knowledge: Knowledge | undefined): HeldEpoch | undefined => knowledge?.epochs.at(-1)

/** I1: whoever has read the same logs of an epoch to the same entries has folded them to the same value. */
const checkEpoch = (chronicle: Chronicle, device: Device, epoch: HeldEpoch): void => {
  const places = epoch.witnesses.map(({ seq, chain }) => `${seq}:${toHex(chain)}`)
  const name = `${epoch.id} ${places.join()}`
  const known = chronicle.folds.get(name)
  if (known !== undefined && known !== epoch.foldBytes)
    broken(
      chronicle,
      'I1',
      `${device.name} folds epoch ${epoch.info.number} otherwise: ${epoch.foldBytes} not ${known}`,
    )
  chronicle.folds.set(name, epoch.foldBytes)
  // I7: a commit is in force here only when its entry has been read, one's own as well.
  const current = epoch.fold.current
  if (current && current.place.seq > (epoch.witnesses[current.place.log]?.seq ?? 0))
    broken(chronicle, 'I7', `${device.name} goes by a commit it has not read`)
}

/** I2: the commit that a log made effective leads every honest device into the same epoch, and no other commit leads out of it. */
const checkStep = async (
  chronicle: Chronicle,
  device: Device,
  epoch: HeldEpoch,
  next: HeldEpoch,
): Promise<void> => {
  const { current } = epoch.fold
  if (chronicle.beginning.has(next.id)) return
  if (!current || current.commit !== next.info.openedBy) {
    // Entered by Welcome, and the old log not read again yet: what it says now is its own affair (section 6).
    if (next.info.openedUnasked || epoch.notes.leftAt !== undefined)
      broken(
        chronicle,
        'I2',
        `${device.name} is in ${next.info.number} without an effective commit in ${epoch.info.number}`,
      )
    return
  }
  const known = [...chronicle.edges.values()].find((e) => e.from === epoch.id && e.commit === current.commit)
  if (known && known.to !== next.id)
    broken(chronicle, 'I2', `one commit led into two epochs after ${epoch.info.number}`)
  if (!known) await checkEdge(chronicle, device, epoch, next)
}

/** The relay is honest here and nobody's disk is copied: no device may think otherwise, nor lose its place unless it was voted out. */
const checkStatus = (chronicle: Chronicle, device: Device, { own }: Knowledge): void => {
  if (own.alarmed) broken(chronicle, 'P6', `${device.name} takes the honest relay for a liar`)
  if (!['member', 'stuck'].includes(own.status) && !isCutOff(own))
    broken(chronicle, 'I13', `${device.name} is ${own.status}`)
}

/** The device, and not its owner. */
const isCutOff = ({ standing: { at } }: Own): boolean => at.type === 'removed' && at.action === 'drop'

const stillIn = (chronicle: Chronicle): readonly Knowledge[] =>
  honest(chronicle.world)
    .flatMap((device) => last.get(device) ?? [])
    .filter(({ own }) => !isCutOff(own))

const HOUR_MS = 3_600_000

/** Cut off while it was stuck further back, which it cannot read: the tree of whoever follows has no leaf of it. Its owner has to meet people (4.11). */
const isLeftBehind = ({ own }: Knowledge, all: readonly Knowledge[]): boolean => {
  const members = all.filter((one) => one.own.status === 'member')
  const hasLeaf = (one: Knowledge): boolean =>
    newestOf(one)?.info.roster.devices.some(({ device }) => device === own.device) ?? false
  return own.status === 'stuck' && members.length > 0 && !members.some(hasLeaf)
}

/** I8: the state of an epoch that was left is gone from the disk after 72 hours, or when posts expire if that is sooner. */
const checkSnapshots = (chronicle: Chronicle, device: Device, { epochs }: Knowledge): void => {
  const { world } = chronicle
  for (const { id, info, notes, hasGroup } of epochs.slice(0, -1)) {
    const keepDays = chronicle.epochs.get(id)?.charter.keepDays ?? 7
    const limit = HOUR_MS * Math.min(72, 24 * keepDays)
    // A sync that was cut short may not have come to it.
    const isOver =
      notes.leftAt !== undefined && world.time.now + device.offset - notes.leftAt > limit + HOUR_MS
    if (hasGroup && isOver && device.line.limits.requests > 0)
      broken(chronicle, 'I8', `${device.name} still has the state of ${info.number}`)
  }
}

/** I3: entries that are junk, invalid or late change nothing but how far a log has been read. */
const checkUnmoved = (
  chronicle: Chronicle,
  device: Device,
  before: Knowledge | undefined,
  now: Knowledge,
): void => {
  if (!before || newestOf(before)?.id !== newestOf(now)?.id) return
  for (const epoch of now.epochs) {
    const old = before.epochs.find(({ id }) => id === epoch.id)
    if (!old || old.foldBytes === epoch.foldBytes) continue
    const fresh = epoch.witnesses.flatMap(({ seq }, k) => {
      const from = old.witnesses[k]?.seq ?? 0
      const log = chronicle.epochs.get(epoch.id)?.logs[k]
      return Array.from({ length: seq - from }, (_, i) => `${log && logKey(log.id)} ${from + i + 1}`)
    })
    if (fresh.length > 0 && fresh.every((place) => chronicle.adversary.junk.has(place)))
      broken(chronicle, 'I3', `junk changed the fold of ${epoch.info.number} on ${device.name}`)
  }
}

/**
 * I5: once every honest device knows a complete mandate, the adversary gets one renewal in front of its execution, and one more for every
 * commit of another kind (a resync that was owed, another decision, somebody who leaves).
 */
const checkStarvation = (chronicle: Chronicle): void => {
  const all = stillIn(chronicle)
  if (honest(chronicle.world).some((device) => !last.has(device))) return
  for (const hash of new Set(all.flatMap(({ motions }) => motions.map(({ hash }) => hash)))) {
    if (!chronicle.mandates.has(hash) && all.every((one) => knowsComplete(chronicle, one, hash)))
      chronicle.mandates.set(hash, new Set(chronicle.epochs.keys()))
  }
  for (const [hash, known] of chronicle.mandates)
    for (const { epochs } of all) checkWaiting(chronicle, hash, known, epochs.at(-1)?.id ?? '')
}

const checkWaiting = (
  chronicle: Chronicle,
  hash: string,
  known: ReadonlySet<string>,
  newest: string,
): void => {
  const path = pathTo(chronicle, newest)
  const done = path.findIndex(({ motion }) => motion === hash)
  const since = path.slice(done + 1).filter(({ to }) => !known.has(to))
  if (done >= 0 && known.has(path[done]?.to ?? '')) return
  const traitors = hostile(chronicle.world).map(({ seat }) => seat)
  const renewals = since.filter(({ action, author }) => action === 'tidy' && traitors.includes(author))
  const others = since.filter(({ action }) => action !== 'tidy')
  if (renewals.length > 1 + others.length)
    broken(chronicle, 'I5', `${renewals.length} foreign renewals while a complete mandate waited`)
}

const knowsComplete = (chronicle: Chronicle, { motions, epochs }: Knowledge, hash: string): boolean => {
  const known = motions.find((one) => one.hash === hash)
  const newest = epochs.at(-1)
  const charter = newest && chronicle.epochs.get(newest.id)?.charter
  if (known?.outcome !== 'open' || !newest || !charter) return false
  const isPossible = known.motion.action.type !== 'add' || hasRoom(newest.info)
  return isPossible && isApproved(newest.info, charter, known.motion, known.approvals)
}

const noteState = (chronicle: Chronicle): void => {
  const all = honest(chronicle.world).map((device) => {
    const known = last.get(device)
    const newest = newestOf(known)
    return [known?.own.status, newest?.id.slice(0, 16), newest?.foldBytes, known?.epochs.length].join()
  })
  chronicle.states.add(all.join('|'))
}

/**
 * I4: everybody is a member in one and the same epoch, nothing waits to be sent, and no complete mandate waits to be carried out.
 */
export const isTogether = (chronicle: Chronicle): boolean => {
  const here = stillIn(chronicle)
  const all = here.filter((one) => !isLeftBehind(one, here))
  const [first] = all
  return all.every(
    (one) =>
      one.own.status === 'member' &&
      newestOf(one)?.id === newestOf(first)?.id &&
      one.unsent === 0 &&
      !one.motions.some(({ hash }) => knowsComplete(chronicle, one, hash)),
  )
}
