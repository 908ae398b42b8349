/** A member who says one of everything that a screen shows, in words of the test's own; and where each of it is looked at. Not here: what is looked for. */
import type { KnownContent } from '../../client/core/committee/content.ts'
import { encodeCharter } from '../../client/core/governance/charter.ts'
import { sayIt, seatOf } from './committeeStory.ts'
import { sourceOf } from './fileEnds.ts'
import { must, type Person } from './people.ts'

/** Words for a place: `line` may be at most this long. */
export type Words = (place: string, line?: number) => string

export type Said = {
  /** Addresses of the screens about one thing, in the first committee of a device. */
  readonly screens: readonly string[]
  /** Of those about a member, a role or a point, and of the questions that begin there. */
  readonly others: readonly string[]
  readonly alarm: string
  readonly motion: string
  readonly file: string
}

const PICTURE = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR42mP4z8AAAAMBAQD3A0FDAAAAAElFTkSuQmCC',
  'base64',
)

const NAMES = { team: true, committee: true, city: false, supporters: false, public: false }

const alarms = (words: Words): readonly KnownContent[] => [
  {
    type: 'alarm',
    kind: 'called_in',
    severity: 'now',
    facts: words('facts'),
    guesses: words('guesses'),
    needs: ['witness', 'come', 'lawyer'],
    about: { who: 'named', handle: words('about', 40) },
    place: words('place'),
    safeContact: { may: 'yes' },
    namesAllowed: NAMES,
  },
  {
    type: 'alarm',
    kind: 'hurt',
    severity: 'today',
    facts: words('second facts'),
    needs: ['ride'],
    about: { who: 'not_named' },
    safeContact: { may: 'phrase' },
    namesAllowed: NAMES,
  },
]

const talk = (words: Words, day: string): readonly KnownContent[] => [
  { type: 'meeting', on: day, where: words('where', 60), agenda: [{ item: words('item'), kind: 'discuss' }] },
  { type: 'unityPoint', source: 'own', text: words('point') },
  { type: 'unityPoint', source: 'starter', principle: 'democracy' },
  {
    type: 'profile',
    languages: ['en', 'ar'],
    skills: [words('skill', 60)],
    wants: [words('want', 60)],
    away: false,
  },
  { type: 'roleTake', role: 'facilitator' },
]

/** `other`: the seat that there is a worry about. */
export const sayEverything = async (person: Person, other: string, words: Words): Promise<Said> => {
  const day = new Date(person.time.now + 2 * 86_400_000).toISOString().slice(0, 10)
  const post = await sayIt(person, { type: 'post', text: words('post') })
  await sayIt(person, { type: 'post', text: words('reply'), replyTo: post })
  const raised: string[] = []
  for (const content of alarms(words)) raised.push(await sayIt(person, content))
  const [alarm = '', second = ''] = raised
  await sayIt(person, { type: 'alarmUpdate', alarm, text: words('update') })
  const ids = new Map<string, string>()
  for (const content of talk(words, day)) ids.set(content.type, await sayIt(person, content))
  const seat = seatOf(person)
  const motion = await sayIt(person, {
    type: 'motion',
    kind: 'everyday',
    title: words('title', 120),
    text: `${words('motion')}\n\n${words('second part')}`,
    lang: 'en',
  })
  await sayIt(person, {
    type: 'motionAmend',
    motion,
    paragraph: 0,
    text: words('amendment'),
    note: words('note'),
  })
  await sayIt(person, {
    type: 'concern',
    about: other,
    facts: [words('concern')],
    guesses: [words('concern guess')],
    checked: [{ way: 'other', found: words('found') }],
    hasAsked: false,
  })
  const { charter } = person.session.view()
  const rules = encodeCharter({ ...charter, purpose: words('purpose', 200), mayJoin: words('may join', 200) })
  must(await person.session.propose({ type: 'charter', charter: rules }))
  const file = must(
    await person.session.files.prepare(
      {
        kind: 'photo',
        name: `${words('file', 60)}.png`,
        media: 'image/png',
        life: 7,
        words: words('caption'),
      },
      sourceOf(PICTURE),
    ),
  )
  must(await person.session.files.send(file, sourceOf(PICTURE)))
  await person.session.sync()
  return {
    screens: [
      `thread/${post}`,
      `alarm/${alarm}`,
      `alarm/${second}`,
      `thread/${alarm}`,
      `motion/${motion}`,
      `share/${alarm}`,
    ],
    others: [
      ...[`member/${seat}`, `worry/${seat}`, `elect/${seat}`, `remove/${seat}`],
      ...[`recall/${ids.get('roleTake')}`, `point/${ids.get('unityPoint')}`],
    ],
    alarm,
    motion,
    file,
  }
}
