/** Deciding together at the command line: two people, every step of a motion once, and what is refused. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { letInByVoice, startCliStory } from '../../support/cliStory.ts'

const { root, relayFile, newPerson, says, refuses } = await startCliStory(t)
const alice = newPerson('alice')
const bob = newPerson('bob')

t.before(async () => {
  await Promise.all([alice, bob].map((one) => one.run(['init'])))
  await says(alice, 'found', '--name', 'Kitchen', '--handle', 'alice', '--relay-file', relayFile)
  await letInByVoice(bob, alice, 'bob')
})

t.test('nothing to decide is said so, and what is missing or wrong is refused with what to do', async (t) => {
  t.match(await says(alice, 'motion'), /Nothing to decide/)
  t.match((await alice.json('motion', 'list')).value, { motions: [] })
  t.match(await refuses(alice, 'motion', 'vote', 'yes'), /Nothing is open: say which motion by its id/)
  t.match(await refuses(alice, 'motion', 'start', 'remove', 'x', '--text', 'x'), /--about HANDLE/)
  t.match(await refuses(alice, 'motion', 'start', 'elect', 'x', '--text', 'x', '--about', 'bob'), /--role/)
  t.match(await refuses(alice, 'motion', 'start', 'nothing', 'x', '--text', 'x'), /A kind is one of/)
  t.match(
    await refuses(alice, 'motion', 'start', 'everyday', 'x', '--text', 'x', '--review-on', 'soon'),
    /A day is written as 2027-01-31/,
  )
})

t.test('of an election somebody stands down, and another one is put forward', async (t) => {
  const about = ['--about', 'bob', '--role', 'delegate', '--text', 'For 90 days.']
  t.match(await says(alice, 'motion', 'start', 'elect', 'Who speaks for us', ...about), /being discussed/)
  t.match(
    await refuses(alice, 'motion', 'stand-down'),
    /There is no such paragraph, change, language or name in it/,
  )
  t.match(await says(bob, 'motion', 'stand-down'), /You do not stand\./)
  t.match(
    await says(bob, 'motion', 'show'),
    /Nobody stands for election now\.\nSaid no to being elected: bob \(you\)\./,
  )
  t.match(await refuses(alice, 'motion', 'candidate', '--who', 'bob'), /only they can change that/)
  t.match(await refuses(alice, 'motion', 'candidate'), /Say whom: --who HANDLE/)
  t.match(await refuses(alice, 'motion', 'candidate', '--who', 'carol'), /There is no member "carol"/)
  t.match(await says(bob, 'motion', 'candidate', '--who', 'alice'), /Put forward\./)
  t.match(await says(alice, 'motion', 'show'), /Up for election: alice \(you\)\./)
  t.match(await says(alice, 'motion', 'withdraw'), /Withdrawn/)
})

t.test(
  'a motion is put, changed, fixed, translated, voted on, ended by two, done and looked at again',
  async (t) => {
    const started = await says(
      alice,
      'motion',
      'start',
      'share',
      'Tell the city',
      '--text',
      'We are seven.',
      '--urgent',
    )
    t.match(started, /The others are asked\.\n\([0-9a-f]{4}\) Tell the city: being discussed/)
    t.match(
      await says(bob, 'motion', 'change', '--text', 'We are many.', '--note', 'No head counts'),
      /Offered/,
    )
    t.match(
      await says(alice, 'motion', 'show'),
      /1\. We are seven\.[\s\S]*by bob, offered: We are many\.\n {4}No head counts/,
    )
    t.match(await refuses(bob, 'motion', 'change-say', 'accepted'), /Only whoever wrote that/)
    await says(alice, 'motion', 'change-say', 'accepted')
    t.match(await refuses(bob, 'motion', 'withdraw'), /Only whoever wrote that/)
    t.match(await says(alice, 'motion', 'fix'), /word of whoever asked is enough[\s\S]*text fixed/)
    t.match(await says(alice, 'motion', 'show'), /We are many\.\n\nThe text is fixed as [0-9a-f]{16}\./)
    await says(
      alice,
      'motion',
      'translate',
      '--lang',
      'es',
      '--title',
      'La ciudad',
      '--text',
      'Somos muchos.',
    )
    t.match(await refuses(alice, 'motion', 'checked'), /somebody else/)
    await says(bob, 'motion', 'checked')
    t.match(await says(bob, 'motion', 'open'), /being voted on, 2 hours left/)
    t.match(await refuses(alice, 'motion', 'vote', 'block', '--reason', 'x'), /cannot be blocked/)
    t.match(await refuses(alice, 'motion', 'vote', 'perhaps'), /none of: yes, no, unsure, block/)
    await says(alice, 'motion', 'vote', 'yes')
    t.match(await refuses(alice, 'motion', 'close'), /Its time is not over/)
    t.match(await says(bob, 'motion', 'list'), /vote: motion vote/)
    await says(bob, 'motion', 'vote', 'yes')
    t.match(await says(alice, 'motion', 'show'), /2 of 2 have voted\. Enough of us: 2 of 2\.\nYou voted yes/)
    t.match(await says(alice, 'motion', 'close'), /waits for a second member/)
    t.match(await refuses(alice, 'motion', 'confirm'), /somebody else/)
    t.match(await says(bob, 'motion', 'confirm'), /carried/)
    const { value } = await alice.json('motion', 'list', '--all')
    const [first] = (value as { motions: readonly { id: string }[] }).motions
    t.match(first, {
      kind: 'share',
      state: 'carried',
      tally: { counts: { yes: 2 } },
      waitsForMe: ['outcome'],
    })
    const id = first?.id ?? ''
    t.match(await refuses(bob, 'motion', 'vote', 'no', id), /too late - it was not counted/)
    t.match(await refuses(bob, 'motion', 'vote', id, 'no'), /too late/, 'whichever of the two comes first')
    t.match(
      await says(alice, 'motion', 'done', id, 'They know.', '--by', 'bob', '--review-on', '2024-01-31'),
      /done/,
    )
    t.match(await says(bob, 'motion', 'review', id, 'It was right.'), /looked at again/)
    t.match(
      await says(bob, 'motion', 'show', id),
      /What came of it, says alice: They know\. Done by bob \(you\)\./,
    )
  },
)

t.test('what one has put directly is on the list of the other, and what is withdrawn is over', async (t) => {
  t.match(
    await refuses(alice, 'charter', 'propose', '--rule', 'everyday:at-least=1'),
    /below what can be voted/,
  )
  t.match(await refuses(alice, 'charter', 'propose', '--rule', 'everyday:sleep=1'), /is no rule/)
  t.match(await refuses(alice, 'charter', 'propose', '--quiet', 'late'), /22-6/)
  const change = ['--rule', 'everyday:vote=48', '--languages', 'es,ar', '--review-on', '2027-01-31']
  const asked = await says(alice, 'charter', 'propose', ...change, '--may-join', 'Who works here')
  t.match(asked, /For everyday.*24 h to vote.*then.*48 h to vote/)
  t.match(asked, /Languages: any, then es, ar/)
  t.match(asked, /We look at this again: when we like, then 2027-01-31/)
  const waiting = await bob.json('motion')
  t.match(waiting.value, { motions: [{ kind: 'charter', state: 'voting', waitsForMe: ['vote'] }] })
  t.match(await says(bob, 'approve', '1'), /Carried out/)
  t.match(await says(alice, 'charter'), /Who may join: +Who works here/)
  await says(bob, 'motion', 'start', 'everyday', 'Paint the door', '--text', 'Red.')
  t.match(await refuses(bob, 'motion', 'fix'), /not before/)
  t.match(await says(bob, 'motion', 'withdraw'), /withdrawn/)
  t.match(await says(bob, 'motion', 'list', '--all'), /Paint the door: withdrawn/)
  const folder = join(root, 'bob-data')
  await says(bob, 'export', folder)
  const { decisions } = JSON.parse(readFileSync(join(folder, 'committee.json'), 'utf8'))
  t.match(decisions, [{ title: 'Paint the door', state: 'withdrawn' }], 'his own, and no others')
  t.match(readFileSync(join(folder, 'committee.txt'), 'utf8'), /Paint the door/)
})
