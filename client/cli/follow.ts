/** `read --follow`: what others write appears when it arrives, and what is typed on a terminal is posted. */

import { keptIn } from '../core/session/lifeView.ts'
import { type Marks, marksOf, newsIn, writeMarks } from '../core/session/readMarks.ts'
import type { Connection, Session } from '../core/session/session.ts'
import { type Context, type Outcome, refused } from './command.ts'
import { lastDayOf, newsJson, newsLines, showingOf, withOpen } from './news.ts'
import type { Sitting } from './open.ts'
import { alarmTitle } from './show/alarms.ts'
import { namesIn } from './show/names.ts'
import { fieldRefusal, statusWords } from './words.ts'

const CONNECTION_WORDS: Record<Exclude<Connection, 'catching_up'>, string> = {
  offline: '(not connected: what you write is kept, and sent when the relay is back)',
  live: '(connected)',
  alarm: '(the relay was caught lying, so nothing is sent: see `npx tocsin status`)',
}

/** Milliseconds that a change of the connection lasts before it is worth a word. */
const SETTLED_MS = 2000

/** Ends when somebody presses Ctrl-C, or when this device is no longer a member. */
export const followLive = (
  context: Context,
  { session, opened }: Sitting,
  first: Marks,
): Promise<Outcome> => {
  const { terminal } = context
  const show = createShower(context, session, first, () => {
    writeMarks(opened.vault, session.id, session.view().committee).catch(() => undefined)
  })
  const tell = createTeller(context, session)
  context.ifInterrupted(undefined, 0)
  show()
  if (terminal.isInteractive) terminal.note('Type and press Enter to post. Ctrl-C ends.')
  const endTyping = terminal.isInteractive
    ? terminal.onLine((line) => void postLine(context, session, line))
    : () => undefined
  const ringing = ringAlong(context, session)
  return new Promise((resolve) => {
    const endLive = session.live(() => {
      tell()
      show()
      ringing.look()
      const view = session.view()
      const { status } = view.own
      if (status === 'member' || status === 'stuck') return
      endLive()
      endTyping()
      ringing.end()
      resolve(refused(status, statusWords(view, namesIn(view))))
    })
  })
}

/** How often the ladder is looked at. */
const LOOK_MS = 5000

/** An open alarm that nobody answers is shown again, and heard. */
const ringAlong = (
  context: Context,
  session: Session,
): { readonly look: () => void; readonly end: () => void } => {
  const ring = async (): Promise<void> => {
    const loud = await session.ring(new Date().getHours())
    const view = session.view()
    const alarms = loud.flatMap((id) => view.committee.alarms.get(id) ?? [])
    const showing = showingOf(view)
    for (const alarm of alarms) {
      context.terminal.ring()
      context.show([`${alarmTitle(alarm, showing)} Answer it.`], { type: 'loud', alarm: alarm.id })
    }
  }
  const look = (): void => void ring().catch(() => undefined)
  const timer = setInterval(look, LOOK_MS)
  return { look, end: () => clearInterval(timer) }
}

/** Shows what has not been shown yet, each time it is called. */
const createShower = (
  context: Context,
  session: Session,
  first: Marks,
  onShown: () => void,
): (() => void) => {
  let marks = first
  let day: string | undefined
  let isFirst = true
  return () => {
    const view = session.view()
    const now = Date.now()
    const fresh = newsIn(keptIn(view, now), marks)
    const news = isFirst ? withOpen(view, fresh) : fresh
    isFirst = false
    marks = joined(marks, marksOf(view.committee))
    if (news.posts.length + news.alarms.length === 0) return
    const lines = newsLines(view, news, now, day)
    const [object, ...more] = newsJson(view, news)
    if (object) context.show(lines, object)
    for (const another of more) context.show([], another)
    day = lastDayOf(news, day)
    onShown()
  }
}

/** What was shown once is not shown again, even if it was away for a while: the others may have had to say it again. */
const joined = (a: Marks, b: Omit<Marks, 'calls'>): Marks => ({
  ...a,
  posts: new Set([...a.posts, ...b.posts]),
  alarms: new Map([...a.alarms, ...b.alarms]),
})

/** Says how the connection is when it has changed for good. */
const createTeller = ({ terminal }: Context, session: Session): (() => void) => {
  let said: Connection = 'live'
  let timer: NodeJS.Timeout | undefined
  const look = (): void => {
    const now = session.connection()
    if (now === said || now === 'catching_up') return
    said = now
    terminal.note(CONNECTION_WORDS[now])
  }
  return () => {
    clearTimeout(timer)
    timer = setTimeout(look, SETTLED_MS)
    timer.unref()
  }
}

const postLine = async ({ terminal }: Context, session: Session, line: string): Promise<void> => {
  if (line.trim() === '') return
  const said = await session.say({ type: 'post', text: line })
  if (said.ok && said.value.is === 'waiting') terminal.note(`Not sent yet, and kept: ${line}`)
  if (!said.ok && typeof said.error !== 'string') terminal.note(fieldRefusal(said.error.field).sentence)
}
