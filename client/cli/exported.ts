/** An export as people read it. Not here: what it holds (client/core/session/exporting.ts). */
import { takenFrom } from '../core/session/exporting.ts'
import { plainNamesIn } from '../core/session/names.ts'
import type { CommitteeView } from '../core/session/view.ts'
import { showingIn } from './motionChoice.ts'
import { showingOf } from './news.ts'
import { alarmLines } from './show/alarms.ts'
import { charterLines } from './show/charter.ts'
import { motionLines } from './show/motionCards.ts'
import { motionState, motionTitle } from './show/motions.ts'
import { postLines } from './show/posts.ts'

/** `isAll`: what others said too. */
export const exportedLines = (view: CommitteeView, isAll: boolean, now: number): readonly string[] => {
  const { posts, alarms, cards, motions, page } = takenFrom(view, isAll, now)
  const names = plainNamesIn(view)
  const showing = { ...showingOf(view), names }
  return [
    ...charterLines(view),
    '',
    ...postLines(posts, showing),
    ...alarms.flatMap((alarm) => ['', ...alarmLines(view, alarm, showing, now)]),
    '',
    ...cards.flatMap((card) => [...motionLines(card, showingIn(view, page, now)), '']),
    ...motions.map((motion) => `${motionTitle(view, motion, names)}. ${motionState(motion, names)}`),
  ]
}
