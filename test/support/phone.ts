/**
 * Phones of people: a real browser each, with a profile, a language, a line to the relay and a camera of its own, and what a hand does on them, in the words of
 * their language. Not here: the relay and the bundle (webPlace.ts), what is expected to happen (the tests).
 */
import { writeFileSync } from 'node:fs'
import type { BrowserContext, Locator, Page } from 'playwright-core'
import type { Test } from 'tap'
import { ar } from '../../client/web/words/ar.ts'
import { en } from '../../client/web/words/en.ts'
import { es } from '../../client/web/words/es.ts'
import { ar as arLater } from '../../client/web/words/later/ar.ts'
import { en as enLater } from '../../client/web/words/later/en.ts'
import { es as esLater } from '../../client/web/words/later/es.ts'
import { countAsking, goTo } from './arriving.ts'
import { newProfile, PHONE } from './browser.ts'
import { type Line, newLine, type Pace } from './line.ts'
import type { WebPlace } from './webPlace.ts'

const LANGUAGES = { en: { ...en, ...enLater }, es: { ...es, ...esLater }, ar: { ...ar, ...arLater } }
export type Language = keyof typeof LANGUAGES

export const PASSPHRASE = 'four words are enough'
/** A step that takes longer has failed, on a busy machine too. */
export const PATIENCE_MS = 120_000

export type Phone = {
  readonly language: Language
  readonly words: (typeof LANGUAGES)['en']
  readonly line: Line
  readonly page: () => Page
  /** The camera of this phone sees what is drawn there. */
  readonly lookAt: (other: Phone) => Promise<void>
  /** As after a restart of the phone. */
  readonly restart: () => Promise<void>
  /** Another tab beside this one. */
  readonly secondTab: () => Promise<Page>
  /** How many times slower its processor is than this machine's, from now on. */
  readonly slowDown: (rate: number) => Promise<void>
}

export type PhoneOptions = {
  readonly language?: Language
  readonly pace?: Pace
  /** What else the browser is started with. */
  readonly env?: Readonly<Record<string, string>>
}

export const newPhone = async (t: Test, place: WebPlace, options: PhoneOptions = {}): Promise<Phone> => {
  const { language = 'en', pace, env } = options
  const line = await newLine(place.port, pace)
  const profile = newProfile(t, PHONE, env)
  const film = `${profile.folder}.y4m`
  const open = async (): Promise<BrowserContext> => {
    const context = await profile.open([
      `--lang=${language}`,
      `--accept-lang=${language}`,
      `--host-resolver-rules=MAP 127.0.0.1:${place.port} 127.0.0.1:${line.port}`,
      '--use-fake-device-for-media-stream',
      `--use-file-for-fake-video-capture=${film}`,
    ])
    context.setDefaultTimeout(PATIENCE_MS)
    await countAsking(context)
    await context.grantPermissions(['camera', 'microphone'], { origin: place.base })
    context.on('request', (request) => {
      if (!request.url().startsWith(`${place.base}/`) && !request.url().startsWith('blob:'))
        place.offences.push(`asked for ${request.url()}`)
    })
    return context
  }
  const opened = async (context: BrowserContext): Promise<Page> => {
    const page = context.pages()[0] ?? (await context.newPage())
    watch(page, place.offences)
    await page.goto(`${place.base}/`)
    return page
  }
  writeFileSync(film, filmOf(WHITE))
  let context = await open()
  let page = await opened(context)
  t.teardown(() => line.pull())
  return {
    language,
    words: LANGUAGES[language],
    line,
    page: () => page,
    lookAt: async (other) => writeFileSync(film, filmOf(await codeOn(other.page()))),
    restart: async () => {
      await context.close()
      context = await open()
      page = await opened(context)
    },
    secondTab: async () => {
      const tab = await context.newPage()
      watch(tab, place.offences)
      await tab.goto(`${place.base}/`)
      return tab
    },
    slowDown: async (rate) => {
      const debug = await context.newCDPSession(page)
      await debug.send('Emulation.setCPUThrottlingRate', { rate })
      if (rate === 1) await debug.detach()
    },
  }
}

/** What no page may do: throw, open a window of the browser's own, or try what its policy forbids. */
const watch = (page: Page, offences: string[]): void => {
  page.on('pageerror', (error) => offences.push(`threw: ${error.message}`))
  page.on('console', (message) => {
    if (message.type() === 'error' && /policy|Trusted/i.test(message.text())) offences.push(message.text())
  })
  page.on('dialog', (dialog) => {
    offences.push(`a dialog: ${dialog.message()}`)
    void dialog.dismiss()
  })
}

const [WIDTH, HEIGHT] = [640, 480]
/** Brightness of each point. */
type Picture = Buffer
const WHITE: Picture = Buffer.alloc(WIDTH * HEIGHT, 235)

/** The code that stands on a phone, in the middle of a picture. */
const codeOn = async (page: Page): Promise<Picture> => {
  const code = page.locator('svg.code')
  const size = Number((await code.getAttribute('viewBox'))?.split(' ').at(-1))
  const drawn = (await code.locator('path').getAttribute('d')) ?? ''
  const scale = Math.floor(HEIGHT / size)
  const [left, top] = [(WIDTH - size * scale) >> 1, (HEIGHT - size * scale) >> 1]
  const picture = Buffer.from(WHITE)
  for (const [, x, y] of drawn.matchAll(/M(\d+) (\d+)h/g))
    for (let row = 0; row < scale; row++) {
      const from = (top + Number(y) * scale + row) * WIDTH + left + Number(x) * scale
      picture.fill(16, from, from + scale)
    }
  return picture
}

/** A film of one picture, for Chromium's fake camera. */
const filmOf = (picture: Picture): Buffer => {
  const frame = Buffer.concat([Buffer.from('FRAME\n'), picture, Buffer.alloc((WIDTH * HEIGHT) / 2, 128)])
  return Buffer.concat([Buffer.from(`YUV4MPEG2 W${WIDTH} H${HEIGHT} F10:1 Ip A1:1 C420\n`), frame, frame])
}

type Name = string | RegExp

export const button = (phone: Phone, name: Name): Locator =>
  phone.page().getByRole('button', { name, exact: true })
export const press = (phone: Phone, name: Name): Promise<void> => button(phone, name).first().click()
export const link = (phone: Phone, name: Name): Locator =>
  phone.page().getByRole('link', { name, exact: true }).first()
export const follow = (phone: Phone, name: Name): Promise<void> => link(phone, name).click()
export const write = (phone: Phone, label: string, text: string): Promise<void> =>
  phone.page().getByLabel(label, { exact: true }).fill(text)
/** A card of choices, or a box to tick. */
export const choose = (phone: Phone, text: string): Promise<void> =>
  phone.page().locator('label.tile').filter({ hasText: text }).first().click()
export const unfold = (phone: Phone, text: Name): Promise<void> =>
  phone.page().locator('summary').filter({ hasText: text }).first().click()
/** Waits until it is on the screen. */
export const sees = (phone: Phone, text: Name): Promise<void> =>
  phone.page().getByText(text).first().waitFor()
export const heading = (phone: Phone, name: string): Promise<void> =>
  phone.page().getByRole('heading', { name, exact: true }).first().waitFor()
/** Presses what asks once more, and then what it asks with. */
export const pressTwice = async (phone: Phone, name: string, really = name): Promise<void> => {
  await press(phone, name)
  await phone.page().getByRole('dialog').getByRole('button', { name: really, exact: true }).click()
}
export const go = (phone: Phone, hash: string): Promise<void> => goTo(phone.page(), hash)

export const makeLock = async (phone: Phone): Promise<void> => {
  const { make, unlock, home } = phone.words.begin
  await write(phone, unlock.passphrase, PASSPHRASE)
  await write(phone, make.again, PASSPHRASE)
  await press(phone, make.button)
  await heading(phone, home.title)
}

export const unlock = async (phone: Phone): Promise<void> => {
  const { words } = phone
  await write(phone, words.begin.unlock.passphrase, PASSPHRASE)
  await press(phone, words.begin.unlock.button)
  const locked = phone.page().getByRole('heading', { name: words.begin.unlock.title, exact: true })
  await locked.waitFor({ state: 'detached' })
  await phone.page().locator('main h1').waitFor()
}

export type Founding = { readonly name: string; readonly handle: string; readonly relay: string }

export const found = async (phone: Phone, { name, handle, relay }: Founding): Promise<void> => {
  const { found: words, home } = phone.words.begin
  await follow(phone, home.found)
  await write(phone, words.name, name)
  await write(phone, words.handle, handle)
  await write(phone, words.relay, relay)
  await choose(phone, words.agreed)
  await press(phone, words.button)
  await heading(phone, phone.words.now.title)
}

/** Somebody beside `sponsor` holds the camera in front of its screen, and gives a name. */
export const scanCodeOf = async (phone: Phone, sponsor: Phone, handle: string): Promise<void> => {
  const { join: words, home } = phone.words.begin
  await phone.lookAt(sponsor)
  await follow(phone, home.join)
  await press(phone, words.scan)
  await write(phone, words.handle, handle)
  await press(phone, words.next)
}

/** Both read the same words to each other, or there is no way on. */
export const compareWords = async (sponsor: Phone, phone: Phone): Promise<readonly [string, string]> => {
  const read = (one: Phone): Promise<string> => one.page().locator('.words').first().innerText()
  const said = [await read(phone), await read(sponsor)] as const
  await press(phone, phone.words.begin.join.same)
  await press(sponsor, sponsor.words.invites.same)
  return said
}
