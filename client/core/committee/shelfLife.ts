/**
 * How long what was said is kept on a device (product.md R8, protocol.md D10): each thing disappears whole, so many days after the last word about it, unless
 * something that is still there rests on it. Forgetting changes nothing that is left, nor what comes of anything said later about what is left; so devices
 * whose clocks differ agree. Not here: taking it out of a vault (session/forgetting.ts).
 */
import { dayNumber } from './calendar.ts'
import type { Committee } from './committee.ts'
import type { Concern } from './concern.ts'
import { isOpen, type Motion, wasCarried } from './motionLife.ts'
import { restsOn } from './restsOn.ts'
import { type Id, type Said, saidAt } from './said.ts'
import { isTermNeeded } from './termsRestOn.ts'
import { type Area, type Thing, type Things, thingsIn } from './things.ts'
import { type UnityPoint, unityState } from './unity.ts'
import { expired } from './views.ts'

const DAY_MS = 86_400_000

/** What has no effect here waits so long for what it may be about: as long as a hand-over may take (SPEC.md). */
const STRAY_DAYS = 7
/** Nothing that was voted on goes earlier: what is asked about the last two months can be answered (product.md 3.B, section 12). */
const VOTED_DAYS = 60
/** An alarm, a plan, or a motion of somebody who is gone: nobody has said a word about it for so long. */
const QUIET_DAYS = 180
/** A meeting that was put down for later is kept until then, but nobody plans further ahead. */
const AHEAD_DAYS = 366

export type Shelf = {
  /** In days. */
  readonly posts: number
  readonly alarms: number
  readonly plans: number
  readonly meetings: number
}

export type Around = {
  readonly shelf: Shelf
  readonly nowMs: number
  /** Seats that are in the committee, or were a moment ago. */
  readonly here: ReadonlySet<Id>
  /** While not, a founding rests on every meeting. */
  readonly isFounded: boolean
  /** Whether a vote on putting this seat out is open. */
  readonly isVoting: (seat: Id) => boolean
}

type Whole = { readonly things: Things; readonly committee: Committee; readonly around: Around }

/** Ids of what was said and is to be forgotten. `committee`: what `sayings` come to. */
export const pastTime = (sayings: readonly Said[], committee: Committee, around: Around): ReadonlySet<Id> => {
  const things = thingsIn(sayings, committee)
  const whole: Whole = { things, committee, around }
  const tooOld = expired(committee, around.nowMs - around.shelf.posts * DAY_MS, around.nowMs)
  const kept = new Set<string>()
  const keep = (key: string): void => {
    const thing = things.all.get(key)
    if (!thing || kept.has(key)) return
    kept.add(key)
    for (const other of restsOn(thing, things, committee)) keep(other)
  }
  for (const thing of things.all.values()) if (!isOver(thing, whole, tooOld)) keep(thing.key)
  for (const key of namesNeeded(whole, kept)) keep(key)
  const gone = [...things.all.values()].filter(({ key }) => !kept.has(key))
  return new Set(gone.flatMap(({ said }) => said.map(({ id }) => id)))
}

const isOver = (thing: Thing, whole: Whole, tooOld: ReadonlySet<Id>): boolean =>
  thing.area === 'post' ? tooOld.has(thing.id) : OVER[thing.area](thing, whole)

const isPast = (lastAt: number, days: number, { nowMs }: Around): boolean => nowMs - lastAt > days * DAY_MS

type Over = (thing: Thing, whole: Whole) => boolean

/** What the fold made nothing of, or `is` of what it made. */
const orStray =
  <T>(
    find: (committee: Committee, id: Id) => T | undefined,
    is: (found: T, thing: Thing, whole: Whole) => boolean,
  ): Over =>
  (thing, whole) => {
    const found = find(whole.committee, thing.id)
    return found === undefined ? isPast(thing.lastAt, STRAY_DAYS, whole.around) : is(found, thing, whole)
  }

const isNewest = ({ id, area, said }: Thing, { things }: Whole): boolean => {
  const seat = said[0]?.seat
  const mine = [...things.all.values()].filter((one) => one.area === area && one.said[0]?.seat === seat)
  return mine.at(-1)?.id === id
}

const afterMeetings: Over = ({ lastAt }, { around }) => isPast(lastAt, around.shelf.meetings, around)
const afterVotes = (lastAt: number, around: Around): boolean =>
  isPast(lastAt, Math.max(VOTED_DAYS, around.shelf.meetings), around)

/** Decisions stay (R8); what is about a person, a role or a point of unity stays as long as that does. */
const isMotionOver = (motion: Motion, { lastAt }: Thing, { around }: Whole): boolean => {
  const { kind } = motion.content
  if (isOpen(motion)) return !around.here.has(motion.seat) && isPast(lastAt, QUIET_DAYS, around)
  if (kind === 'plan' && motion.phase === 'reviewed') return isPast(lastAt, around.shelf.plans, around)
  if (kind === 'plan' && wasCarried(motion))
    return isPast(lastAt, Math.max(QUIET_DAYS, around.shelf.plans), around)
  const isDecision = wasCarried(motion) || motion.vote?.result?.end === 'ended'
  return !(isDecision && !PASSING.has(kind)) && afterVotes(lastAt, around)
}

const PASSING: ReadonlySet<string> = new Set(['admit', 'remove', 'elect', 'recall', 'unity'])

/** One of the seven principles is in the way of the same one, and who counts as dropping it changes with who is here: only a vote ends that. */
const isPointOver = (point: UnityPoint, thing: Thing, { around, committee, things }: Whole): boolean => {
  const { settled, words, among } = point
  const asked = [...around.here].filter((seat) => !around.isFounded || among.includes(seat))
  const isDropped = settled === 'dropped' || ('text' in words && unityState(point, asked) === 'dropped')
  const votes = restsOn(thing, things, committee).map((key) => things.all.get(key)?.lastAt ?? 0)
  return isDropped && afterVotes(Math.max(thing.lastAt, ...votes), around)
}

/** Of a member it stays as long as it is open, and who has suspended them once cannot do so again (CL7). */
const isConcernNeeded = ({ about, ended, suspendedBy }: Concern, { here, isVoting }: Around): boolean =>
  isVoting(about) || (here.has(about) && (!ended || suspendedBy.size > 0))

const OVER: { readonly [A in Exclude<Area, 'post'>]: Over } = {
  /** Names are kept as long as anybody needs them, which is seen at the end. */
  name: (thing, whole) =>
    !(isNewest(thing, whole) && isHere(thing, whole.around)) &&
    (isNewest(thing, whole) || isPast(thing.lastAt, whole.around.shelf.posts, whole.around)),
  check: ({ lastAt }, { around }) => isPast(lastAt, around.shelf.alarms, around),
  alarm: orStray(
    ({ alarms }, id) => alarms.get(id),
    ({ phase }, { lastAt }, { around }) => {
      const isClosed = phase.is === 'settled' || phase.is === 'false_alarm' || phase.is === 'joined'
      const isDone = isClosed || (phase.is === 'cancelled' && phase.spokenTo !== undefined)
      const days = isDone ? around.shelf.alarms : Math.max(QUIET_DAYS, around.shelf.alarms)
      return isPast(lastAt, days, around)
    },
  ),
  motion: orStray(({ motions }, id) => motions.get(id), isMotionOver),
  point: orStray(({ unity }, id) => unity.get(id), isPointOver),
  meeting: orStray(
    ({ meetings }, id) => meetings.get(id),
    ({ content }, { lastAt }, { around }) => {
      const on = Math.min(dayNumber(content.on) * DAY_MS, lastAt + AHEAD_DAYS * DAY_MS)
      return around.isFounded && isPast(Math.max(lastAt, on), around.shelf.meetings, around)
    },
  ),
  concern: orStray(
    ({ concerns }, id) => concerns.get(id),
    (concern, { lastAt }, { around }) => !isConcernNeeded(concern, around) && afterVotes(lastAt, around),
  ),
  statement: ({ lastAt }, { around }) => afterVotes(lastAt, around),
  term: orStray(
    ({ terms }, id) => terms.get(id),
    (term, { lastAt }, { committee, things, around }) => {
      const ends = [term.order, term.ended?.order ?? 0].flatMap((order) => things.at.get(order)?.said ?? [])
      const lastWord = Math.max(lastAt, ...ends.map(saidAt))
      return !isTermNeeded(term, committee, around.here) && afterVotes(lastWord, around)
    },
  ),
  profile: (thing, whole) =>
    !(isNewest(thing, whole) && isHere(thing, whole.around)) &&
    isPast(thing.lastAt, whole.around.shelf.posts, whole.around),
  met: ({ id, lastAt }, { around }) =>
    !id.split(' ').every((seat) => around.here.has(seat)) && isPast(lastAt, around.shelf.posts, around),
  words: afterMeetings,
  /** It says so again when this one is gone. */
  program: (thing, { around }) => !isHere(thing, around) || isPast(thing.lastAt, QUIET_DAYS, around),
  /** It rings as long as its device is here. */
  ticket: (thing, { around }) => !isHere(thing, around),
  /** A city is made of all that was said in it. */
  city: () => false,
  other: afterMeetings,
}

const isHere = ({ said }: Thing, { here }: Around): boolean => here.has(said[0]?.seat ?? '')

/** Of those that are gone, whose name is still to be read beside something that is kept. */
const namesNeeded = ({ things, around }: Whole, kept: ReadonlySet<string>): readonly string[] => {
  const names = [...things.all.values()].filter(({ area, key }) => area === 'name' && !kept.has(key))
  const newest = new Map(names.map((thing) => [thing.said[0]?.seat ?? '', thing.key]))
  const gone = [...newest].filter(([seat]) => !around.here.has(seat))
  if (gone.length === 0) return []
  const said = [...kept].flatMap((key) => things.all.get(key)?.said ?? [])
  const texts = said.map(({ content, electorate, seat }) => JSON.stringify([content, electorate, seat]))
  return gone.flatMap(([seat, key]) => (texts.some((text) => text.includes(seat)) ? [key] : []))
}
