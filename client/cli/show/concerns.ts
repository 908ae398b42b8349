/** A concern as lines and as JSON: facts first, other explanations, guesses apart, and what the person says beside all of it. */
import type { Claim } from '../../core/committee/concern.ts'
import { OTHER_WAYS } from '../../core/committee/concernWords.ts'
import { toOneLine, toPlainText } from '../../core/committee/plainText.ts'
import type { ConcernPage } from '../../core/session/lifeView.ts'
import type { Names } from '../../core/session/names.ts'
import type { Showing } from './posts.ts'
import { momentOf } from './time.ts'

const STATES: Record<ConcernPage['state'], string> = {
  open: 'open',
  suspended: 'suspended meanwhile',
  under_review: 'the committee is voting',
  withdrawn: 'taken back',
  settled: 'settled',
  gone: 'no longer a member',
}

export const concernLines = (
  page: ConcernPage,
  { names, short }: Showing,
  nowMs: number,
): readonly string[] => {
  const { concern, state, suspension, statements } = page
  const claims = (title: string, list: readonly Claim[]): readonly string[] =>
    list.map(({ seat, text }) => `       ${title}: ${toOneLine(text)} (${names(seat)})`)
  return [
    `(${short(concern.id)}) About ${names(concern.about)}, by ${names(concern.seat)}: ${STATES[state]}`,
    ...(suspension
      ? [
          `       suspended until ${momentOf(suspension.until, nowMs)} by ${suspension.by.map(names).join(' and ')}`,
        ]
      : []),
    ...claims('fact', concern.facts),
    ...concern.checked.map(
      ({ way, found, seat }) => `       ${OTHER_WAYS[way]}? ${toOneLine(found)} (${names(seat)})`,
    ),
    ...claims('guess', concern.guesses),
    `       ${concern.hasAsked ? 'They were asked.' : 'Nobody has asked them yet.'}`,
    ...(concern.mediator === undefined ? [] : [`       mediator: ${toOneLine(concern.mediator)}`]),
    ...statements.map(({ text }) => `       ${names(concern.about)} says: ${toOneLine(text)}`),
    ...(statements.length === 0 ? [`       ${names(concern.about)} has said nothing yet.`] : []),
  ]
}

export const concernJson = (
  { concern, state, suspension, statements }: ConcernPage,
  names: Names,
): object => ({
  id: concern.id,
  about: concern.about,
  handle: names(concern.about),
  by: names(concern.seat),
  state,
  facts: concern.facts.map(({ seat, text }) => ({ by: names(seat), text: toPlainText(text) })),
  guesses: concern.guesses.map(({ seat, text }) => ({ by: names(seat), text: toPlainText(text) })),
  checked: concern.checked.map(({ way, found, seat }) => ({
    way,
    found: toPlainText(found),
    by: names(seat),
  })),
  hasAsked: concern.hasAsked,
  mediator: concern.mediator === undefined ? null : toOneLine(concern.mediator),
  suspendedUntil: suspension ? new Date(suspension.until).toISOString() : null,
  suspendedBy: suspension ? suspension.by.map(names) : [],
  statements: statements.map(({ at, text }) => ({ at: new Date(at).toISOString(), text: toPlainText(text) })),
})
