/**
 * What has to stay as long as something else does, because the fold without it would show something else (shelfLife.ts): a term rests on the vote that gave it,
 * a point of unity on the vote that settled it, a refusal on whatever was in the way. Keys of things. Not here: terms (termsRestOn.ts).
 */

import { isAmong, putUpIn } from './candidates.ts'
import type { Committee } from './committee.ts'
import { type Motion, wasCarried } from './motionLife.ts'
import type { Id, Said } from './said.ts'
import { termRestsOn } from './termsRestOn.ts'
import { keyOf, type Thing, type Things } from './things.ts'
import type { UnityPoint } from './unity.ts'

export const restsOn = (thing: Thing, things: Things, committee: Committee): readonly string[] => [
  ...termsFrom(thing, committee),
  ...besides(thing, things, committee),
]

/** A vote or a resignation that is there gives the term again, and then all of it has to be there. */
const termsFrom = ({ said }: Thing, { terms }: Committee): readonly string[] =>
  said.flatMap(({ id }) => (terms.has(id) ? [keyOf('term', id)] : []))

const besides = (thing: Thing, things: Things, committee: Committee): readonly string[] => {
  switch (thing.area) {
    case 'alarm':
      return joinedWith(thing)
    case 'motion': {
      const motion = committee.motions.get(thing.id)
      return motion ? motionRestsOn(motion, thing, things, committee) : refusedPut(thing, committee)
    }
    case 'point': {
      const point = committee.unity.get(thing.id)
      return point ? settledBy(point, committee) : refusedPoint(thing, committee)
    }
    case 'concern':
      return concernRestsOn(thing, things, committee)
    case 'term':
      return termRestsOn(thing.id, things, committee)
    case 'profile':
      return nextProfile(thing, things)
    default:
      return []
  }
}

/** Whether it could be joined with them depends on how they stood. */
const joinedWith = ({ said }: Thing): readonly string[] =>
  said.flatMap(({ content }) =>
    content.type === 'alarmState' && content.to === 'joined' ? [keyOf('alarm', content.into)] : [],
  )

const motionsOf = (committee: Committee, isMeant: (motion: Motion) => boolean): readonly string[] =>
  [...committee.motions.values()].filter(isMeant).map(({ id }) => keyOf('motion', id))

/** It was one too many: without those that were open it would be taken after all. */
const refusedPut = ({ id, said }: Thing, committee: Committee): readonly string[] => {
  const put = said.find((one) => one.id === id)
  return put ? motionsOf(committee, ({ seat, order }) => seat === put.seat && order < put.order) : []
}

const motionRestsOn = (
  motion: Motion,
  thing: Thing,
  things: Things,
  committee: Committee,
): readonly string[] => {
  const { effect } = motion.content
  const given = thing.said.some(({ id }) => committee.terms.has(id))
  const wasRefused = (why: string): boolean => motion.refused.some((one) => one.why === why)
  const isFaulted = wasRefused('may_not_be_elected') || (wasCarried(motion) && !given)
  const isShort =
    isAmong(motion) &&
    (motion.vote?.rounds?.[0]?.counts.each ?? motion.vote?.candidates)?.length !== putUpIn(motion).length
  return [
    ...(effect?.gives === 'recall' ? [keyOf('term', effect.term)] : []),
    ...(wasRefused('untranslated') ? profilesBefore(motion, things) : []),
    ...((effect?.gives === 'role' || effect?.gives === 'election') && (isFaulted || isShort)
      ? termsOf(committee, effect.role, putUpIn(motion))
      : []),
  ]
}

/** A vote that was not opened because somebody could not read the text: what each had said about themselves by then. */
const profilesBefore = ({ refused }: Motion, { all, at }: Things): readonly string[] => {
  const orders = new Map([...at.values()].map(({ said }) => [said.id, said.order]))
  const profiles = [...all.values()].filter(({ area }) => area === 'profile')
  return refused.flatMap(({ id, why }) => {
    const before = profiles.filter(({ said }) => (said[0]?.order ?? 0) < (orders.get(id) ?? 0))
    const newest = new Map(before.map(({ key, said }) => [said[0]?.seat, key]))
    return why === 'untranslated' ? [...newest.values()] : []
  })
}

/** What replaced it. */
const nextProfile = ({ area, said: [first] }: Thing, { all }: Things): readonly string[] => {
  const later = [...all.values()].find(
    ({ area: of, said: [one] }) =>
      of === area && one?.seat === first?.seat && (one?.order ?? 0) > (first?.order ?? 0),
  )
  return later ? [later.key] : []
}

/** Twice in a row was enough: the row. */
const termsOf = ({ terms }: Committee, role: string, seats: readonly Id[]): readonly string[] =>
  [...terms.values()]
    .filter((term) => term.role === role && seats.includes(term.seat))
    .map(({ id }) => keyOf('term', id))

const settledBy = ({ id }: UnityPoint, committee: Committee): readonly string[] =>
  motionsOf(committee, (motion) => {
    const { effect } = motion.content
    return effect?.gives === 'unity' && effect.point === id && wasCarried(motion)
  })

/** The principle was there already. */
const refusedPoint = ({ id, said }: Thing, { unity }: Committee): readonly string[] => {
  const put = said.find((one) => one.id === id)
  const content = put?.content
  if (!put || content?.type !== 'unityPoint' || content.source !== 'starter') return []
  return [...unity.values()]
    .filter(
      ({ words, order }) =>
        'principle' in words && words.principle === content.principle && order < put.order,
    )
    .map((point) => keyOf('point', point.id))
}

/** What the person says stands beside it; and who had suspended them before could not do so again. */
const concernRestsOn = (thing: Thing, { all }: Things, committee: Committee): readonly string[] => {
  const concern = committee.concerns.get(thing.id)
  if (!concern) return []
  const { about } = concern
  const statements = [...all.values()].filter(
    ({ area, said }) => area === 'statement' && said[0]?.seat === about,
  )
  const isSuspending = ({ content }: Said): boolean => content.type === 'suspend'
  const suspended = [...committee.concerns.values()].filter(
    (one) => one.about === about && one.suspendedBy.size > 0,
  )
  return [
    ...statements.map(({ key }) => key),
    ...(!concern.ended || thing.said.some(isSuspending)
      ? suspended.map(({ id }) => keyOf('concern', id))
      : []),
  ]
}
