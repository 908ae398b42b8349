/** What every request has to look like: checked before anything is done with it. Not here: what members say, which the core checks field by field. */
import * as v from 'valibot'
import { AMENDMENT_SIDES } from '../../core/committee/motionContent.ts'
import { LEVELS } from '../../core/governance/charter.ts'
import { INVITE_KINDS } from '../../core/join/invite.ts'
import type { DecideStep } from '../../core/session/decideContent.ts'
import type { Asked, RequestName } from './port.ts'
import { MAX_SLICE } from './room.ts'
import type { Sayable } from './shown.ts'
import { VIEWS } from './views.ts'

/** Characters. Longer than anything that can be meant. */
const MAX_TEXT = 20_000
const MAX_SEATS = 1024
const MAX_POSTS = 1_000_000

const text = v.pipe(v.string(), v.maxLength(MAX_TEXT))
const id = v.pipe(v.string(), v.maxLength(64))
const nothing = v.object({})
const committee = { committee: id }
const motion = { ...committee, motion: id }
const device = v.object({ ...committee, device: id })
const ofMotion = { motion: id }
const wholeNumber = (max: number) => v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(max))

/** What may be said; its fields are checked when it is said. */
const SAYABLE = [
  'alarm',
  'alarmAnswer',
  'alarmState',
  'alarmUpdate',
  'concern',
  'concernAdd',
  'concernEnd',
  'introduce',
  'meeting',
  'meetingNotes',
  'meetingThere',
  'post',
  'profile',
  'recallAsk',
  'report',
  'reportOwed',
  'roleHandover',
  'roleTake',
  'statement',
  'suspend',
  'unityEnd',
  'unityPoint',
  'unityStance',
] as const satisfies readonly Sayable['type'][]

const isOf = (types: readonly string[], value: unknown): boolean =>
  typeof value === 'object' && value !== null && 'type' in value && types.some((type) => type === value.type)

const content = v.custom<Sayable>((value) => isOf(SAYABLE, value))
type Start = Extract<DecideStep, { readonly do: 'start' }>
const step = v.variant('do', [
  v.object({
    do: v.literal('start'),
    content: v.custom<Start['content']>((value) => isOf(['motion'], value)),
    hasNewFacts: v.exactOptional(v.boolean()),
  }),
  v.object({
    do: v.picklist(['second', 'fix', 'waive', 'close', 'confirm', 'recount', 'withdraw', 'lapse']),
    ...ofMotion,
  }),
  v.object({ do: v.literal('open'), ...ofMotion, mandate: v.exactOptional(id) }),
  v.object({
    do: v.literal('amend'),
    ...ofMotion,
    paragraph: wholeNumber(1000),
    text: v.exactOptional(text),
    note: v.exactOptional(text),
  }),
  v.object({ do: v.literal('amendment'), ...ofMotion, amendment: id, to: v.picklist(AMENDMENT_SIDES) }),
  v.object({ do: v.literal('translate'), ...ofMotion, lang: id, title: text, text }),
  v.object({ do: v.literal('check'), ...ofMotion, lang: id }),
  v.object({
    do: v.literal('vote'),
    ...ofMotion,
    choice: v.picklist(['yes', 'no', 'unsure', 'block']),
    reason: v.exactOptional(text),
  }),
  v.object({
    do: v.literal('outcome'),
    ...ofMotion,
    text,
    doneBy: v.exactOptional(id),
    reviewOn: v.exactOptional(id),
  }),
  v.object({ do: v.literal('review'), ...ofMotion, text }),
])

const threshold = v.object({ count: wholeNumber(255), thirds: v.picklist([1, 2, 3]) })
const days = v.exactOptional(wholeNumber(3650))
const hour = wholeNumber(23)
const change = v.object({
  name: v.exactOptional(text),
  purpose: v.exactOptional(text),
  purposeEasy: v.exactOptional(text),
  level: v.exactOptional(v.picklist(LEVELS)),
  mayJoin: v.exactOptional(text),
  mayBeDelegate: v.exactOptional(text),
  languages: v.exactOptional(v.pipe(v.array(v.pipe(v.string(), v.maxLength(6))), v.maxLength(12))),
  quiet: v.optional(v.object({ from: hour, to: hour })),
  standingOrders: v.exactOptional(v.pipe(v.array(text), v.maxLength(4))),
  reviewOn: v.optional(wholeNumber(0xff_ff_ff_ff)),
  add: v.exactOptional(threshold),
  remove: v.exactOptional(threshold),
  change: v.exactOptional(threshold),
  probation: v.exactOptional(wholeNumber(0xff_ff)),
  keepDays: days,
  keepAlarmDays: days,
  keepPlanDays: days,
  keepMeetingDays: days,
  alarmSeen: v.exactOptional(wholeNumber(255)),
})

export const ASKED: { readonly [N in RequestName]: v.GenericSchema<unknown, Asked<N>> } = {
  vault: nothing,
  makeVault: v.object({ passphrase: text }),
  unlock: v.object({ passphrase: text }),
  lock: nothing,
  takeOver: nothing,
  changePassphrase: v.object({ before: text, after: text }),
  erase: nothing,
  committees: nothing,
  found: v.object({
    name: text,
    purpose: text,
    handle: text,
    relay: text,
    isTalk: v.boolean(),
    isForOldPhones: v.boolean(),
  }),
  inspectInvite: v.object({ link: text }),
  joinings: nothing,
  startJoining: v.object({ link: text, handle: text }),
  answerWords: v.object({ joining: id, doMatch: v.boolean() }),
  forgetJoining: v.object({ joining: id }),
  frame: v.object(committee),
  view: v.object({ ...committee, view: v.picklist(Object.keys(VIEWS) as (keyof typeof VIEWS)[]) }),
  room: v.object({
    ...committee,
    from: v.exactOptional(wholeNumber(MAX_POSTS)),
    count: wholeNumber(MAX_SLICE),
  }),
  motion: v.object(motion),
  replies: v.object({ ...committee, to: id }),
  markRead: v.object(committee),
  say: v.object({ ...committee, content }),
  decide: v.object({ ...committee, step }),
  approve: v.object(motion),
  decline: v.object(motion),
  proposeRemove: v.object({ ...committee, seat: id }),
  proposeCharter: v.object({ ...committee, change }),
  foundVote: v.object(committee),
  partWays: v.object(committee),
  leave: v.object(committee),
  forget: v.object(committee),
  invite: v.object({ ...committee, kind: v.picklist(INVITE_KINDS), seat: v.exactOptional(id) }),
  answerInvite: v.object({
    ...committee,
    invite: id,
    answer: v.picklist(['match', 'differ', 'decline']),
  }),
  met: v.object({ ...committee, seat: id }),
  compared: v.object({
    ...committee,
    seats: v.pipe(v.array(id), v.maxLength(MAX_SEATS)),
    same: v.boolean(),
  }),
  dropDevice: device,
  cutOff: device,
  settleDrop: device,
  sync: v.object(committee),
  goOn: v.object(committee),
}
