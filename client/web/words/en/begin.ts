/** English: before there is a committee on the screen. */
import type { Answer, RequestName, VaultState } from '../../worker/port.ts'

type WhyOf<A> = A extends { readonly ok: false; readonly error: infer E } ? E : never
/** Everything that the worker refuses with one word. */
export type Why = Extract<WhyOf<Answer<RequestName>>, string>

export const begin = {
  operator: {
    title: 'What the operator sees',
    sees: 'The operator of the relay can see:',
    can: [
      'that a device connects, when, and from which address, unless you use Tor',
      'that sealed entries come in, when, and which of five sizes each has',
      'which sealed logs are read over one connection',
      'this page: whoever serves it could serve a changed one. The command line is not loaded anew each time.',
    ],
    cannot: 'The operator cannot see:',
    not: [
      'what you write, or whether it is a post, a vote or an alarm',
      'names, members, how many you are, or who voted how',
      'your passphrase, and anything that opens an entry',
    ],
    pageAt: (address: string) => `The relay says it itself, in another browser: ${address}`,
  },
  about: 'Encrypted coordination for workplace committees. Nobody in between can read it.',
  make: {
    title: 'Lock this device first',
    lead: 'Everything you read and write here is locked with a passphrase that only you know. Nobody can reset it: not the operator, not us.',
    hint: 'Twelve characters or more. Four unrelated words are good.',
    again: 'The same once more',
    differ: 'The two are not the same.',
    button: 'Make the lock',
  },
  unlock: {
    title: 'Locked',
    passphrase: 'Passphrase',
    show: 'Show what I type',
    button: 'Unlock',
    working: 'Opening: some seconds on an old phone.',
    forgotten:
      'Forgotten? Nobody can reset it. Erase this device below, and two members who meet you let you in again.',
  },
  elsewhere: {
    title: 'Open in another tab',
    text: 'Tocsin is open in another tab or window of this browser. Only one may have it at a time.',
    button: 'Use it here, lock it there',
  },
  vault: {
    damaged:
      'What is stored here is damaged, and nothing of it is used. Erase this device; two members who meet you let you in again.',
    newer_version:
      'A newer Tocsin wrote what is stored here. Load this page again; if that does not help, tell the operator.',
  } satisfies Partial<Record<VaultState, string>>,
  storage: {
    text: 'This browser may clear what it stores when space gets short. Then two members must meet you to let you in again.',
    ask: 'Ask it to keep this',
  },
  home: {
    title: 'Your committees',
    first: 'You are in no committee on this device yet.',
    join: 'Somebody invited me',
    joinHint: 'Someone must invite you in person. They show you a code or give you a line of text.',
    found: 'Start with one or two others',
    foundHint: 'You know somebody who agrees? Begin, then invite them in person.',
    open: 'Open',
    joining: 'On the way in',
  },
  found: {
    title: 'Start a committee',
    name: 'What shall it be called?',
    nameHint: 'A neutral word is safest. Members see it; the operator does not.',
    purpose: 'What for?',
    handle: 'What shall the others call you?',
    handleHint: 'Not your legal name. You can use another one elsewhere.',
    relay: 'Address of the relay',
    relayHint: 'The long line that the operator gave you. It begins with ws:// or wss://.',
    stage: 'Where do you stand?',
    talk: 'We are still talking',
    talkHint: 'Two or three people. Two meetings and a vote of all make it a committee.',
    agreed: 'We have agreed',
    agreedHint: 'It is a committee at once.',
    old: 'Some of us have phones from before 2018',
    button: 'Start',
    foreign: (there: string, here: string) =>
      `That relay is at ${there}, and this page comes from ${here}. Your browser lets this page speak to its own relay only: open the page of that relay.`,
  },
  join: {
    title: 'Somebody invited me',
    scan: 'Scan their code with the camera',
    scanning: 'Hold the phone so that the whole code is in the picture.',
    seen: 'What the camera sees',
    stopScan: 'Turn the camera off',
    noCamera:
      'The camera cannot be used: there is none here, or it was not allowed. Paste the line below instead.',
    link: 'The line they gave you',
    linkHint: 'It begins with "tocsin:". Paste all of it.',
    handle: 'What shall the others call you?',
    device: 'This makes this device one more phone of a member. It asks for no name.',
    next: 'Go on',
    waiting:
      'Waiting for the person who invited you. Keep this page open, and stay with them or on the phone.',
    comparing: 'Read these three words to each other, by voice. They must be the same on both screens.',
    same: 'They are the same',
    differ: 'They differ',
    deciding:
      'The words matched. The committee decides now; that may take a day. You can close this page and come back.',
    declined: 'They did not go on with this invite. Speak to them in person.',
    over: 'Remove',
    trouble: {
      no_such_joining: 'This invite is not followed here any more.',
      expired: 'This invite has expired: ask for a new one.',
      offline: 'The relay cannot be reached. It goes on by itself when the connection is back.',
      relay_lied: 'The relay was caught lying. Do not go on, and tell the person who gave you this invite.',
      refused: 'The relay does not take this invite any more: ask for a new one.',
    },
    aborted: {
      second_newcomer: 'Somebody else used the same invite, so it has ended. Ask for a new one, in person.',
      second_sponsor:
        'Somebody else answered the same invite, so it has ended. Ask for a new one, in person.',
      reveal_changed: 'What came was exchanged on the way, so the invite has ended. Ask for a new one.',
      out_of_order: 'The steps came in a wrong order, so the invite has ended. Ask for a new one.',
      words_differ: 'The words differed, so the invite has ended. Ask for a new one, in person.',
      other_rules:
        'The committee uses rules that this version does not know. Update Tocsin, then ask for a new invite.',
    },
  },
  settings: {
    title: 'This device',
    language: 'Language',
    size: 'Size of letters',
    lock: 'Lock after',
    lockHint: 'without a touch',
    now: 'Lock now',
    passphrase: 'Change the passphrase',
    before: 'The one of now',
    after: 'The new one',
    change: 'Change it',
    changed: 'Changed.',
    erase: 'Remove everything from this device',
    eraseWarning:
      'If police already hold or demand this phone, deleting may be punishable. Ask a lawyer. Cutting off is always allowed for us.',
    eraseText:
      'Everything of Tocsin on this device is gone then. Two members must meet you to let you in again.',
    eraseSure: 'Yes, remove everything',
    operator: 'What the operator can and cannot see',
  },
}
