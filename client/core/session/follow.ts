/**
 * The log has an effective commit: into the next epoch (protocol.md section 6, FOLLOW). Our own commit is adopted here too, when its entry
 * is read back and not before (I7). Not here: stepping back from a commit that was voided (stepBack.ts).
 */

import { newKeyPair } from '../../../shared/crypto/sodium.ts'
import type { Current, Place } from '../governance/fold.ts'
import { type DeviceId, encodeIdentity, newId } from '../governance/ids.ts'
import { applyToLedger } from '../governance/ledger.ts'
import { deviceOf, encodeSeatData } from '../governance/roster.ts'
import type { Effect } from '../governance/verdict.ts'
import { followCommit } from '../mls/commit.ts'
import { newKeyPackage } from '../mls/keyPackage.ts'
import { decodeGroup } from '../mls/state.ts'
import type { Group } from '../mls/types.ts'
import type { VerifiedEntry } from '../relay/observe.ts'
import { type Desk, makeEpoch } from './desk.ts'
import { lapseMotions } from './motions.ts'
import { type Epoch, type KnownMotion, rosterOf, type Staged } from './state.ts'
import { readyWelcome } from './welcomes.ts'

/** Where an entry was found. */
export type Found = { readonly epoch: number; readonly place: Place; readonly entry: VerifiedEntry }

/** `epoch.fold.current` is the commit in `message`, found at `found`. */
export const enterNext = async (
  desk: Desk,
  epoch: Epoch,
  message: Uint8Array,
  found: Found,
): Promise<void> => {
  const current = epoch.fold.current
  if (!current || !epoch.group) return
  const stage = desk.book.staged.get(current.commit)
  const followed = stage ? await adopt(desk, stage) : await followCommit(epoch.group, message)
  if (followed.ok) return enter(desk, epoch, { current, group: followed.value, found, stage })
  if (followed.error === 'removed') return desk.book.setOwn({ status: 'removed', since: desk.clock() })
  await getStuck(desk, epoch, current)
}

const adopt = async (desk: Desk, stage: Staged): Promise<{ readonly ok: true; readonly value: Group }> => {
  const group = await decodeGroup(desk.book.own().suite, stage.next, [])
  if (!group) throw new Error('staged group does not decode')
  return { ok: true, value: group }
}

type Step = {
  readonly current: Current
  readonly group: Group
  readonly found: Found
  readonly stage: Staged | undefined
}

const enter = async (desk: Desk, epoch: Epoch, { current, group, found, stage }: Step): Promise<void> => {
  const { book } = desk
  const { effect } = current
  const now = desk.clock()
  const number = epoch.info.number + 1
  const next = await makeEpoch(
    group,
    {
      opener: effect.author,
      openedBy: current.commit,
      openedByTidy: effect.action === 'tidy',
      parent: { log: found.place.log, seq: found.entry.seq, chain: found.entry.chain },
      ledger: applyToLedger(epoch.info.ledger, effect, number),
    },
    now,
  )
  if (next === 'outdated') return book.setOwn({ status: 'outdated', since: now })
  if (next === 'foreign') throw new Error('a valid commit led to a foreign roster')
  book.setEpoch({ ...epoch, notes: { ...epoch.notes, leftAt: now } })
  book.setEpoch(next)
  afterEntering(desk, current, stage)
}

/** What is done, owed or over because of the commit. */
const afterEntering = (desk: Desk, { effect }: Current, stage: Staged | undefined): void => {
  const { book } = desk
  const known = effect.spends && book.motions.get(effect.spends.motion)
  if (known && effect.spends) book.motions.put(effect.spends.motion, { ...known, outcome: 'carried_out' })
  lapseMotions(desk)
  if (stage) afterOwn(desk, effect, stage, known?.join)
  dropServed(desk)
}

const afterOwn = (desk: Desk, effect: Effect, stage: Staged, join: KnownMotion['join']): void => {
  const { book } = desk
  book.setOwn(stage.hasPath ? { refreshedAt: desk.clock(), owesTidy: false } : {})
  if (effect.action === 'charter') book.setOwn({ owesTidy: true }) // D11
  readyWelcome(desk, stage, join)
}

/** Requests of devices that are not on the committee any more. */
const dropServed = (desk: Desk): void => {
  const { book } = desk
  for (const key of book.requests.keys()) {
    const request = book.requests.get(key)
    const device = request?.resync?.request.device ?? request?.leave?.device
    if (device && !deviceOf(rosterOf(book.newest()), device)) book.requests.drop(key)
  }
}

/** STUCK: a fresh key package waits for whoever can follow (4.5, rule 2). The seat stays; the device id is new. */
const getStuck = async (desk: Desk, epoch: Epoch, current: Current): Promise<void> => {
  const { seat, device, suite } = desk.book.own()
  const joined = deviceOf(rosterOf(epoch), device)?.joined ?? 0
  const fresh = newId<DeviceId>(desk.random)
  const keyPackage = await newKeyPackage({
    suite,
    identity: encodeIdentity(seat, fresh),
    seatData: encodeSeatData({ writerKey: newKeyPair().publicKey, joined, resynced: true }),
  })
  desk.book.setOwn({
    status: 'stuck',
    since: desk.clock(),
    stuck: {
      epoch: epoch.info.number,
      commit: current.commit,
      author: current.effect.author,
      keyPackage: keyPackage.publicBytes,
      privateKeys: keyPackage.privateBytes,
      seat,
      device: fresh,
      asked: false,
    },
  })
}
