/** Motions for tests of the fold: short ways to say what is said about them, and members who always do the next thing. */
import type { Committee } from '../../../../client/core/committee/committee.ts'
import type { KnownContent } from '../../../../client/core/committee/content.ts'
import { nextHash } from '../../../../client/core/committee/motionDraft.ts'
import { ballotHash, type Motion } from '../../../../client/core/committee/motionLife.ts'
import { countsBefore } from '../../../../client/core/committee/motionVote.ts'
import { defaultDecisions } from '../../../../client/core/governance/decisions.ts'
import { cryptoReady } from '../../../../shared/crypto/sodium.ts'
import { SEATS } from './arbitraries.ts'
import { type Life, newLife } from './life.ts'

await cryptoReady

type MotionContent = Extract<KnownContent, { readonly type: 'motion' }>

export const put = (more: Partial<MotionContent> = {}): KnownContent => ({
  type: 'motion',
  kind: 'everyday',
  title: 'Meet on Tuesdays',
  text: 'We meet on Tuesdays.\n\nAt the bus station.',
  lang: 'en',
  ...more,
})

type Choice = 'yes' | 'no' | 'unsure' | 'block'

/** A life in which voting knows the default rules, with a word for each step. */
export type Story = Life & {
  readonly motion: (id: string) => Motion
  readonly second: (seat: string, motion: string) => string
  readonly fix: (seat: string, motion: string, more?: object) => string
  readonly open: (seat: string, motion: string, more?: object) => string
  readonly vote: (seat: string, motion: string, choice: Choice, more?: object) => string
  /** For one of several. */
  readonly voteFor: (seat: string, motion: string, candidate: string) => string
  readonly close: (seat: string, motion: string, more?: object) => string
  readonly confirm: (seat: string, motion: string, close: string, more?: object) => string
  /** Closed by the first and confirmed by the second. */
  readonly end: (motion: string, closer?: string, second?: string) => Motion
  /** Up to an open vote, by the first two seats. */
  readonly voting: (more?: Partial<MotionContent>, about?: object) => string
}

export const motionOf = (committee: Committee, id: string): Motion => {
  const motion = committee.motions.get(id)
  if (!motion) throw new Error('no such motion')
  return motion
}

export const newStory = (electorate: readonly string[] = SEATS): Story => {
  const life = newLife(electorate)
  const [first = '', other = first] = electorate
  const { say } = life
  const motion = (id: string) => motionOf(life.now(), id)
  const ruled = (more: object = {}) => ({ decisions: defaultDecisions, ...more })
  const story: Omit<Story, 'voting' | 'end'> = {
    ...life,
    motion,
    second: (seat, id) => say(seat, { type: 'motionSecond', motion: id }),
    fix: (seat, id, more) =>
      say(seat, { type: 'motionFix', motion: id, hash: nextHash(motion(id), electorate) }, more),
    open: (seat, id, more) =>
      say(seat, { type: 'motionOpen', motion: id, hash: motion(id).hash ?? '0'.repeat(64) }, ruled(more)),
    vote: (seat, id, choice, more) => {
      const of = { type: 'motionVote' as const, motion: id, hash: ballotHash(motion(id)) ?? '0'.repeat(64) }
      return say(seat, choice === 'block' ? { ...of, choice, reason: 'no' } : { ...of, choice }, more)
    },
    voteFor: (seat, id, candidate) => {
      const hash = ballotHash(motion(id)) ?? '0'.repeat(64)
      return say(seat, { type: 'motionVote', motion: id, hash, choice: 'for', candidate })
    },
    close: (seat, id, more) => say(seat, { type: 'motionClose', motion: id }, more),
    confirm: (seat, id, close, more) => {
      const { vote } = motion(id)
      const at = vote?.closes.get(close)?.order ?? 0
      const counts = vote ? countsBefore(vote, at) : { yes: 0, no: 0, unsure: 0, block: 0 }
      return say(seat, { type: 'motionConfirm', motion: id, close, counts }, more)
    },
  }
  return {
    ...story,
    end: (id, closer = first, second = other) => {
      story.confirm(second, id, story.close(closer, id))
      return motion(id)
    },
    voting: (more, about) => {
      const id = say(first, put(more), about)
      if (motion(id).phase === 'draft') story.second(other, id)
      story.fix(first, id, about)
      story.open(first, id, about)
      return id
    },
  }
}

/** Why what was said last about a motion had no effect. */
export const whyNot = (motion: Motion): string | undefined => motion.refused.at(-1)?.why
