/** Files at the command line, on a real relay: sent, listed, fetched, interrupted, refused. Not here: what a relay could do to them (test/client/core/files). */
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { printRelayAddress } from '../../../shared/protocol/relayAddress.ts'
import { type Ended, newFolder, newPerson, type Person } from '../../support/cli.ts'
import { testBytes } from '../../support/fileEnds.ts'
import { newLine } from '../../support/line.ts'
import { startRelay } from '../../support/relay.ts'

const { root, remove } = newFolder()
const relay = await startRelay()
const cable = await newLine(Number(new URL(relay.url).port))
t.teardown(async () => {
  await cable.pull().catch(() => undefined)
  await relay.close()
  remove()
})
writeFileSync(
  join(root, 'relay.txt'),
  printRelayAddress({ url: `ws://127.0.0.1:${cable.port}`, key: relay.key, admission: relay.admission }),
)

const alice = newPerson('alice', root)
const bob = newPerson('bob', root)
const fileIn = (name: string, bytes: Uint8Array | string): string => {
  writeFileSync(join(root, name), bytes)
  return join(root, name)
}

/** Alice founds, Bob joins. */
const meet = async (): Promise<void> => {
  await Promise.all([alice.run(['init']), bob.run(['init'])])
  await alice.run([
    'found',
    '--name',
    'Kitchen',
    '--handle',
    'alice',
    '--relay-file',
    join(root, 'relay.txt'),
  ])
  const inviting = alice.start('invite')
  const [link] = await inviting.until(/tocsin:[A-Za-z0-9_-]+/)
  const joining = bob.start('join')
  joining.type(link)
  joining.type('bob')
  await joining.until(/by voice:/)
  await inviting.until(/by voice:/)
  joining.type('yes')
  inviting.type('yes')
  await Promise.all([inviting.ended, joining.ended])
}

const listOf = async (person: Person): Promise<readonly Record<string, unknown>[]> => {
  const { value } = await person.json('files')
  return (value as { files: Record<string, unknown>[] }).files
}

t.test('a committee of two', async (t) => {
  await meet()
  t.strictSame(await listOf(bob), [])
})

const photo = testBytes(600_000)

t.test('a photo is sent with words, warned about, seen among the posts, listed and fetched', async (t) => {
  const path = fileIn('rota.jpg', photo)
  const sent = await alice.run(['send-file', path, '--words', 'the rota of Monday'])
  t.equal(sent.code, 0, sent.err)
  t.match(sent.out, /^Sent: rota\.jpg \(a photo, 600 KB, until \w+ \d+ \w+\)\. Its id is [0-9a-f]{4,}\.\n$/)
  t.match(sent.err, /hidden inside this file goes with it, such as place, camera and author/)

  const read = await bob.run(['read'])
  t.match(
    read.out,
    /alice \([0-9a-f]{4,}\): sends rota\.jpg \(a photo, 600 KB, .*\): `npx tocsin get-file [0-9a-f]+`\n +the rota/,
  )
  const listed = await bob.run(['files'])
  t.match(
    listed.out,
    /^1\. \([0-9a-f]{4,}\) rota\.jpg \(.*\), from alice, \d\d:\d\d: waiting for you\n +the rota of Monday\n$/,
  )
  t.notMatch(JSON.stringify((await bob.json('files')).value), /secret/)

  const got = await bob.run(['get-file', '1', '--to', join(root, 'got.jpg')])
  t.equal(got.code, 0, got.err)
  t.strictSame(readFileSync(join(root, 'got.jpg')), Buffer.from(photo))
  t.equal(statSync(join(root, 'got.jpg')).mode & 0o777, 0o600)
  t.strictSame(
    readdirSync(root).filter((name) => name.endsWith('.tocsin-part')),
    [],
    'nothing unfinished is left',
  )
  t.match(await listOf(bob), [{ state: 'here', place: join(root, 'got.jpg') }])
  t.match(await listOf(alice), [{ state: 'sent' }])
})

t.test('nothing is overwritten, not even what a link points to', async (t) => {
  const there = await bob.run(['get-file', '1', '--to', join(root, 'got.jpg')])
  t.equal(there.code, 1)
  t.match(there.err, /got\.jpg is there already, and nothing is overwritten/)
  mkdirSync(join(root, 'inbox'))
  symlinkSync(join(root, 'nowhere'), join(root, 'inbox', 'rota.jpg'))
  const linked = await bob.run(['get-file', '1', '--to', join(root, 'inbox')])
  t.equal(linked.code, 1)
  t.notOk(existsSync(join(root, 'nowhere')), 'nothing is written through a link')
})

t.test('what cannot be sent is said in plain words, and nothing is written down', async (t) => {
  const cases: readonly (readonly [readonly string[], number, RegExp])[] = [
    [[], 2, /Say which file/],
    [[join(root, 'none.txt')], 1, /There is no file .*none\.txt/],
    [[root], 1, /is a folder/],
    [['/dev/null'], 1, /is not a file that can be sent/],
    [[fileIn('empty.txt', '')], 1, /The file is empty/],
    [[fileIn('a.txt', 'a'), '--life', '3'], 2, /1, 7 or 45 days/],
    [[fileIn('a.txt', 'a'), '--voice'], 2, /A voice note is a sound/],
    [[fileIn('a.txt', 'a'), '--words', 'x'.repeat(1001)], 1, /longer than 1000 characters/],
    [['--cancel'], 0, /^No file of yours is on its way/],
    [['--resume'], 0, /^No file of yours is on its way/],
    [['--resume', '7'], 1, /There is no file "7" here/],
    [['--cancel', '1'], 1, /rota\.jpg is not on its way/],
  ]
  for (const [args, code, words] of cases) {
    const ended: Ended = await alice.run(['send-file', ...args])
    t.equal(ended.code, code, args.join(' '))
    t.match(code === 0 ? ended.out : ended.err, words)
  }
  t.equal((await listOf(alice)).length, 1)
})

t.test(
  'offline a file waits where it is, is listed, is sent later, and may be taken back before',
  async (t) => {
    const [letter, other] = [fileIn('letter.txt', 'dear all'), fileIn('other.pdf', testBytes(5000))]
    await cable.pull()
    const waiting = await alice.run(['send-file', letter])
    t.equal(waiting.code, 3)
    t.match(waiting.out, /nothing of letter\.txt has left this device.*--resume/)
    t.notMatch(waiting.err, /hidden/, 'plain text hides nothing')
    await alice.run(['send-file', other])
    t.match(await listOf(alice), [
      { state: 'sent' },
      { state: 'sending', parts: 0 },
      { state: 'sending', parts: 0 },
    ])
    const still = await alice.run(['send-file', '--resume'])
    t.equal(still.code, 3)

    await cable.plugIn()
    t.match(
      (await alice.run(['sync'])).out,
      /2 files of yours on the way: go on with `npx tocsin send-file --resume`/,
    )
    const which = await alice.run(['send-file', '--cancel'])
    t.match(which.err, /Say which one/)
    const number = (await listOf(alice)).find(({ name }) => name === 'other.pdf')?.number
    const taken = await alice.run(['send-file', '--cancel', String(number)])
    t.match(taken.out, /Forgotten: other\.pdf\. What the relay has of it opens for nobody/)
    const sent = await alice.run(['send-file', '--resume'])
    t.equal(sent.code, 0, sent.err)
    t.match(sent.out, /Sent: letter\.txt/)
    t.match((await bob.run(['files'])).out, /letter\.txt/)
  },
)

t.test(
  'Ctrl-C keeps what is at the relay and says how to go on; a file that changed is not sent',
  async (t) => {
    const big = testBytes(8_000_000, 3)
    const path = fileIn('big.bin', big)
    const sending = alice.start('send-file', path)
    await sending.until(/Sending big\.bin: \d+ %/)
    sending.signal('SIGINT')
    const ended = await sending.ended
    t.equal(ended.code, 130)
    t.match(
      ended.err,
      /Stopped, and what is at the relay stays there: go on with `npx tocsin send-file --resume`/,
    )
    const [begun] = (await listOf(alice)).filter(({ state }) => state === 'sending')
    t.match(begun, { name: 'big.bin' })
    const parts = Number(begun?.parts)
    t.ok(parts > 0 && parts < 31, `${parts} of 31 parts`)

    writeFileSync(path, testBytes(8_000_000, 4))
    const changed = await alice.run(['send-file', '--resume'])
    t.equal(changed.code, 1)
    t.match(
      changed.err,
      /not the one any more that was to be sent: take it back with `npx tocsin send-file --cancel`/,
    )
    t.notMatch((await bob.run(['files'])).out, /big\.bin/, 'it was not announced')

    writeFileSync(path, big)
    const sent = await alice.run(['send-file', '--resume'])
    t.equal(sent.code, 0, sent.err)
  },
)

t.test('fetching goes on after Ctrl-C, too, and in the place where it began', async (t) => {
  const fetching = bob.start('get-file', '3', '--to', join(root, 'inbox', 'big'))
  await fetching.until(/Fetching big\.bin: \d+ %/)
  fetching.signal('SIGINT')
  t.match((await fetching.ended).err, /what is here is kept: run the same command again/)
  t.match((await listOf(bob))[2], { state: 'begun', place: join(root, 'inbox', 'big') })
  t.notOk(existsSync(join(root, 'inbox', 'big')), 'no name before all of it is there')
  const got = await bob.run(['get-file', '3'])
  t.equal(got.code, 0, got.err)
  t.strictSame(readFileSync(join(root, 'inbox', 'big')), Buffer.from(testBytes(8_000_000, 3)))
})
