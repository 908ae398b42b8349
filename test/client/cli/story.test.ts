/** The main story, told by the real command line in child processes on a real relay: three people on one machine. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { isPlainText } from '../../../client/core/committee/plainText.ts'
import { printRelayAddress } from '../../../shared/protocol/relayAddress.ts'
import { newFolder, newPerson, PASSPHRASE, type Running } from '../../support/cli.ts'
import { newLine } from '../../support/line.ts'
import { startRelay } from '../../support/relay.ts'

const { root, remove } = newFolder()
const relay = await startRelay()
const cable = await newLine(Number(new URL(relay.url).port))
t.teardown(async () => {
  await cable.pull()
  await relay.close()
  remove()
})

const address = printRelayAddress({
  url: `ws://127.0.0.1:${cable.port}`,
  key: relay.key,
  admission: relay.admission,
})
writeFileSync(join(root, 'relay.txt'), `${address}\n`)

const alice = newPerson('alice', root)
const bob = newPerson('bob', root)
const carol = newPerson('carol', root)

/** The three words in the middle of what was said. */
const wordsIn = async (running: Running): Promise<string> => {
  const [, words = ''] = await running.until(/by voice:\s+([a-z]+ +[a-z]+ +[a-z]+)\s/)
  return words
}

const linkIn = async (running: Running): Promise<string> => (await running.until(/tocsin:[A-Za-z0-9_-]+/))[0]

t.test('three people make their folders, and a second time is refused', async (t) => {
  const made = await Promise.all([alice, bob, carol].map((one) => one.start('init').ended))
  t.same(
    made.map(({ code }) => code),
    [0, 0, 0],
  )
  const again = await alice.json('init')
  t.equal(again.code, 1)
  t.match(again.value, { error: 'vault_exists', sentence: /choose another folder/ })
})

t.test('founding reads the relay address from a file and never from the arguments', async (t) => {
  const inArguments = await alice.run(['found', '--name', 'Kitchen', '--handle', 'alice', '--relay', address])
  t.equal(inArguments.code, 2)
  t.match(inArguments.err, /holds a secret/)
  const founded = await alice.run([
    'found',
    '--name',
    'Kitchen',
    '--handle',
    'alice',
    '--relay-file',
    join(root, 'relay.txt'),
  ])
  t.equal(founded.code, 0, founded.err)
  t.match(founded.out, /"Kitchen" begins with a talk/)
})

t.test(
  'both sides of an invite show the same words, and yes on both sides lets the second one in',
  async (t) => {
    const inviting = alice.start('invite')
    const joining = bob.start('join')
    joining.type(await linkIn(inviting))
    joining.type('bob')
    t.equal(await wordsIn(joining), await wordsIn(inviting))
    joining.type('yes')
    inviting.type('yes')
    const [invited, joined] = await Promise.all([inviting.ended, joining.ended])
    t.equal(invited.code, 0)
    t.match(invited.out, /bob is in the committee now/)
    t.equal(joined.code, 0)
    t.match(joined.out, /You are in "Kitchen", with 1 other member/)
  },
)

t.test('a third one is let in when the second has met them and the first approves', async (t) => {
  const invited = await bob.json('invite', '--no-wait')
  t.match(invited.value, { state: 'waiting', invite: String, link: /^tocsin:/ })
  writeFileSync(join(root, 'invite.txt'), (invited.value as { link: string }).link)
  const joining = carol.start('join', '--file', 'invite.txt', '--handle', 'carol')
  const vouching = bob.start('approve', '1')
  t.equal(await wordsIn(joining), await wordsIn(vouching))
  joining.type('yes')
  vouching.type('yes')
  const vouched = await vouching.ended
  t.equal(vouched.code, 0, vouched.err)
  t.match(vouched.out, /One more member has to/)

  const waiting = await alice.json('approve')
  t.match(waiting.value, {
    waiting: [{ type: 'motion', action: 'add', about: 'carol', needed: 2, approvedBy: ['bob'] }],
  })
  const approved = await alice.run(['approve'], '1')
  t.equal(approved.code, 0, approved.err)
  t.match(approved.out, /Admit carol, whom bob has met.*\n.*Carried out/s)
  const joined = await joining.ended
  t.equal(joined.code, 0, joined.err)
})

t.test('every device shows the same four words and the same members', async (t) => {
  const four = []
  for (const one of [alice, bob, carol]) {
    four.push((await one.json('words')).value)
  }
  t.match(four[0], { words: [String, String, String, String] })
  t.strictSame(four[1], four[0])
  t.strictSame(four[2], four[0])
  const members = await carol.json('members')
  t.match(members.value, {
    members: [{ handle: String }, { handle: String }, { handle: String }],
  })
})

t.test('what one writes the others read once, with an id to answer it by', async (t) => {
  const posted = await alice.json('post', 'Meeting on Thursday')
  t.equal(posted.code, 0)
  t.match(posted.value, { id: /^[0-9a-f]{32}$/, is: 'sent' })
  const { id } = posted.value as { id: string }
  const read = await bob.json('read')
  t.match(read.value, {
    isUpToDate: true,
    said: [{ type: 'post', id, handle: 'alice', text: 'Meeting on Thursday' }],
  })
  t.match((await bob.json('read')).value, { said: [] }, 'a second time it is no news')
  const replied = await bob.run(
    ['post', '--reply', id.slice(0, 4)],
    'I come,',
    'with \u001b]0;tea\u0007 and \u202ecake',
  )
  t.equal(replied.code, 0, replied.err)
  const seen = await carol.run(['read'])
  t.match(seen.out, new RegExp(`bob \\([0-9a-f]{4}, answering ${id.slice(0, 4)}\\): I come,\n {9}with`))
  t.ok(isPlainText(seen.out), 'no control character reaches a terminal')
})

t.test('an alarm is raised, answered, steady when two say so, and settled', async (t) => {
  const raised = await alice.run(['alarm', 'raise'], '3', '1', 'They called me to the office', '1,3', '', '1')
  t.equal(raised.code, 0, raised.err)
  const answered = await bob.run([
    'alarm',
    'answer',
    'on-it',
    '--what',
    'I am calling',
    '--by',
    '15',
    '--takes',
    'call_me',
  ])
  t.equal(answered.code, 0, answered.err)
  t.equal((await carol.run(['alarm', 'answer', 'cannot'])).code, 0)
  const shown = await alice.json('alarm', 'show')
  t.match(shown.value, {
    kind: 'called_in',
    severity: 'now',
    state: 'answered',
    seen: 2,
    cannot: ['carol'],
    onIt: [{ handle: 'bob', what: 'I am calling', by: 15, takes: ['call_me'] }],
    stillNeeded: ['witness'],
    namesAllowed: { committee: true, city: false },
  })
  t.match((await alice.run(['alarm', 'steady'])).out, /not enough by itself/)
  t.match((await bob.run(['alarm', 'steady'])).out, /is now: steady/)
  t.match((await alice.run(['alarm', 'settle', 'won'])).out, /is now: settled.\nWhat do we ask for next\?/)
  t.match((await carol.run(['alarm'])).out, /No alarms/)
})

t.test(
  'an alarm is heard where somebody follows, says whom to call, and is joined with another',
  async (t) => {
    t.match((await bob.run(['alarm', 'wake'])).out, /from 22 to 6 o'clock, as in the rules/)
    t.match(
      (await bob.run(['alarm', 'wake', '--quiet', 'none', '--now', 'yes'])).out,
      /none\.\nNOW wakes you/,
    )
    t.equal((await bob.run(['alarm', 'wake', '--quiet', '22-24'])).code, 2)
    t.match((await bob.run(['alarm', 'calls', 'Ana', '600'])).out, /^Ana: 600/)
    t.equal((await bob.run(['alarm', 'calls', 'Ana'])).code, 2)
    const following = bob.start('read', '--follow', '--json')
    await following.until(/carol|alice/)
    const raise = ['alarm', 'raise', '--kind', 'called_in', '--fast', 'now', '--place', 'gate']
    t.equal((await alice.run([...raise, 'They called me again'])).code, 0)
    await following.until(/"type":"loud"/)
    following.signal('SIGINT')
    await following.ended
    t.equal((await carol.run([...raise, 'They called her'])).code, 0)
    const { value } = await carol.json('alarm', 'list')
    const { alarms } = value as { readonly alarms: readonly { readonly id: string }[] }
    const [first = '', second = ''] = alarms.map(({ id }) => id)
    t.match((await carol.run(['alarm', 'show', second])).out, /may be the same as/)
    t.match((await carol.run(['alarm', 'join', second, first])).out, /is now: joined with another alarm/)
    t.match((await carol.run(['alarm', 'show'])).out, /They called me again/)
  },
)

t.test(
  'R5 the city reads what the members voted on, and nothing that its person has not allowed',
  async (t) => {
    const { value } = await carol.json('alarm', 'list')
    const { alarms } = value as {
      readonly alarms: readonly { readonly id: string; readonly facts: string }[]
    }
    const id = alarms.find(({ facts }) => facts === 'They called me again')?.id ?? ''
    t.match((await carol.run(['alarm', 'preview', id, '--code', 'Heron'])).out, /Heron[\s\S]*NOT YET CHECKED/)
    const share = ['alarm', 'share', id, '--demand', 'Take her back', '--ask', 'Call the office']
    const early = await carol.run([...share, '--workplace', 'the hotel'])
    t.equal(early.code, 1)
    t.match(early.out, /Two of you must have spoken[\s\S]*not allowed the workplace/)
    t.equal((await bob.run(['alarm', 'consent', id, '--allow', 'name'])).code, 1, 'only whom it is about')
    t.match(
      (await alice.run(['alarm', 'consent', id, '--allow', 'workplace'])).out,
      /may know your workplace/,
    )
    for (const one of [bob, carol]) t.equal((await one.run(['alarm', 'checked', id, 'spoke'])).code, 0)
    const leaky = await carol.run([...share, '--workplace', 'the night shift of the hotel', '--put'])
    t.match(leaky.out, /Nobody outside should read a shift: "night shift"/)
    const shown = await carol.run([...share, '--workplace', 'the hotel'])
    const words = /will read:\n\n([\s\S]*?)\n\nNothing is in the way/.exec(shown.out)?.[1] ?? 'nothing'
    const put = await carol.run([...share, '--workplace', 'the hotel', '--put'])
    t.equal(put.code, 0, put.err)
    const voted = (await bob.run(['motion', 'show'])).out.replaceAll(/\s+/g, ' ')
    const missing = words.split('\n\n').filter((one) => !voted.includes(one.replaceAll(/\s+/g, ' ')))
    t.strictSame(missing, [], 'paragraph by paragraph')
    t.notMatch(words, /alice/i)
    for (const one of alarms) await alice.run(['alarm', 'settle', one.id, 'other'])
    await carol.run(['alarm', 'settle', 'other'])
  },
)

t.test('a vault in use is refused with a sentence, and Ctrl-C gives it back', async (t) => {
  const following = bob.start('read', '--follow', '--json')
  await alice.run(['post', 'before'])
  await following.until(/"text":"before"/)
  const refused = await bob.json('status')
  t.equal(refused.code, 1)
  t.match(refused.value, { error: 'vault_in_use', sentence: /end it first/ })
  await alice.run(['post', 'live'])
  await following.until(/"text":"live"/)
  following.signal('SIGINT')
  t.equal((await following.ended).code, 0)
  t.equal((await bob.run(['status'])).code, 0)
})

t.test('what is written offline is kept, exit code 3 says so, and the next command sends it', async (t) => {
  await cable.pull()
  const kept = await carol.json('post', 'from the tunnel')
  t.equal(kept.code, 3)
  t.match(kept.value, { is: 'waiting' })
  t.match((await carol.json('status')).value, { connection: 'offline', unsent: 1 })
  await cable.plugIn()
  t.equal((await carol.run(['sync'])).code, 0)
  t.match((await carol.json('status')).value, { connection: 'live', unsent: 0, suspicions: [] })
  t.match((await alice.json('read')).out, /"handle":"carol","at":"[^"]+","text":"from the tunnel"/)
})

t.test('a member is put out by two others, and learns it in one sentence', async (t) => {
  const alone = await alice.run(['propose-remove', 'carol'], 'yes')
  t.equal(alone.code, 0, alone.err)
  t.match(alone.out, /Needs 2, has 1/)
  t.match((await carol.run(['approve'])).out, /Nothing waits for you/, 'nobody decides about themselves')
  t.match((await bob.run(['approve', '1'])).out, /Put carol out of the committee.*Carried out/s)
  const refused = await carol.run(['post', 'still here?'])
  t.equal(refused.code, 1)
  t.match(refused.err, /You are no longer in this committee/)
  t.match((await bob.json('members')).value, { members: [{ handle: 'alice' }, { handle: 'bob' }] })
})

t.test("a handle, a passphrase and an export are one's own affair", async (t) => {
  t.equal((await bob.run(['rename', 'robin'])).code, 0)
  t.match((await alice.run(['members'])).out, /robin/)
  const exported = await bob.run(['export', join(root, 'mine')])
  t.equal(exported.code, 0, exported.err)
  t.match(exported.err, /not locked/)
  const data = readFileSync(join(root, 'mine', 'committee.json'), 'utf8')
  t.match(data, /I come/)
  t.notMatch(data, /Meeting on Thursday/, 'what others said is theirs')
  t.equal((await bob.run(['export', join(root, 'mine')])).code, 1, 'nothing is overwritten')
  writeFileSync(join(root, 'next.txt'), 'another four odd words\n', { mode: 0o600 })
  t.equal((await bob.run(['passphrase', '--new-file', join(root, 'next.txt')])).code, 0)
  const wrong = await bob.json('status')
  t.equal(wrong.code, 1)
  t.match(wrong.value, { error: 'wrong_passphrase', sentence: /not the passphrase/ })
  t.notMatch(wrong.out + wrong.err, PASSPHRASE)
})

t.test('whoever leaves is let go by the others, and wiping asks first', async (t) => {
  const other = newPerson('alice', root)
  const left = await other.run(['leave'], 'yes')
  t.equal(left.code, 0, left.err)
  t.match((await other.run(['status'])).err, /not in a committee/)
  t.equal((await other.run(['wipe'], 'yes')).code, 1)
  t.ok(existsSync(join(other.home, 'vault')))
  t.equal((await other.run(['wipe'], 'WIPE')).code, 0)
  t.notOk(existsSync(join(other.home, 'vault')))
})
