/** The life of a committee at the command line: a talk, its founding or its end, roles, a concern, and what each says about themselves. */
import t from 'tap'
import type { Person } from '../../support/cli.ts'
import { letInByVoice, startCliStory } from '../../support/cliStory.ts'

const { relayFile, newPerson, says, refuses } = await startCliStory(t)
const alice = newPerson('alice')
const bob = newPerson('bob')

const jsonOf = async <T>(person: Person, ...args: readonly string[]): Promise<T> =>
  (await person.json(...args)).value as T

/** Alice begins and bob comes in. */
const begin = async (name: string): Promise<void> => {
  await says(alice, 'found', '--name', name, '--handle', 'alice', '--relay-file', relayFile)
  await letInByVoice(bob, alice, 'bob', '--committee', name)
}

t.before(async () => {
  await Promise.all([alice, bob].map((one) => one.run(['init'])))
  await begin('Depot')
})

t.test('3.B who does not agree parts ways, and both devices have forgotten the talk', async (t) => {
  t.match(await says(bob, 'unity'), /Nothing to agree on yet[\s\S]*You are talking: 0 days/)
  t.match((await bob.run(['part-ways'], 'no')).err, /for everybody, and forget it[\s\S]*Nothing has changed/)
  t.match(await says(bob, 'part-ways', '--yes'), /goes their own way\. Nothing of it is kept/)
  t.match(await jsonOf(bob, 'committees'), { committees: [] })
  const { out, err } = await alice.run(['sync'])
  t.match(out + err, /everybody goes their own way/)
  t.match(await jsonOf(alice, 'committees'), { committees: [] })
  await begin('Kitchen')
})

t.test('3.B two agree, meet twice, and found a committee together', async (t) => {
  t.match(await refuses(alice, 'found', 'vote'), /at two meetings on different days/)
  t.match(await refuses(alice, 'unity', 'say', 'agree'), /There is no point yet/)
  await says(alice, 'unity', 'propose', 'Breaks are ours')
  t.match(await says(alice, 'unity', 'say', 'agree'), /what you think/)
  await says(bob, 'unity', 'say', 'talk', '--note', 'And the night?')
  t.match(
    await says(alice, 'unity'),
    /in discussion: Breaks are ours\n.*alice \(you\): agree\n.*bob: want to talk: "And/,
  )
  await says(bob, 'unity', 'say', 'agree')
  t.match(await jsonOf(alice, 'unity'), {
    stage: 'talking',
    points: [{ state: 'agreed' }],
    missing: ['meetings'],
  })

  t.match(await refuses(alice, 'meeting', 'add', '2026-11-31'), /"2026-11-31" is no day/)
  for (const day of ['2026-11-02', '2026-11-09']) {
    await says(alice, 'meeting', 'add', day, '--item', 'decide: the leaflet', '--facilitator', 'bob')
    for (const one of [alice, bob])
      t.match(await says(one, 'meeting', 'there'), new RegExp(`you were there on ${day}. Not so\\?.*--not`))
  }
  await says(bob, 'meeting', 'notes', '--text', 'We print', '--task', 'buy paper / bob / 2026-11-30')
  t.match(
    await says(alice, 'meeting'),
    /2026-11-09: 2 members say that they were there[\s\S]*to decide: the leaflet\n[\s\S]*buy paper, bob, by 2026-11-30\nWhose turn it is: alice/,
  )
  t.match(await jsonOf(alice, 'meeting'), { meetings: [{ attendance: 2, wasThere: true }, {}] })

  t.match(await says(alice, 'found', 'vote'), /You said yes to founding "Kitchen"/)
  t.match(await jsonOf(bob, 'unity'), { stage: 'founding' })
  t.match(await says(bob, 'found', 'vote'), /You are a committee now: "Kitchen"/)
  t.match(await refuses(alice, 'found', 'vote'), /founded already/)
})

t.test('3.B seven principles are put at once, and rest when all say so', async (t) => {
  await says(alice, 'unity', 'propose', '--starter')
  const { points } = await jsonOf<{ points: readonly { id: string; principle?: string }[] }>(bob, 'unity')
  t.equal(points.length, 8)
  const { id } = points.find(({ principle }) => principle === 'autonomy') ?? { id: '' }
  for (const one of [alice, bob]) await says(one, 'unity', 'keep', id)
  t.match(await says(bob, 'unity'), /kept open: Those who work here decide/)
  t.match(await says(alice, 'unity', 'drop', points.at(-1)?.id ?? ''), /Everybody sees it/)
})

t.test('3.B roles are taken and handed on; mandates are not taken', async (t) => {
  t.match(await refuses(alice, 'role', 'take', 'delegate'), /is elected/)
  await says(alice, 'role', 'take', 'facilitator', '--days', '10')
  t.match(await says(bob, 'who-holds-what'), /facilitator: alice, until .*\nNothing piles up anywhere/)
  t.match(await refuses(bob, 'role', 'end'), /There is no role/)
  t.match(
    await says(bob, 'role', 'recall', '--why', 'Tired'),
    /run it again with --take-back\.\nA third of us asks.*motion start recall/,
  )
  t.match(await refuses(bob, 'role', 'take', 'marshal', '--days', '900'), /from 1 to 366/)
  t.match(await refuses(bob, 'report'), /no report that you owe/)
  t.match(await jsonOf(bob, 'roles'), { roles: [{ role: 'facilitator', recallAskedBy: 1, termsInRow: 1 }] })
  await says(alice, 'role', 'end', '--note', 'The projector is at bob’s')
  t.match(await jsonOf(bob, 'roles'), { roles: [] })
  t.match(await refuses(alice, 'role', 'owed', 'Rota'), /There is no role/)
  t.match(await refuses(alice, 'report'), /There is no report/)
})

t.test(
  '3.B a concern has facts and other explanations, and whoever it is about speaks beside it',
  async (t) => {
    t.match(await says(alice, 'concern'), /Nobody worries about anybody/)
    t.match(
      await refuses(alice, 'concern', 'open', 'alice', '--way', 'paper: no', '--fact', 'x'),
      /npx tocsin statement/,
    )
    t.match(
      await refuses(alice, 'concern', 'open', 'bob', '--way', 'paper', '--fact', 'x'),
      /--way is one of/,
    )
    const facts = ['--fact', 'The manager quoted it, word for word', '--guess', 'the phone?']
    await says(alice, 'concern', 'open', 'bob', '--way', 'paper: nobody printed it', ...facts)
    t.match(
      await says(alice, 'suspend'),
      /bob is not suspended yet: one more of you has to say so\. To take your word back: --lift/,
    )
    t.match(await refuses(alice, 'suspend'), /once/)
    await says(bob, 'statement', 'I was at home')
    t.match(
      await says(bob, 'concern'),
      /About bob \(you\), by alice: open\n.*fact: The manager quoted it, word for word \(alice\)\n.*nobody printed it \(alice\)\n.*guess: the phone\?.*\n.*Nobody has asked them yet\.\n.*bob \(you\) says: I was at home/,
    )
    t.match(
      await refuses(bob, 'concern', 'close', 'settled'),
      /about you: say your own word with `npx tocsin statement`/,
    )
    await says(alice, 'concern', 'add', '--asked', '--mediator', 'K')
    const { concerns } = await jsonOf<{ concerns: readonly { id: string }[] }>(alice, 'concern')
    t.match(concerns, [{ hasAsked: true, mediator: 'K', state: 'open', suspendedUntil: null }])
    await says(alice, 'concern', 'open', 'bob', '--way', 'told: nobody', '--fact', 'x')
    t.match(
      await refuses(alice, 'suspend'),
      /There are several: say which concern by its id, [0-9a-f]{4,} or [0-9a-f]{4,}\. `npx tocsin concern` shows them/,
    )
    await says(alice, 'concern', 'close', concerns[0]?.id ?? '', 'withdrawn')
    t.match(await says(bob, 'concern'), /taken back/)
  },
)

t.test('3.B what a member says about themselves is theirs to say, change and take back', async (t) => {
  t.match(await says(alice, 'me'), /Languages: +not said/)
  t.match(await refuses(alice, 'me', '--quiet', 'night'), /two hours of the day/)
  t.match(await refuses(alice, 'me', '--buddy', 'zoe'), /no member "zoe"/)
  await says(
    alice,
    'me',
    '--languages',
    'es,en',
    '--skills',
    'driving, printing',
    '--quiet',
    '22-6',
    '--buddy',
    'bob',
    '--away',
  )
  t.match(
    await says(alice, 'me'),
    /es, en[\s\S]*driving and printing[\s\S]*bob[\s\S]*from 22 to 6[\s\S]*for now/,
  )
  await says(alice, 'me', '--buddy', '', '--back', '--interest', 'none')
  t.match(await jsonOf(alice, 'me'), { languages: ['es', 'en'], buddy: null, away: false, interest: 'none' })
})
