/**
 * What somebody finds who copies the folder in which a browser keeps the web client of a locked phone: no word, nothing by which the relay knows it, no key.
 * Everything is searched as it lies there and unpacked, and the search finds what lies there unlocked. Not here: the vault itself (worker/browser.test.ts).
 */
import { readdirSync, readFileSync } from 'node:fs'
import { basename, join, relative } from 'node:path'
import type { Page } from 'playwright-core'
import t, { type Test } from 'tap'
import { inside } from '../../../client/core/mls/inside.ts'
import { gather, seatOf } from '../../support/committeeStory.ts'
import { sayEverything } from '../../support/everything.ts'
import { bookOf, groupOf } from '../../support/hostileMember.ts'
import { formsOfFile } from '../../support/levelFiles.ts'
import { createSearch, formsOfBytes, formsOfText, type Needle, newMarkers } from '../../support/markers.ts'
import type { Person } from '../../support/people.ts'
import {
  foundHere,
  go,
  letIn,
  makeLock,
  newPhone,
  PASSPHRASE,
  press,
  SCREENS,
  startWebStory,
  unlock,
  write,
} from '../../support/webClient.ts'

const { relay, base, newDevice } = await startWebStory(t)

const words = newMarkers()
const { mark } = words
/** Put into every store of the page, unlocked. */
const plain = newMarkers()

const { page, profile, context } = await newPhone(t, base)
await makeLock(page)
await foundHere(page, { name: mark('name'), handle: mark('handle'), relay: relay.address })
const bob = await letIn(page, await newDevice(mark('other handle')))

/** Everything that the relay holds of what it was sent, by which it could know a phone again. */
const seenByTheRelay = async (): Promise<readonly Needle[]> => {
  const logs = await relay.sql<{ id: Buffer; policy: Buffer; chain: Buffer }[]>`select * from logs`
  const entries = await relay.sql<{ hash: Buffer }[]>`select hash from entries`
  const days = await relay.sql<{ name: string }[]>`
    select relname as name from pg_class where relname ~ '^blobs_[0-9]+$'`
  const blobs = await Promise.all(
    days.map(
      ({ name }) => relay.sql<{ blob: Buffer }[]>`select substr(blob, 1, 24) as blob from ${relay.sql(name)}`,
    ),
  )
  if (logs.length === 0 || entries.length === 0 || blobs.flat().length === 0)
    throw new Error('it saw nothing')
  return [
    ...logs.flatMap(({ id, policy, chain }) => [
      ...formsOfBytes('id of a log', id),
      ...formsOfBytes('hash of a key', policy.subarray(-32)),
      ...formsOfBytes('chain', chain),
    ]),
    ...entries.flatMap(({ hash }) => formsOfBytes('hash of an entry', hash)),
    ...blobs.flat().flatMap(({ blob }) => formsOfBytes('sealed entry', blob)),
  ]
}

/** What both members hold: of the logs, of the group, of the relay, of an invite. */
const keysOf = async (person: Person, invite: string): Promise<readonly Needle[]> => {
  const book = await bookOf(person)
  const epochs = book.epochs()
  const schedule = Object.values(inside(groupOf(book.newest())).state.keySchedule)
  const secrets = schedule.filter((one) => one instanceof Uint8Array)
  const logs = epochs.flatMap(({ logs }) => logs)
  if (secrets.length < 5 || logs.length === 0) throw new Error('no keys to look for')
  return [
    ...secrets.flatMap((secret) => formsOfBytes('secret of the group', secret)),
    ...logs.flatMap(({ access, envelopeKey }) => [
      ...formsOfBytes('key of a log', envelopeKey),
      ...formsOfBytes('key of a reader', access.reader.secretKey.slice(0, 32)),
      ...formsOfBytes('known key of a reader', access.reader.publicKey),
    ]),
    ...formsOfBytes('admission', relay.admission),
    ...formsOfBytes('key of the relay', relay.key.staticKey),
    ...formsOfText('invite', invite),
    ...formsOfText('passphrase', PASSPHRASE),
  ]
}

const forms = (all: ReadonlyMap<string, string>): readonly Needle[] =>
  [...all].flatMap(([name, word]) => formsOfText(name, word))

const filesIn = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))

/** The folder of the profile that a file is in, as Chromium calls it. */
const areaOf = (path: string): string => {
  const [area = '', below = ''] = relative(join(profile.folder, 'Default'), path).split('/')
  return area === 'Service Worker' ? below : area
}

/** What was found of these in the profile, and where, and how much was looked at. */
const lookFor = (needles: readonly Needle[]) => {
  const search = createSearch(needles)
  const found = new Set<string>()
  let bytes = 0
  for (const path of filesIn(profile.folder))
    for (const form of formsOfFile(basename(path), readFileSync(path))) {
      bytes += form.length
      for (const hit of search(form)) found.add(`${areaOf(path)}: ${hit.replace(/ [(].*/, '')}`)
    }
  return { found: [...found].sort(), bytes }
}

/** Into every store that a page has. What IndexedDB packs does not show the word as a whole: its halves were there before. */
const plant = (page: Page): Promise<void> =>
  page.evaluate(
    async ([inDatabase, inLocal, inSession, inCache]) => {
      const [left, right] = [inDatabase.slice(0, 7), inDatabase.slice(7)]
      const text = `${'nothing '.repeat(400)}${left}, ${right}, ${left}${right}${' nothing'.repeat(400)}`
      await new Promise<void>((resolve) => {
        const opening = indexedDB.open('plain', 1)
        opening.onupgradeneeded = () => opening.result.createObjectStore('plain')
        opening.onsuccess = () => {
          const change = opening.result.transaction('plain', 'readwrite')
          change.objectStore('plain').put({ text }, 1)
          change.oncomplete = () => resolve(opening.result.close())
        }
      })
      localStorage.setItem('plain', inLocal)
      sessionStorage.setItem('plain', inSession)
      await (await caches.open('plain')).put('/plain', new Response(inCache))
    },
    [
      plain.mark('in the database'),
      plain.mark('in the local store'),
      plain.mark('in the store of a tab'),
      plain.mark('in the cache'),
    ] as const,
  )

const PLANTED = [
  'CacheStorage: in the cache',
  'IndexedDB: in the database',
  'Local Storage: in the local store',
  'Session Storage: in the store of a tab',
]

/** Everything that a person does, and something that was begun and not sent. */
const live = async (): Promise<void> => {
  const [other = ''] = bob.session
    .view()
    .members.map(({ seat }) => seat)
    .filter((seat) => seat !== seatOf(bob))
  const said = await sayEverything(bob, other, (place) => mark(`theirs: ${place}`))
  await gather([bob])
  await go(page, '#/1/talk')
  await page.getByRole('button', { name: 'Fetch it' }).click()
  await page.locator('main img').waitFor()
  await write(page, 'Write to everybody here', mark('own post'))
  await press(page, 'Send')
  await page.locator('.posts .said', { hasText: mark('own post') }).waitFor()
  await page.locator('input[type=file]').setInputFiles({
    name: `${mark('own file')}.png`,
    mimeType: 'image/png',
    buffer: Buffer.from(await page.screenshot()),
  })
  await go(page, '#/1/raise')
  await press(page, 'Called to a meeting')
  await press(page, /^NOW/)
  await write(page, 'What happened, in a few words', mark('own alarm'))
  await press(page, 'RAISE THE ALARM')
  await page.waitForURL(/alarm\/[0-9a-f]{32}$/)
  for (const screen of [...SCREENS, ...said.screens.map((one) => `#/1/${one}`)]) await go(page, screen)
  await go(page, '#/1/talk')
  await write(page, 'Write to everybody here', mark('not sent'))
}

t.test(
  'A1 a profile of a locked phone holds no word, nothing that the relay also sees, and no key, as it lies there and unpacked',
  async (t) => {
    await live()
    await go(page, '#/1/invites')
    await press(page, 'Somebody new, here beside me')
    const invite = await page.getByLabel('The line to give away').inputValue()
    await plant(page)
    await go(page, '#/settings')
    await press(page, 'Lock now')
    await page.getByRole('heading', { level: 1, name: 'Locked' }).waitFor()
    await context.close()
    await bob.session.sync()
    const secret = [
      ...forms(words.all()),
      ...(await seenByTheRelay()),
      ...(await keysOf(bob, invite.slice(-60))),
    ]
    const control = lookFor(forms(plain.all()))
    const missing = PLANTED.filter((one) => !control.found.includes(one))
    t.strictSame(missing, [], 'what lies in its stores unlocked is found')
    holdsNothing(t, secret)

    const again = (await profile.open(['--lang=en'])).pages()[0]
    await again?.goto(`${base}/`)
    await again?.locator('input[type=password]').waitFor()
    await again?.context().close()
    holdsNothing(t, secret)

    const owner = (await profile.open(['--lang=en'])).pages()[0]
    if (!owner) throw new Error('no page')
    await owner.goto(`${base}/`)
    await unlock(owner)
    await go(owner, '#/1/talk')
    await owner.locator('.posts .said', { hasText: mark('own post') }).waitFor()
    t.pass('and its owner has it all')
  },
)

const holdsNothing = (t: Test, secret: readonly Needle[]): void => {
  const { found, bytes } = lookFor(secret)
  t.ok(bytes > 1_000_000, `${bytes} bytes were looked at`)
  t.strictSame(found, [])
}
