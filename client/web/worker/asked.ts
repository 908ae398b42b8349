/** What every request has to look like: checked before anything is done with it. Not here: what members say, which the core checks field by field. */
import * as v from 'valibot'
import { idsOf } from '../../core/committee/alarmWords.ts'
import { FILE_DAYS, FILE_KINDS, MEDIA } from '../../core/committee/fileWords.ts'
import { AMENDMENT_SIDES } from '../../core/committee/motionContent.ts'
import { INVITE_KINDS } from '../../core/join/invite.ts'
import { MOST_CALLS } from '../../core/session/care.ts'
import type { DecideStep } from '../../core/session/decideContent.ts'
import { MAX_KEEP_DAYS } from '../../core/session/keeping.ts'
import { CITY_ASKED } from './askedCity.ts'
import { change, text, wholeNumber } from './askedRules.ts'
import type { Asked, RequestName } from './port.ts'
import { MAX_SLICE } from './room.ts'
import type { Sayable } from './sayable.ts'
import { VIEWS } from './views.ts'

const MAX_SEATS = 1024
const MAX_POSTS = 1_000_000

const id = v.pipe(v.string(), v.maxLength(64))
const nothing = v.object({})
const committee = { committee: id }
const motion = { ...committee, motion: id }
const device = v.object({ ...committee, device: id })
const ofMotion = { motion: id }

/** What may be said; its fields are checked when it is said. */
const SAYABLE: { readonly [T in Sayable['type']]: true } = {
  assemblyItem: true,
  cardWelcome: true,
  itemAnswer: true,
  itemClose: true,
  alarm: true,
  alarmAnswer: true,
  alarmChecked: true,
  alarmConsent: true,
  alarmState: true,
  alarmUpdate: true,
  concern: true,
  concernAdd: true,
  concernEnd: true,
  introduce: true,
  meeting: true,
  meetingNotes: true,
  meetingThere: true,
  post: true,
  profile: true,
  recallAsk: true,
  report: true,
  reportOwed: true,
  roleHandover: true,
  roleTake: true,
  statement: true,
  suspend: true,
  unityEnd: true,
  unityPoint: true,
  unityStance: true,
}

const isOf = (types: readonly string[], value: unknown): boolean =>
  typeof value === 'object' && value !== null && 'type' in value && types.some((type) => type === value.type)

const content = v.custom<Sayable>((value) => isOf(Object.keys(SAYABLE), value))
type Start = Extract<DecideStep, { readonly do: 'start' }>
const press = <const D extends string>(to: D) => v.object({ do: v.literal(to), ...ofMotion })
const STEPS = {
  start: v.object({
    do: v.literal('start'),
    content: v.custom<Start['content']>((value) => isOf(['motion'], value)),
    hasNewFacts: v.exactOptional(v.boolean()),
  }),
  second: press('second'),
  amend: v.object({
    do: v.literal('amend'),
    ...ofMotion,
    paragraph: wholeNumber(1000),
    text: v.exactOptional(text),
    note: v.exactOptional(text),
  }),
  amendment: v.object({
    do: v.literal('amendment'),
    ...ofMotion,
    amendment: id,
    to: v.picklist(AMENDMENT_SIDES),
  }),
  fix: press('fix'),
  translate: v.object({ do: v.literal('translate'), ...ofMotion, lang: id, title: text, text }),
  check: v.object({ do: v.literal('check'), ...ofMotion, lang: id }),
  waive: press('waive'),
  open: v.object({ do: v.literal('open'), ...ofMotion, mandate: v.exactOptional(id) }),
  vote: v.object({
    do: v.literal('vote'),
    ...ofMotion,
    choice: v.picklist(['yes', 'no', 'unsure', 'block', 'for']),
    reason: v.exactOptional(text),
    candidate: v.exactOptional(id),
  }),
  candidate: v.object({ do: v.literal('candidate'), ...ofMotion, seat: id }),
  standDown: press('standDown'),
  close: press('close'),
  confirm: press('confirm'),
  extend: press('extend'),
  recount: press('recount'),
  withdraw: press('withdraw'),
  lapse: press('lapse'),
  outcome: v.object({
    do: v.literal('outcome'),
    ...ofMotion,
    text,
    doneBy: v.exactOptional(id),
    reviewOn: v.exactOptional(id),
  }),
  review: v.object({ do: v.literal('review'), ...ofMotion, text }),
} satisfies { readonly [D in DecideStep['do']]: v.GenericSchema<unknown, DecideStep & { readonly do: D }> }
const step = v.variant('do', Object.values(STEPS))

export const ASKED: { readonly [N in RequestName]: v.GenericSchema<unknown, Asked<N>> } = {
  ...CITY_ASKED,
  vault: nothing,
  makeVault: v.object({ passphrase: text }),
  unlock: v.object({ passphrase: text }),
  lock: nothing,
  takeOver: nothing,
  changePassphrase: v.object({ before: text, after: text }),
  erase: nothing,
  found: v.object({
    name: text,
    purpose: text,
    handle: text,
    relay: text,
    isTalk: v.boolean(),
    isAssembly: v.exactOptional(v.boolean()),
    isForOldPhones: v.boolean(),
  }),
  inspectInvite: v.object({ link: text }),
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
  runs: v.object({ ...committee, release: text, isLoaderChanged: v.boolean() }),
  decide: v.object({ ...committee, step }),
  sendFile: v.object({
    ...committee,
    words: v.object({
      kind: v.picklist(idsOf(FILE_KINDS)),
      name: text,
      media: v.picklist(idsOf(MEDIA)),
      life: v.picklist(FILE_DAYS),
      words: v.exactOptional(text),
      replyTo: v.exactOptional(id),
    }),
    bytes: v.instance(Uint8Array),
  }),
  cancelFile: v.object({ ...committee, file: id }),
  fetchFile: v.object({ ...committee, file: id }),
  approve: v.object(motion),
  decline: v.object(motion),
  proposeRemove: v.object({ ...committee, seat: id }),
  proposeCharter: v.object({ ...committee, change }),
  foundVote: v.object(committee),
  partWays: v.object(committee),
  leave: v.object(committee),
  keepAtMost: v.object({
    ...committee,
    days: v.exactOptional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(MAX_KEEP_DAYS))),
  }),
  bell: nothing,
  bellKey: v.object({ address: text }),
  bellOn: v.object({
    address: text,
    rung: v.exactOptional(v.picklist(['alarms', 'rounds'])),
    endpoint: text,
  }),
  bellOff: nothing,
  bellTicket: v.object({ ...committee, isGiven: v.boolean() }),
  ringing: v.object(committee),
  setWakes: v.object({
    ...committee,
    quiet: v.exactOptional(
      v.union([v.literal('none'), v.object({ from: wholeNumber(23), to: wholeNumber(23) })]),
    ),
    forNow: v.boolean(),
  }),
  setCalls: v.object({
    ...committee,
    calls: v.pipe(v.array(v.object({ name: text, number: text })), v.maxLength(MOST_CALLS)),
  }),
  setReach: v.object({ ...committee, alarm: id, text }),
  ownData: v.object({ ...committee, isAll: v.boolean() }),
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
