/** Raising an alarm: What? How fast? Say it. Then whom it is about and who may know the name; each with an answer for Enter. */
import { ok, type Result } from '../../../shared/base/result.ts'
import type { AlarmContent } from '../../core/committee/alarmContent.ts'
import {
  ALARM_KINDS,
  CHECKS,
  idsOf,
  NEEDS,
  type Need,
  RINGS,
  SEVERITIES,
  type Severity,
} from '../../core/committee/alarmWords.ts'
import { needsIn, oneOf } from '../alarmChoice.ts'
import { contactOf, raiseWith } from '../alarmReach.ts'
import { askChoice, askText } from '../ask.ts'
import { type Command, type Context, type Input, listOf, type Refusal, refused, textOf } from '../command.ts'
import { withMembership } from '../open.ts'
import { shortIds } from '../show/shortIds.ts'
import { inOrder, present } from '../steps.ts'

export const alarmRaise: Command = {
  usage: '[WHAT HAPPENED]',
  about: [
    'Three steps: What? How fast? Say it. Whatever an option does not say is asked.',
    'Everybody in the committee sees it. A mistake is taken back with `alarm cancel`.',
    `Kinds: ${idsOf(ALARM_KINDS).slice(0, 8).join(', ')},`,
    `  ${idsOf(ALARM_KINDS).slice(8).join(', ')}.`,
    `Needs: ${idsOf(NEEDS).join(', ')}.`,
  ],
  options: {
    kind: { type: 'string', short: 'k', value: 'KIND', help: 'what happened' },
    fast: { type: 'string', short: 'f', value: 'now|today|note', help: 'how fast somebody is needed' },
    need: {
      type: 'string',
      short: 'n',
      multiple: true,
      value: 'NEED',
      help: 'what is needed; may be given several times',
    },
    about: { type: 'string', value: 'me|not-named|NAME', help: 'whom it is about; me if not given' },
    names: {
      type: 'string',
      multiple: true,
      value: 'RING',
      help: 'who may know the name: team, committee, city, supporters, public, nobody',
    },
    place: { type: 'string', value: 'TEXT', help: 'where' },
    guesses: { type: 'string', value: 'TEXT', help: 'what you suppose but do not know' },
    checked: { type: 'string', value: 'no|second-hand|spoke|saw', help: 'how well you know it' },
    reach: {
      type: 'string',
      value: 'TEXT',
      help: 'how they can be reached; told to those who are on it only',
    },
    phrase: { type: 'string', value: 'TEXT', help: 'a phrase by which they know a friend; likewise' },
    'do-not-reach': { type: 'boolean', help: 'nobody should try to reach them' },
  },
  takes: 64,
  examples: [
    'alarm raise',
    'alarm raise --kind called_in --fast now --need witness "They called me to the office"',
  ],
  run: (context, input) =>
    withMembership(context, async ({ session }) => {
      const content = await contentFrom(context, input)
      if (!content.ok) return content
      const done = await raiseWith(context, input, session, content.value)
      if (!done.ok) return done
      if (done.value.exit !== undefined) return ok({ ...done.value, text: [...done.value.text, CALL] })
      const view = session.view()
      const last = [...view.committee.alarms.keys()].at(-1) ?? ''
      const id = shortIds([...view.committee.alarms.keys(), ...view.committee.posts.map((post) => post.id)])(
        last,
      )
      const text = [
        ...done.value.text,
        `Who answers: \`npx tocsin alarm show ${id}\`. To take it back: \`npx tocsin alarm cancel ${id}\`.`,
      ]
      return ok({ ...done.value, text })
    }),
}

/** Whoever waits for help must not believe that it is on its way. */
const CALL = 'Nobody has seen this alarm yet: call somebody.'

const contentFrom = async (context: Context, input: Input): Promise<Result<AlarmContent, Refusal>> => {
  const { positionals } = input
  const isAsked = textOf(input, 'kind') === undefined
  const said = positionals.length > 0 ? positionals.join(' ') : undefined
  const content = await inOrder<
    Pick<AlarmContent, 'kind' | 'severity' | 'facts' | 'needs'> & { who: Who; rest: Rest }
  >({
    kind: () =>
      askOneOf(context, ALARM_KINDS, {
        typed: textOf(input, 'kind'),
        option: '--kind',
        question: 'What? (a number)',
      }),
    severity: () =>
      askOneOf(context, FAST, {
        typed: textOf(input, 'fast'),
        option: '--fast',
        question: 'How fast? (a number)',
      }),
    facts: () => askText(context, said, 'Say it: what happened?'),
    needs: () => (isAsked ? askNeeds(context, listOf(input, 'need')) : someNeeds(listOf(input, 'need'))),
    who: () => askWho(context, input, isAsked),
    rest: () => restOf(input),
  })
  if (!content.ok) return content
  const { who, rest, ...steps } = content.value
  return ok({ type: 'alarm', ...steps, ...who, ...rest })
}

const FAST: Readonly<Record<Severity, string>> = {
  now: `${SEVERITIES.now}, within minutes`,
  today: `${SEVERITIES.today}, within hours`,
  note: `${SEVERITIES.note}, no rush`,
}

type Question = { readonly typed: string | undefined; readonly option: string; readonly question: string }

const askOneOf = async <const Id extends string>(
  context: Context,
  table: Readonly<Record<Id, string>>,
  { typed, option, question }: Question,
): Promise<Result<Id, Refusal>> => {
  const given = oneOf(table, typed, option)
  if (!given.ok) return given
  return given.value === undefined ? askChoice(context, table, question) : ok(given.value)
}

const someNeeds = (typed: readonly string[] | undefined): Result<readonly Need[], Refusal> => {
  const needs = needsIn(typed ?? [])
  return needs.ok ? ok(needs.value ?? []) : needs
}

const askNeeds = async (
  context: Context,
  given: readonly string[] | undefined,
): Promise<Result<readonly Need[], Refusal>> => {
  if (given !== undefined) return someNeeds(given)
  for (const [i, word] of Object.values(NEEDS).entries()) context.terminal.note(`  ${i + 1}  ${word}`)
  for (;;) {
    const answer = await askText(
      context,
      undefined,
      'What is needed? (numbers with commas; Enter for nothing)',
    )
    if (!answer.ok) return answer
    const needs = someNeeds(answer.value.split(',').filter((word) => word.trim() !== ''))
    if (needs.ok) return needs
    context.terminal.note(`Please type numbers from 1 to ${idsOf(NEEDS).length}, with commas between them.`)
  }
}

type Who = Pick<AlarmContent, 'about' | 'namesAllowed'>

const KNOWN_BY = {
  committee: 'us: this committee, and those who answer',
  team: 'only those who answer',
  nobody: 'nobody',
} as const

const askWho = async (context: Context, input: Input, isAsked: boolean): Promise<Result<Who, Refusal>> => {
  const rings = listOf(input, 'names')
  const typed = textOf(input, 'about')
  if (!isAsked) return whoFrom(typed ?? 'me', rings ?? ['committee'])
  const asked = await inOrder<{ about: string; rings: readonly string[] }>({
    about: () => askText(context, typed, 'Whom is it about? (Enter: me; a name; or: not named)'),
    rings: async () => (rings === undefined ? askRings(context) : ok(rings)),
  })
  return asked.ok ? whoFrom(asked.value.about, asked.value.rings) : asked
}

const askRings = async (context: Context): Promise<Result<readonly string[], Refusal>> => {
  const known = await askChoice(context, KNOWN_BY, 'Who may know the name? (a number)')
  return known.ok ? ok([known.value]) : known
}

/** The committee contains the team: whoever tells it tells those who answer. */
const whoFrom = (about: string, rings: readonly string[]): Result<Who, Refusal> => {
  const unknown = rings.find((ring) => ring !== 'nobody' && !idsOf(RINGS).some((one) => one === ring))
  if (unknown !== undefined)
    return refused('no_such_choice', `--names is one or more of: ${idsOf(RINGS).join(', ')}, nobody.`, 2)
  const has = (ring: string): boolean => rings.includes(ring)
  const namesAllowed = {
    team: has('team') || has('committee'),
    committee: has('committee'),
    city: has('city'),
    supporters: has('supporters'),
    public: has('public'),
  }
  return ok({ about: aboutOf(about), namesAllowed })
}

const aboutOf = (typed: string): Who['about'] => {
  const plain = typed
    .toLowerCase()
    .replace(/[\s_-]+/g, ' ')
    .trim()
  if (plain === '' || plain === 'me') return { who: 'me' }
  return plain === 'not named' ? { who: 'not_named' } : { who: 'named', handle: typed }
}

type Rest = Pick<AlarmContent, 'place' | 'guesses' | 'checked' | 'safeContact'>

const restOf = (input: Input): Result<Rest, Refusal> => {
  const checked = oneOf(CHECKS, textOf(input, 'checked'), '--checked')
  if (!checked.ok) return checked
  return ok(
    present({
      place: textOf(input, 'place'),
      guesses: textOf(input, 'guesses'),
      checked: checked.value,
      safeContact: contactOf(input),
    }),
  )
}
