/** What is asked of one committee: looking, saying, deciding, inviting, phones. Not here: rules; every one of them is the core's. */
import { err, ok } from '../../../shared/base/result.ts'
import { encodeCharter } from '../../core/governance/charter.ts'
import { changedCharter } from '../../core/governance/charterChange.ts'
import type { DeviceId, SeatId } from '../../core/governance/ids.ts'
import { decidePage } from '../../core/session/decideView.ts'
import { decide } from '../../core/session/deciding.ts'
import { ownData } from '../../core/session/exporting.ts'
import { bellTicket } from './bellRequests.ts'
import { CITY_REQUESTS } from './cityRequests.ts'
import type { House } from './keeping.ts'
import { motionShown } from './motionShown.ts'
import { MAX_PARCEL } from './parcels.ts'
import type { Answer, Asked, RequestName } from './port.ts'
import { repliesSlice, roomSlice } from './room.ts'
import type { Sitting } from './sitting.ts'

type In = { readonly committee: string }
export type CommitteeName = { [N in RequestName]: Asked<N> extends In ? N : never }[RequestName]

export const COMMITTEE_REQUESTS: {
  readonly [N in CommitteeName]: (sitting: Sitting, asked: Asked<N>, house: House) => Promise<Answer<N>>
} = {
  ...CITY_REQUESTS,
  frame: async (sitting) => ok(sitting.frame()),
  view: async (sitting, { view }) => ok(sitting.look(view)),
  room: async (sitting, { committee: _, ...wanted }) => ok(roomSlice(sitting.lookAtRoom(), wanted)),
  replies: async (sitting, { to }) => ok(repliesSlice(sitting.lookAtRoom(), to)),
  motion: async (sitting, { motion }) => {
    // its changes are those of all decisions, and are told from now on
    sitting.look('decide')
    const { view, nowMs } = sitting.glance()
    const { open, done } = decidePage(view, nowMs)
    const card = [...open, ...done].find(({ id }) => id === motion)
    return card ? ok(motionShown(view, card, nowMs)) : err('no_such_motion')
  },
  markRead: async (sitting) => {
    await sitting.markRead()
    return ok(undefined)
  },

  say: ({ session }, { content }) => session.say(content),
  runs: async ({ session }, { release, isLoaderChanged }) => {
    const { committee, own } = session.view()
    const waiting = session.unsent().flatMap(({ content }) => (content.type === 'runs' ? content : []))
    const last = waiting.at(-1) ?? committee.programs.get(own.device)
    if (last?.release === release && last.isLoaderChanged === isLoaderChanged) return ok(undefined)
    const said = await session.say({ type: 'runs', release, isLoaderChanged })
    return said.ok ? ok(undefined) : said
  },
  decide: (sitting, { step }) => decide(sitting.session, step, sitting.glance().nowMs),
  approve: ({ session }, { motion }) => session.approve(motion),
  decline: ({ session }, { motion }) => session.decline(motion),
  proposeRemove: async ({ session }, { seat }) => {
    const member = session.view().members.find((one) => one.seat === seat && !one.isMe)
    return member ? session.propose({ type: 'remove', seat: member.seat }) : err('no_such_seat')
  },
  proposeCharter: async ({ session }, { change }) => {
    const next = changedCharter(session.view().charter, change)
    return next.ok ? session.propose({ type: 'charter', charter: encodeCharter(next.value) }) : next
  },
  foundVote: ({ session }) => session.foundVote(),
  partWays: ({ session }) => session.partWays(),
  leave: async ({ session }, { committee }, { drop }) => {
    const left = await session.leave()
    if (!left.ok) return left
    await session.forget()
    await drop(committee)
    return ok(undefined)
  },
  keepAtMost: async ({ session }, { days }) => {
    const kept = await session.keepAtMost(days)
    return kept.ok ? kept : err('invalid')
  },
  bellTicket,
  ringing: async ({ session }) => ok(session.ringing()),
  setWakes: async ({ session }, { quiet, forNow }) => {
    const set = await session.setWakes({ quiet, forNow })
    return set.ok ? set : err('invalid')
  },
  setCalls: async ({ session }, { calls }) => {
    const set = await session.setCalls(calls)
    return set.ok ? set : err('bad_call')
  },
  setReach: async ({ session }, { alarm, text }) => {
    const set = await session.setReach(alarm, text)
    return set.ok ? set : err('bad_reach')
  },
  ownData: async (sitting, { isAll }) => {
    const { view, nowMs } = sitting.glance()
    return ok(ownData(view, isAll, nowMs))
  },
  forget: async ({ session }, { committee }, { drop }) => {
    if (session.view().own.status === 'member') return err('member')
    await session.forget()
    await drop(committee)
    return ok(undefined)
  },

  sendFile: async ({ parcels }, { words, bytes }) => {
    if (bytes.length > MAX_PARCEL) return err('too_large')
    const kept = await parcels.send(words, bytes)
    if (kept.ok || kept.error !== 'unreadable') return kept as Answer<'sendFile'>
    throw new Error('bytes in memory can be read')
  },
  cancelFile: ({ parcels }, { file }) => parcels.cancel(file),
  fetchFile: ({ parcels }, { file }) => parcels.fetch(file),

  invite: async ({ session }, { kind, seat }) => {
    const made = await session.invite(kind, seat as SeatId | undefined)
    if (!made.ok) return made
    const { id, link } = made.value
    return ok({ invite: id, link })
  },
  answerInvite: async ({ session }, { invite, answer }) => {
    if (answer === 'match') return session.vouch(invite)
    await session.refuse(invite, answer === 'differ' ? 'words_differ' : 'declined')
    return ok(undefined)
  },
  met: ({ session }, { seat }) => session.met(seat as SeatId),
  compared: ({ session }, { seats, same }) => session.compared(seats as readonly SeatId[], same),

  dropDevice: ({ session }, { device }) => session.dropDevice(device as DeviceId),
  cutOff: ({ session }, { device }) => session.cutOff(device as DeviceId),
  settleDrop: ({ session }, { device }) => session.settleDrop(device as DeviceId),

  sync: ({ session }) => session.sync(),
  goOn: async ({ session }) => {
    await session.goOn()
    return ok(undefined)
  },
}
