/** What a person at the command line is told when the relay is caught, and how they go on (exit 4; protocol.md 4.7, ALARM). */
import t from 'tap'
import { startCliStory } from '../../support/cliStory.ts'

const { relay, relayFile, newPerson } = await startCliStory(t)
const alice = newPerson('alice')

t.test(
  'a relay that goes back is named with exit 4; a post waits; a person decides, and then it is sent',
  async (t) => {
    await alice.run(['init'])
    await alice.run(['found', '--name', 'Kitchen', '--handle', 'alice', '--relay-file', relayFile])
    t.equal((await alice.run(['post', 'one'])).code, 0)
    t.match((await alice.run(['status'])).out, /every sum was right/)

    await relay.sql`update logs set head = head - 1 where head > 0`
    const posted = await alice.run(['post', 'two'])
    const status = await alice.run(['status'])
    await relay.sql`update logs set head = head + 1 where head > 0`
    const stubborn = await alice.run(['sync'])
    const goneOn = await alice.run(['status', '--go-on'], 'yes')
    const synced = await alice.run(['sync'])
    const after = await alice.json('status')

    t.equal(posted.code, 4, posted.out + posted.err)
    t.equal(status.code, 4)
    t.match(status.out, /Nothing is sent to this relay now/)
    t.notMatch(status.out, /every sum was right/)
    t.equal(stubborn.code, 4, 'not even an honest answer ends it without a person')
    t.equal(goneOn.code, 0, goneOn.out + goneOn.err)
    t.equal(synced.code, 0, synced.out + synced.err)
    t.match(after.value, { unsent: 0 })
  },
)
