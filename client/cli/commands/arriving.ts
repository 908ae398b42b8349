/** The first words on a phone that has just come in: where it is, what comes over, and which lost phones of the same member can go. */
import { toOneLine } from '../../core/committee/plainText.ts'
import type { Session } from '../../core/session/session.ts'
import type { CommitteeView } from '../../core/session/view.ts'
import { askYesNo } from '../ask.ts'
import type { Context } from '../command.ts'
import { shortPhones } from '../show/phones.ts'
import { countOf } from '../show/time.ts'
import { DROP_WORDS } from '../words.ts'

const NEXT = 'Next: `npx tocsin members`, `npx tocsin post`, `npx tocsin read --follow`.'

export const arrivedLines = (view: CommitteeView, name: string, isDevice: boolean): readonly string[] => {
  const count = view.members.length
  const where = `"${name}", with ${count - 1} ${count === 2 ? 'other member' : 'others'}`
  const provisional = view.isProvisional
    ? ['Provisionally: not enough of the others have followed yet. `npx tocsin status` says when they have.']
    : []
  const { handover } = view
  if (!isDevice) return [`You are in ${where}. You read what is written from now on.`, ...provisional, NEXT]
  return [
    `This phone is in ${where}, as ${toOneLine(view.own.handle)}.`,
    handover ? handoverWords(handover) : 'What was written before does not come back.',
    ...provisional,
    NEXT,
  ]
}

export const handoverWords = (handover: NonNullable<CommitteeView['handover']>): string => {
  if (handover.is === 'awaited')
    return 'What your other phone has comes over as soon as it is online: run `npx tocsin sync` there, then here.'
  return handover.is === 'taken'
    ? `From your other phone came ${countOf(handover.sayings, 'thing')} written before. You have its word for them.`
    : 'What your other phone sent was damaged, and nothing of it was taken.'
}

const mine = ({ members }: CommitteeView): CommitteeView['members'][number]['devices'] =>
  members.find(({ isMe }) => isMe)?.devices ?? []

/** Who was let back in by others has lost their phones: those are still listening. */
export const askAboutLost = async (context: Context, session: Session): Promise<readonly string[]> => {
  const lines: string[] = []
  if (session.view().handover) return lines
  const lost = mine(session.view()).filter(({ isMe }) => !isMe)
  for (const { device } of lost) {
    const short = shortPhones(session.view())(device)
    const isLost = await askYesNo(context, `Your phone ${short} still reads along. Is it lost? Cut it off?`)
    const cut = isLost ? await session.dropDevice(device) : undefined
    if (cut?.ok) lines.push(`Your phone ${short} is cut off.`)
    else lines.push(cut ? DROP_WORDS[cut.error] : `If it is lost: \`npx tocsin phone drop ${short}\`.`)
  }
  return lines
}
