/** English: asking for something to be decided, and what a motion's own page says beyond its text and its vote. */
import type { FreeStep } from '../../../core/session/deciding.ts'
import type { Asking, When } from '../../page/asking.ts'
import { formatsOf, isolated } from '../plural.ts'

const { plural } = formatsOf('en')

export const motions = {
  whom: 'Whom is it about?',
  role: 'Which role?',
  candidates: 'Who? With several, each of us names one.',
  days: 'For how long?',
  term: 'Which role do they hold?',
  noTerm: 'A third of us has to ask for it first: on the page of who holds what.',
  point: 'Which point?',
  noPoint: 'There is no point yet.',
  to: 'What shall become of it?',
  ends: { agreed: 'We agree on it', kept_open: 'We keep it open', dropped: 'We drop it' },
  newFacts: 'There is something that was not known at the last vote.',
  urgent: (span: string) => `It cannot wait: nothing to talk, ${span} to vote`,
  review: 'When do we look at it again?',
  when: {
    never: 'not fixed',
    week: 'in a week',
    month: 'in a month',
    quarter: 'in three months',
    year: 'in a year',
  } satisfies Record<When, string>,
  how: 'How this is decided',
  needs: { add: 'Yes of', remove: 'Yes of', change: 'Yes of' },
  hints: {
    admit: 'First somebody vouches for them on the page of invites. The vote is about that.',
    charter: 'First ask for the change on the page of our rules. The vote is about that.',
    remove: 'They have no vote in it, and may always say their own word.',
    recall: 'They have no vote in it. When it is carried, they are called back at once.',
    elect: 'When it is carried, they hold the role at once.',
    unity: 'When it is carried, it is so at once.',
  } satisfies Partial<Record<Asking, string>>,
  /** A motion begins with these words, so nothing stands in them that only a screen needs. */
  titles: {
    election: (role: string) => `Who shall be our ${role}?`,
    elect: (name: string, role: string) => `Shall ${name} be our ${role}?`,
    recall: (name: string, role: string) => `Shall we call back ${name}, our ${role}?`,
    remove: (name: string) => `Shall we put ${name} out?`,
  },
  effect: {
    election: (role: string, days: string) =>
      `When it is carried: whoever has more than half of the votes is our ${role} for ${days}.`,
    role: (name: string, role: string, days: string) =>
      `When it is carried: ${isolated(name)} is our ${role} for ${days}.`,
    recall: (name: string) => `When it is carried: ${isolated(name)} is called back at once.`,
    unity: {
      agreed: 'When it is carried: we agree on this point.',
      kept_open: 'When it is carried: this point is kept open.',
      dropped: 'When it is carried: this point is dropped.',
    },
  },
  mayBe: (rule: string) => `Who may speak for us, by our rules: ${rule}`,
  hasNewFacts: 'It was voted on lately. Whoever asks again says that there are new facts.',
  mark: (mark: string) =>
    `The text is fixed. Its mark is ${isolated(mark)}: the same on every phone, or it is another text.`,
  translation: (name: string) => `Written by ${isolated(name)}.`,
  checkedBy: (names: string) => `Found right by ${names}.`,
  check: 'I read both: it is right',
  translate: (language: string) => `Write it in ${language}`,
  translateTitle: 'The question in that language',
  translateText: 'The text in that language',
  free: {
    fix: 'The text can stay as it is',
    extend: 'Let the vote go on once more',
    recount: 'I would count again',
    lapse: 'It leads nowhere: let it go',
    withdraw: 'Withdraw it',
  } satisfies Record<FreeStep, string>,
  freeHints: {
    fix: 'Whoever asked fixes the text; otherwise two others do.',
    extend: 'Too few have voted. Two of us say so.',
    recount: 'When a third of us doubts it within a day, the vote is open again.',
    lapse: 'It goes when enough of us say so.',
  },
  which: 'What is the vote about?',
  letGo: (names: string) => `${names} would let it go.`,
  doubts: (names: string) => `${names} would count again.`,
  over: (when: string, names: string) => `Over since ${when}, as ${names} counted.`,
  yesNeeded: (n: number) => plural(n, { one: 'It needed # yes.', other: 'It needed # yes.' }),
  notCounted: (name: string, why: string) => `Not counted, from ${isolated(name)}: ${why}`,
  came: (name: string) => `What came of it, says ${isolated(name)}`,
  doneBy: (name: string) => `Done by ${isolated(name)}`,
  who: 'Who does it?',
  nobody: 'nobody in particular',
  reviewOn: (day: string) => `To be looked at again: ${day}`,
  reviewed: (name: string) => `Looked at again by ${isolated(name)}`,
  why: 'Why',
  takeBack: 'Take my change back',
  disowned: (name: string) => `${isolated(name)} says that it is not theirs: it is not let in.`,
  sooner: (when: string) =>
    `Enough said yes. It is let in ${when}, or at once when one more of us who has seen them says yes.`,
  declined: (names: string) => `Against: ${names}`,
  tell: 'Say what came of it',
  history: 'What we decided',
  historyLead: 'The newest first. Decisions are kept, when posts are long gone.',
  historyEmpty: 'Nothing has been decided yet.',
  more: 'All that we decided',
}
