/** A second phone, coming back after losing every one, whom one has met, and the four words, at the command line. On a real relay. */
import t from 'tap'
import { joined, letIn, startCliStory } from '../../support/cliStory.ts'

const { relayFile, newPerson } = await startCliStory(t)
const alice = newPerson('alice')
const bob = newPerson('bob')
const carol = newPerson('carol')

await alice.run(['init'])
await alice.run(['found', '--name', 'Kitchen', '--handle', 'alice', '--relay-file', relayFile])
await joined(await letIn(bob, alice, { invite: ['invite'], approvers: [], handle: 'bob' }))
await joined(await letIn(carol, alice, { invite: ['invite', '--qr'], approvers: [bob], handle: 'carol' }))

const tablet = newPerson('tablet')

t.test(
  'another phone of one member: the same seat, the same words, and what was written before',
  async (t) => {
    await bob.run(['post', 'before the tablet'])
    const come = await letIn(tablet, alice, { invite: ['phone', 'link'], approvers: [bob] })
    t.match(come.vouched.out, /Your other phone has opened your invite|You have said yes to your other phone/)
    t.match((await carol.json('approve')).value, { waiting: [{ action: 'deviceAdd', about: 'alice' }] })
    await carol.run(['approve'], '1')
    await alice.run(['sync'])
    const here = await joined(come)

    t.match(here.out, /This phone is in "Kitchen", with 2 others, as alice\./)
    await alice.run(['sync'])
    await tablet.run(['sync'])
    t.match((await tablet.run(['read', '--all'])).out, /before the tablet/)
    t.match((await tablet.json('status')).value, { handover: 'taken', isProvisional: true })
    t.match((await tablet.run(['status'])).out, /Provisional: not enough of the others, or not who vouched/)
    await bob.run(['sync'])
    t.match((await tablet.json('status')).value, { isProvisional: false })
    t.match((await tablet.json('members')).value, { members: { length: 3 } })
    t.equal((await tablet.run(['words'])).out, (await alice.run(['words'])).out)
  },
)

t.test('with one other member it waits a day, and says until when', async (t) => {
  const phone = newPerson('phone')
  const come = await letIn(phone, bob, { invite: ['phone', 'link'], approvers: [alice], asProcess: true })
  come.joining.signal('SIGINT')
  await come.joining.ended

  const waiting = await carol.json('approve')
  t.match(waiting.value, { waiting: [{ action: 'deviceAdd', about: 'bob', restsUntil: /^\d{4}-/ }] })
  t.match(
    (await carol.run(['approve'], '')).out,
    /Let bob use one more phone.*It is let in at .*or at once when one more/,
  )
  t.match(
    (await phone.run(['join', '--no-wait'])).out,
    /another member who has seen you says yes\. It may take a day/,
  )
  await carol.run(['decline'], '1')
})

t.test('while a phone of theirs is still here, who comes back waits, and can say no to it', async (t) => {
  const stranger = newPerson('stranger')
  const come = await letIn(stranger, alice, {
    invite: ['rejoin', 'invite', 'carol'],
    approvers: [bob],
    asProcess: true,
  })
  come.joining.signal('SIGINT')
  await come.joining.ended
  const asked = (await carol.run(['approve'], '')).out
  t.match(
    asked,
    /Let carol \(you\) use one more phone.*at once when carol \(you\), on a phone that is here, says yes/,
  )
  const no = await carol.run(['decline'], '1')
  t.match(
    no.out,
    /You said no: Let carol \(you\) use one more phone.*that it is not theirs: it is not let in/,
  )
  await bob.run(['sync'])
  t.match((await stranger.run(['join', '--no-wait'])).out, /The committee has not decided yet/)
})

t.test('who lost every phone comes back at once by two members, when those are cut off', async (t) => {
  const { phones } = (await bob.json('phones')).value as {
    phones: readonly { handle: string; phone: string }[]
  }
  const lost = phones.find(({ handle }) => handle === 'carol')?.phone ?? ''
  t.equal((await bob.run(['phone', 'cut-off', lost, '--yes'])).code, 0)
  const borrowed = newPerson('borrowed')
  const come = await letIn(borrowed, alice, { invite: ['rejoin', 'invite', 'carol'], approvers: [bob] })
  t.match(come.vouched.out, /You have said yes to carol\. One more member has to, who knows who it is/)
  const here = await joined(come)

  t.match(here.out, /as carol\.\s+What was written before does not come back\./)
  t.match((await carol.run(['status'])).out, /This phone was cut off by bob\./)
  const now = (await alice.json('phones')).value as { phones: readonly { handle: string }[] }
  t.equal(now.phones.filter(({ handle }) => handle === 'carol').length, 1)
  t.match((await alice.json('rejoin', 'invite', 'alice')).value, { error: 'yourself' })
  t.match((await alice.json('rejoin', 'invite', 'nobody')).value, { error: 'no_such_member' })
})

t.test('whom one has met is said, and shown beside the name', async (t) => {
  type Listed = {
    readonly members: readonly { readonly handle: string; readonly metBy: readonly object[] }[]
  }
  const metBy = async (handle: string) =>
    ((await alice.json('members')).value as Listed).members.find((one) => one.handle === handle)?.metBy

  t.match(await metBy('carol'), [{ handle: 'alice', isMutual: true }], 'a square is scanned face to face')
  t.strictSame(await metBy('bob'), [], 'a link is not')
  t.match((await alice.run(['members'])).out, /carol, met only by alice \(you\), who vouched: meet them too/)
  const met = await bob.run(['met', 'carol'])
  t.match(met.out, /You have met carol\./)
  t.match((await alice.run(['members'])).out, /carol, met by 2 members/)
  t.match((await bob.json('met', 'bob')).value, { error: 'no_such_seat', sentence: /other than yourself/ })
})

t.test('the four words: compared, kept, and what to do when they differ', async (t) => {
  t.match((await alice.run(['words'])).out, /Then say so/)
  const same = await alice.run(['words', '--same', '--with', 'bob'])
  t.match(same.out, /You and bob see the same committee\./)
  t.match((await bob.run(['words'])).out, /When you last compared:\n {2}alice: the same, at /)
  const different = await bob.run(['words', '--different', '--with', 'alice'])
  t.match(
    different.out,
    /the words differed with alice[\s\S]*1\. Both run `npx tocsin sync`[\s\S]*2\. If they still differ/,
  )
  t.match((await bob.json('status')).value, { suspicions: [{ kind: 'words_differ' }] })
  t.match((await alice.json('words')).value, { compared: [{ with: 'bob', same: false }] })
  t.match((await alice.json('words', '--same', '--different')).value, { error: 'both' })
  t.match((await alice.json('words', '--same')).value, { error: 'with_whom' })
  t.equal((await alice.json('words', '--same')).code, 2)
})

t.test('each of them explains itself', async (t) => {
  for (const name of [['phone', 'link'], ['rejoin', 'invite'], ['met'], ['words'], ['join']])
    t.match((await alice.run([...name, '--help'])).out, /For example/)
})
