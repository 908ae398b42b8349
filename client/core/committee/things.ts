/**
 * What was said, sorted by what it is about: an alarm with its answers, a motion with its votes, a meeting with its notes. Things are what has a shelf life
 * (shelfLife.ts), never a saying alone: half an alarm would be another alarm. Every type of content has to say where it belongs.
 */
import type { Committee } from './committee.ts'
import type { KnownContent } from './content.ts'
import { type Id, type Said, type SaidOf, saidAt } from './said.ts'

export type Area =
  | 'post'
  | 'name'
  | 'alarm'
  | 'check'
  | 'motion'
  | 'point'
  | 'meeting'
  | 'concern'
  | 'statement'
  | 'term'
  | 'profile'
  | 'met'
  | 'words'
  | 'program'
  | 'ticket'
  | 'city'
  | 'other'

export type Thing = {
  readonly key: string
  readonly area: Area
  /** Of the saying that began it, where one did; of a term, its own. */
  readonly id: Id
  /** In order. A term that a vote gave may have none of its own. */
  readonly said: readonly Said[]
  /** When the last of them was said. */
  readonly lastAt: number
}

export type Things = {
  readonly all: ReadonlyMap<string, Thing>
  /** By place in the order: what was said there, and the key of what it is about. */
  readonly at: ReadonlyMap<number, { readonly said: Said; readonly key: string }>
}

/** Nobody mixes areas up by naming an alarm where a motion belongs. */
export const keyOf = (area: Area, id: Id): string => `${area} ${id}`

type Place = readonly [Area, Id]
type Places = {
  readonly [T in KnownContent['type']]: (said: SaidOf<T>, terms: ReadonlyMap<Id, Id>) => Place
}

const begins =
  (area: Area) =>
  ({ id }: Said): Place => [area, id]
const ofAlarm = (said: { readonly content: { readonly alarm: Id } }): Place => ['alarm', said.content.alarm]
const ofMotion = (said: { readonly content: { readonly motion: Id } }): Place => [
  'motion',
  said.content.motion,
]
const ofPoint = (said: { readonly content: { readonly point: Id } }): Place => ['point', said.content.point]
const ofMeeting = (said: { readonly content: { readonly meeting: Id } }): Place => [
  'meeting',
  said.content.meeting,
]
const ofConcern = (said: { readonly content: { readonly concern: Id } }): Place => [
  'concern',
  said.content.concern,
]
const ofTerm = (said: { readonly content: { readonly term: Id } }): Place => ['term', said.content.term]

/** The city's: each is kept while the fold needs it (shelfLife.ts). */
const whole = begins('city')
const ofCity = {
  letterKeys: whole,
  cityKeys: whole,
  citySeat: whole,
  cityTerm: whole,
  cityItem: whole,
  letter: whole,
  duty: whole,
  dutyRota: whole,
  letterSign: ({ content }: SaidOf<'letterSign'>): Place => ['city', content.letter],
  card: whole,
  cardKeys: whole,
  cardWelcome: whole,
  cardDuty: whole,
  cityLetter: whole,
  assemblyTerm: whole,
  assemblyTermToo: whole,
  assemblyItem: whole,
  itemAnswer: whole,
  itemClose: whole,
}

const PLACES: Places = {
  introduce: begins('name'),
  post: begins('post'),
  file: begins('post'),
  alarm: begins('alarm'),
  check: begins('check'),
  calls: begins('check'),
  checkEnd: ({ content }) => ['check', content.check],
  alarmAnswer: ofAlarm,
  alarmUpdate: ofAlarm,
  alarmState: ofAlarm,
  alarmConsent: ofAlarm,
  alarmChecked: ofAlarm,
  alarmReach: ofAlarm,
  met: ({ seat, content }) => ['met', `${seat} ${content.seat}`],
  wordsCompared: begins('words'),
  runs: ({ device }) => ['program', device],
  ticket: ({ device }) => ['ticket', device],
  unityPoint: begins('point'),
  unityStance: ofPoint,
  unityEnd: ofPoint,
  meeting: begins('meeting'),
  meetingThere: ofMeeting,
  meetingNotes: ofMeeting,
  partWays: begins('other'),
  roleTake: begins('term'),
  roleHandover: ofTerm,
  reportOwed: ofTerm,
  report: ({ id, content }, terms) => ['term', terms.get(content.owed) ?? id],
  recallAsk: ofTerm,
  recallDue: ofTerm,
  profile: begins('profile'),
  concern: begins('concern'),
  concernAdd: ofConcern,
  concernEnd: ofConcern,
  suspend: ofConcern,
  statement: begins('statement'),
  motion: begins('motion'),
  motionSecond: ofMotion,
  motionAmend: ofMotion,
  motionAmendment: ofMotion,
  motionCandidate: ofMotion,
  motionStandDown: ofMotion,
  motionFix: ofMotion,
  motionTranslate: ofMotion,
  motionChecked: ofMotion,
  motionWaive: ofMotion,
  motionOpen: ofMotion,
  motionVote: ofMotion,
  motionClose: ofMotion,
  motionConfirm: ofMotion,
  motionRecount: ofMotion,
  motionWithdraw: ofMotion,
  motionLapse: ofMotion,
  motionOutcome: ofMotion,
  motionReview: ofMotion,
  ...ofCity,
}

const placeOf = (said: Said, terms: ReadonlyMap<Id, Id>): Place => {
  const { type } = said.content
  if (type === 'unknown') return ['other', said.id]
  // The table is typed by its keys; that key and content belong together is lost in the lookup.
  return (PLACES[type] as (said: Said, terms: ReadonlyMap<Id, Id>) => Place)(said, terms)
}

/** `sayings`: in order; `committee`: what they come to. */
export const thingsIn = (sayings: readonly Said[], committee: Committee): Things => {
  const found = new Map<string, Omit<Thing, 'lastAt'> & { readonly said: Said[] }>()
  const at = new Map<number, { readonly said: Said; readonly key: string }>()
  const terms = new Map<Id, Id>()
  const thing = (area: Area, id: Id): { readonly key: string; readonly said: Said[] } => {
    const key = keyOf(area, id)
    const one = found.get(key) ?? { key, area, id, said: [] }
    found.set(key, one)
    return one
  }
  for (const said of sayings) {
    const [area, id] = placeOf(said, terms)
    if (said.content.type === 'reportOwed') terms.set(said.id, id)
    const one = thing(area, id)
    one.said.push(said)
    at.set(said.order, { said, key: one.key })
  }
  for (const id of committee.terms.keys()) thing('term', id)
  const all = [...found.values()].map((one): [string, Thing] => [
    one.key,
    { ...one, lastAt: Math.max(0, ...one.said.map(saidAt)) },
  ])
  return { all: new Map(all), at }
}
