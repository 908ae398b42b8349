/** Roles: who holds what, taking and handing on, reports, and asking to call somebody back. Not here: elections, which are motions. */
import { ok, type Result } from '../../../shared/base/result.ts'
import { isRecallAsked, type Owed, type Term } from '../../core/committee/roles.ts'
import { isElected, MAX_TERM_DAYS, ROLES } from '../../core/committee/roleWords.ts'
import { rolesPage } from '../../core/session/lifeView.ts'
import { plainNamesIn } from '../../core/session/names.ts'
import type { CommitteeView } from '../../core/session/view.ts'
import { oneOf } from '../alarmChoice.ts'
import { askChoice, askText } from '../ask.ts'
import { chooseOne } from '../chooseOne.ts'
import { type Command, type Context, type Input, isOn, type Refusal, refused, textOf } from '../command.ts'
import { withCommittee, withMembership } from '../open.ts'
import { saying } from '../saying.ts'
import { namesIn } from '../show/names.ts'
import { holdingLines, pageJson, warningLine } from '../show/roles.ts'
import { shortIds } from '../show/shortIds.ts'
import { inOrder, present } from '../steps.ts'

const WHICH = { what: 'role', list: 'roles' }

const page = (about: readonly string[], name: string, hasWarnings: boolean): Command => ({
  usage: '',
  about,
  examples: [name],
  run: (context) =>
    withCommittee(context, async ({ session }) => {
      const view = session.view()
      const names = namesIn(view)
      const { holdings, warnings } = rolesPage(view, Date.now())
      const ids = holdings.flatMap(({ term, owed }) => [term.id, ...owed.map(({ id }) => id)])
      const showing = { names, short: shortIds(ids) }
      const lines = holdings.flatMap((holding) => holdingLines(holding, showing))
      const shown = hasWarnings ? warnings : []
      const calm = hasWarnings && warnings.length === 0 ? ['Nothing piles up anywhere.'] : []
      return ok({
        text: [
          ...(lines.length > 0 ? lines : ['Nobody holds a role yet: `npx tocsin role take`.']),
          ...shown.map((warning) => warningLine(warning, names)),
          ...calm,
        ],
        json: pageJson({ holdings, warnings: shown }, plainNamesIn(view)),
      })
    }),
})

export const roles = page(
  ['Every role, who holds it and until when, and the reports that are owed to us.'],
  'roles',
  false,
)

export const whoHoldsWhatPage = page(
  [
    'The same with questions to all of us: who holds much, who for long, who proposes most, and who is',
    'not heard. It blames nobody.',
  ],
  'who-holds-what',
  true,
)

const roleIn = async (context: Context, typed: string | undefined) => {
  const given = oneOf(ROLES, typed, 'A role')
  if (!given.ok) return given
  return given.value === undefined ? askChoice(context, ROLES, 'Which role? (a number)') : ok(given.value)
}

const isTerm = (days: string): boolean =>
  /^\d{1,3}$/.test(days) && Number(days) >= 1 && Number(days) <= MAX_TERM_DAYS

export const roleTake: Command = {
  usage: '[ROLE]',
  about: [
    'For a while: facilitator, note-taker, marshal, liaison, on duty. Delegates, alternates, minders and panel',
    'members are elected: `npx tocsin motion start elect`.',
  ],
  options: { days: { type: 'string', value: 'DAYS', help: 'for how long, up to a year' } },
  takes: 1,
  examples: ['role take facilitator', 'role take duty --days 7'],
  run: (context, input) =>
    withMembership(context, async ({ session }) => {
      const role = await roleIn(context, input.positionals[0])
      if (!role.ok) return role
      if (isElected(role.value))
        return refused(
          'elected',
          `The ${ROLES[role.value]} is elected: ask for it with \`npx tocsin motion start elect\`.`,
        )
      const days = textOf(input, 'days')
      if (days !== undefined && !isTerm(days))
        return refused('bad_days', `Give a number of days, from 1 to ${MAX_TERM_DAYS}.`, 2)
      const more = present({ days: days === undefined ? undefined : Number(days) })
      return saying(
        context,
        session,
        { type: 'roleTake', role: role.value, ...more },
        'Everybody sees that you do it.',
      )
    }),
}

export const roleEnd: Command = {
  usage: '[ID]',
  about: [
    'Hands on what you hold. Of a delegate, the alternate steps in at once. Without an id: your only role.',
  ],
  options: {
    note: { type: 'string', short: 'n', value: 'TEXT', help: 'what whoever comes next has to know' },
    keep: { type: 'boolean', help: 'only leave the note, and go on' },
  },
  takes: 1,
  examples: ['role end --note "The projector is at bob\'s"', 'role end 3fa2'],
  run: (context, input) =>
    withMembership(context, async ({ session }) => {
      const view = session.view()
      const term = termIn(view, input, (one) => one.seat === view.own.seat && !one.ended)
      if (!term.ok) return term
      const ends = !isOn(input, 'keep')
      const note = present({ note: textOf(input, 'note') })
      return saying(
        context,
        session,
        { type: 'roleHandover', term: term.value.id, ends, ...note },
        ends ? 'You have handed it on.' : 'Your note is there.',
      )
    }),
}

const termIn = (
  view: CommitteeView,
  { positionals: [id] }: Input,
  isMeant: (term: Term) => boolean,
): Result<Term, Refusal> =>
  chooseOne(new Map([...view.committee.terms].filter(([, term]) => isMeant(term))), id, WHICH)

export const roleOwed: Command = {
  usage: 'ITEM',
  about: ['The city assembly dealt with something: our delegate tells us about it within three days.'],
  takes: 64,
  examples: ['role owed "Support for the reinstatement"'],
  run: (context, input) =>
    withMembership(context, async ({ session }) => {
      const asked = await inOrder<{ term: Term; item: string }>({
        term: () =>
          termIn(
            session.view(),
            { ...input, positionals: [] },
            ({ role, ended }) => role === 'delegate' && !ended,
          ),
        item: () => askText(context, input.positionals.join(' ') || undefined, 'What was it about?'),
      })
      if (!asked.ok) return asked
      const { term, item } = asked.value
      return saying(
        context,
        session,
        { type: 'reportOwed', term: term.id, item },
        'Everybody sees that a report is owed.',
      )
    }),
}

export const report: Command = {
  usage: '[ID]',
  about: ['What you said for us in the assembly, how the others voted, and what comes back to us.'],
  options: {
    said: { type: 'string', value: 'TEXT', help: 'what you said' },
    others: { type: 'string', value: 'TEXT', help: 'how the others voted' },
    back: { type: 'string', value: 'TEXT', help: 'what comes back to us' },
  },
  takes: 1,
  examples: ['report', 'report 3fa2 --said "We act" --others "Two with us" --back "A picket on Friday"'],
  run: (context, input) =>
    withMembership(context, async ({ session }) => {
      const asked = await inOrder<{ owed: Owed; said: string }>({
        owed: () =>
          chooseOne(owedBy(session.view()), input.positionals[0], {
            what: 'report that you owe',
            list: 'roles',
          }),
        said: () => askText(context, textOf(input, 'said'), 'What did you say for us?'),
      })
      if (!asked.ok) return asked
      const more = present({ others: textOf(input, 'others'), back: textOf(input, 'back') })
      return saying(
        context,
        session,
        { type: 'report', owed: asked.value.owed.id, said: asked.value.said, ...more },
        'Everybody has your report.',
      )
    }),
}

const owedBy = ({ committee, own }: CommitteeView): ReadonlyMap<string, Owed> =>
  new Map(
    [...committee.terms.values()]
      .filter(({ seat }) => seat === own.seat)
      .flatMap(({ owed }) => owed.filter((one) => !one.report).map((one) => [one.id, one] as const)),
  )

export const roleRecall: Command = {
  usage: '[ID]',
  about: [
    'Asks that we vote on calling somebody back. When a third of us asks, the vote can be opened; the person',
    'has no vote in it, and the alternate steps in at once.',
  ],
  options: {
    why: { type: 'string', value: 'TEXT', help: 'why' },
    'take-back': { type: 'boolean', help: 'do not ask any more' },
  },
  takes: 1,
  examples: ['role recall 3fa2 --why "Two reports are missing"', 'role recall 3fa2 --take-back'],
  run: (context, input) =>
    withMembership(context, async ({ session }) => {
      const view = session.view()
      const term = termIn(view, input, (one) => one.seat !== view.own.seat && !one.ended)
      if (!term.ok) return term
      const asks = !isOn(input, 'take-back')
      const why = present({ why: textOf(input, 'why') })
      const said = await saying(
        context,
        session,
        { type: 'recallAsk', term: term.value.id, asks, ...why },
        asks
          ? 'Everybody sees that you ask for it. To ask no longer: run it again with --take-back.'
          : 'You do not ask for it any more.',
      )
      const now = session.view().committee.terms.get(term.value.id)
      const counting = view.members.filter(({ counts }) => counts).map(({ seat }) => seat)
      if (!said.ok || !now || !isRecallAsked(now, counting)) return said
      return ok({
        ...said.value,
        text: [
          ...said.value.text,
          'A third of us asks: ask for the vote with `npx tocsin motion start recall`.',
        ],
      })
    }),
}
