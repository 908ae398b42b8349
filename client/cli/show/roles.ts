/** Who holds what, as lines and as JSON. */
import { toOneLine, toPlainText } from '../../core/committee/plainText.ts'
import { ROLES } from '../../core/committee/roleWords.ts'
import type { Holding, Warning, WhoHoldsWhat } from '../../core/committee/whoHoldsWhat.ts'
import type { Names } from '../../core/session/names.ts'
import type { Showing } from './posts.ts'
import { countOf, dayOf, listOf } from './time.ts'

const REPORTS = { owed: 'report owed', missed: 'report missing', given: 'reported' } as const

export const holdingLines = ({ term, is, owed }: Holding, { names, short }: Showing): readonly string[] => {
  const states = {
    active: `until ${dayOf(term.until)}`,
    over: `time is over since ${dayOf(term.until)}`,
    suspended: 'suspended',
  } as const
  const row = term.inRow > 1 ? `, ${countOf(term.inRow, 'term')} in a row` : ''
  const asked =
    term.recall.size > 0 ? `, ${countOf(term.recall.size, 'member asks', 'members ask')} to call back` : ''
  return [
    `(${short(term.id)}) ${ROLES[term.role]}: ${names(term.seat)}, ${states[is]}${row}${asked}`,
    ...(term.handover === undefined ? [] : [`       left word: ${toOneLine(term.handover)}`]),
    ...owed.map(
      (one) =>
        `       (${short(one.id)}) ${REPORTS[one.is]}: ${toOneLine(one.item)}${one.report ? `: ${toOneLine(one.report.said)}` : ''}`,
    ),
  ]
}

export const holdingJson = ({ term, is, owed }: Holding, names: Names): object => ({
  id: term.id,
  role: term.role,
  seat: term.seat,
  handle: names(term.seat),
  is,
  since: new Date(term.since).toISOString(),
  until: new Date(term.until).toISOString(),
  termsInRow: term.inRow,
  recallAskedBy: term.recall.size,
  handover: term.handover === undefined ? null : toPlainText(term.handover),
  reports: owed.map((one) => ({
    id: one.id,
    item: toOneLine(one.item),
    is: one.is,
    dueAt: new Date(one.dueAt).toISOString(),
    report: one.report ?? null,
  })),
})

/** In the words of a question to all: nobody is blamed. */
export const warningLine = (warning: Warning, names: Names): string => {
  const name = names(warning.seat)
  switch (warning.is) {
    case 'many_roles':
      return `${name} holds ${countOf(warning.roles.length, 'role')}: ${listOf(warning.roles.map((role) => ROLES[role]))}. Who takes one over?`
    case 'long_service':
      return `${name} is ${ROLES[warning.role]} for the ${warning.terms}th time in a row. Who is next?`
    case 'proposes_most':
      return `${name} has put ${warning.motions} of the last ${warning.of} motions. What do the others want?`
    case 'not_heard':
      return `${name} was not heard for ${countOf(warning.days, 'day')}. Ask them.`
    case 'reports_missed':
      return `${name} has not reported ${countOf(warning.missed, 'time')}. Shall we call them back? \`npx tocsin role recall\``
  }
}

export const pageJson = ({ holdings, warnings }: WhoHoldsWhat, names: Names): object => ({
  roles: holdings.map((holding) => holdingJson(holding, names)),
  warnings: warnings.map((warning) => ({ ...warning, handle: names(warning.seat) })),
})
