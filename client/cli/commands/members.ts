/** Who is in the committee, since when they count, and who has met them. */
import { ok } from '../../../shared/base/result.ts'
import { suspensionIn } from '../../core/session/lifeView.ts'
import { type Names, plainNamesIn } from '../../core/session/names.ts'
import { heardAtOf } from '../../core/session/silence.ts'
import type { CommitteeView, MemberView } from '../../core/session/view.ts'
import type { Command } from '../command.ts'
import { withCommittee } from '../open.ts'
import { heardWords } from '../show/heard.ts'
import { namesIn } from '../show/names.ts'
import { countOf, dayOf, listOf } from '../show/time.ts'

export const members: Command = {
  usage: '',
  about: [
    'Nobody is above anybody: there are no special rights. New members may have to wait before they decide.',
    'Whose phone is online is heard every two days, also when they have nothing to say: ask about the others.',
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
            (member) =>
              `  ${names(member.seat)}${suspendedOf(view, member)}${waitOf(member)}${metOf(member, names)}${heardOf(member)}`,
          ),
          ...ghostLines(view, names),
        ],
        json: {
          members: view.members.map((member) => ({
            seat: member.seat,
            handle: plain(member.seat),
            isMe: member.isMe,
            counts: member.counts,
            changesToWait: member.epochsToWait,
            countsAbout: dateOf(member.countsAbout),
            hasArrived: member.hasArrived,
            heardAt: momentJson(heardAtOf(member)),
            devices: member.devices.length,
            metBy: member.metBy.map(({ seat, isMutual }) => ({ handle: plain(seat), isMutual })),
            isKnownToSponsorOnly: member.isKnownToSponsorOnly,
          })),
        },
      })
    }),
}

const waitOf = ({ counts, epochsToWait, countsAbout }: MemberView): string => {
  if (counts) return ''
  const about = countsAbout === undefined ? '' : `, about ${dayOf(countsAbout)}`
  return `, decides with us after ${countOf(epochsToWait, 'more change', 'more changes')}${about}`
}

const suspendedOf = (view: CommitteeView, { seat }: MemberView): string =>
  suspensionIn(view, seat, Date.now()) ? ', suspended' : ''

const dateOf = (ms: number | undefined): string | null =>
  ms === undefined ? null : new Date(ms).toISOString().slice(0, 10)

const metOf = ({ isMe, metBy, isKnownToSponsorOnly }: MemberView, names: Names): string => {
  if (isMe || (metBy.length === 0 && !isKnownToSponsorOnly)) return ''
  if (isKnownToSponsorOnly && metBy.length > 0)
    return `, met only by ${listOf(metBy.map(({ seat }) => names(seat)))}, who vouched: meet them too`
  return metBy.length === 0
    ? ', whom nobody has met face to face yet: meet them'
    : `, met by ${countOf(metBy.length, 'member')}`
}

/** 4.4: a committee in which one person plays everybody looks as good as any to whoever met only that one. */
const ghostLines = ({ members: all, own }: CommitteeView, names: Names): readonly string[] => {
  const met = all.filter(({ metBy }) => metBy.some(({ seat }) => seat === own.seat))
  const isNew = all.some(({ isMe, counts }) => isMe && !counts)
  if (own.status !== 'member' || !isNew || all.length < 3 || met.length > 1) return []
  const only = met.length === 0 ? 'nobody' : `only ${listOf(met.map(({ seat }) => names(seat)))}`
  const more = met.length === 0 ? 'two of them' : 'a second one'
  return [
    '',
    `You have met ${only} of them: meet ${more}, compare \`npx tocsin words\`, and say \`npx tocsin met NAME\`.`,
  ]
}

const heardOf = (member: MemberView): string => {
  if (member.isMe || member.isVacant) return ''
  const late = member.hasArrived ? '' : ', and nothing since the last change'
  return `, ${heardWords(heardAtOf(member), Date.now())}${late}`
}

const momentJson = (ms: number | undefined): string | null =>
  ms === undefined ? null : new Date(ms).toISOString()
