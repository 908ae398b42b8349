/** The words around decisions: where a motion stands, what waits, and why a step is refused. One table for each union, typed by it. */
import { MAX_MOTION } from '../core/committee/motionContent.ts'
import type { MotionRefusal } from '../core/committee/motionLife.ts'
import { MAX_CANDIDATES } from '../core/committee/roleWords.ts'
import type { CardState, Waits } from '../core/session/decideView.ts'
import type { DecideRefusal } from '../core/session/deciding.ts'
import { type Refusal, refusal } from './command.ts'
import { momentOf } from './show/time.ts'
import { fieldRefusal, OBJECTION_WORDS, STATUS_WORDS } from './words.ts'

export const STATE_WORDS: Record<CardState, string> = {
  draft: 'waits for somebody to second it',
  discussion: 'being discussed',
  fixed: 'text fixed, voting not opened',
  voting: 'being voted on',
  counting: 'closed by one, waits for a second member to confirm',
  carried: 'carried',
  not_carried: 'not carried',
  no_quorum: 'over: not enough of us voted',
  ended: 'vote closed',
  done: 'carried and done',
  reviewed: 'carried, done and looked at again',
  withdrawn: 'withdrawn',
  lapsed: 'lapsed',
}

/** What waits for you, and the command for it. */
export const WAITS_WORDS: Record<Waits, string> = {
  second: 'second it, if it should be talked about: motion second',
  amendment: 'a change of the text waits for your word: motion change-say',
  fix: 'the time to talk is over, fix the text: motion fix',
  waive: 'you cannot read it: wait for a translation, or motion waive',
  translate: 'somebody cannot read it, and you could write it: motion translate',
  open: 'open the vote: motion open',
  vote: 'vote: motion vote',
  close: 'everybody has voted or the time is over, close it: motion close',
  confirm: 'count again and confirm that it is over: motion confirm',
  outcome: 'say what came of it: motion done',
  review: 'look at it again: motion review',
}

type Plain = Exclude<MotionRefusal, 'too_many_open'>

const REFUSAL_WORDS: Record<Plain, string> = {
  not_now: 'It does not stand where that can be done: see `npx tocsin motion show`.',
  not_yours: 'Only whoever wrote that can do it.',
  own_motion: 'That is for another member to do: the motion is yours.',
  other_text: 'The text has changed meanwhile: read it again with `npx tocsin motion show`.',
  no_such_part: 'There is no such paragraph, change, language or name in it: see `npx tocsin motion show`.',
  not_in_electorate:
    'You have no vote in this: voters are those who counted when voting was opened, without the person it is about.',
  late: 'Your vote came too late - it was not counted.',
  no_block: 'This kind of motion cannot be blocked: vote no.',
  by_mandate: 'This is decided by saying yes or no: neither of these two is what you typed.',
  no_mandate: 'Ask the others first for what is to be carried out, then open the vote.',
  untranslated:
    'Not everybody who votes can read it yet: `npx tocsin motion translate` it, or they waive that.',
  not_asked: 'A third of us has to ask for it first: `npx tocsin role recall`.',
  may_not_be_elected: 'They cannot be elected now: they are new, or have had the role twice in a row.',
  no_candidate: 'That is an election among several: vote for one of them, no for none of them, or unsure.',
  no_election: 'Nobody is elected by it.',
  too_many_candidates: `More than ${MAX_CANDIDATES} cannot stand: somebody has to stand down first.`,
  stood_down: 'They have said that they do not stand: only they can change that.',
  same_member: 'It takes somebody else to confirm that.',
  counted_otherwise:
    'You and whoever closed it count different votes: run `npx tocsin sync`, then look again with `npx tocsin motion show`.',
}

const OTHER_WORDS = {
  too_many_open: 'You have three motions open already: bring one of them to an end first.',
  no_such_motion: 'There is no such motion any more: `npx tocsin motion list --all` shows them.',
  unknown_mandate:
    'Nothing open fits it: ask for it with `npx tocsin charter propose`, or vouch for somebody first; then open the vote, with --mandate if there are several.',
  not_extendable:
    'A vote is extended once, and only where too few have voted: end it with `npx tocsin motion close`.',
  tells_too_much:
    'Somebody outside would read a name, an exact time, how many you are, a shift or a device. Say it without.',
  no_reason: 'A block needs its reason: --reason TEXT.',
} as const

const TIME_WORDS = {
  too_early: (at: string) => `Its time is not over: not before ${at}.`,
  too_late: (at: string) => `It could be doubted until ${at}.`,
  cooling_down: (at: string) =>
    `This was voted on lately: not again before ${at}, unless there are new facts (--new-facts).`,
} as const

const FIELD_WORDS: Readonly<Record<string, string>> = {
  title: `The sentence is empty, has several lines, or is longer than ${MAX_MOTION.title} characters: shorten it.`,
  text: `The text is empty or longer than ${MAX_MOTION.text} characters: shorten it.`,
  note: `That is empty or longer than ${MAX_MOTION.note} characters: say it in a few sentences.`,
  reason: `The reason is empty or longer than ${MAX_MOTION.note} characters: say it in a few sentences.`,
  lang: 'A language is written as es, ar or pt-BR.',
  reviewOn: 'A day is written as 2027-01-31.',
  'effect.candidates': `An election among several is among two to ${MAX_CANDIDATES}, each once.`,
  'effect.days': 'A term is 1 to 366 days.',
}

export const decideRefusal = (refused: DecideRefusal, nowMs: number): Refusal => {
  if ('at' in refused) return refusal(refused.why, TIME_WORDS[refused.why](momentOf(refused.at, nowMs)))
  if ('field' in refused) return fieldWords(refused.field)
  const { why } = refused
  if (why === 'not_member') return refusal(why, STATUS_WORDS.removed)
  if (why in OTHER_WORDS) return refusal(why, OTHER_WORDS[why as keyof typeof OTHER_WORDS])
  if (why in REFUSAL_WORDS) return refusal(why, REFUSAL_WORDS[why as Plain])
  return refusal(why, OBJECTION_WORDS[why as keyof typeof OBJECTION_WORDS])
}

const fieldWords = (field: string): Refusal => {
  const sentence = FIELD_WORDS[field]
  return sentence === undefined ? fieldRefusal(field) : refusal('not_allowed', sentence)
}

/** Why something that was said about a motion had no effect, in its own page. */
export const refusedWords = (why: MotionRefusal): string =>
  why === 'too_many_open' ? OTHER_WORDS.too_many_open : REFUSAL_WORDS[why]
