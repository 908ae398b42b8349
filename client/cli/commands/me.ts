/** What you say about yourself: languages, skills, interests, quiet hours. Not here: your handle (rename.ts). */
import { ok, type Result } from '../../../shared/base/result.ts'
import { toOneLine } from '../../core/committee/plainText.ts'
import { emptyProfile, type Profile } from '../../core/committee/profile.ts'
import { INTERESTS } from '../../core/committee/roleWords.ts'
import { type Names, plainNamesIn } from '../../core/session/names.ts'
import type { CommitteeView } from '../../core/session/view.ts'
import { oneOf } from '../alarmChoice.ts'
import { type Command, type Input, listOf, type Outcome, type Refusal, refused, textOf } from '../command.ts'
import { findMember } from '../findMember.ts'
import { withCommittee, withMembership } from '../open.ts'
import { saying } from '../saying.ts'
import { namesIn } from '../show/names.ts'
import { listOf as listWords } from '../show/time.ts'
import { present } from '../steps.ts'

export const me: Command = {
  usage: '[OPTIONS]',
  about: [
    'Without options: what the others see. Nobody asks for your name, number, picture or birthday.',
    'An option replaces what you said before; an empty one takes it back.',
  ],
  options: {
    languages: { type: 'string', multiple: true, value: 'CODES', help: 'languages you read, as es,ar' },
    interest: {
      type: 'string',
      value: 'WORD',
      help: `an interest to declare: ${Object.keys(INTERESTS).join(', ')}`,
    },
    skills: { type: 'string', multiple: true, value: 'WORDS', help: 'what you can do, between commas' },
    wants: { type: 'string', multiple: true, value: 'WORDS', help: 'what you want to learn' },
    buddy: { type: 'string', value: 'HANDLE', help: 'whom you turn to first' },
    quiet: { type: 'string', value: 'FROM-TO', help: 'hours in which you are not rung, as 22-6' },
    away: { type: 'boolean', help: 'you are away for a while' },
    back: { type: 'boolean', help: 'you are back' },
  },
  examples: ['me', 'me --languages es,en --skills "driving, printing" --quiet 22-6'],
  run: (context, input) => {
    const isAsking = Object.keys(input.values).every((name) => ['home', 'committee', 'json'].includes(name))
    if (isAsking) return withCommittee(context, async ({ session }) => shown(session.view()))
    return withMembership(context, async ({ session }) => {
      const profile = changed(session.view(), input)
      if (!profile.ok) return profile
      return saying(context, session, { type: 'profile', ...profile.value }, 'The others see it.')
    })
  },
}

const ownIn = ({ committee, own }: CommitteeView): Profile => committee.profiles.get(own.seat) ?? emptyProfile

const shown = (view: CommitteeView): Outcome => {
  const profile = ownIn(view)
  return ok({
    text: profileLines(profile, namesIn(view)),
    json: { ...profile, buddy: profile.buddy === undefined ? null : plainNamesIn(view)(profile.buddy) },
  })
}

const profileLines = (profile: Profile, names: Names): readonly string[] => {
  const { languages, interest, skills, wants, buddy, quiet, away } = profile
  const rows: readonly (readonly [string, string | undefined])[] = [
    ['Languages', languages.join(', ') || undefined],
    ['Interests', interest && INTERESTS[interest]],
    ['Can do', skills.length > 0 ? listWords(skills.map(toOneLine)) : undefined],
    ['Wants to learn', wants.length > 0 ? listWords(wants.map(toOneLine)) : undefined],
    ['Buddy', buddy && names(buddy)],
    ['Not rung', quiet && `from ${quiet.from} to ${quiet.to}`],
    ['Away', away ? 'for now' : undefined],
  ]
  return rows.map(([name, value]) => `${`${name}:`.padEnd(17)}${value ?? 'not said'}`)
}

const changed = (view: CommitteeView, input: Input): Result<Profile, Refusal> => {
  const before = ownIn(view)
  const words = (name: string, old: readonly string[]) =>
    listOf(input, name)?.filter((word) => word !== '') ?? old
  const asked = present({
    buddy: buddyIn(view, textOf(input, 'buddy')),
    quiet: quietIn(textOf(input, 'quiet')),
    interest: interestIn(textOf(input, 'interest')),
  })
  const refusal = Object.values(asked).find((one) => !one.ok)
  if (refusal && !refusal.ok) return refusal
  const { buddy: _b, quiet: _q, interest: _i, ...rest } = before
  return ok({
    ...rest,
    ...present({
      buddy: asked.buddy?.ok ? asked.buddy.value : before.buddy,
      quiet: asked.quiet?.ok ? asked.quiet.value : before.quiet,
      interest: asked.interest?.ok ? asked.interest.value : before.interest,
    }),
    languages: words('languages', before.languages),
    skills: words('skills', before.skills),
    wants: words('wants', before.wants),
    away: input.values.away === true || (before.away && input.values.back !== true),
  })
}

type Field<K extends keyof Profile> = Result<Profile[K] | undefined, Refusal> | undefined

/** Undefined when not given; `ok(undefined)` when taken back. */
const buddyIn = (view: CommitteeView, typed: string | undefined): Field<'buddy'> => {
  if (typed === undefined) return undefined
  if (typed === '') return ok(undefined)
  const member = findMember(view, typed)
  return member.ok ? ok(member.value.seat) : member
}

const quietIn = (typed: string | undefined): Field<'quiet'> => {
  if (typed === undefined) return undefined
  if (typed === '') return ok(undefined)
  const [, from, to] = /^(\d{1,2})-(\d{1,2})$/.exec(typed.trim()) ?? []
  return from === undefined || to === undefined
    ? refused('bad_hours', 'Quiet hours are two hours of the day, as 22-6.', 2)
    : ok({ from: Number(from), to: Number(to) })
}

const interestIn = (typed: string | undefined): Field<'interest'> =>
  typed === undefined ? undefined : oneOf(INTERESTS, typed === '' ? undefined : typed, '--interest')
