/** Where this device stands, in sentences: only what is not as it should be, whose doing it was, and what happens next by itself. */
import type { SeatId } from '../../core/governance/ids.ts'
import type { StandingView, TroubleView } from '../../core/session/standingView.ts'
import { countOf } from './time.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

type Names = (seat: SeatId) => string

/** Nothing where there is nothing to say beyond why it cannot speak (words.ts). */
export const standingLines = (standing: StandingView, names: Names): readonly string[] => {
  switch (standing.is) {
    case 'reading':
      return ['Still reading what is new.']
    case 'sending':
      return ['A change that this device carries out for the committee is on its way to the others.']
    case 'stuck':
      return troubleLines(standing, names)
    case 'removed':
      return removedLines(standing, names)
    case 'lost':
      return [LOST_WORDS[standing.why]]
    default:
      return []
  }
}

const troubleLines = (trouble: TroubleView, names: Names): readonly string[] => [
  trouble.isBlind
    ? `The others have undone a change by ${names(trouble.by)} that this device had built on, and it cannot go back so far.`
    : `It cannot follow a change that ${names(trouble.by)} made: what it was sent does not fit.`,
  trouble.hasAsked
    ? 'It has asked the others to take it in again; you keep your place and your votes.'
    : 'It asks the others to take it in again as soon as the relay can be reached.',
  ...(trouble.isProvisional
    ? ['Somebody has answered. It goes on by itself when enough of us are where that leads.']
    : []),
  ...undoneLines(trouble),
  nextWords(trouble),
]

const undoneLines = ({ voids, earlier }: TroubleView): readonly string[] => [
  ...(voids.said > 0
    ? [
        `To undo that change: ${voids.said} of the ${voids.needed} it takes have asked for it${voids.isMineSaid ? ', this device too' : ''}.`,
      ]
    : []),
  ...(earlier > 0
    ? [`It has also asked to undo ${countOf(earlier, 'earlier change')}, because nobody could help so far.`]
    : []),
]

const nextWords = ({ next }: TroubleView): string => {
  if (!next) return 'There is nothing more that it can do alone: meet two members, who can let you in again.'
  const minutes = countOf(Math.max(1, Math.ceil(next.inMs / MINUTE_MS)), 'more minute')
  return next.what === 'this'
    ? `If nobody helps, it asks to undo that change after ${minutes} online.`
    : `If nobody helps, it asks to undo an earlier change too, after ${minutes} online.`
}

const removedLines = (
  { by, action, isErased, eraseInMs }: Extract<StandingView, { is: 'removed' }>,
  names: Names,
): readonly string[] => {
  if (isErased) return ['What was said here has been erased from this device.']
  const hours = countOf(Math.max(1, Math.ceil(eraseInMs / HOUR_MS)), 'hour')
  return [
    ...(action === 'remove' ? [`${names(by)}'s device carried out what was decided.`] : []),
    `What was said here is erased from this device in ${hours}, unless more than half of the others undo that.`,
  ]
}

const LOST_WORDS: Record<Extract<StandingView, { is: 'lost' }>['why'], string> = {
  log: 'Nobody wrote there for 45 days. Meet two members: they can let you in again, and you keep your place.',
  chain:
    'What it missed may have changed where the others write. Meet two members: they can let you in again, and you keep your place.',
  erased:
    'The others have undone that you were put out, but everything was erased from this device by then. Meet two members: they can let you in again.',
}
