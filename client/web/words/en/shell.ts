/** English: the edge of every screen, the first screen of a committee, the room, and what several screens say. */
import { formatsOf, isolated } from '../plural.ts'

const { plural } = formatsOf('en')

export const common = {
  back: 'Back',
  close: 'Close',
  cancel: 'Do not',
  send: 'Send',
  save: 'Save',
  copy: 'Copy',
  copied: 'Copied.',
  hear: 'Hear it',
  stop: 'Stop',
  you: 'you',
  yes: 'Yes',
  no: 'No',
  wait: 'One moment.',
  sent: 'Sent.',
  notSent: 'Not sent - call!',
  notSentHint: 'It is kept on this device and goes out as soon as the relay can be reached.',
  left: (span: string) => `${span} left`,
  timeOver: 'its time is over',
  ago: (span: string) => `${span} ago`,
  by: (name: string) => `by ${isolated(name)}`,
  and: 'more',
}

export const shell = {
  skip: 'To the content',
  lock: 'Lock',
  safety: 'Safety',
  nav: 'Places',
  now: 'Now',
  talk: 'Talk',
  alarm: 'Alarm',
  decide: 'Decide',
  us: 'Us',
  committees: 'All committees',
  connection: {
    offline: 'No connection',
    catching_up: 'Reading what is new',
    live: 'Connected',
    alarm: 'The relay was caught lying',
  },
  unsent: (n: number) => plural(n, { one: '# thing not sent - call!', other: '# things not sent - call!' }),
  read: (n: number) => plural(n, { one: '# entry read', other: '# entries read' }),
  alarms: (n: number) => plural(n, { one: '# alarm', other: '# alarms' }),
  talking: 'You are still talking. A committee begins with a vote of all.',
  probation: 'You are new: you read and write, and your voice counts in votes later.',
  status: {
    stuck: 'This device lost the thread. It asks the others for help by itself; keep it connected.',
    removed: 'You are no longer in this committee: speak to the others in person.',
    left: 'You have left this committee.',
    parted: 'This talk has ended, and everybody goes their own way.',
    lost: 'This device was away for too long. Two members who meet you let you in again.',
    copied:
      'Somebody writes with a copy of what is stored here, so it has stopped. Tell the others in person.',
    outdated: 'The committee uses rules that this Tocsin does not know: load this page again.',
    cutOff: (name: string) =>
      `This phone was cut off by ${isolated(name)}. You are still a member: meet two of the others.`,
    cutOffSelf: 'You cut this phone off, from another one of yours: it learns nothing new.',
  },
}

export const now = {
  title: 'Now',
  empty: 'Nothing waits for you. Good time to call someone back.',
  needed: 'Someone needs us',
  practice: 'Practice alarm',
  waiting: 'Waiting for you',
  week: 'Meetings',
  fresh: 'New',
  posts: (n: number) => plural(n, { one: '# new post', other: '# new posts' }),
  invite: (name: string) => `${isolated(name)} waits: compare the words`,
  inviteNobody: 'Somebody waits: compare the words',
  report: 'Your report is owed',
  drill: (answered: string, of: string) => `Last drill: ${answered} of ${of} answered.`,
  noDrill: 'No drill yet. Practice an alarm once a month.',
  alone: 'You are alone here. Invite the first one in person.',
  seen: (seen: string, of: string) => `${seen} of ${of} have seen it`,
  onIt: (n: number) => plural(n, { one: '# is on it', other: '# are on it' }),
  nobodyOnIt: 'nobody is on it yet',
}

export const talk = {
  title: 'Talk',
  empty: 'Nobody has written yet.',
  label: 'Write to everybody here',
  placeholder: '',
  reply: 'Answer',
  replies: (n: number) => plural(n, { one: '# answer', other: '# answers' }),
  answering: 'Answers',
  to: (name: string) => `to ${isolated(name)}`,
  unseen: 'answers something from before your time',
  older: 'Show older ones',
  newer: 'Show newer ones',
  fresh: 'New from here',
  alarm: 'an alarm',
  motion: 'a motion',
  gone: 'That is not kept here any more.',
}
