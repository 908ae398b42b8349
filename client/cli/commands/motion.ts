/** Motions: what waits, one of them whole, and beginning one. */

import { ok, type Result } from '../../../shared/base/result.ts'
import { DECISION_KINDS, type DecisionKind } from '../../core/committee/decisionRules.ts'
import type { MotionContent } from '../../core/committee/motionContent.ts'
import { ELECTED, type ElectedRole, isElected, ROLES } from '../../core/committee/roleWords.ts'
import { ENDINGS } from '../../core/committee/unityWords.ts'
import { type Card, decidePage } from '../../core/session/decideView.ts'
import { plainNamesIn } from '../../core/session/names.ts'
import { cardJson } from '../../core/session/records.ts'
import type { CommitteeView } from '../../core/session/view.ts'
import { oneOf } from '../alarmChoice.ts'
import { askChoice, askText } from '../ask.ts'
import { chooseOne } from '../chooseOne.ts'
import { type Command, type Context, type Input, isOn, type Refusal, refused, textOf } from '../command.ts'
import { findMember } from '../findMember.ts'
import { chooseCard, press, showingIn } from '../motionChoice.ts'
import { withCommittee, withMembership } from '../open.ts'
import { cardLines, earlierLines, motionLines } from '../show/motionCards.ts'
import { inOrder, present, proceed } from '../steps.ts'

const UNITY_ENDS = { agreed: 'agreed', ...ENDINGS } as const

/** So long somebody is told that a vote of theirs came too late. */
const WEEK_MS = 7 * 86_400_000

export const motionList: Command = {
  usage: '[--all]',
  about: ['What we decide, by the time that is left, and what waits for you. With --all also what is over.'],
  options: { all: { type: 'boolean', short: 'a', help: 'also what is over' } },
  examples: ['motion', 'motion list --all'],
  run: (context, input) =>
    withCommittee(context, async ({ session }) => {
      const view = session.view()
      const page = decidePage(view, Date.now())
      const isShown = ({ isLate, motion }: Card): boolean =>
        isOn(input, 'all') || (isLate && Date.now() - (motion?.phaseAt ?? 0) < WEEK_MS)
      const cards = [...page.open, ...page.done.filter(isShown)]
      const showing = showingIn(view, page, Date.now())
      const earlier = isOn(input, 'all') ? earlierLines(page.earlier, showing) : []
      const lines = [...cards.flatMap((card) => cardLines(card, showing)), ...earlier]
      return ok({
        text:
          lines.length > 0
            ? lines
            : ['Nothing to decide. You can start a question: `npx tocsin motion start`.'],
        json: {
          motions: cards.map((card) => cardJson(card, plainNamesIn(view))),
          earlier: isOn(input, 'all') ? page.earlier : [],
        },
      })
    }),
}

export const motionShow: Command = {
  usage: '[ID]',
  about: ['One motion whole: its text, the changes offered, the languages, the vote, what came of it.'],
  takes: 1,
  examples: ['motion show', 'motion show 3fa2'],
  run: (context, input) =>
    withCommittee(context, async ({ session }) => {
      const view = session.view()
      const page = decidePage(view, Date.now())
      return proceed(chooseCard(page, input.positionals[0]), (card) =>
        ok({
          text: motionLines(card, showingIn(view, page, Date.now())),
          json: cardJson(card, plainNamesIn(view)),
        }),
      )
    }),
}

/** Founding has a command of its own. */
const { found: _, ...KINDS } = DECISION_KINDS

export const motionStart: Command = {
  usage: '[KIND] [TITLE]',
  about: [
    `Puts something to the committee. Kinds: ${Object.keys(KINDS).join(', ')}.`,
    'Another member seconds it, then we talk about it and change it, then the text is fixed and voted on. An empty line',
    'in the text begins a new paragraph; changes are offered paragraph by paragraph.',
  ],
  options: {
    text: { type: 'string', value: 'TEXT', help: 'the whole text' },
    lang: { type: 'string', value: 'CODE', help: 'in which language it is written, as es; en if not said' },
    about: { type: 'string', value: 'HANDLE', help: 'remove, elect: whom' },
    among: {
      type: 'string',
      value: 'HANDLES',
      help: 'elect: several, as bo,carol; whoever has more than half, at last in a run-off',
    },
    role: { type: 'string', value: 'ROLE', help: `elect: ${ELECTED.join(', ')}` },
    days: { type: 'string', value: 'DAYS', help: 'elect: for how long' },
    term: { type: 'string', value: 'ID', help: 'recall: which, as `npx tocsin roles` shows' },
    point: { type: 'string', value: 'ID', help: 'unity: which point, as `npx tocsin unity` shows' },
    to: {
      type: 'string',
      value: 'WORD',
      help: `unity: ${Object.keys(UNITY_ENDS).join(', ')}; agreed if not said`,
    },
    urgent: { type: 'boolean', help: 'by the shorter hours that our rules have for it' },
    'review-on': { type: 'string', value: 'DAY', help: 'when to look at it again, as 2027-01-31' },
    'new-facts': { type: 'boolean', help: 'remove: there is something that was not known last time' },
  },
  takes: 2,
  examples: [
    'motion start',
    'motion start everyday "Meet on Tuesdays" --text "We meet on Tuesdays at seven."',
    'motion start elect "bo speaks for us" --about bo --role delegate --text "For 90 days."',
    'motion start elect "Who speaks for us" --among bo,carol --role delegate --text "For 90 days."',
  ],
  run: (context, input) =>
    withMembership(context, async ({ session }) =>
      proceed(await contentFrom(context, session.view(), input), (content) =>
        press(
          context,
          session,
          { do: 'start', content, hasNewFacts: isOn(input, 'new-facts') },
          'The others are asked.',
        ),
      ),
    ),
}

const contentFrom = async (
  context: Context,
  view: CommitteeView,
  input: Input,
): Promise<Result<MotionContent, Refusal>> => {
  const asked = await inOrder({
    kind: () => kindFrom(context, input.positionals[0]),
    title: () => askText(context, input.positionals[1], 'What is it about, in one sentence?'),
    text: () => askText(context, textOf(input, 'text'), 'The text?'),
  })
  if (!asked.ok) return asked
  const { kind, title, text } = asked.value
  return proceed(await personFrom(view, kind, input), (person) =>
    ok({
      type: 'motion' as const,
      kind,
      title,
      text,
      lang: textOf(input, 'lang') ?? 'en',
      ...person,
      ...(isOn(input, 'urgent') ? { isUrgent: true as const } : {}),
      ...present({ reviewOn: textOf(input, 'review-on') }),
    }),
  )
}

const kindFrom = (
  context: Context,
  typed: string | undefined,
): Result<DecisionKind, Refusal> | Promise<Result<DecisionKind, Refusal>> => {
  if (typed === undefined) return askChoice(context, KINDS, 'What kind of thing is it? (a number)')
  return proceed(oneOf(KINDS, typed, 'A kind'), (kind) => ok(kind ?? 'everyday'))
}

type Person = Pick<MotionContent, 'about' | 'effect'>

/** Whom it is about, for the kinds that are about somebody. */
const personFrom = (
  view: CommitteeView,
  kind: DecisionKind,
  input: Input,
): Result<Person, Refusal> | Promise<Result<Person, Refusal>> => {
  if (kind === 'recall') {
    const open = [...view.committee.terms].filter(([, term]) => !term.ended)
    return proceed(
      chooseOne(new Map(open), textOf(input, 'term'), { what: 'role', list: 'roles' }),
      ({ id, seat }) => ok<Person>({ effect: { gives: 'recall', term: id, seat } }),
    )
  }
  if (kind === 'unity') return pointFrom(view, input)
  if (kind !== 'remove' && kind !== 'elect') return ok({})
  const among = kind === 'elect' ? textOf(input, 'among') : undefined
  if (among !== undefined)
    return proceed(membersFrom(view, among.split(',')), (candidates) =>
      roleOf(input, (role) => ({ gives: 'election', candidates, ...role })),
    )
  const whom = textOf(input, 'about')
  if (whom === undefined)
    return refused(
      'whom',
      `Say whom it is about: --about HANDLE${kind === 'elect' ? ', or --among HANDLE,HANDLE' : ''}.`,
      2,
    )
  return proceed(findMember(view, whom), ({ seat }) =>
    kind === 'remove'
      ? ok<Person>({ about: seat })
      : roleOf(input, (role) => ({ gives: 'role', seat, ...role })),
  )
}

const membersFrom = (view: CommitteeView, typed: readonly string[]): Result<readonly string[], Refusal> => {
  const seats: string[] = []
  for (const one of typed) {
    const member = findMember(view, one)
    if (!member.ok) return member
    seats.push(member.value.seat)
  }
  return ok(seats)
}

const pointFrom = (view: CommitteeView, input: Input): Result<Person, Refusal> => {
  const to = oneOf(UNITY_ENDS, textOf(input, 'to'), '--to')
  if (!to.ok) return to
  const point = chooseOne(view.committee.unity, textOf(input, 'point'), { what: 'point', list: 'unity' })
  if (!point.ok) return point
  return ok({ effect: { gives: 'unity', point: point.value.id, to: to.value ?? 'agreed' } })
}

type Mandate = { readonly role: ElectedRole; readonly days?: number }

const roleOf = (
  input: Input,
  effect: (mandate: Mandate) => NonNullable<Person['effect']>,
): Result<Person, Refusal> => {
  const role = oneOf(ROLES, textOf(input, 'role'), '--role')
  if (!role.ok) return role
  if (role.value === undefined || !isElected(role.value))
    return refused('no_role', `Say which role: --role ${ELECTED.join(', ')}.`, 2)
  const days = textOf(input, 'days')
  if (days !== undefined && !/^\d{1,3}$/.test(days))
    return refused('bad_number', '--days is a whole number, up to 366.', 2)
  return ok({
    effect: effect({ role: role.value, ...(days === undefined ? {} : { days: Number(days) }) }),
  })
}
