/** Phones at the command line: who has which, cutting one off, and what everybody reads about it afterwards. On a real relay. */
import t from 'tap'
import type { Person } from '../../support/cli.ts'
import { joined, letIn, startCliStory } from '../../support/cliStory.ts'

const { relayFile, newPerson } = await startCliStory(t)
const alice = newPerson('alice')
const bob = newPerson('bob')
const carol = newPerson('carol')

await alice.run(['init'])
await alice.run(['found', '--name', 'Kitchen', '--handle', 'alice', '--relay-file', relayFile])
await joined(await letIn(bob, alice, { invite: ['invite'], approvers: [], handle: 'bob' }))
await joined(await letIn(carol, bob, { invite: ['invite'], approvers: [alice], handle: 'carol' }))

type Listed = {
  readonly phones: readonly { readonly phone: string; readonly handle: string; readonly isMe: boolean }[]
  readonly cutOff: readonly { readonly phone: string }[]
}
const phonesOf = async (person: Person) => (await person.json('phones')).value as Listed
const phoneOf = async (person: Person, handle: string): Promise<string> =>
  (await phonesOf(person)).phones.find((one) => one.handle === handle)?.phone ?? ''

t.test('everybody sees every phone, and which one is theirs', async (t) => {
  for (const [name, one] of [
    ['alice', alice],
    ['bob', bob],
    ['carol', carol],
  ] as const) {
    const { phones } = await phonesOf(one)
    t.same(phones.map(({ handle }) => handle).sort(), ['alice', 'bob', 'carol'])
    t.same(
      phones.filter(({ isMe }) => isMe).map(({ handle }) => handle),
      [name],
    )
  }
  t.match(
    (await alice.run(['phones'])).out,
    /alice \(you\)\n {2}[0-9a-f]{4} {2}this one.*\nbob\n {2}[0-9a-f]{4} {2}/,
  )
  // Whether that was today or, a moment ago, yesterday.
  t.match((await alice.run(['phones'])).out, /\nbob\n {2}[0-9a-f]{4} {2}heard \w+/)
  t.match((await alice.run(['members'])).out, /\n {2}bob.*, heard (today|yesterday)/)
  t.equal((await alice.run(['devices'])).out, (await alice.run(['phones'])).out, 'under its other name too')
})

t.test('cutting off asks first, says what it does, and refuses what makes no sense', async (t) => {
  const target = (await phoneOf(alice, 'carol')).slice(0, 6)
  const asked = await alice.run(['phone', 'cut-off', target], 'no')
  t.equal(asked.code, 1)
  t.match(asked.out + asked.err, /Everybody will see that you did it/)
  t.match(asked.err, /Nobody was cut off/)
  const mine = await phoneOf(alice, 'alice')
  const refusals = [
    [['phone', 'cut-off', mine], 'this_device'],
    [['phone', 'drop', mine], 'this_device'],
    [['phone', 'drop', target], 'not_yours'],
    [['phone', 'cut-off', 'ffffffff'], 'no_such_phone'],
    [['phone', 'settle'], 'no_such_drop'],
  ] as const
  for (const [args, error] of refusals) {
    const refused = await alice.json(...args, ...(args[1] === 'settle' ? [] : ['--yes']))
    t.equal(refused.code, 1)
    t.match(refused.value, { error, sentence: /\./ })
  }
  t.equal((await phonesOf(bob)).phones.length, 3)
})

t.test('a phone in the wrong hands is cut off at once, and the name stands beside it', async (t) => {
  const target = await phoneOf(alice, 'carol')
  const cut = await alice.run(['phone', 'cut-off', target.slice(0, 6)], 'yes')
  t.equal(cut.code, 0, cut.err)
  t.match(cut.out, /of carol is cut off, and your name stands beside it\. Two of you must meet them/)
  t.match(
    (await bob.run(['phones'])).out,
    /carol\n {2}has no phone: two of us must meet them.*\n {2}[0-9a-f]{4} {2}cut off by alice at .*not settled/,
  )
  t.match((await bob.json('phones')).value, {
    cutOff: [{ handle: 'carol', by: 'alice', isOpen: true }],
    without: [{ handle: 'carol' }],
  })
  t.match((await bob.json('members')).value, { members: { length: 3 } }, 'and carol is a member')
  const refused = await carol.run(['post', 'still here?'])
  t.equal(refused.code, 1)
  t.match(refused.err, /This phone was cut off by alice\. You are still a member/)
  t.match((await carol.run(['status'])).out, /cut off by alice/)
})

t.test('who has cut off a phone waits until that is settled', async (t) => {
  const again = await alice.json('phone', 'cut-off', await phoneOf(alice, 'bob'), '--yes')
  t.match(again.value, { error: 'drop_open', sentence: /phone settle/ })
  t.match((await alice.json('phone', 'settle')).value, { error: 'yours' })
  const settled = await bob.run(['phone', 'settle'])
  t.equal(settled.code, 0, settled.err)
  t.match(
    settled.out,
    /You say that it was right of alice to cut off the phone of carol\.\n.*Needs 2, has 1: bob/,
  )
})

t.test('3.J what was on the phone, what was not, and what to do now; and carrying less', async (t) => {
  const target = (await phonesOf(bob)).cutOff[0]?.phone ?? ''
  await bob.run(['post', 'said afterwards'])
  const said = await bob.run(['exposure'])
  t.equal(said.code, 0, said.err)
  t.match(said.out, /of carol:\n {2}Cut off by alice at/)
  t.match(said.out, /Never on it:[\s\S]*evidence: this committee keeps none here\n[\s\S]*pledges/)
  t.match(said.out, /Do now:\n {4}1\. Compare the four words/)
  t.match(said.out, /Two of you meet its owner, who has no phone now/)
  t.notMatch(said.out, /NOT CUT OFF/)
  const one = { phone: target, handle: 'carol', cutOff: { by: 'alice' }, onIt: { posts: 0, names: 3 } }
  t.match((await bob.json('exposure', target.slice(0, 6))).value, { phones: [one] })
  t.match(
    (await alice.run(['exposure', await phoneOf(alice, 'bob')])).out,
    /NOT CUT OFF: it reads what is written now/,
  )
  t.match((await bob.json('exposure', 'ffffffff')).value, {
    error: 'no_such_phone',
    sentence: /npx tocsin phones/,
  })

  t.match((await bob.json('keep')).value, { keeps: { posts: 7, alarms: 30, plans: 30, meetings: 180 } })
  t.match((await bob.json('keep', '2')).value, { keeps: { posts: 2, alarms: 2, plans: 2, meetings: 2 } })
  t.match((await bob.run(['keep', 'as-agreed'])).out, /messages +7 days/)
  t.match((await bob.json('keep', 'little')).value, { error: 'out_of_bounds', sentence: /from 1 to 365/ })
})
