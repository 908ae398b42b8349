/** What a member has not seen yet, as lines and as JSON. */

import { liveAlarms } from '../core/committee/alarmSummary.ts'
import { plainNamesIn } from '../core/session/names.ts'
import type { News } from '../core/session/readMarks.ts'
import { alarmJson, postJson } from '../core/session/records.ts'
import type { CommitteeView } from '../core/session/view.ts'
import { alarmLines } from './show/alarms.ts'
import { namesIn } from './show/names.ts'
import { postLines, type Showing } from './show/posts.ts'
import { shortIds } from './show/shortIds.ts'
import { dayOf } from './show/time.ts'

/** The same with the open alarms, seen or not: they stay in front of everybody. */
export const withOpen = (view: CommitteeView, { posts, alarms }: News): News => {
  const open = [...liveAlarms(view.committee)].reverse()
  return { posts, alarms: [...alarms.filter((alarm) => !open.includes(alarm)), ...open] }
}

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
    ...alarms.map((alarm) => alarmJson(view, alarm, names)),
  ]
}

export const lastDayOf = ({ posts }: News, before: string | undefined): string | undefined => {
  const last = posts.at(-1)
  return last ? dayOf(last.at) : before
}
