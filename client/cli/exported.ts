/** What an export holds. */

import type { Alarm } from '../core/committee/alarmLife.ts'
import { toOneLine } from '../core/committee/plainText.ts'
import { decidePage } from '../core/session/decideView.ts'
import { plainNamesIn } from '../core/session/names.ts'
import type { CommitteeView, MotionView } from '../core/session/view.ts'
import { showingIn } from './motionChoice.ts'
import { showingOf } from './news.ts'
import { alarmJson, alarmLines } from './show/alarms.ts'
import { charterJson, charterLines } from './show/charter.ts'
import { cardJson, motionLines } from './show/motionCards.ts'
import { motionJson, motionState, motionTitle } from './show/motions.ts'
import { postJson, postLines } from './show/posts.ts'

type Exported = { readonly json: object; readonly text: readonly string[] }

/** `isAll`: what others said too. */
export const dataOf = (view: CommitteeView, isAll: boolean): Exported => {
  const me = view.own.seat
  const names = plainNamesIn(view)
  const showing = { ...showingOf(view), names }
  const posts = view.committee.posts.filter(({ seat }) => isAll || seat === me)
  const alarms = [...view.committee.alarms.values()].filter((alarm) => isAll || alarm.seat === me)
  const touched = [...view.committee.alarms.values()].filter((alarm) => !isAll && alarm.seat !== me)
  const motions = view.motions.filter((motion) => isAll || isMine(motion, me))
  const page = decidePage(view, Date.now())
  const cards = [...page.open, ...page.done].filter(({ motion }) => motion && (isAll || motion.seat === me))
  const counting = view.members.filter(({ counts }) => counts).length
  const now = Date.now()
  return {
    json: {
      committee: { id: view.id, name: toOneLine(view.charter.name) },
      me: { seat: me, handle: toOneLine(view.own.handle), device: view.own.device },
      charter: charterJson(view.charter),
      ...(isAll ? { members: view.members.map(({ seat }) => ({ seat, handle: names(seat) })) } : {}),
      posts: posts.map((post) => postJson(post, names)),
      alarms: alarms.map((alarm) => alarmJson(view, alarm, { names })),
      answers: touched.flatMap((alarm) => answersIn(alarm, me)),
      motions: motions.map((motion) => motionJson(motion, names)),
      decisions: cards.map((card) => cardJson(card, names)),
    },
    text: [
      ...charterLines(view.charter, counting),
      '',
      ...postLines(posts, showing),
      ...alarms.flatMap((alarm) => ['', ...alarmLines(view, alarm, showing, now)]),
      '',
      ...cards.flatMap((card) => [...motionLines(card, showingIn(view, page, now)), '']),
      ...motions.map((motion) => `${motionTitle(view, motion, names)}. ${motionState(motion, names)}`),
    ],
  }
}

const isMine = ({ by, approvedBy, declinedBy }: MotionView, me: string): boolean =>
  by === me || approvedBy.some((seat) => seat === me) || declinedBy.some((seat) => seat === me)

/** What this member said about somebody else's alarm. */
const answersIn = ({ id, answers, notes }: Alarm, me: string): readonly object[] => {
  const answer = answers.get(me)
  const said = notes.filter(({ seat }) => seat === me)
  return answer || said.length > 0 ? [{ alarm: id, answer: answer ?? null, notes: said }] : []
}
