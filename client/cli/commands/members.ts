/** Who is in the committee, and the words that show whether all devices agree. */
import { ok } from '../../../shared/base/result.ts'
import type { CommitteeView, MemberView } from '../../core/session/view.ts'
import { type Command, refused } from '../command.ts'
import { withCommittee } from '../open.ts'
import { namesIn, plainNamesIn } from '../show/names.ts'
import { countOf } from '../show/time.ts'

export const members: Command = {
  usage: '',
  about: [
    'Nobody is above anybody: there are no special rights. New members may have to wait before they decide.',
  ],
  examples: ['members'],
  run: (context) =>
    withCommittee(context, async ({ session }) => {
      const view = session.view()
      const names = namesIn(view)
      const plain = plainNamesIn(view)
      return ok({
        text: [
          `${countOf(view.members.length, 'member')}:`,
          ...view.members.map(
            (member) => `  ${names(member.seat)}${waitOf(member)}${arrivalOf(view, member)}`,
          ),
        ],
        json: {
          members: view.members.map(({ seat, isMe, counts, epochsToWait, hasArrived, devices }) => ({
            seat,
            handle: plain(seat),
            isMe,
            counts,
            changesToWait: epochsToWait,
            hasArrived,
            devices: devices.length,
          })),
        },
      })
    }),
}

const waitOf = ({ counts, epochsToWait }: MemberView): string =>
  counts ? '' : `, decides with us after ${countOf(epochsToWait, 'more change', 'more changes')}`

const arrivalOf = (_view: CommitteeView, { hasArrived, isMe }: MemberView): string =>
  hasArrived || isMe ? '' : ', not heard from since the last change'

export const words: Command = {
  usage: '',
  about: [
    "The same four words stand on every member's device, or something is wrong. They change with",
    'every change of the committee, so compare them in one sitting, after everybody has run `sync`.',
  ],
  examples: ['words'],
  run: (context) =>
    withCommittee(context, async ({ session }) => {
      const { words: four } = session.view()
      if (four.length === 0)
        return refused('no_words', 'There are no words to compare now: run `npx tocsin status` to see why.')
      return ok({
        text: [
          '',
          `    ${four.join('   ')}`,
          '',
          'Read them to each other, face to face or by voice: if they differ, trust nothing that was written',
          'since you last compared, and look at `npx tocsin status`.',
        ],
        json: { words: four },
      })
    }),
}
