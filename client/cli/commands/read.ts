/** Reading: what is new, everything, or live. */
import { ok } from '../../../shared/base/result.ts'
import { keptIn } from '../../core/session/lifeView.ts'
import { type Marks, newsIn, noMarks, readMarks, writeMarks } from '../../core/session/readMarks.ts'
import { type Command, isOn, type Outcome } from '../command.ts'
import { followLive } from '../follow.ts'
import { newsJson, newsLines, withOpen } from '../news.ts'
import { type Sitting, withCommittee } from '../open.ts'

export const read: Command = {
  usage: '[OPTIONS]',
  about: [
    'Shows the posts since you last read, and the alarms that are open or have changed. Behind',
    'each name stands the id with which you answer it. With --follow it stays: what others write',
    'appears at once, and on a terminal what you type is posted. Ctrl-C ends it.',
  ],
  options: {
    all: { type: 'boolean', short: 'a', help: 'everything that is still kept' },
    follow: { type: 'boolean', short: 'f', help: 'stay and show what comes; with --json a line for each' },
  },
  examples: ['read', 'read --all', 'read --follow'],
  run: (context, input) =>
    withCommittee(context, async (sitting) => {
      const { opened, session } = sitting
      const marks = isOn(input, 'all') ? noMarks : readMarks(opened.vault, session.id)
      return isOn(input, 'follow')
        ? followLive(context, sitting, marks)
        : readOnce(sitting, marks, isOn(input, 'all'))
    }),
}

/** One's own posts are no news. */
const readOnce = async (
  { session, opened, halt }: Sitting,
  marks: Marks,
  isAll: boolean,
): Promise<Outcome> => {
  const view = session.view()
  const now = Date.now()
  const { posts, alarms } = withOpen(view, newsIn(keptIn(view, now), marks))
  const news = { alarms, posts: posts.filter(({ seat }) => isAll || seat !== view.own.seat) }
  await writeMarks(opened.vault, session.id, view.committee)
  const isNothing = news.posts.length + news.alarms.length === 0
  return ok({
    text: isNothing ? ['Nothing new.'] : newsLines(view, news, now),
    json: { committee: view.id, isUpToDate: halt === undefined, said: newsJson(view, news) },
  })
}
