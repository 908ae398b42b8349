/** English: phones, words, the relay, what the operator sees. */
import type { SuspicionKind } from '../../../core/session/desk.ts'
import type { Silence } from '../../../core/session/silence.ts'
import { isolated } from '../plural.ts'

export const safety = {
  title: 'Safety',
  mine: 'My phones',
  others: 'Phones of the others',
  this: 'this one',
  phone: (piece: string) => `Phone ${isolated(piece)}`,
  heard: {
    never: 'nothing heard from it yet',
    today: 'heard from today',
    this_week: 'heard from this week',
    longer: 'not heard from for a week or longer',
  } satisfies Record<Silence['is'], string>,
  since: (when: string) => `here since ${when}`,
  drop: 'Cut it off: lost or old',
  cutOff: 'Cut off this phone',
  cutOffSure: (name: string) =>
    `Is a phone of ${isolated(name)} in the wrong hands? It learns nothing new from now on. ${isolated(name)} stays a member; two of us meet them to let them in again.`,
  dropSure: 'It learns nothing new from now on. What it has read stays on it.',
  cutDone: 'Cut off.',
  cutWaiting: 'Kept and on its way: this device or another one carries it out as soon as it can.',
  wasCutOff: (name: string) => `cut off by ${isolated(name)}`,
  wasDropped: 'cut off by its owner',
  open: 'not settled',
  settle: 'It was right',
  vacant: 'has no phone now',
  words: 'The words of this committee',
  wordsHint:
    'Meet, and read them to each other. They are the same on every screen, or something is wrong. They change when the committee does.',
  same: 'Same words: I compared with',
  differ: 'They differ',
  compared: 'Noted.',
  whom: 'With whom?',
  relay: 'The relay',
  relayAt: (address: string) => `At ${isolated(address)}`,
  relayLied:
    'The relay was caught showing something that cannot be true. Nothing is sent to it. Compare the words with the others in person before you go on.',
  goOn: 'Use it again all the same',
  arrived: (n: string, of: string) => `${n} of ${of} others have arrived at the last change.`,
  provisional: 'You came in lately and enough of the others have not confirmed it yet.',
  suspicions: 'What should not happen',
  suspicion: {
    words_differ: 'You compared words with a member, and they were not the same.',
    relay_lied: 'The relay showed this device something that cannot be true.',
    relay_forked:
      "A member's device saw another history at the relay than this one. Compare the words in person.",
    history_differs: "A member's device counts other decisions than this one. Compare the words in person.",
    other_commit: "A member's device followed another change than this one. Compare the words in person.",
    counter_repeated:
      "A member's device wrote two different things in one place: it may have been copied. Speak to them.",
    history_rewritten:
      "A member's device changed what it had said before: it may have been copied. Speak to them.",
    device_copied:
      'Somebody writes with a copy of what is stored here: use it in one place only, and tell the others.',
  } satisfies Record<SuspicionKind, string>,
  device: 'This device',
  deviceHint: 'Language, letters, lock, passphrase, removing everything',
}

export const standing = {
  title: 'This device and the others',
  stuck: (name: string) =>
    `It cannot follow a change that ${isolated(name)} made: what it was sent does not fit.`,
  blind: (name: string) =>
    `The others have undone a change by ${isolated(name)} that this device had built on, and it cannot go back so far.`,
  asked: 'It has asked the others to take it in again; you keep your place and your votes.',
  asking: 'It asks the others to take it in again as soon as the relay can be reached.',
  answered: 'Somebody has answered. It goes on by itself when enough of us are where that leads.',
  next: (span: string) => `If nobody helps, it asks to undo that change after ${span} online.`,
  alone: 'There is nothing more that it can do alone: meet two members, who can let you in again.',
  erased: 'What was said here has been erased from this device.',
  erasing: (span: string) => `What was said here is erased from this device in ${span}, unless it is undone.`,
}
