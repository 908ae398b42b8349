/** What somebody takes along as files: what they said, raised, answered and decided, and the rules they agreed to; with `isAll` what the others said, too. Not here: the files. */
import type { Alarm } from '../committee/alarmLife.ts'
import { toOneLine } from '../committee/plainText.ts'
import type { Post } from '../committee/talk.ts'
import { type Card, type DecidePage, decidePage } from './decideView.ts'
import { plainNamesIn } from './names.ts'
import { alarmJson, cardJson, charterJson, motionJson, postJson } from './records.ts'
import type { CommitteeView, MotionView } from './view.ts'

export type Taken = {
  readonly posts: readonly Post[]
  readonly alarms: readonly Alarm[]
  /** Those of others: of these only what this member said. */
  readonly touched: readonly Alarm[]
  readonly page: DecidePage
  readonly cards: readonly Card[]
  readonly motions: readonly MotionView[]
}

export const takenFrom = (view: CommitteeView, isAll: boolean, nowMs: number): Taken => {
  const me = view.own.seat
  const alarms = [...view.committee.alarms.values()]
  const page = decidePage(view, nowMs)
  return {
    posts: view.committee.posts.filter(({ seat }) => isAll || seat === me),
    alarms: alarms.filter(({ seat }) => isAll || seat === me),
    touched: alarms.filter(({ seat }) => !isAll && seat !== me),
    page,
    cards: [...page.open, ...page.done].filter(({ motion }) => motion && (isAll || motion.seat === me)),
    motions: view.motions.filter((motion) => isAll || isMine(motion, me)),
  }
}

const isMine = ({ by, approvedBy, declinedBy }: MotionView, me: string): boolean =>
  by === me || approvedBy.some((seat) => seat === me) || declinedBy.some((seat) => seat === me)

export type OwnData = ReturnType<typeof ownData>

export const ownData = (view: CommitteeView, isAll: boolean, nowMs: number) => {
  const { posts, alarms, touched, cards, motions } = takenFrom(view, isAll, nowMs)
  const me = view.own.seat
  const names = plainNamesIn(view)
  return {
    committee: { id: view.id, name: toOneLine(view.charter.name) },
    me: { seat: me, handle: toOneLine(view.own.handle), device: view.own.device },
    charter: charterJson(view.charter),
    ...(isAll ? { members: view.members.map(({ seat }) => ({ seat, handle: names(seat) })) } : {}),
    posts: posts.map((post) => postJson(post, names)),
    alarms: alarms.map((alarm) => alarmJson(view, alarm, names)),
    answers: touched.flatMap((alarm) => answersIn(alarm, me)),
    motions: motions.map((motion) => motionJson(motion, names)),
    decisions: cards.map((card) => cardJson(card, names)),
  }
}

/** What this member said about somebody else's alarm. */
const answersIn = ({ id, answers, notes }: Alarm, me: string) => {
  const answer = answers.get(me)
  const said = notes.filter(({ seat }) => seat === me)
  return answer || said.length > 0 ? [{ alarm: id, answer: answer ?? null, notes: said }] : []
}
