/** "Check on me" at the command line, on a real relay whose clock the test moves: set, seen, ended by two, due, and opened without the phone that began it. */
import { rmSync } from 'node:fs'
import t from 'tap'
import { joined, letIn, startCliStory } from '../../support/cliStory.ts'

const MINUTE_MS = 60_000
let aheadMs = 0
const clock = (): number => Date.now() + aheadMs
const { relay, relayFile, newPerson, says, refuses } = await startCliStory(t, { clock })
const alice = newPerson('alice')
const bob = newPerson('bob')
const carol = newPerson('carol')
const dora = newPerson('dora')

const waiting = async (): Promise<number> => {
  const [row] = await relay.sql`select count(*)::int as n from deposits where due is not null`
  return row?.n
}
const FACTS = 'I was in the office with the manager'
const start = ['check', 'start', '30', FACTS, '--note', 'a talk at three'] as const

t.before(async () => {
  await alice.run(['init'])
  await says(alice, 'found', '--name', 'Kitchen', '--handle', 'alice', '--agreed', '--relay-file', relayFile)
  await joined(await letIn(bob, alice, { invite: ['invite'], approvers: [], handle: 'bob' }))
  await joined(await letIn(carol, alice, { invite: ['invite'], approvers: [bob], handle: 'carol' }))
})

t.test('product.md 3.E of three, one who has spoken to them ends it', async (t) => {
  t.match(await refuses(alice, 'check', 'start', '0', FACTS), /in how many minutes: 1 to 1440/)
  t.match(await refuses(alice, 'check', 'start', '1441', FACTS), /in how many minutes/)
  t.match(await says(bob, 'check', 'list'), /Nobody has asked/)
  t.match(await says(alice, ...start), /opens in 30 minutes, unless others say/)
  t.equal(await waiting(), 1)
  t.match(await says(bob, 'check', 'list'), /alice, a talk at three: the alarm opens at .*0 of 1/)
  t.match(await refuses(alice, 'check', 'end'), /This device cannot stop it/)
  t.match(await says(bob, 'check', 'end'), /does not open any more/)
  t.equal(await waiting(), 0)
  await joined(await letIn(dora, alice, { invite: ['invite'], approvers: [bob, carol], handle: 'dora' }))
})

t.test('product.md 3.E of four, one alone stops nothing, however often; two do', async (t) => {
  await says(alice, ...start)
  const log = relay.logs()
  t.notMatch(log, /office|manager|three/)
  t.match(await says(bob, 'check', 'list'), /0 of 2/)
  for (let i = 0; i < 2; i++) t.match(await says(bob, 'check', 'end'), /One more member/)
  t.equal(await waiting(), 1)
  t.match(await says(carol, 'check', 'list'), /1 of 2/)
  t.match(await says(carol, 'check', 'end'), /does not open any more/)
  t.equal(await waiting(), 0)
  aheadMs += 31 * MINUTE_MS
  t.match((await dora.json('alarm', 'list')).value, { alarms: [] })
})

t.test('D5 it opens by itself at its time, though the phone that began it is gone', async (t) => {
  await says(alice, ...start)
  rmSync(alice.home, { recursive: true })
  await says(bob, 'check', 'end')
  aheadMs += 29 * MINUTE_MS
  t.match((await dora.json('alarm', 'list')).value, { alarms: [] }, 'not before')
  const following = dora.start('read', '--follow')
  aheadMs += 2 * MINUTE_MS
  await following.until(/ALARM NOW[\s\S]*called to a meeting/)
  following.signal('SIGINT')
  await following.ended
  t.match(
    await says(carol, 'alarm', 'show'),
    new RegExp(`Raised by alice at .*about themselves\\.\\s+${FACTS}`),
  )
  t.match(await refuses(carol, 'check', 'end'), /Too late: the alarm is open/)
  t.equal(await waiting(), 0)
})

t.test('product.md 3.E the number to call is read by whoever is on it, and by nobody else', async (t) => {
  const raise = ['alarm', 'raise', 'They moved me', '--kind', 'moved', '--fast', 'now'] as const
  t.match(await refuses(bob, ...raise, '--reach', ' '), /at most 200 characters/)
  const raised = await says(bob, ...raise, '--reach', 'my sister, 555 0100')
  const [, id = ''] = /alarm show ([0-9a-f]+)/.exec(raised) ?? []
  t.match(await says(bob, 'alarm', 'show', id), /They can be reached: my sister, 555 0100\./)
  await says(carol, 'alarm', 'answer', id, 'on_it', '--what', 'I come')
  await says(bob, 'sync')
  t.match(await says(carol, 'alarm', 'show', id), /They can be reached: my sister, 555 0100\./)
  const others = await says(dora, 'alarm', 'show', id)
  t.match(others, /Whoever is on it is told how they can be reached\./)
  t.notMatch(others, /sister/)
})

t.test('D5 where the relay cannot be reached, nothing waits anywhere, and that is said', async (t) => {
  await relay.close()
  const { code, err } = await bob.run(start)
  t.equal(code, 3)
  t.match(err, /Not started: the relay cannot take it now\. Tell somebody by voice/)
})
