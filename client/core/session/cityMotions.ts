/** What a committee decides about its city as motions, with what follows from them filled in. Not here: the vote (deciding.ts), what is said once it is carried (cityOwed.ts). */
import { err, ok, type Result } from '../../../shared/base/result.ts'
import { toHex } from '../../../shared/base/text.ts'
import { randomBytes } from '../../../shared/crypto/sodium.ts'
import { newestTerm } from '../committee/assemblyLife.ts'
import { membershipOf } from '../committee/cityLife.ts'
import type { MotionContent } from '../committee/motionContent.ts'
import type { Session } from './session.ts'

/** What others may know of us. */
export type CardWords = {
  readonly code: string
  readonly sector: string
  readonly area: string
  readonly languages: readonly string[]
}
/** The motion in its own words. */
export type MotionWords = { readonly title: string; readonly text: string; readonly lang: string }

type Viewing = Pick<Session, 'view'>

/** `assembly`: a group that this device is in. */
export const joinMotion = (
  home: Viewing,
  assembly: Viewing & Pick<Session, 'cityName'>,
  { card, words }: { readonly card: CardWords; readonly words: MotionWords },
): Result<MotionContent, 'in_city'> => {
  if (membershipOf(home.view().committee)) return err('in_city')
  const from = newestTerm(assembly.view().committee) + 1
  const city = { city: assembly.cityName(), card: toHex(randomBytes(16)), from }
  const effect = { gives: 'city', to: 'join', ...city, ...card } as const
  return ok({ type: 'motion', kind: 'assembly', ...words, effect })
}

export const leaveMotion = (home: Viewing, words: MotionWords): Result<MotionContent, 'no_city'> => {
  const mine = membershipOf(home.view().committee)
  if (!mine) return err('no_city')
  const { motion: _, ...known } = mine
  return ok({ type: 'motion', kind: 'assembly', ...words, effect: { ...known, gives: 'city', to: 'leave' } })
}
