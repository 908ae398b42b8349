/** English: which release of this program runs here, and the alarm when the server sends another loader. */
import { formatsOf } from '../plural.ts'

const { plural } = formatsOf('en')

export const trust = {
  title: 'This program',
  release: 'Release',
  id: 'Its number. It is the same on the phones of the others.',
  kept: 'It is kept on this device. What the server sends later changes nothing until you say so.',
  passing:
    'It is not kept on this device: every time, the server could send something else. A browser that is up to date, an address with https and no private window help.',
  signedBy: 'Signed by those who make Tocsin.',
  unsigned: 'Nobody has signed it. Compare the number with another member before you trust it.',
  others: {
    same: (n: number): string =>
      plural(n, {
        one: 'One other device says that it has the same release.',
        other: '# other devices say that they have the same release.',
      }),
    different: (n: number): string =>
      plural(n, {
        one: 'One device says that it has another release:',
        other: '# devices say that they have another release:',
      }),
    changed: (names: string) =>
      `The server has sent another guard of this program to the phone of ${names}. Talk to them before you write anything.`,
    none: 'No other device has said yet which release it has.',
  },
  offer: {
    title: 'There is another release',
    text: 'The server offers it. Yours goes on working without it.',
    compare: 'Ask somebody who knows, or compare this number with another member first.',
    take: 'Use it',
    really: 'Use this release from now on?',
  },
  refused: {
    malformed: 'What the server offers is not a release. Yours stays.',
    too_few_signatures: 'Not enough of those who make Tocsin have signed it. Yours stays. Tell the others.',
    not_a_successor: 'It does not follow the release that you have. Yours stays. Tell the others.',
    other_files: 'What the server sent is not what the release says, or the connection broke. Yours stays.',
  },
  alarm: {
    title: 'The server has changed what guards this program',
    text: 'Tocsin is locked. Somebody may be trying to send you a program that reads along. It can also be an honest change.',
    first: 'Do not type your passphrase now. Talk to the others in person or by phone.',
    look: 'Somebody with a computer can look: npx tocsin verify, and the address of this page.',
    told: 'The committee has been told.',
    untold: 'The committee could not be told from here: tell them yourself.',
    settle: 'We have looked, and it is all right',
  },
}
