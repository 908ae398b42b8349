/**
 * The shipped web client in a phone's browser: built for the test, opened in a profile of its own, watched for whatever it must not do, and the few
 * clicks with which every story begins. Not here: the browser itself (browser.ts), what is looked at.
 */
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { promisify } from 'node:util'
import type { BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import type { Test } from 'tap'
import { COMMITTEE_PAGES, DEVICE_PAGES, printRoute } from '../../client/web/routes.ts'
import { readWebFiles } from '../../server/routes/web.ts'
import { countAsking, goTo } from './arriving.ts'
import { newProfile, PHONE, type Profile } from './browser.ts'
import { placeOf } from './committeeStory.ts'
import {
  closeEverybody,
  type Device,
  must,
  newDevice,
  type Person,
  realTime,
  type Time,
  wake,
} from './people.ts'
import { startRelay, type TestRelay } from './relay.ts'

export const PASSPHRASE = 'four words are enough'
/** A step that takes longer has failed, on a busy machine too. */
export const PATIENCE_MS = 120_000

/** The folder of a build from the sources as they are; gone with the test. */
export const buildWeb = async (t: Test, env: Readonly<Record<string, string>> = {}): Promise<string> => {
  const folder = mkdtempSync(join(tmpdir(), 'tocsin-web-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  const into = join(folder, 'web')
  await promisify(execFile)(process.execPath, ['client/web/build.mjs', '--into', into], {
    env: { ...process.env, ...env },
  })
  return into
}

export type WebStory = {
  readonly relay: TestRelay
  /** Where the client is served. */
  readonly base: string
  /** Somebody without a browser, on the same relay. */
  readonly newDevice: (name: string) => Promise<Device>
}

/** Of a device whose relay takes its time, now. */
const presently = (): Time => ({ ...realTime(), now: Date.now() })

/** The beginning of a story in the browser: the shipped bundle on a relay of its own. */
export const startWebStory = async (t: Test): Promise<WebStory> => {
  const web = readWebFiles(await buildWeb(t))
  if (!web) throw new Error('there is no web client to serve')
  const relay = await startRelay({ web })
  t.teardown(() => relay.close())
  t.teardown(closeEverybody)
  const { dial } = placeOf(relay)
  return {
    relay,
    base: relay.url.replace('ws:', 'http:'),
    newDevice: (name) => newDevice(name, dial, presently()),
  }
}

export type Phone = {
  readonly profile: Profile
  readonly context: BrowserContext
  readonly page: Page
  /** Everything that the page asked of somebody else, threw, or was not allowed to do. */
  readonly offences: string[]
}

export type PhoneOptions = {
  readonly profile?: Profile
  readonly args?: readonly string[]
  readonly look?: BrowserContextOptions
}

/** On the first page of the client that is served at `base`. */
export const newPhone = async (t: Test, base: string, options: PhoneOptions = {}): Promise<Phone> => {
  const profile = options.profile ?? newProfile(t, { ...PHONE, ...options.look })
  const context = await profile.open(options.args ?? ['--lang=en'])
  context.setDefaultTimeout(PATIENCE_MS)
  await countAsking(context)
  const page = context.pages()[0] ?? (await context.newPage())
  const offences: string[] = []
  page.on('pageerror', (error) => offences.push(`threw: ${error.message}`))
  page.on('console', (message) => {
    if (message.type() === 'error') offences.push(`console: ${message.text()}`)
  })
  page.on('dialog', (dialog) => {
    offences.push(`a dialog: ${dialog.message()}`)
    void dialog.dismiss()
  })
  context.on('request', (request) => {
    if (!request.url().startsWith(`${base}/`) && !request.url().startsWith('blob:'))
      offences.push(`asked for ${request.url()}`)
  })
  await page.goto(`${base}/`)
  return { profile, context, page, offences }
}

export const press = (page: Page, name: string | RegExp): Promise<void> =>
  page.getByRole('button', { name, exact: true }).click()
export const write = (page: Page, label: string, text: string): Promise<void> =>
  page.getByLabel(label, { exact: true }).fill(text)
export const go = goTo

export const makeLock = async (page: Page): Promise<void> => {
  await write(page, 'Passphrase', PASSPHRASE)
  await write(page, 'The same once more', PASSPHRASE)
  await press(page, 'Make the lock')
  await page.getByRole('heading', { name: 'Your committees' }).waitFor()
}

export const unlock = async (page: Page): Promise<void> => {
  await page.locator('input[type=password]').fill(PASSPHRASE)
  await page.locator('button[type=submit]').click()
  await page.locator('input[type=password]').waitFor({ state: 'detached' })
}

export type Beginning = { readonly name: string; readonly handle: string; readonly relay: string }

/** A committee that counts at once, of one. */
export const foundHere = async (page: Page, { name, handle, relay }: Beginning): Promise<void> => {
  await go(page, '#/found')
  await write(page, 'What shall it be called?', name)
  await write(page, 'What for?', 'Better shifts')
  await write(page, 'What shall the others call you?', handle)
  await write(page, 'Address of the relay', relay)
  await page.getByText('We have agreed').click()
  await press(page, 'Start')
  await page.getByRole('heading', { name: 'Now', exact: true }).waitFor()
}

/** The line of a new invite, made on the page. Where a slow line has it refused in words, it is asked for again, as a person would. */
const inviteFrom = async (page: Page): Promise<string> => {
  await go(page, '#/1/invites')
  const line = page.getByLabel('The line to give away')
  const refused = page.locator('main .wrong')
  for (let tries = 0; tries < 5 && (await line.count()) === 0; tries++) {
    await press(page, 'Somebody new, here beside me')
    await line
      .or(refused)
      .first()
      .waitFor()
      .catch(async () => {
        throw new Error(`neither a line nor a refusal: ${await page.locator('main').innerHTML()}`)
      })
  }
  return line.inputValue()
}

/** Somebody without a browser follows an invite of the page: both compare words; `vouch` presses on the page. */
export const comeIn = async (device: Device, line: string, vouch: () => Promise<void>): Promise<Person> => {
  const joining = must(await device.client.startJoining(line, device.name))
  const continued = async (is: string) => {
    for (const since = Date.now(); Date.now() - since < PATIENCE_MS; await wait(300)) {
      const now = must(await device.client.continueJoining(joining))
      if (now.is === is) return now
    }
    throw new Error(`never ${is}`)
  }
  await continued('comparing')
  await device.client.answerWords(joining, true)
  await vouch()
  const joined = await continued('joined')
  if (joined.is !== 'joined') throw new Error('not in')
  await joined.session.sync()
  return { ...device, session: wake(joined.session) }
}

/** By an invite that the page makes. */
export const letIn = async (page: Page, device: Device): Promise<Person> =>
  comeIn(device, await inviteFrom(page), () => press(page, 'They are the same: I vouch'))

/** Addresses of all screens that need nothing else to be named. */
export const SCREENS: readonly string[] = [
  ...DEVICE_PAGES.map((at) => printRoute({ at })),
  ...COMMITTEE_PAGES.map((at) => printRoute({ at, place: 1 })),
]
