/**
 * What happens to phones between two connections: no line, a restart without one, a clock that is days off, a relay that is started anew, a second tab, and another
 * release while the first one is in use. The shipped bundle, a real relay, real browsers. Not here: what a hostile server does (trust.test.ts).
 */
import { createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { brotliCompressSync, brotliDecompressSync, gzipSync } from 'node:zlib'
import t from 'tap'
import type { WebFiles } from '../../../server/routes/web.ts'
import { parseRelease, printRelease } from '../../../shared/release/release.ts'
import { newFolder, newPerson } from '../../support/cli.ts'
import { SLOW_3G } from '../../support/line.ts'
import {
  button,
  choose,
  compareWords,
  found,
  go,
  heading,
  makeLock,
  newPhone,
  PASSPHRASE,
  PATIENCE_MS,
  type Phone,
  press,
  scanCodeOf,
  sees,
  unlock,
  write,
} from '../../support/phone.ts'
import { newWebPlace } from '../../support/webPlace.ts'
import { tell } from '../../support/webStory.ts'
import { newWrongClock } from '../../support/wrongClock.ts'

const place = await newWebPlace(t)
const clock = newWrongClock(place.folder)
const alice = await newPhone(t, place)
const bob = await newPhone(t, place, { pace: SLOW_3G, ...(clock && { env: clock.env }) })
const { root, remove } = newFolder()
t.teardown(remove)
const dana = newPerson('dana', root)
const story = tell(t, [alice, bob])
const { alarm, decide, shell, talk, begin, common, trust } = alice.words

const say = async (phone: Phone, text: string): Promise<void> => {
  await go(phone, '#/1/talk')
  await write(phone, talk.label, text)
  await press(phone, common.send)
}
const reads = async (phone: Phone, text: string): Promise<void> => {
  await go(phone, '#/1/talk')
  await phone.page().locator('.posts').getByText(text).waitFor()
}
/** Only the newest are on the page when it comes: more come while somebody scrolls up. */
const readsAbove = async (phone: Phone, text: string): Promise<void> => {
  await go(phone, '#/1/talk')
  const post = phone.page().locator('.posts').getByText(text)
  await phone.page().locator('.posts').waitFor()
  for (const since = Date.now(); Date.now() - since < PATIENCE_MS && (await post.count()) === 0; ) {
    await phone.page().evaluate(() => scrollTo(0, 0))
    await sleep(100)
  }
  await post.waitFor()
}
const isConnected = (phone: Phone): Promise<void> => sees(phone, shell.connection.live)
const QUESTION = 'Shall we stop at seven?'

story('two phones and one at the command line are in a committee', async (t) => {
  await makeLock(alice)
  await found(alice, { name: 'Kitchen', handle: 'alice', relay: place.address })
  await makeLock(bob)
  await go(alice, '#/1/invites')
  await press(alice, alice.words.invites.person)
  await scanCodeOf(bob, alice, 'bob')
  await compareWords(alice, bob)
  await heading(bob, bob.words.now.title)
  await go(alice, '#/1/invites')
  await press(alice, alice.words.invites.link)
  const line = await alice.page().locator('#invite-line').inputValue()
  await dana.run(['init'])
  const joining = dana.begin('join', '--handle', 'dana')
  joining.type(line)
  await joining.until(/by voice:/)
  joining.type('yes')
  await press(alice, alice.words.invites.same)
  await go(bob, '#/1/decide')
  await bob.page().locator('article').filter({ hasText: 'dana' }).locator('a.button').click()
  await press(bob, decide.yes)
  t.equal((await joining.ended).code, 0)

  await go(alice, '#/1/propose')
  await write(alice, decide.propose.sentence, QUESTION)
  await write(alice, decide.propose.text, 'For ten minutes.')
  await choose(alice, decide.kinds.urgent)
  await press(alice, decide.propose.button)
  await heading(alice, QUESTION)
  await go(bob, '#/1/decide')
  await bob.page().locator('article').filter({ hasText: QUESTION }).locator('a.button').click()
  await press(bob, decide.secondIt)
  await press(alice, decide.fixIt)
  await press(alice, decide.openVote)
  await button(bob, decide.yes).waitFor()
})

/** Every page, also those that were never looked at. */
const readsEverywhere = async (phone: Phone): Promise<void> => {
  for (const page of ['now', 'talk', 'alarms', 'decide', 'us', 'unity', 'charter', 'safety', 'roles']) {
    await go(phone, `#/1/${page}`)
    await phone.page().locator('main h1').waitFor()
  }
}

story(
  'without a line everything can be read, and words, votes and alarms wait, after a restart too',
  async (t) => {
    await bob.line.pull()
    await sees(bob, shell.connection.offline)
    await go(bob, '#/1/decide')
    await bob.page().locator('article').filter({ hasText: QUESTION }).locator('a.button').click()
    await press(bob, decide.yes)
    await say(bob, 'I am on the bus')
    await sees(bob, common.notSent)
    await bob.restart()
    await heading(bob, begin.unlock.title)
    await unlock(bob)
    await readsEverywhere(bob)
    await go(bob, '#/1/talk')
    await sees(bob, 'I am on the bus')
    await bob.page().locator('a.raise').click()
    await press(bob, alarm.kinds.need_someone)
    await press(bob, new RegExp(`^${alarm.severities.now}`))
    await write(bob, alarm.facts, 'The bus does not stop')
    await press(bob, alarm.button)
    await sees(bob, alarm.queued)
    await sees(bob, shell.unsent(3))
    await say(alice, 'Where is bob?')
    await alice.page().locator('.posts').getByText('Where is bob?').waitFor()
    t.equal(await alice.page().getByText('I am on the bus').count(), 0)

    await bob.line.plugIn()
    await alice.page().locator('.banner.alarm a').waitFor()
    await reads(alice, 'I am on the bus')
    await bob.page().getByText(shell.unsent(3)).waitFor({ state: 'detached' })
    await go(alice, '#/1/decide')
    await alice.page().locator('article').filter({ hasText: QUESTION }).locator('a.button').click()
    await press(alice, decide.yes)
    await button(alice, decide.closeIt).waitFor()
  },
)

story(
  'a clock that is days off breaks nothing',
  async (t) => {
    for (const [days, text] of [
      [6, 'from next week'],
      [-2, 'from the day before yesterday'],
    ] as const) {
      clock?.set(days)
      await bob.restart()
      await unlock(bob)
      await go(bob, '#/1/now')
      await isConnected(bob)
      t.ok(Math.abs((await bob.page().evaluate(() => Date.now())) - Date.now() - days * 86_400_000) < 60_000)
      await say(bob, text)
      await reads(alice, text)
      await say(alice, `heard: ${text}`)
      await reads(bob, `heard: ${text}`)
      await readsEverywhere(bob)
      await go(bob, '#/1/alarms')
      await bob.page().locator('article').filter({ hasText: 'The bus does not stop' }).first().waitFor()
    }
    clock?.set(0)
    await bob.restart()
    await unlock(bob)
    await reads(bob, 'heard: from the day before yesterday')
  },
  clock ? undefined : 'there is no C compiler',
)

story('whoever was away sees that it is reading', async (t) => {
  await bob.line.pull()
  for (let n = 0; n < 12; n++) await dana.run(['post', `word ${n} ${'и снова '.repeat(450).trim()}`])
  await bob.page().evaluate(() => {
    const said: string[] = []
    Object.assign(globalThis, { said })
    new MutationObserver(() => {
      for (const one of document.querySelectorAll('[role=status]')) said.push(one.textContent ?? '')
    }).observe(document.body, { subtree: true, childList: true, characterData: true })
  })
  await bob.line.plugIn()
  await reads(bob, 'word 11')
  const said = await bob.page().evaluate(() => (globalThis as { said?: readonly string[] }).said ?? [])
  t.ok(said.some((one) => one.includes(shell.connection.catching_up)))
})

story('the relay is started anew, and the phones go on by themselves', async () => {
  await place.close()
  await sees(alice, shell.connection.offline)
  await say(alice, 'into the dark')
  await place.reopen()
  await reads(alice, 'into the dark')
  await reads(bob, 'into the dark')
})

story('one tab has it; another one takes it over, and the first says so', async (t) => {
  const first = alice.page()
  const second = await alice.secondTab()
  await second.getByRole('heading', { name: begin.elsewhere.title }).waitFor()
  t.notMatch(await second.locator('body').innerText(), /Kitchen/)
  await second.getByRole('button', { name: begin.elsewhere.button }).click()
  await first.getByRole('heading', { name: begin.elsewhere.title }).waitFor()
  t.notMatch(await first.locator('body').innerText(), /Kitchen|bus/)
  await second.locator('input[type=password]').fill(PASSPHRASE)
  await second.getByRole('button', { name: begin.unlock.button }).click()
  await second.getByRole('heading', { name: begin.home.title }).waitFor()
  t.notMatch(await first.locator('body').innerText(), /Kitchen|bus/)
  await first.getByRole('heading', { name: begin.elsewhere.title }).waitFor()
  await second.close()
  await first.getByRole('heading', { name: begin.unlock.title }).waitFor()
  await unlock(alice)
  await reads(alice, 'into the dark')
})

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex')

/** What comes after it: another page, under another name. */
const newer = (web: WebFiles): WebFiles => {
  const bytesOf = (path: string): Buffer => brotliDecompressSync(web.get(path)?.brotli ?? Buffer.alloc(0))
  const packed = (type: string, body: Buffer) => ({
    type,
    brotli: brotliCompressSync(body),
    gzip: gzipSync(body),
  })
  const page = Buffer.from(bytesOf('index.html').toString().replace('</head>', '<meta name="newer"></head>'))
  const old = parseRelease(JSON.parse(bytesOf('release.json').toString()).release)
  if (!old) throw new Error('there is no release to follow')
  const release = printRelease({ ...old, name: 'newer', files: { ...old.files, 'index.html': sha256(page) } })
  return new Map([
    ...web,
    ['index.html', packed('text/html; charset=utf-8', page)],
    ['release.json', packed('application/json', Buffer.from(JSON.stringify({ release, statements: [] })))],
  ])
}

story(
  'a newer release is offered while this one is in use, and nothing is lost when somebody takes it',
  async (t) => {
    await place.close()
    await place.reopen(newer(place.web))
    await alice.page().reload()
    await unlock(alice)
    await readsAbove(alice, 'I am on the bus')
    t.equal(await alice.page().locator('meta[name=newer]').count(), 0, 'an offer changes nothing')
    await go(alice, '#/settings')
    await sees(alice, trust.offer.title)
    await press(alice, trust.offer.take)
    await alice.page().getByRole('dialog').getByRole('button', { name: trust.offer.really }).click()
    await alice.page().locator('meta[name=newer]').waitFor({ state: 'attached' })
    await heading(alice, begin.unlock.title)
    await unlock(alice)
    await readsAbove(alice, 'I am on the bus')
    await say(alice, 'with the newer one')
    await reads(bob, 'with the newer one')
    await go(bob, '#/1/safety')
    await sees(bob, trust.others.different(1))
  },
)

story('no page asked anybody but its relay for anything, threw, or was stopped by its policy', async (t) => {
  t.strictSame(place.offences, [])
})
