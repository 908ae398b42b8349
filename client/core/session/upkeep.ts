/**
 * What a device does for the committee without being asked, once it has read everything: arrive, help who is stuck, let go who asked, carry
 * out what was decided, hand out Welcomes, refresh its own keys. Any member's device may do any of it, so each waits its turn where
 * several are awake (`mayAct`), and the first one in the log wins.
 */

import { splitBody } from '../epochlog/chunks.ts'
import { sealEnvelope } from '../epochlog/envelope.ts'
import type { Act } from '../governance/act.ts'
import { assembleMandate, isCarried, motionHash } from '../governance/motion.ts'
import { devicesOf } from '../governance/roster.ts'
import { rendezvousOf } from '../join/rendezvous.ts'
import type { Relay } from '../relay/relay.ts'
import { commit, type Intent } from './committing.ts'
import { greet } from './hello.ts'
import { isProvisional } from './joinings.ts'
import { kindOf, writeItem } from './meeting.ts'
import { carriedMotions, lapseMotions } from './motions.ts'
import type { Line } from './reading.ts'
import { recover } from './recovering.ts'
import { isOpenRequest } from './requests.ts'
import { appendTo } from './sending.ts'
import { forumOf, type KnownMotion, type OpenRequest, type OpenWelcome, rosterOf } from './state.ts'
import { isTidyDue } from './tidying.ts'

export type Keeper = Line & {
  /** Whether this device should do the named piece of work now, or leave it to others for a while. */
  readonly mayAct: (work: string) => boolean
  /** Milliseconds online that were counted since this was asked last: while a session is live, by ticks and not by a clock. */
  readonly takeTicks: () => number
  readonly ticked: (ms: number) => void
  /** A second connection, to a rendezvous: one connection serves one group. */
  readonly connect: () => Relay
}

/** One round. Call again after reading, until nothing is left to do. */
export const keepUp = async (keeper: Keeper): Promise<void> => {
  const { book } = keeper
  if (book.own().alarmed) return
  await recover(keeper, keeper.takeTicks())
  if (book.own().status !== 'member') return
  await greet(keeper, isProvisional(book))
  await serveRequests(keeper)
  await carryOut(keeper)
  await greet(keeper, isProvisional(book))
  await postWelcomes(keeper)
  await tidy(keeper)
}

/** Whoever is stuck first, then whoever wants to go. */
const serveRequests = async (keeper: Keeper): Promise<void> => {
  const { requests } = keeper.book
  // 'resync-…' sorts after 'leave-…'
  for (const key of [...requests.keys()].reverse()) {
    const request = requests.get(key)
    if (!request || !isOpenRequest(keeper.book, request) || !keeper.mayAct(key)) continue
    const intent = intentOf(request)
    const done = intent && isOthers(keeper, request) ? await commit(keeper, intent) : undefined
    if (done && !done.ok && isHopeless(done.error)) requests.drop(key)
    await keeper.book.save()
  }
}

const intentOf = ({ resync, leave, drop }: OpenRequest): Intent | undefined => {
  if (drop) return { act: { type: 'drop', request: drop } }
  if (resync) return { act: { type: 'resync', request: resync.request }, keyPackage: resync.keyPackage }
  return leave && { act: { type: 'leave', request: leave } }
}

/** Nobody takes out their own seat. */
const isOthers = (keeper: Keeper, { leave }: OpenRequest): boolean =>
  leave === undefined ||
  devicesOf(rosterOf(keeper.book.newest()), leave.seat).every((d) => d.seat !== keeper.book.own().seat)

const HOPELESS: readonly string[] = [
  'bad_request',
  'bad_key_package',
  'resynced_before',
  'bad_target',
  'bad_charter',
  'not_exact',
  'drop_open',
  'too_many_devices',
]
const isHopeless = (failure: string): boolean => HOPELESS.includes(failure)

/** Known complete mandates (7.4). */
const carryOut = async (keeper: Keeper): Promise<void> => {
  lapseMotions(keeper)
  for (const { motion } of carriedMotions(keeper)) {
    const hash = motionHash(motion)
    if (!keeper.mayAct(hash)) continue
    const known = keeper.book.motions.get(hash)
    if (known) await carryOutOne(keeper, hash, known)
  }
}

/** `ok`, or why not: the committee's rules may have changed since, or somebody else was faster. */
const carryOutOne = async (keeper: Keeper, hash: string, known: KnownMotion): Promise<void> => {
  const { book } = keeper
  const forum = forumOf(book.newest())
  if (!isCarried(forum, known.motion, known.approvals)) return
  const { action } = known.motion
  if (action.type === 'remove' && action.seat === book.own().seat) return
  const act: Act = { type: 'mandate', mandate: assembleMandate(forum, known.motion, known.approvals) }
  const done = await commit(keeper, { act, keyPackage: known.join?.keyPackage })
  if (!done.ok && isHopeless(done.error)) {
    const now = book.motions.get(hash)
    if (now?.outcome === 'open') book.motions.put(hash, { ...now, outcome: 'lapsed' })
  }
  await book.save()
}

const postWelcomes = async (keeper: Keeper): Promise<void> => {
  const { welcomes } = keeper.book
  for (const key of welcomes.keys()) {
    const welcome = welcomes.get(key)
    if (!welcome) continue
    const isPosted = welcome.inLog
      ? await postInLog(keeper, welcome)
      : await postToRendezvous(keeper, welcome)
    if (isPosted) welcomes.drop(key)
    await keeper.book.save()
  }
}

const postInLog = async (keeper: Keeper, { body, inLog }: OpenWelcome): Promise<boolean> => {
  const epoch = inLog && keeper.book.epoch(inLog.epoch)
  if (!epoch) return true
  for (const envelope of splitBody(2, body, keeper.random)) {
    const appended = await appendTo(keeper, {
      epoch: epoch.info.number,
      politeTries: 0,
      sealIn: async (log) => {
        const at = epoch.logs[log]
        if (!at) throw new Error('no such log')
        return sealEnvelope(at, envelope)
      },
    })
    if (!appended.ok) return false
  }
  return true
}

/** True also when the rendezvous is gone: then nobody waits there any more. */
const postToRendezvous = async (keeper: Keeper, { body, rendezvous }: OpenWelcome): Promise<boolean> => {
  if (!rendezvous) return true
  const kind = kindOf(rendezvous.kind)
  const relay = keeper.connect()
  try {
    const meeting = { relay, place: rendezvousOf(rendezvous.secret, kind), kind }
    const item = { type: 'welcome' as const, keyPackage: rendezvous.keyPackage, welcome: body }
    const written = await writeItem(meeting, item, keeper.random)
    return written.ok || written.error.type === 'none' || written.error.type === 'full'
  } finally {
    relay.close()
  }
}

/** A commit without proposals refreshes this device's keys; it waits until two thirds have arrived (V6). */
const tidy = async (keeper: Keeper): Promise<void> => {
  const { book } = keeper
  if (!isTidyDue(keeper) || carriedMotions(keeper).length > 0 || !keeper.mayAct('tidy')) return
  await commit(keeper, { act: undefined })
  await book.save()
}
