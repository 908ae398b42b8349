/** English: who we are, what we agree on, our rules, whom we let in. */
import type { FoundingGap } from '../../../core/committee/founding.ts'
import type { Ending, Principle, Stance, UnityState } from '../../../core/committee/unityWords.ts'
import type { Level } from '../../../core/governance/levels.ts'
import { formatsOf, isolated } from '../plural.ts'

const { plural } = formatsOf('en')

export const us = {
  title: 'Us',
  members: (n: number) => plural(n, { one: '# member', other: '# members' }),
  you: 'this is you',
  since: (day: string) => `counts from about ${day}`,
  away: 'away',
  suspended: 'suspended',
  notArrived: 'has not been here since the last change',
  noPhone: 'has no phone: two of us must meet them',
  metBy: (names: string) => `Met by ${names}`,
  metByNobody: 'Nobody says yet that they have met.',
  sponsorOnly: 'Only the one who vouched has met them.',
  met: 'I have met them',
  remove: 'Ask the others to put them out',
  removeSure: (name: string) => `Ask the others to put ${isolated(name)} out? One alone decides nothing.`,
  roles: 'Who holds what',
  unity: 'What we agree on',
  charter: 'Our rules',
  leave: 'Leave this committee',
  leaveSure:
    'This device forgets the committee when the others have been told. Coming back takes a new invite.',
}

export const invites = {
  title: 'Invite somebody',
  lead: 'Meet them. Show the code, or give them the line. One member alone lets nobody in: the others decide.',
  person: 'Somebody new, here beside me',
  personHint: 'Good for one day.',
  link: 'Somebody new, not here',
  linkHint: 'Good for a week. Send it on a way that you trust.',
  device: 'One more phone of mine',
  deviceHint: 'You hold both phones now.',
  line: 'The line to give away',
  code: 'Code of the invite',
  once: 'It is shown only now, and works once.',
  open: 'Open invites',
  none: 'No invite is open.',
  states: {
    waiting: 'waits until somebody follows it',
    comparing: 'compare the words now',
    vouched: 'you vouched; the others decide',
    declined: 'you did not go on',
    aborted: 'ended by itself: make a new one',
  },
  compare: 'Read these three words to each other, by voice. They must be the same on both screens.',
  comer: (name: string) => `They call themselves ${isolated(name)}`,
  same: 'They are the same: I vouch',
  differ: 'They differ',
  decline: 'I do not go on with it',
}

export const unity = {
  title: 'What we agree on',
  lead: 'Each says it for themselves. A point is agreed when all of us agree.',
  empty: 'No point yet. Begin with one of the seven principles, or with words of your own.',
  principles: {
    antagonism:
      'What is good for us costs whoever employs us. What we win we defend, and then we ask for the next thing.',
    collectivity: 'Nobody wins alone. What matters we decide together and do together.',
    combativeness:
      'We act ourselves, as strongly as we can carry, and do not wait for somebody to act for us.',
    democracy:
      'Everybody says openly what they think and is heard. Tasks go round, and whoever speaks for us can be called back.',
    autonomy:
      'Those who work here decide. Unions, parties, lawyers and offices may help us; they do not lead us.',
    internationalism: 'We stand with people who work, everywhere, whatever their language or their papers.',
    contradiction:
      'Rent, borders, racism, war and the weather reach us at work, too: we ask what they do to us here and begin there.',
  } satisfies Record<Principle, string>,
  stances: { agree: 'Agree', talk: "Let's talk", no: 'No' } satisfies Record<Stance, string>,
  said: { agree: 'agrees', talk: 'wants to talk', no: 'does not agree' } satisfies Record<Stance, string>,
  states: {
    proposed: 'proposed',
    in_discussion: 'being talked about',
    agreed: 'agreed by all',
    kept_open: 'kept open',
    dropped: 'dropped',
  } satisfies Record<UnityState, string>,
  endings: { kept_open: 'Keep it open', dropped: 'Drop it' } satisfies Record<Ending, string>,
  why: 'Why do I say so?',
  vote: 'Put it to the vote',
  add: 'Put a point',
  own: 'Words of our own',
  principle: 'One of the seven principles',
  meetings: 'Meetings',
  meetingNote: 'We met today',
  wasThere: 'I was there',
  there: (n: number) => plural(n, { one: '# says they were there', other: '# say they were there' }),
  noMeetings: 'No meeting is written down yet.',
  founding: 'Founding',
  ready: 'Everything is there. Founding needs a yes of each of you.',
  found: 'Vote to found it',
  part: 'We go our separate ways',
  partSure: 'One is enough. What was said here goes from all devices. Nobody is blamed.',
  gaps: {
    alone: 'A committee has at least two members.',
    meetings: 'Two meetings on different days, with all of you.',
    no_unity: 'One point at least on which all agree.',
    open_points: 'No point left hanging.',
  } satisfies Record<FoundingGap, string>,
}

export const charter = {
  title: 'Our rules',
  lead: 'We gave them to ourselves, and change them by a vote.',
  purpose: 'What for',
  level: 'What we are',
  levels: {
    unwritten: 'not written down',
    open_group: 'an open group on one issue',
    committee: "a workers' committee",
    other: 'something else',
  } satisfies Record<Level, string>,
  mayJoin: 'Who may join',
  mayBeDelegate: 'Who may speak for us elsewhere',
  languages: 'Languages of our motions',
  quiet: 'Nobody is rung',
  quietHours: (from: string, to: string) => `from ${from} to ${to} o'clock`,
  orders: 'Allowed in an emergency, voted beforehand',
  admit: 'To let somebody in',
  remove: 'To put somebody out',
  change: 'To change these rules',
  approvals: (n: number) => plural(n, { one: '# of us says yes', other: '# of us say yes' }),
  thirds: {
    1: 'and a third of those who count',
    2: 'and two thirds of those who count',
    3: 'and all who count',
  },
  keep: 'Posts go after',
  keepAlarms: 'Closed alarms go after',
  keepMeetings: 'Meetings go after',
  devices: 'Phones that each of us may have',
  none: 'nothing written',
}
