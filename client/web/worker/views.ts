/** What each screen is shown, made from a view of the core. Rules are the core's: here is only picked out. Not here: the room (room.ts), the types (shown.ts). */
import type { Alarm } from '../../core/committee/alarmLife.ts'
import { isClosed } from '../../core/committee/alarmLife.ts'
import { alarmSummary, drillOf, lastDrill, liveAlarms } from '../../core/committee/alarmSummary.ts'
import type { Committee } from '../../core/committee/committee.ts'
import { ladderOf } from '../../core/committee/ladder.ts'
import { type Meeting, nextFor } from '../../core/committee/meeting.ts'
import { toOneLine } from '../../core/committee/plainText.ts'
import { emptyProfile } from '../../core/committee/profile.ts'
import { compareProgram } from '../../core/committee/program.ts'
import { isRecallAsked } from '../../core/committee/roles.ts'
import type { Post } from '../../core/committee/talk.ts'
import { speaker } from '../../core/committee/whoHoldsWhat.ts'
import { type Card, decidePage } from '../../core/session/decideView.ts'
import { deliveredTo } from '../../core/session/delivered.ts'
import { exposures } from '../../core/session/exposing.ts'
import { concernPages, rolesPage, stageOf, suspensionIn, unityPage } from '../../core/session/lifeView.ts'
import { plainNamesIn } from '../../core/session/names.ts'
import type { Unsent } from '../../core/session/outbox.ts'
import { listenerOf } from '../../core/session/ringing.ts'
import type { Connection } from '../../core/session/session.ts'
import type { CommitteeView } from '../../core/session/view.ts'
import { checksShown } from './careShown.ts'
import { type CityShown, cityNow } from './cityShown.ts'
import type { AlarmShown, CardShown, Frame, NowShown, Parcel, UnsentShown, Views } from './shown.ts'

/** What the views of one moment are made from. `nowMs`: this device's clock. */
export type Glance = {
  readonly view: CommitteeView
  /** Without what is past its time or folded away: thousands of posts are looked through once for all views. */
  readonly kept: Committee
  /** Posts of others that the person has not seen. */
  readonly unread: readonly Post[]
  readonly unsent: readonly Unsent[]
  readonly parcels: readonly Parcel[]
  readonly connection: Connection
  readonly entriesRead: number
  readonly nowMs: number
  readonly reachOf: (alarm: string) => string | undefined
  /** Made once a glance, for whoever asks. */
  readonly city: () => CityShown
}

/** The raiser takes an alarm back with one press for so long (product.md 3.E). */
const CANCEL_MS = 5 * 60_000
const DAY_MS = 86_400_000

export const frameOf = (glance: Glance): Frame => {
  const { view, connection, entriesRead } = glance
  const { seat, device, handle, status } = view.own
  const names = plainNamesIn(view)
  return {
    committee: view.id,
    name: toOneLine(view.charter.name),
    purpose: toOneLine(view.charter.purpose),
    stage: stageOf(view),
    isAssembly: view.charter.isAssembly,
    own: { seat, device, handle, status, counts: view.members.some((one) => one.isMe && one.counts) },
    names: new Map(seatsIn(view).map((one) => [one, names(one)])),
    connection,
    entriesRead,
    // Which program runs here nobody wrote, and nobody has to call about it
    unsent: view.unsent - glance.unsent.filter(({ content }) => content.type === 'runs').length,
    standing: view.standing,
    cutOff: view.cutOff,
    members: view.members.length,
    posts: glance.kept.posts.length,
    unreadPosts: glance.unread.length,
    liveAlarms: liveAlarms(view.committee).length,
    waitsForMe: waitingCards(glance).length + comparing(view).length,
    cityCalls: glance.city().loud,
    mayCallsRing: glance.city().mayRing,
  }
}

/** Those who are here, and those who have gone and are still named by what they said. */
const seatsIn = ({ own, members, handles, committee }: CommitteeView): readonly string[] => [
  ...new Set([own.seat, ...members.map(({ seat }) => seat), ...handles.keys(), ...committee.handles.keys()]),
]

const comparing = ({ invites }: CommitteeView): CommitteeView['invites'] =>
  invites.filter(({ state }) => state === 'comparing')

const waitingCards = ({ view, nowMs }: Glance): readonly Card[] =>
  decidePage(view, nowMs).open.filter(({ waitsForMe }) => waitsForMe.length > 0)

export const VIEWS: { readonly [V in keyof Views]: (glance: Glance) => Views[V] } = {
  now: (glance) => nowOf(glance),
  alarms: (glance) => {
    const { view, unsent } = glance
    const live = liveAlarms(view.committee)
    const over = [...view.committee.alarms.values()].filter((alarm) => !live.includes(alarm)).toReversed()
    return {
      live: live.map((alarm) => alarmShown(glance, alarm)),
      over: over.map((alarm) => alarmShown(glance, alarm)),
      unsent: unsent.filter(({ content }) => content.type.startsWith('alarm')).map(unsentShown),
    }
  },
  decide: ({ view, nowMs }) => {
    const { open, done, earlier } = decidePage(view, nowMs)
    return { open, done: done.map(cardShown), earlier, toldBy: view.told?.by }
  },
  us: ({ view, nowMs }) => ({
    members: view.members.map((member) => ({
      ...member,
      profile: view.committee.profiles.get(member.seat) ?? emptyProfile,
      isSuspended: suspensionIn(view, member.seat, nowMs) !== undefined,
    })),
    words: view.words,
  }),
  roles: ({ view, nowMs }) => {
    const page = rolesPage(view, nowMs)
    const counting = view.members.filter(({ counts }) => counts).map(({ seat }) => seat)
    const asked = page.holdings.filter(({ term }) => isRecallAsked(term, counting))
    return { ...page, speaker: speaker(page), recallable: new Set(asked.map(({ term }) => term.id)) }
  },
  unity: ({ view }) => {
    const seats = view.members.map(({ seat }) => seat)
    const turns = {
      facilitator: nextFor(view.committee, 'facilitator', seats),
      noteTaker: nextFor(view.committee, 'noteTaker', seats),
    }
    return { ...unityPage(view), meetings: meetingsIn(view), turns }
  },
  concerns: ({ view, nowMs }) => concernPages(view, nowMs),
  charter: ({ view }) => ({
    charter: view.charter,
    counting: view.members.filter(({ counts }) => counts).length,
    probationDays: view.probationDays,
    shelf: view.shelf,
  }),
  safety: ({ view }) => {
    const { standing, cutOff, words, confirmation, relay, suspicions, isProvisional, handover, told } = view
    const mine = view.members.find(({ isMe }) => isMe)
    const isRelayCaught = view.own.alarmed
    const devices = new Set(view.members.flatMap((member) => member.devices.map(({ device }) => device)))
    return {
      standing,
      cutOff,
      words,
      confirmation,
      relay,
      suspicions,
      isProvisional,
      handover,
      told,
      isRelayCaught,
      keepsAtMost: view.keepsAtMost,
      mine,
      programs: compareProgram(view.committee, view.own.device, devices),
    }
  },
  exposures: ({ view }) => exposures(view),
  invites: ({ view }) => view.invites,
  city: ({ city }) => city(),
}

const nowOf = (glance: Glance): NowShown => {
  const { view, nowMs } = glance
  const me = view.own.seat
  return {
    alarms: liveAlarms(view.committee).map((alarm) => alarmShown(glance, alarm)),
    motions: waitingCards(glance).map(cardShown),
    invites: comparing(view),
    reports: rolesPage(view, nowMs)
      .holdings.filter(({ term }) => term.seat === me)
      .flatMap(({ owed }) => owed.filter(({ is }) => is !== 'given')),
    meetings: meetingsIn(view).filter(({ content }) => isThisWeek(content.on, nowMs)),
    unreadPosts: glance.unread.length,
    lastDrill: lastDrill(view.committee, memberSeats(view)),
    checks: checksShown(view, nowMs),
    city: cityNow(glance.city()),
  }
}

/** Newest day first. */
const meetingsIn = ({ committee }: CommitteeView): readonly Meeting[] =>
  [...committee.meetings.values()].sort((a, b) => compare(b.content.on, a.content.on) || b.order - a.order)

const compare = (a: string, b: string): number => (a < b ? -1 : Number(a > b))

/** From today on, by the calendar of this device. */
const isThisWeek = (day: string, nowMs: number): boolean =>
  day >= dayOf(nowMs) && day < dayOf(nowMs + 7 * DAY_MS)

const dayOf = (ms: number): string => {
  const at = new Date(ms)
  const two = (number: number): string => String(number).padStart(2, '0')
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`
}

const memberSeats = ({ members }: CommitteeView): readonly string[] => members.map(({ seat }) => seat)

const alarmShown = (
  { view, nowMs, reachOf }: Pick<Glance, 'view' | 'nowMs' | 'reachOf'>,
  alarm: Alarm,
): AlarmShown => {
  const { phase, seat, answers, at } = alarm
  const seats = memberSeats(view)
  const isMine = seat === view.own.seat
  const myAnswer = answers.get(view.own.seat)
  const isOver = isClosed(phase) || phase.is === 'cancelled'
  return {
    alarm,
    summary: alarmSummary(alarm, seats, view.charter.alarmSeen),
    delivered: deliveredTo(view, alarm),
    isMine,
    myAnswer,
    cancelUntil: isMine && !isOver && nowMs < at + CANCEL_MS ? at + CANCEL_MS : undefined,
    maySteer: !isOver && (isMine || myAnswer?.answer === 'on_it'),
    ladder: ladderOf(alarm, listenerOf(view), nowMs),
    drill: alarm.kind === 'practice' ? drillOf(alarm, seats) : undefined,
    reach: reachOf(alarm.id),
    maySpeakTo: phase.is === 'cancelled' && phase.spokenTo === undefined && !isMine,
  }
}

const cardShown = ({ motion, ...card }: Card): CardShown => ({
  ...card,
  title: motion?.content.title,
  by: motion?.seat ?? card.mandate?.by,
  at: motion?.phaseAt,
  outcome: motion?.outcome?.text,
  reviewOn: motion?.reviewOn,
})

export const unsentShown = ({ id, at, content }: Unsent): UnsentShown => {
  if (content.type !== 'file') return { id, at, content }
  const { secret: _secret, sha256: _sha256, ...shown } = content
  return { id, at, content: shown }
}
