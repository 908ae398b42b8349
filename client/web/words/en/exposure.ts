/** English: what was on a phone that was cut off, what was not, and what to do now. */
import type { Exposed, ExposureStep, NeverExposed } from '../../../core/committee/exposure.ts'
import { type Forms, formatsOf, isolated } from '../plural.ts'

const { plural } = formatsOf('en')

const KINDS: Readonly<Record<Exposed, Forms>> = {
  posts: { one: '# message', other: '# messages' },
  files: { one: '# file with its keys', other: '# files with their keys' },
  open_alarms: { one: '# open alarm', other: '# open alarms' },
  closed_alarms: { one: '# alarm that is over', other: '# alarms that are over' },
  open_motions: { one: '# open question', other: '# open questions' },
  decisions: {
    one: '# question that is decided, with who voted how',
    other: '# questions that are decided, with who voted how',
  },
  unity: { one: '# point that we agree on', other: '# points that we agree on' },
  meetings: { one: '# meeting, with its place and notes', other: '# meetings, with their places and notes' },
  roles: { one: '# role and who holds it', other: '# roles and who holds them' },
  concerns: { one: '# concern about a member', other: '# concerns about members' },
  statements: { one: '# statement of a member', other: '# statements of members' },
  names: { one: '# name that a member uses here', other: '# names that members use here' },
  profiles: { one: '# page of a member about themselves', other: '# pages of members about themselves' },
}

export const exposure = {
  title: (piece: string, name: string) => `What was on phone ${isolated(piece)} of ${isolated(name)}`,
  cutOff: (when: string) => `Cut off: ${when}.`,
  reported: (when: string) => `Reported taken: ${when}.`,
  heard: (when: string) => `Last heard: ${when}.`,
  onItThen: 'Who opens it can read, at most, what was here when it was cut off:',
  onIt: 'Who opens it can read, at most, as far as this device still knows:',
  kind: (kind: Exposed, n: number): string => plural(n, KINDS[kind]),
  always: 'the rules of the committee, and where its relay is',
  neverOnIt: 'Never on it:',
  never: {
    other_committees: 'anything of a committee that its owner is not in',
    earlier_words: 'what was said here before its owner came, unless somebody said it again',
    later_words: 'what is said after it was cut off',
    keys_of_others: 'the keys of anybody else: nobody can speak in your name with it',
    passphrases: 'passphrases',
    contacts: 'contacts: this committee keeps none here',
    evidence: 'evidence: this committee keeps none here',
    pledges: 'pledges: this committee keeps none here',
  } satisfies Record<NeverExposed, string>,
  doNow: 'Do now:',
  steps: {
    doubt_words: 'Doubt what was written with it since it was reported: ask in person.',
    look_at_new_phones:
      'Another phone of the same member came since: see it in their hand, or cut it off too.',
    compare_words:
      'Compare the words of this committee with everybody at the next meeting. They are on the page Safety.',
    tell_alarms: 'Tell whoever raised an open alarm: place, phrase and how to reach them may be known.',
    change_places: 'Meet somewhere else, at another time.',
    watch_motions: 'Whoever holds it knows what you are voting on: ask whether that can wait.',
    pass_on_roles: 'Its owner holds a role: let somebody else do it until they are back.',
    fetchable_files: 'Its files can be fetched until their days are over: take for granted that they were.',
    change_admission: 'Ask whoever runs the relay to change its admission secret: it was on the phone.',
    meet_owner:
      'Two of you meet its owner, who has no phone now. They come back by the command line: tocsin rejoin invite.',
  } satisfies Record<ExposureStep, string>,
}
