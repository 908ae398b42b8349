/** A worry about a member, from the facts to its end; suspension; and the word of whoever it is about. Not here: putting them out, which is a vote. */
import { ok, type Result } from '../../../shared/base/result.ts'
import type { Concern } from '../../core/committee/concern.ts'
import type { ConcernAdd } from '../../core/committee/concernContent.ts'
import {
  CONCERN_ENDS,
  type ConcernEnd,
  OTHER_WAYS,
  type OtherWay,
} from '../../core/committee/concernWords.ts'
import { concernPages } from '../../core/session/lifeView.ts'
import { plainNamesIn } from '../../core/session/names.ts'
import type { Session } from '../../core/session/session.ts'
import type { CommitteeView, MemberView } from '../../core/session/view.ts'
import { oneOf } from '../alarmChoice.ts'
import { askChoice, askText, choose } from '../ask.ts'
import { chooseOne, idAndWord } from '../chooseOne.ts'
import {
  type Command,
  type Context,
  type Input,
  isOn,
  type Option,
  type Refusal,
  refused,
  textOf,
} from '../command.ts'
import { findMember } from '../findMember.ts'
import { withCommittee, withMembership } from '../open.ts'
import { saying } from '../saying.ts'
import { concernJson, concernLines } from '../show/concerns.ts'
import { namesIn } from '../show/names.ts'
import { shortIds } from '../show/shortIds.ts'
import { inOrder, present } from '../steps.ts'

const WHICH = { what: 'concern', list: 'concern' }

export const concernList: Command = {
  usage: '',
  about: ['Facts, other explanations, guesses apart, and what the person says. The newest first.'],
  examples: ['concern'],
  run: (context) =>
    withCommittee(context, async ({ session }) => {
      const view = session.view()
      const now = Date.now()
      const pages = concernPages(view, now)
      const showing = { names: namesIn(view), short: shortIds(pages.map(({ concern }) => concern.id)) }
      const lines = pages.flatMap((page) => concernLines(page, showing, now))
      return ok({
        text: lines.length > 0 ? lines : ['Nobody worries about anybody.'],
        json: { concerns: pages.map((page) => concernJson(page, plainNamesIn(view))) },
      })
    }),
}

const CLAIMS: Readonly<Record<string, Option>> = {
  fact: { type: 'string', short: 'f', multiple: true, value: 'TEXT', help: 'what happened, seen or heard' },
  guess: { type: 'string', short: 'g', multiple: true, value: 'TEXT', help: 'what you only suspect' },
  way: {
    type: 'string',
    short: 'w',
    multiple: true,
    value: 'WAY:TEXT',
    help: `another explanation and what you found: ${Object.keys(OTHER_WAYS).join(', ')}`,
  },
  asked: { type: 'boolean', help: 'somebody has asked the person themselves' },
  mediator: { type: 'string', value: 'CODE', help: 'somebody from another committee who helps' },
}

export const concernOpen: Command = {
  usage: '[HANDLE]',
  about: [
    'First: could they know it another way? Then the facts, and apart from them what you only guess.',
    'Whoever it is about reads it, and what they say stands beside it.',
  ],
  options: CLAIMS,
  takes: 1,
  examples: [
    'concern open',
    'concern open frank --way "paper: nobody printed it" --fact "The manager quoted our draft"',
  ],
  run: (context, input) =>
    withMembership(context, async ({ session }) => {
      const asked = await inOrder<{ about: MemberView; checked: Checked; facts: readonly string[] }>({
        about: () => otherMember(context, session.view(), input.positionals[0]),
        checked: () => askChecked(context, input),
        facts: () => askFacts(context, input),
      })
      if (!asked.ok) return asked
      const { about, checked, facts } = asked.value
      const more = present({ mediator: textOf(input, 'mediator') })
      return saying(
        context,
        session,
        {
          type: 'concern',
          about: about.seat,
          facts,
          guesses: textsOf(input, 'guess'),
          checked,
          hasAsked: isOn(input, 'asked'),
          ...more,
        },
        'Everybody sees it, whoever it is about included.',
      )
    }),
}

type Checked = ConcernAdd['checked']

/** Whole sentences: a comma does not part them. */
const textsOf = ({ values }: Input, name: string): readonly string[] => {
  const value = values[name]
  return Array.isArray(value) ? value.map(String) : []
}

const otherMember = async (
  context: Context,
  view: CommitteeView,
  typed: string | undefined,
): Promise<Result<MemberView, Refusal>> => {
  const name = await askText(context, typed, 'Who is it about?')
  if (!name.ok) return name
  const member = findMember(view, name.value)
  return member.ok && member.value.isMe
    ? refused('yourself', 'To say something about yourself, run `npx tocsin statement`.')
    : member
}

const checkedIn = (input: Input): Result<Checked, Refusal> => {
  const checked: { way: OtherWay; found: string }[] = []
  for (const typed of textsOf(input, 'way')) {
    const [, word = '', found = ''] = /^([^:]+):\s*(.+)$/s.exec(typed) ?? []
    const way = choose(OTHER_WAYS, word)
    if (way === undefined)
      return refused(
        'no_such_way',
        `--way is one of ${Object.keys(OTHER_WAYS).join(', ')}, a colon, and what you found.`,
        2,
      )
    checked.push({ way, found })
  }
  return ok(checked)
}

const askChecked = async (context: Context, input: Input): Promise<Result<Checked, Refusal>> => {
  const given = checkedIn(input)
  if (!given.ok || given.value.length > 0) return given
  const asked = await inOrder<{ way: OtherWay; found: string }>({
    way: () => askChoice(context, OTHER_WAYS, 'Could they know it another way? (a number)'),
    found: () => askText(context, undefined, 'What did you find about that?'),
  })
  return asked.ok ? ok([asked.value]) : asked
}

const askFacts = async (context: Context, input: Input): Promise<Result<readonly string[], Refusal>> => {
  const given = textsOf(input, 'fact')
  if (given.length > 0) return ok(given)
  const fact = await askText(context, undefined, 'What happened? (only what was seen or heard)')
  return fact.ok ? ok([fact.value]) : fact
}

/** Among those that are not over and not about oneself. */
export const concernIn = (session: Session, typed: string | undefined): Result<Concern, Refusal> => {
  const { committee, own } = session.view()
  const all = [...committee.concerns].filter(([, one]) => !one.ended)
  const open = all.filter(([, one]) => one.about !== own.seat)
  if (open.length === 0 && all.length > 0)
    return refused('yours', 'That is about you: say your own word with `npx tocsin statement`.')
  return chooseOne(new Map(open), typed, WHICH)
}

export const concernAdd: Command = {
  usage: '[ID]',
  about: ['More facts, other explanations, guesses; that somebody has asked them; a mediator.'],
  options: CLAIMS,
  takes: 1,
  examples: ['concern add 3fa2 --way "told: a cousin works there" --asked'],
  run: (context, input) =>
    withMembership(context, async ({ session }) => {
      const asked = await inOrder<{ concern: Concern; checked: Checked }>({
        concern: () => concernIn(session, input.positionals[0]),
        checked: () => checkedIn(input),
      })
      if (!asked.ok) return asked
      const { concern, checked } = asked.value
      const more = present({
        hasAsked: isOn(input, 'asked') ? (true as const) : undefined,
        mediator: textOf(input, 'mediator'),
      })
      const claims = { facts: textsOf(input, 'fact'), guesses: textsOf(input, 'guess'), checked }
      return saying(
        context,
        session,
        { type: 'concernAdd', concern: concern.id, ...claims, ...more },
        'Everybody sees it.',
      )
    }),
}

export const concernClose: Command = {
  usage: '[ID] [withdrawn|settled]',
  about: ['Whoever opened it takes it back; two members settle it. A suspension that rests on it ends.'],
  takes: 2,
  examples: ['concern close 3fa2 settled'],
  run: (context, input) =>
    withMembership(context, async ({ session }) => {
      const { id, word } = idAndWord(input.positionals, CONCERN_ENDS)
      const asked = await inOrder<{ concern: Concern; to: ConcernEnd }>({
        concern: () => concernIn(session, id),
        to: async () => {
          const given = oneOf(CONCERN_ENDS, word, 'How it ends')
          if (!given.ok) return given
          return given.value === undefined
            ? askChoice(context, CONCERN_ENDS, 'How does it end? (a number)')
            : ok(given.value)
        },
      })
      if (!asked.ok) return asked
      const { concern, to } = asked.value
      return saying(context, session, { type: 'concernEnd', concern: concern.id, to }, 'Everybody sees it.')
    }),
}
