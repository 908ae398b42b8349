/**
 * Motions from before somebody came in, as they are told (results.ts): what was being decided then and what had been, in its words. Nobody votes on what was opened before they
 * came (R3), so the fold of motions does not go on with them: how an open one ended a newcomer learns from people. Not here: who told it (session/told.ts).
 */
import { isCountedKind } from './decisionRules.ts'
import type { EarlierMotion } from './earlierMotion.ts'
import { isOpen, type Motion, type Motions, wasCarried } from './motionLife.ts'
import { textOf } from './motionText.ts'
import type { Id } from './said.ts'

/** The newest, and of their words no more than fits beside everything else in a Welcome. */
export const MAX_EARLIER = 64
const MAX_CHARACTERS = 60_000

/** Open ones of members who are here, and what was decided and binds by its words: what a role or a point of unity came to is told as that. */
export const earlierIn = ({ motions, earlier }: Motions, here: readonly Id[]): readonly EarlierMotion[] => {
  const own = [...motions.values()].filter((one) => (isOpen(one) ? here.includes(one.seat) : isDecision(one)))
  return fitting([...earlier, ...own.map(toldOf)])
}

const isDecision = (motion: Motion): boolean =>
  wasCarried(motion) && isCountedKind(motion.content.kind) && motion.content.effect === undefined

const toldOf = (motion: Motion): EarlierMotion => {
  const { id, seat, at, content, paragraphs } = motion
  const { kind, title } = content
  return { id, seat, at, kind, title, text: textOf(paragraphs).trim() || null, isOpen: isOpen(motion) }
}

const fitting = (all: readonly EarlierMotion[]): readonly EarlierMotion[] => {
  const fits: EarlierMotion[] = []
  let left = MAX_CHARACTERS
  for (const one of all.slice(-MAX_EARLIER).toReversed()) {
    left -= one.text?.length ?? 0
    if (left >= 0) fits.push(one)
  }
  return fits.toReversed()
}
