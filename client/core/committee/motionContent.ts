/** What members say about a motion, from the first draft to the review. Not here: what follows (motion.ts, motionVote.ts). */
import * as v from 'valibot'
import { idsOf } from './alarmWords.ts'
import { cityEffects } from './cityContent.ts'
import { DECISION_KINDS, type DecisionKind } from './decisionRules.ts'
import { line, messageId, oneOf, text } from './fields.ts'
import { ELECTED, MAX_CANDIDATES } from './roleWords.ts'
import { ENDINGS } from './unityWords.ts'

export const MAX_MOTION = { title: 120, text: 8000, note: 1000, paragraphs: 100 } as const

const title = line(MAX_MOTION.title)
const words = text(MAX_MOTION.text)
const note = text(MAX_MOTION.note)
const hash = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/))

/** A short language code as in `es` or `ar`, perhaps with a region. */
const lang = v.pipe(v.string(), v.regex(/^[a-z]{2,3}(-[A-Z]{2})?$/))

const DAY = /^20\d{2}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/
/** A day of the calendar as people write it down. No rule compares it with a clock. */
const day = v.pipe(v.string(), v.regex(DAY))

const days = v.exactOptional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(366)))

/** What a carried motion does by itself, besides being decided. */
const effect = v.variant('gives', [
  v.object({
    gives: v.literal('role'),
    role: v.picklist(ELECTED),
    seat: messageId,
    days,
  }),
  /** One of several: whoever has more than half of the votes, at last in a run-off. */
  v.object({
    gives: v.literal('election'),
    role: v.picklist(ELECTED),
    candidates: v.pipe(
      v.array(messageId),
      v.minLength(2),
      v.maxLength(MAX_CANDIDATES),
      v.check((list) => new Set(list).size === list.length),
      v.readonly(),
    ),
    days,
  }),
  /** The term of a role, by its id, and who has it: they do not vote. */
  v.object({ gives: v.literal('recall'), term: messageId, seat: messageId }),
  /** What is agreed from then on, kept open or dropped: a point of unity, by its id. */
  v.object({ gives: v.literal('unity'), point: messageId, to: v.picklist(['agreed', ...idsOf(ENDINGS)]) }),
  ...cityEffects,
])

/** An election and a recall say of whom, and a vote on unity of which point. What is carried otherwise is its text. */
const EFFECTS_OF: { readonly [K in DecisionKind]?: readonly string[] } = {
  elect: ['role', 'election'],
  recall: ['recall'],
  unity: ['unity'],
}
/** These may do something in the city, and may be words alone. */
const MAY_GIVE: { readonly [K in DecisionKind]?: string } = {
  item: 'answer',
  assembly: 'city',
  share: 'statement',
}

const isMeant = (kind: DecisionKind, gives: string | undefined): boolean => {
  const fitting = EFFECTS_OF[kind]
  if (gives === undefined) return fitting === undefined
  return fitting?.includes(gives) === true || gives === MAY_GIVE[kind]
}

const motion = v.pipe(
  v.object({
    type: v.literal('motion'),
    kind: v.pipe(
      oneOf(DECISION_KINDS),
      v.check((kind) => kind !== 'found'),
    ),
    /** One sentence that is read aloud. */
    title,
    text: words,
    lang,
    /** The seat concerned by a removal. */
    about: v.exactOptional(messageId),
    effect: v.exactOptional(effect),
    isUrgent: v.exactOptional(v.literal(true)),
    /** Of a removal that was voted on lately: there are new facts, says the proposer. */
    hasNewFacts: v.exactOptional(v.literal(true)),
    links: v.exactOptional(v.pipe(v.array(messageId), v.maxLength(8), v.readonly())),
    reviewOn: v.exactOptional(day),
  }),
  v.forward(
    v.check(({ kind, effect }) => isMeant(kind, effect?.gives)),
    ['effect'],
  ),
  v.forward(
    v.check(({ kind, about }) => (kind === 'remove') === (about !== undefined)),
    ['about'],
  ),
)

const of = { motion: messageId }

const motionSecond = v.object({ type: v.literal('motionSecond'), ...of })

const paragraph = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(MAX_MOTION.paragraphs - 1))

/** Without text: the paragraph goes. */
const motionAmend = v.object({
  type: v.literal('motionAmend'),
  ...of,
  paragraph,
  text: v.exactOptional(words),
  note: v.exactOptional(note),
})

/** The proposer takes an amendment or not; anybody may have it voted on, and then everybody says for or against. */
export const AMENDMENT_SIDES = ['accepted', 'rejected', 'withdrawn', 'put_to_vote', 'for', 'against'] as const
const motionAmendment = v.object({
  type: v.literal('motionAmendment'),
  ...of,
  amendment: messageId,
  to: v.picklist(AMENDMENT_SIDES),
})

/** Somebody else for the same role, while it is discussed. */
const motionCandidate = v.object({ type: v.literal('motionCandidate'), ...of, seat: messageId })
/** "I do not stand": of oneself alone. */
const motionStandDown = v.object({ type: v.literal('motionStandDown'), ...of })

const motionFix = v.object({ type: v.literal('motionFix'), ...of, hash })

const motionTranslate = v.object({
  type: v.literal('motionTranslate'),
  ...of,
  hash,
  lang,
  title,
  text: words,
})
const motionChecked = v.object({ type: v.literal('motionChecked'), ...of, lang })
const motionWaive = v.object({ type: v.literal('motionWaive'), ...of, hash })

/** `mandate`: the hash of the governance motion whose approvals are the ballots, for the kinds that bind the group. */
const motionOpen = v.object({
  type: v.literal('motionOpen'),
  ...of,
  hash,
  mandate: v.exactOptional(hash),
})

const vote = { type: v.literal('motionVote'), ...of, hash }
const motionVote = v.variant('choice', [
  v.object({ ...vote, choice: v.picklist(['yes', 'no', 'unsure']) }),
  v.object({ ...vote, choice: v.literal('block'), reason: note }),
  /** In an election among several. In a run-off the hash is that of the run-off (election.ts). */
  v.object({ ...vote, choice: v.literal('for'), candidate: messageId }),
])

const motionClose = v.object({ type: v.literal('motionClose'), ...of })

const people = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(65_535))
/** The second member says what they counted before that close. */
const motionConfirm = v.object({
  type: v.literal('motionConfirm'),
  ...of,
  close: messageId,
  counts: v.object({
    yes: people,
    no: people,
    unsure: people,
    block: people,
    /** In an election among several: for each of them, in the order of the candidates. `yes` is all of these together. */
    each: v.exactOptional(
      v.pipe(
        v.array(v.object({ seat: messageId, votes: people })),
        v.maxLength(MAX_CANDIDATES),
        v.readonly(),
      ),
    ),
  }),
})

const motionRecount = v.object({ type: v.literal('motionRecount'), ...of })
const motionWithdraw = v.object({ type: v.literal('motionWithdraw'), ...of })
const motionLapse = v.object({ type: v.literal('motionLapse'), ...of })
const motionOutcome = v.object({
  type: v.literal('motionOutcome'),
  ...of,
  text: note,
  doneBy: v.exactOptional(messageId),
  reviewOn: v.exactOptional(day),
})
const motionReview = v.object({ type: v.literal('motionReview'), ...of, text: note })

export const motionSchemas = {
  motion,
  motionSecond,
  motionAmend,
  motionAmendment,
  motionCandidate,
  motionStandDown,
  motionFix,
  motionTranslate,
  motionChecked,
  motionWaive,
  motionOpen,
  motionVote,
  motionClose,
  motionConfirm,
  motionRecount,
  motionWithdraw,
  motionLapse,
  motionOutcome,
  motionReview,
}

export type MotionType = keyof typeof motionSchemas
export type MotionContent = v.InferOutput<typeof motion>
