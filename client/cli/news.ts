/** What a member has not seen yet, as lines and as JSON. */

import type { Alarm } from '../core/committee/alarm.ts'
import { liveAlarms } from '../core/committee/alarmSummary.ts'
import type { Committee } from '../core/committee/committee.ts'
import type { Post } from '../core/committee/talk.ts'
import { expire } from '../core/committee/views.ts'
import { withoutSuspended } from '../core/session/lifeView.ts'
import type { CommitteeView } from '../core/session/view.ts'
import { isNews, type Marks } from './readMarks.ts'
import { alarmJson, alarmLines } from './show/alarms.ts'
import { namesIn, plainNamesIn } from './show/names.ts'
import { postJson, postLines, type Showing } from './show/posts.ts'
import { shortIds } from './show/shortIds.ts'
import { dayOf } from './show/time.ts'

export type News = { readonly posts: readonly Post[]; readonly alarms: readonly Alarm[] }

const DAY_MS = 86_400_000

/** New posts, and alarms that look different from how they did; what concerns everybody now comes last, next to the prompt. */
export const newsIn = (view: CommitteeView, marks: Marks, nowMs: number): News => {
  const committee = keptIn(view, nowMs)
  return {
    posts: committee.posts.filter(({ id }) => !marks.posts.has(id)),
    alarms: [...committee.alarms.values()].filter((alarm) => isNews(marks, alarm)),
  }
}

/** The same with the open alarms, seen or not: they stay in front of everybody. */
export const withOpen = (view: CommitteeView, { posts, alarms }: News): News => {
  const open = [...liveAlarms(view.committee)].reverse()
  return { posts, alarms: [...alarms.filter((alarm) => !open.includes(alarm)), ...open] }
}

/** Posts vanish after the days that the charter says, and those of a suspended member are folded away meanwhile. */
export const keptIn = (view: CommitteeView, nowMs: number): Committee =>
  expire(withoutSuspended(view.committee, view, nowMs), nowMs - view.charter.keepDays * DAY_MS, nowMs)

export const showingOf = (view: CommitteeView): Showing => ({
  names: namesIn(view),
  short: shortIds([...view.committee.posts.map(({ id }) => id), ...view.committee.alarms.keys()]),
})

/** `after`: the day that was shown last. */
export const newsLines = (
  view: CommitteeView,
  { posts, alarms }: News,
  nowMs: number,
  after?: string,
): readonly string[] => {
  const showing = showingOf(view)
  return [
    ...postLines(posts, showing, after),
    ...alarms.flatMap((alarm, i) => [
      ...(i > 0 || posts.length > 0 ? [''] : []),
      ...alarmLines(view, alarm, showing, nowMs),
    ]),
  ]
}

export const newsJson = (view: CommitteeView, { posts, alarms }: News): readonly object[] => {
  const names = plainNamesIn(view)
  return [
    ...posts.map((post) => postJson(post, names)),
    ...alarms.map((alarm) => alarmJson(view, alarm, { names })),
  ]
}

export const lastDayOf = ({ posts }: News, before: string | undefined): string | undefined => {
  const last = posts.at(-1)
  return last ? dayOf(last.at) : before
}
