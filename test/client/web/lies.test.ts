/**
 * A relay that lies to the web client: whatever it alters, swaps, repeats, reorders, leaves out, hides, takes back or writes itself, markup among it, no screen shows
 * anything that a member did not write, what was shown stays, and where it is caught the screen says so in plain words. Not here: what a member may write
 * (hostile.test.ts), another client from the same server (trust.test.ts), every lie there is (test/client/core/relay).
 */
import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { dialNode } from '../../../client/cli/socketNode.ts'
import { utf8 } from '../../../shared/base/bytes.ts'
import { type Blob, logKey } from '../../../shared/protocol/ids.ts'
import { settled } from '../../support/arriving.ts'
import { sourceOf } from '../../support/fileEnds.ts'
import { startLyingServer } from '../../support/lyingServer.ts'
import { appendTo, copyLog, type MemoryLog, testBlob } from '../../support/memoryLog.ts'
import type { Misdeeds } from '../../support/memoryRelay.ts'
import {
  alterPages,
  badSignatures,
  dropEntry,
  lieConflict,
  lieFull,
  lieSize,
  reorder,
  replayAsNew,
} from '../../support/misdeeds.ts'
import { closeEverybody, must, newDevice, say, textsOf } from '../../support/people.ts'
import {
  buildWeb,
  foundHere,
  go,
  letIn,
  makeLock,
  newPhone,
  PATIENCE_MS,
  press,
  SCREENS,
  unlock,
  write,
} from '../../support/webClient.ts'

const server = await startLyingServer(t, await buildWeb(t))
t.teardown(closeEverybody)
const { relay } = server

const { page, offences } = await newPhone(t, server.url)
await makeLock(page)
await foundHere(page, { name: 'Kitchen', handle: 'alice', relay: server.address })
const bob = await letIn(page, await newDevice('bob', dialNode, { now: Date.now(), longestWaitMs: 60_000 }))

/** Everything that a member ever wrote, in order. */
const written: string[] = []
const bobWrites = async (text: string): Promise<void> => {
  must(await bob.session.sync())
  if ((await say(bob, text)) !== 'sent') throw new Error('the relay is honest to him, and did not take it')
  written.push(text)
}
const shown = (): Promise<readonly string[]> => page.locator('.posts .said').allTextContents()
/** What is on the screen after the worker was asked for it anew. */
const shownAnew = async (): Promise<readonly string[]> => {
  await go(page, '#/1/us')
  await go(page, '#/1/talk')
  await page.locator('.posts .said').first().waitFor()
  // The room fills frame by frame.
  await page.getByRole('button', { name: 'Show older ones' }).waitFor({ state: 'detached' })
  return shown()
}
const everythingIsShown = async (): Promise<void> => {
  await page.waitForFunction(
    (count) => document.querySelectorAll('.posts .said').length === count,
    written.length,
  )
}
const ALARM = 'The relay was caught lying'
const alarm = page.locator('.banner.alarm', { hasText: ALARM })

/** The relay is honest again, and a person decides to go on if it was caught. */
const settle = async (): Promise<void> => {
  server.lieToBrowsers()
  if (await alarm.isVisible()) {
    await go(page, '#/1/safety')
    await press(page, 'Use it again all the same')
    await page.getByRole('dialog').getByRole('button', { name: 'Use it again all the same' }).click()
    await alarm.waitFor({ state: 'detached' })
  }
  await page.reload()
  await unlock(page)
  await go(page, '#/1/talk')
  await everythingIsShown()
}

/** What the relay wrote, if anything of it came to a screen. */
const FORGED = 'FORGED <h1>by the relay</h1><script>document.title="run"</script>'

/** The log that was written into last. */
const current = (): MemoryLog => {
  const log = [...relay.logs.values()].filter(({ entries }) => entries.length > 0).at(-1)
  if (!log) throw new Error('nobody has written yet')
  return log
}

const garbled = alterPages((page) => ({
  ...page,
  entries: page.entries.map((entry) => {
    if (entry.content.type !== 'blob') return entry
    const blob = entry.content.blob.slice() as typeof entry.content.blob
    blob[100] = (blob[100] ?? 0) ^ 1
    return { ...entry, content: { type: 'blob' as const, blob } }
  }),
}))
/** What it pleases in the place of each entry, under heads that know only the true one. */
const exchanged = alterPages((page) => ({
  ...page,
  entries: page.entries.map((entry) => ({
    ...entry,
    content: { type: 'blob' as const, blob: testBlob(FORGED) },
  })),
}))
/** The first entry that the relay ever took in the place of each new one. */
const swapped = (): Misdeeds => {
  const [first] = current().entries
  return alterPages((page) => ({
    ...page,
    entries: page.entries.map((entry) => ({ ...(first ?? entry), seq: entry.seq })),
  }))
}
const lengths = (): ReadonlyMap<string, number> =>
  new Map([...relay.logs].map(([key, log]) => [key, log.entries.length]))
const hidden = (): Misdeeds => {
  const kept = lengths()
  return {
    view: (log, _, purpose) => (purpose === 'read' ? copyLog(log, kept.get(logKey(log.id)) ?? 0) : log),
  }
}
/** Another history: what was read last never was. */
const forked = (): Misdeeds => {
  const worlds = new Map([...lengths()].map(([key, length]) => [key, Math.max(0, length - 1)]))
  return { view: (log) => copyLog(log, worlds.get(logKey(log.id)) ?? log.entries.length) }
}
const markup: Misdeeds = {
  answer: (event) => [event.type === 'entries' ? utf8(`<!doctype html><p class=said>${FORGED}`) : event],
}

/** What is done with three entries that come at once, and whether it can be told from a line that is down. */
const LIES: readonly (readonly [string, () => Misdeeds, 'caught' | 'like no line'])[] = [
  ['altered', () => garbled, 'caught'],
  ['forged in the place of others', () => exchanged, 'caught'],
  ['swapped for an old one', swapped, 'caught'],
  ['in another order', reorder, 'caught'],
  ['left out', () => dropEntry(current().entries.length - 1), 'caught'],
  ['repeated as new', replayAsNew, 'caught'],
  ['under signatures that are not its own', badSignatures, 'caught'],
  ['markup instead of an answer', () => markup, 'like no line'],
]

t.test(
  'What a relay alters, forges, swaps, reorders, leaves out or repeats is not shown; it is caught, and what was written comes when it is honest',
  async (t) => {
    await bobWrites('the first')
    await go(page, '#/1/talk')
    await everythingIsShown()
    for (const [what, lie, end] of LIES) {
      const before = await shown()
      server.lieToBrowsers(hidden())
      await bobWrites(`one, ${what}`)
      await bobWrites(`two, ${what}`)
      t.strictSame(await shownAnew(), before, `${what}: what is hidden is not there`)
      server.lieToBrowsers(lie())
      await bobWrites(`three, ${what}`)
      if (end === 'caught') await alarm.waitFor()
      else await page.getByText('No connection').first().waitFor()
      t.strictSame(await shownAnew(), before, `${what}: nothing came of it`)
      await settle()
      t.strictSame(await shown(), written, `${what}: everything is there once it is honest`)
    }
  },
)

t.test('A relay that takes back what it has shown is caught, and what was shown stays', async (t) => {
  server.lieToBrowsers(forked())
  server.cutBrowsers()
  await alarm.waitFor()
  t.strictSame(await shownAnew(), written)
  await settle()
  t.strictSame(await shown(), written)
})

/** Appended by the relay, in their true order and under true heads: nothing about the log is a lie, and no member wrote it. */
const appends = async (what: string, blob: Blob): Promise<void> => {
  appendTo(current(), blob)
  await bobWrites(`after ${what}`)
}

t.test(
  'What a relay writes into the log itself, or writes there once more, is nobody’s word, on no screen',
  async (t) => {
    await appends('markup', testBlob(FORGED))
    await appends('a long one', testBlob(FORGED.repeat(100), 16_384))
    const said = current()
      .entries.slice(-6)
      .flatMap(({ content }) => (content.type === 'blob' ? [content.blob] : []))
    for (const [at, blob] of said.entries()) await appends(`entry ${at} again`, blob)
    await everythingIsShown()
    t.strictSame(await shown(), written)
    await page.reload()
    await unlock(page)
    for (const screen of SCREENS) {
      await go(page, screen)
      await settled(page)
      t.notMatch(await page.locator('body').innerText(), /FORGED|lost the thread|caught lying/, screen)
    }
    t.notMatch(await page.title(), /run/)
    await go(page, '#/1/talk')
    await everythingIsShown()
    t.strictSame(await shown(), written)
    t.notOk(await alarm.isVisible())
  },
)

/** What alice writes, and what the relay does with it. */
const OWN: readonly (readonly [string, () => Misdeeds])[] = [
  ['says that it is full', lieFull],
  ['says that it is too large', lieSize],
  ['says that somebody else was first', () => lieConflict(current().entries.length + 5)],
]

t.test(
  'Whatever a relay says of one’s own words, the screen does not say that they are sent before they are there',
  async (t) => {
    for (const [what, lie] of OWN) {
      server.lieToBrowsers(lie())
      await write(page, 'Write to everybody here', `own, it ${what}`)
      await press(page, 'Send')
      await alarm.waitFor()
      await page.getByText('Not sent - call!').first().waitFor()
      t.notOk((await shown()).includes(`own, it ${what}`), what)
      written.push(`own, it ${what}`)
      await settle()
      must(await bob.session.sync())
      t.strictSame(textsOf(bob), written, `${what}: it went out once it is honest, once`)
    }
  },
)

const PICTURE = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR42mP4z8AAAAMBAQD3A0FDAAAAAElFTkSuQmCC',
  'base64',
)

const sendPicture = async (): Promise<void> => {
  const about = { kind: 'photo', name: 'gate.png', media: 'image/png', life: 7 } as const
  const file = must(await bob.session.files.prepare(about, sourceOf(PICTURE)))
  must(await bob.session.files.send(file, sourceOf(PICTURE)))
}

const isNotFetched = async (t: Test, says: RegExp): Promise<void> => {
  await page.getByRole('button', { name: 'Fetch it' }).last().click()
  // What was said of the last try stands there until this one is answered.
  const wrong = page.locator('.posts .wrong').filter({ hasText: says }).last()
  await wrong.waitFor()
  t.match(await wrong.innerText(), says)
  t.equal(await page.locator('main img').count(), 0)
}

t.test('A file that the relay has altered, or hides, is not shown, and the screen says why', async (t) => {
  await sendPicture()
  await page.getByRole('button', { name: 'Fetch it' }).last().waitFor()
  server.lieToBrowsers({ refuse: (request) => (request.type === 'open' ? { type: 'none' } : undefined) })
  await isNotFetched(t, /does not have this file any more/)
  server.lieToBrowsers(garbled)
  await isNotFetched(t, /caught lying/)
  await alarm.waitFor()
  await settle()
  const picture = page.locator('main img')
  const again = page.getByRole('button', { name: 'Fetch it' }).last()
  // After the reload there may be no line yet, and then it is asked for again.
  for (const since = Date.now(); Date.now() - since < PATIENCE_MS && !(await picture.isVisible()); ) {
    // it may be gone before it is touched: then it was fetched
    await again.click({ timeout: 1000 }).catch(() => undefined)
    await sleep(500)
  }
  await picture.waitFor()
  t.pass('and it is there when the relay is honest')
})

t.test('No screen asked anybody else for anything, threw, or was stopped by its policy', async (t) => {
  t.strictSame(
    offences.filter((one) => !/WebSocket/.test(one)),
    [],
  )
})
