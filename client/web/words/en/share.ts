/** English: what leaves the committee about an alarm, and alarms that are one. */
import { formatsOf, isolated } from '../plural.ts'

const { plural } = formatsOf('en')

export const share = {
  title: 'Tell the city',
  how: 'Two have to have checked it, and we vote on the words. The vote is about exactly what stands in the preview.',
  checked: (n: number) => plural(n, { one: '# has checked it', other: '# have checked it' }),
  spoke: 'I have spoken to the person',
  saw: 'I saw it myself',
  isMe: 'It is about you: what may the city know?',
  consent: 'It is about somebody here. Only they say what the city may know of them.',
  may: { name: 'My name', workplace: 'My workplace' },
  mayHint:
    'You can change it at any time. The city is told to hide it, and nothing more goes; what somebody has read, they have read.',
  allowed: {
    both: 'They allow name and workplace.',
    name: 'They allow the name, not the workplace.',
    workplace: 'They allow the workplace, not the name.',
    none: 'They allow neither name nor workplace.',
  },
  duty: 'What people on duty in the city would see',
  dutyShow: 'Show it',
  exactly: 'This is exactly what they will see:',
  notChecked: 'NOT YET CHECKED.',
  demand: 'What do we demand?',
  ask: 'What do we ask of the others?',
  workplace: 'Which workplace? Leave it empty if it is not allowed.',
  preview: 'Show what they will read',
  empty: 'Say what we demand, and what others can do.',
  put: 'Put these words to the vote',
  question: 'Do we tell the city?',
  clear: 'Nothing is in the way.',
  inTheWay: 'In the way:',
  gaps: {
    not_checked_by_two: 'Two of us have to have spoken to the person, or seen it.',
    workplace_not_allowed: 'The person has not allowed the workplace to be named.',
  },
  leaks: {
    handle: 'a name',
    time: 'an exact time',
    people: 'how many people',
    shift: 'a shift',
    device: 'a device',
  },
  leak: (what: string, found: string) => `Nobody outside should read ${what}: ${isolated(found)}`,
  table: {
    first: '{severity}: {kind}. {code}, {sector}, {area}; around {hour}.',
    workplace: 'Workplace: {it}',
    name: 'Name: {it}',
    needed: 'Needed: {it}',
    checked: 'Two have spoken to the person, or seen it.',
  },
  noCity: 'We are in no city yet: nobody outside this committee can be told.',
  join: 'It is the same as another alarm',
  joinHint: 'One goes on and rings, not two. Whoever raised it says so, or two others do.',
  joinWhich: 'Which one goes on?',
  drill: (seen: string, of: string) => `Practice: ${seen} of ${of} had seen it within ten minutes.`,
}
