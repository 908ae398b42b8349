/** Phones as people read them: whose, since when, last heard when, and who cut off which. */

import { type Names, plainNamesIn } from '../../core/session/names.ts'
import type { CutOffView, PhoneView } from '../../core/session/phones.ts'
import type { CommitteeView, MemberView } from '../../core/session/view.ts'
import { heardWords } from './heard.ts'
import { namesIn } from './names.ts'
import { shortIds } from './shortIds.ts'
import { countOf, momentOf } from './time.ts'

export const shortPhones = (view: CommitteeView): ((id: string) => string) =>
  shortIds(
    view.members.flatMap(({ devices, cutOffs }) => [...devices, ...cutOffs].map(({ device }) => device)),
  )

export const phoneLines = (view: CommitteeView): readonly string[] => {
  const names = namesIn(view)
  const short = shortPhones(view)
  return view.members.flatMap((member) => [
    names(member.seat),
    ...member.devices.map((phone) => `  ${short(phone.device)}  ${stateOf(phone)}`),
    ...(member.isVacant ? ['  has no phone: two of us must meet them before there is another one'] : []),
    ...member.cutOffs.map((one) => `  ${short(one.device)}  ${cutOffWords(one, names)}`),
  ])
}

const stateOf = ({ isMe, heardAt, missing, came }: PhoneView): string => {
  const now = Date.now()
  const since = came ? `, here since ${momentOf(came.at, now)}` : ''
  const lost = missing > 0 ? `; ${countOf(missing, 'thing')} it said never came` : ''
  return `${isMe ? 'this one' : heardWords(heardAt, now)}${since}${lost}`
}

const cutOffWords = ({ by, at, isOpen }: CutOffView, names: Names): string => {
  const who = by === undefined ? 'its owner' : names(by)
  const when = at === 0 ? '' : ` at ${momentOf(at, Date.now())}`
  return `cut off by ${who}${when}${isOpen ? ', not settled' : ''}`
}

export const phonesJson = (view: CommitteeView): object => {
  const plain = plainNamesIn(view)
  return {
    phones: view.members.flatMap((member) =>
      member.devices.map(({ device, isMe, missing, heardAt, came }) => ({
        ...ownerOf(member, plain),
        phone: device,
        isMe,
        missing,
        heardAt: isoOf(heardAt),
        since: isoOf(came?.at),
      })),
    ),
    cutOff: view.members.flatMap((member) =>
      member.cutOffs.map(({ device, by, at, isOpen }) => ({
        ...ownerOf(member, plain),
        phone: device,
        by: by === undefined ? null : plain(by),
        at: at === 0 ? null : isoOf(at),
        isOpen,
      })),
    ),
    without: view.members.filter(({ isVacant }) => isVacant).map((member) => ownerOf(member, plain)),
  }
}

const ownerOf = ({ seat }: MemberView, plain: Names): object => ({ seat, handle: plain(seat) })

const isoOf = (ms: number | undefined): string | null =>
  ms === undefined ? null : new Date(ms).toISOString()
