/** English: the bell that wakes a phone on which Tocsin is closed. */
import { isolated } from '../plural.ts'

export const bell = {
  title: 'The bell',
  text: 'A bell wakes this phone while Tocsin is closed. A ring shows a few words that say nothing; what happened you read after unlocking.',
  sees: 'Whoever runs the bell sees that this phone uses it, and when and from which Internet address an alarm is raised, not by whom and not what. Apple, Google or Mozilla see that this phone is rung. The relay sees nothing of it.',
  address: 'The address of the bell',
  addressHint: 'The long line that your city was given. Show it to members only.',
  when: 'When may it ring here?',
  rings: {
    rounds: {
      text: 'For alarms, and now and then',
      hint: 'Every half hour or so, for everybody. So a ring says nothing. Best where the battery allows it.',
    },
    alarms: { text: 'For alarms only', hint: 'For every urgent alarm of everybody who uses this bell.' },
    others: { text: 'Not here', hint: 'Alarms raised on this phone ring the others.' },
  },
  turnOn: 'Turn the bell on',
  on: (host: string) => `On, at ${isolated(host)}.`,
  off: 'Turn the bell off',
  show: 'What a ring shows',
  shows: { reminder: 'Reminder', shift: 'Shift note', calendar: 'Calendar' },
  ticket: 'Ring me for this committee alone',
  ticketWarning:
    'Apple, Google or Mozilla, and whoever runs the bell, then see which phones are rung together: that this phone and those of the others belong together. With the rings for everybody they do not.',
  ticketSure: 'I know that. Ring me',
  ticketOn: 'The members of this committee can ring this phone alone.',
  ticketOff: 'Not any more',
  denied: 'The browser lets nothing be shown: allow notifications for this page, then try again.',
  impossible:
    'This browser cannot be rung. On an iPhone, put Tocsin on the home screen first. You can still choose “Not here”.',
  old: 'The bell takes nothing from this address any more: ask for its new one, turn it off here and on again.',
  owed: 'An alarm was raised here, and the bell was not reached yet: call people.',
  forbidden: 'The rules of this page do not let it go to this bell: ask for a page that was built for it.',
  noted: 'Noted.',
}
