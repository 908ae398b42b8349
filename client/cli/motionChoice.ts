/** Which decision is meant: by the beginning of its id, or the only one for which that step waits. And a step of it, with its answer. */
import { ok, type Result } from '../../shared/base/result.ts'
import type { Motion } from '../core/committee/motionLife.ts'
import type { DecideStep } from '../core/session/decideContent.ts'
import { type Card, type DecidePage, decidePage, type Waits } from '../core/session/decideView.ts'
import { decide } from '../core/session/deciding.ts'
import type { Session } from '../core/session/session.ts'
import type { CommitteeView } from '../core/session/view.ts'
import { chooseOne } from './chooseOne.ts'
import { type Context, type Outcome, type Refusal, refused } from './command.ts'
import { decideRefusal } from './motionWords.ts'
import { catchUp, withMembership } from './open.ts'
import { told } from './saying.ts'
import { type CardShowing, cardLines } from './show/motionCards.ts'
import { namesIn } from './show/names.ts'
import { shortIds } from './show/shortIds.ts'

const WHICH = { what: 'motion', list: 'motion list --all' }

export const showingIn = (view: CommitteeView, { open, done }: DecidePage, nowMs: number): CardShowing => {
  const cards = [...open, ...done]
  const amendments = cards.flatMap(({ motion }) => [...(motion?.amendments.keys() ?? [])])
  return { view, names: namesIn(view), short: shortIds([...cards.map(({ id }) => id), ...amendments]), nowMs }
}

/** Without an id: the one for which `waits` waits, or the one that is open. */
export const chooseCard = (
  { open, done }: DecidePage,
  typed: string | undefined,
  waits?: Waits,
): Result<Card, Refusal> => {
  const byId = (cards: readonly Card[]) => new Map(cards.map((card) => [card.id, card]))
  if (typed !== undefined) return chooseOne(byId([...open, ...done]), typed, WHICH)
  const waiting = open.filter(({ waitsForMe }) => waits !== undefined && waitsForMe.includes(waits))
  return open.length === 0 && done.length > 0
    ? refused(
        'none',
        'Nothing is open: say which motion by its id. `npx tocsin motion list --all` shows them.',
      )
    : chooseOne(byId(waiting.length > 0 ? waiting : open), undefined, WHICH)
}

type Doing = {
  readonly id: string | undefined
  readonly waits?: Waits
  /** What is pressed, about the motion that was chosen. */
  readonly step: (
    motion: Motion | undefined,
    card: Card,
    view: CommitteeView,
  ) => Result<DecideStep, Refusal> | Promise<Result<DecideStep, Refusal>>
  readonly sent: string
}

/** A step of one motion, and how it stands then. */
export const doStep = (context: Context, { id, waits, step, sent }: Doing): Promise<Outcome> =>
  withMembership(context, async ({ session }) => {
    const view = session.view()
    const card = chooseCard(decidePage(view, Date.now()), id, waits)
    if (!card.ok) return card
    const pressed = await step(card.value.motion, card.value, view)
    return pressed.ok ? press(context, session, pressed.value, sent) : pressed
  })

export const press = async (
  context: Context,
  session: Session,
  step: DecideStep,
  sent: string,
): Promise<Outcome> => {
  context.terminal.progress('Sending')
  const decided = await decide(session, step, Date.now())
  context.terminal.progress(undefined)
  if (!decided.ok) return { ok: false, error: decideRefusal(decided.error, Date.now()) }
  const { id, is } = decided.value
  if (is === 'sent') await catchUp(context, session)
  const motion = step.do === 'start' ? id : step.motion
  const now = session.view()
  const page = decidePage(now, Date.now())
  const card = [...page.open, ...page.done].find((one) => one.id === motion)
  const lines = card ? cardLines(card, showingIn(now, page, Date.now())) : []
  return told(session, is, { text: [sent, ...lines], json: { id: motion, state: card?.state ?? null } })
}

export const needMotion = (motion: Motion | undefined): Result<Motion, Refusal> =>
  motion ? ok(motion) : { ok: false, error: decideRefusal({ why: 'by_mandate' }, Date.now()) }
