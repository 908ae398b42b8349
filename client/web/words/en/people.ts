/** English: one member, what members say about themselves, meetings, and worries about somebody. */
import type { ConcernEnd, OtherWay } from '../../../core/committee/concernWords.ts'
import type { AgendaKind } from '../../../core/committee/meetingWords.ts'
import type { INTERESTS } from '../../../core/committee/roleWords.ts'
import type { ConcernPage } from '../../../core/session/lifeView.ts'
import type { Silence } from '../../../core/session/silence.ts'
import { formatsOf, isolated } from '../plural.ts'

const { plural } = formatsOf('en')

type Interest = keyof typeof INTERESTS
const interests: Record<Interest, string> = {
  none: 'none',
  supervisor: 'gives orders at work',
  paid_staff: 'paid by a union, party or organisation',
  other: 'other',
}

export const people = {
  more: (name: string) => `More about ${isolated(name)}`,
  heard: {
    never: 'Nothing heard from them yet.',
    today: 'Heard from today.',
    this_week: 'Heard from this week.',
    longer: 'Not heard from for a week or longer. Ask them.',
  } satisfies Record<Silence['is'], string>,
  vouched: (name: string) => `${isolated(name)} vouched for them.`,
  provisional: (n: number) =>
    plural(n, {
      one: 'New: counts after # more change of the committee',
      other: 'New: counts after # more changes of the committee',
    }),
  interest: 'Interests of their own',
  interests,
  interestOf: (name: string, interest: Interest | undefined) =>
    `${isolated(name)} says about interests of their own: ${interest ? interests[interest] : 'nothing yet'}.`,
  unsaid: 'nothing said',
  reads: 'Reads',
  languages: {
    other: 'Other languages',
    hint: 'By name or by short code, with commas between them.',
    read: (names: string) => `Understood: ${names}.`,
    unknown: (names: string) => `No language that is known here: ${names}`,
  },
  can: 'Can do',
  wants: 'Wants to learn',
  buddy: 'Turns first to',
  quiet: 'Is not rung',
  holds: 'Holds',
  phones: (n: number) => plural(n, { one: '# phone here', other: '# phones here' }),
  rejoin: 'They have lost every phone',
  rejoinLead:
    'Be sure who it is: meet them. Both screens show three words. Then one more of you who has met them says yes.',
  rejoinLater:
    'While a phone of theirs is still here it takes a day, so that whoever is robbed of their name can say no. Cut off first what is lost or taken.',
  rejoinMake: 'Let them back in: make the code',
  elect: 'Ask the others to give them a role',
  worry: 'I worry about them',
  removeAsk: 'Start a question whether they stay',
  removeNow: 'Ask at once for a yes of enough of us',

  me: {
    title: 'About me',
    lead: 'What the others may know. Nobody asks for your name, number, picture or birthday.',
    handle: 'What the others call me',
    rename: 'Use this name',
    reads: 'Languages that I read',
    readsHint: 'Nothing opens for voting until you can read it, or say that you need not.',
    interest: 'Have I interests of my own?',
    interestHint: 'Whoever gives orders at work or is paid by somebody says so; the others judge.',
    can: 'What I can do',
    wants: 'What I want to learn',
    words: 'A few words, with commas between them.',
    buddy: 'Whom I turn to first',
    nobody: 'nobody in particular',
    quiet: 'I am not rung',
    always: 'ring me always',
    away: 'I am away for a while',
    save: 'Tell the others',
    statement: 'My own word',
    statementHint: 'About yourself, beside what others say. Nobody can take it from you, suspended or not.',
    say: 'Say it',
  },

  meeting: {
    title: 'Meetings',
    add: 'A meeting',
    when: 'When?',
    today: 'today',
    tomorrow: 'tomorrow',
    where: 'Where? A code that you all know, never an address',
    agenda: 'What for? One to a line',
    kind: 'And what is it for?',
    kinds: { inform: 'to tell', discuss: 'to talk about', decide: 'to decide' } satisfies Record<
      AgendaKind,
      string
    >,
    facilitator: 'Who sees to it that everybody speaks?',
    noteTaker: 'Who writes it down?',
    turn: 'their turn',
    speaks: (name: string) => `${isolated(name)} sees to it that everybody speaks.`,
    writes: (name: string) => `${isolated(name)} writes it down.`,
    put: 'Tell the others',
    notes: 'Write down what came of it',
    said: 'What was said',
    tasks: 'Who does what',
    what: 'What?',
    who: 'Who?',
    by: 'Until when?',
    addTask: 'One more task',
    until: (day: string) => `until ${day}`,
    notThere: 'I was not there',
    writtenBy: (name: string) => `written down by ${isolated(name)}`,
  },

  concern: {
    title: 'Worries about a member',
    lead: 'Facts apart from guesses, and first: could it be otherwise? Whoever it is about reads all of it.',
    empty: 'Nobody worries about anybody.',
    new: 'A worry about somebody',
    about: (name: string) => `About ${isolated(name)}`,
    by: (name: string) => `by ${isolated(name)}`,
    whom: 'Whom is it about?',
    states: {
      open: 'open',
      suspended: 'suspended meanwhile',
      under_review: 'the committee is voting',
      withdrawn: 'taken back',
      settled: 'settled',
      gone: 'no longer a member',
    } satisfies Record<ConcernPage['state'], string>,
    facts: 'Facts: what was seen or heard',
    guesses: 'Guesses: what is only suspected',
    others: 'Could it be otherwise?',
    ways: {
      seen: 'They may have seen or heard it themselves',
      told: 'Somebody outside may have told them, without meaning harm',
      paper: 'A paper, a screen or a phone may have been left where they could look',
      guessed: 'They may have guessed it from what everybody knows',
      other: 'Another way',
    } satisfies Record<OtherWay, string>,
    found: 'What did you find about that?',
    lines: 'One to a line.',
    asked: 'They were asked themselves.',
    notAsked: 'Nobody has asked them yet.',
    hasAsked: 'Somebody has asked them themselves',
    mediator: 'Somebody from another committee who helps, by a code',
    mediates: (name: string) => `${isolated(name)} from another committee helps.`,
    open: 'Say it to the others',
    add: 'Add to it',
    statements: (name: string) => `What ${isolated(name)} says`,
    silent: 'They have said nothing yet.',
    suspend: 'Suspend them for 72 hours',
    suspendHint:
      'It takes two, each once. They keep their vote and speak in a statement only. It ends by itself, unless we vote on them.',
    suspendSure: (name: string) =>
      `Suspend ${isolated(name)} for at most 72 hours? Everybody sees your word.`,
    suspendedBy: (names: string, until: string) => `Suspended by ${names}, until ${until}.`,
    oneWord: (names: string) => `${names} would suspend them; one more has to say so.`,
    lift: 'It should end',
    end: { withdrawn: 'I take it back', settled: 'It is settled' } satisfies Record<ConcernEnd, string>,
    endHint: 'Whoever opened it takes it back. Two of us settle it.',
    remove: 'Start a question whether they stay',
  },
}
