/**
 * The log has an effective commit: into the next epoch (protocol.md section 6, FOLLOW). Our own commit is adopted here too, when its entry
 * is read back and not before (I7). Not here: stepping back from a commit that was voided (stepBack.ts).
 */

import type { Current, Place } from '../governance/fold.ts'
import { applyToLedger } from '../governance/ledger.ts'
import type { Effect } from '../governance/verdict.ts'
import { followCommit } from '../mls/commit.ts'
import { decodeGroup } from '../mls/state.ts'
import type { Group } from '../mls/types.ts'
import type { VerifiedEntry } from '../relay/observe.ts'
import { type Desk, makeEpoch } from './desk.ts'
import { lapseMotions } from './motions.ts'
import { noteDevices } from './phones.ts'
import type { Target } from './standing.ts'
import type { Epoch, KnownMotion, Staged } from './state.ts'
import { tell } from './telling.ts'
import { tidySoon } from './tidying.ts'
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
  const target = { epoch: epoch.info.number, commit: current.commit }
  if (tell(desk, { type: 'effective', ...target }).length === 0) return
  const stage = desk.book.staged.get(current.commit)
  const followed = stage ? await adopt(desk, stage) : await followCommit(epoch.group, message)
  if (followed.ok) return enter(desk, epoch, { current, group: followed.value, found, stage })
  if (followed.error === 'removed') return takenOut(desk, target, current)
  tell(desk, { type: 'unreadable', ...target, ...by(desk, current) })
}

const by = ({ clock }: Desk, { effect }: Current) => ({ author: effect.author, now: clock() })

/**
 * Our leaf is gone. By an answer to our own RESYNC, that we have the keys of: then only the Welcome is missing; if it stays away, this device asks
 * again in time; the culprit is who made the commit that could not be followed, and not who helps. Otherwise it is over, unless it is voided.
 */
const takenOut = (desk: Desk, target: Target, current: Current): void => {
  const { stuck } = desk.book.own()
  const { action } = current.effect
  if (action === 'resync' && stuck) {
    tell(desk, { type: 'unreadable', ...target, ...by(desk, current), author: stuck.author })
    tell(desk, { type: 'asked' })
    desk.book.setOwn({ stuck: { ...stuck, ...target, settled: undefined } })
    return
  }
  const why = action === 'remove' || action === 'leave' || action === 'drop' ? action : 'other'
  tell(desk, { type: 'removed', ...target, ...by(desk, current), action: why })
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
      openedUnasked: effect.action === 'tidy' || effect.action === 'drop',
      parent: { log: found.place.log, seq: found.entry.seq, chain: found.entry.chain },
      ledger: applyToLedger(epoch.info.ledger, effect, number),
    },
    now,
  )
  if (next === 'outdated') return void tell(desk, { type: 'ended', why: 'outdated' })
  if (next === 'foreign') throw new Error('a valid commit led to a foreign roster')
  book.setEpoch({ ...epoch, notes: { ...epoch.notes, leftAt: now } })
  book.setEpoch(next)
  noteDevices(desk, epoch.info.roster, next.info.roster, effect)
  tell(desk, { type: 'entered', epoch: epoch.info.number, commit: current.commit })
  afterEntering(desk, current, stage)
}

/** What is done, owed or over because of the commit. */
const afterEntering = (desk: Desk, { effect }: Current, stage: Staged | undefined): void => {
  const { book } = desk
  const known = effect.spends && book.motions.get(effect.spends.motion)
  if (known && effect.spends) book.motions.put(effect.spends.motion, { ...known, outcome: 'carried_out' })
  lapseMotions(desk)
  if (stage) afterOwn(desk, effect, stage, known?.join)
  if (!stage?.hasPath && TO_BE_TIDIED.includes(effect.action)) tidySoon(desk)
}

/** After somebody has gone, or was cut off or stuck, everybody renews their keys (4.1). */
const TO_BE_TIDIED: readonly Effect['action'][] = ['remove', 'leave', 'drop', 'resync']

const afterOwn = (desk: Desk, effect: Effect, stage: Staged, join: KnownMotion['join']): void => {
  const { book } = desk
  book.setOwn(stage.hasPath ? { refreshedAt: desk.clock(), owesTidy: false } : {})
  if (effect.action === 'charter') book.setOwn({ owesTidy: true }) // D11
  readyWelcome(desk, stage, join)
}
