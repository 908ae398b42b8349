/**
 * Everybody can use every screen: small phones and large letters, from the left and from the right, long words, little light and much, fingers, and voices that
 * read aloud. Not here: keyboards (keyboard.test.ts), what happens on the screens (story.test.ts).
 */
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import t, { type Test } from 'tap'
import { settled } from '../../support/arriving.ts'
import { seatOf } from '../../support/committeeStory.ts'
import { sayEverything, type Words } from '../../support/everything.ts'
import { breaches, crowded, faint, overflowing, smallTargets } from '../../support/measures.ts'
import { speakOther } from '../../support/otherWords.ts'
import { must } from '../../support/people.ts'
import {
  foundHere,
  go,
  letIn,
  makeLock,
  newPhone,
  press,
  SCREENS,
  startWebStory,
  unlock,
  write,
} from '../../support/webClient.ts'

const TOUCH = 56
const ALARM_TOUCH = 88
const APART = 8

const { relay, base, newDevice } = await startWebStory(t)

const PLAIN: Words = (place, line = 1000) =>
  `${place}: they changed the rota again without asking anybody, and three of us were told to stay`
    .slice(0, line)
    .trim()

// the words of other languages come to the page by way of the test, and would not come through the loader
const { page, context } = await newPhone(t, base, { look: { serviceWorkers: 'block' } })

/** What is wrong with a screen, for anybody. */
const wrongWith = async (page: Page) => ({
  overflowing: await overflowing(page),
  axe: await breaches(page),
  contrast: await faint(page, 7),
  small: await smallTargets(page, TOUCH),
  smallInAlarm: await smallTargets(page, ALARM_TOUCH, '.raise, button.alarm, button.calm, button.kind'),
  crowded: await crowded(page, APART),
  headings: await page.locator('h1').count(),
})
const USABLE = {
  overflowing: [],
  axe: [],
  contrast: [],
  small: [],
  smallInAlarm: [],
  crowded: [],
  // it says where one is
  headings: 1,
}

await page.locator('main h1').waitFor()
const first = await wrongWith(page)
await makeLock(page)
await foundHere(page, { name: 'Kitchen and night shift', handle: 'alice', relay: relay.address })
const bob = await letIn(page, await newDevice('بدر'))
const other =
  bob.session
    .view()
    .members.map(({ seat }) => seat)
    .find((seat) => seat !== seatOf(bob)) ?? ''
const said = await sayEverything(bob, other, PLAIN)
const EVERYWHERE = [...SCREENS, ...[...said.screens, ...said.others].map((one) => `#/1/${one}`)]

const unfold = (page: Page): Promise<void> =>
  page.locator('details').evaluateAll((all: readonly HTMLDetailsElement[]) => {
    for (const one of all) one.open = true
  })

const show = async (screen: string): Promise<void> => {
  await go(page, screen)
  await page.waitForFunction(() => document.activeElement?.tagName === 'H1')
  await settled(page)
  await unfold(page)
  await settled(page)
}

/** With TOCSIN_SHOTS the screen is written into that folder, to be looked at. */
const shoot = async (what: string): Promise<void> => {
  const { TOCSIN_SHOTS } = process.env
  if (TOCSIN_SHOTS)
    await page.screenshot({ path: join(TOCSIN_SHOTS, `${what.replaceAll('/', ' ')}.png`), fullPage: true })
}

const chosen = async (choices: Readonly<Record<string, string>>): Promise<void> => {
  await page.evaluate((choices) => {
    for (const [name, value] of Object.entries(choices)) localStorage.setItem(name, value)
    location.hash = '#/home'
  }, choices)
  await page.reload()
  await unlock(page)
}

const fits = async (t: Test, what: string): Promise<void> => {
  await shoot(what)
  t.strictSame(await overflowing(page), [], what)
}

/** States of screens that no address leads to. */
const STATES: readonly (readonly [string, () => Promise<void>])[] = [
  [
    'how fast',
    async () => {
      await show('#/1/raise')
      await page.locator('button.kind').first().click()
    },
  ],
  [
    'say it',
    async () => {
      await show('#/1/raise')
      await page.locator('button.kind').first().click()
      await page.locator('main button.alarm').click()
    },
  ],
  [
    'I am on it',
    async () => {
      await show(`#/1/alarm/${said.alarm}`)
      await page.locator('main button.alarm').first().click()
    },
  ],
  [
    'an invite',
    async () => {
      await show('#/1/invites')
      await page.locator('main button.main').click()
      await page.locator('svg.code').waitFor()
    },
  ],
  [
    'a question before it is done',
    async () => {
      await show('#/settings')
      await page.locator('button.danger').last().click()
      await page.locator('dialog[open]').waitFor()
    },
  ],
]

/** The server has sent another loader: until somebody has looked, there is nothing else. */
const atAnotherLoader = async (look: (what: string) => Promise<void>): Promise<void> => {
  await page.evaluate(() => {
    localStorage.setItem('loaderChanged', '1')
    location.hash = '#/home'
  })
  await page.reload()
  await page.locator('main section[role=alert]').waitFor()
  await settled(page)
  await look('another loader')
  await page.locator('main > button.danger').click()
  await page.locator('dialog[open]').waitFor()
  await settled(page)
  await look('another loader, and they have looked')
  await page.locator('dialog[open] button.danger').click()
  await unlock(page)
}

const everywhere = async (look: (what: string) => Promise<void>): Promise<void> => {
  for (const screen of EVERYWHERE) {
    await show(screen)
    await look(screen.replace(/[0-9a-f]{32}/, ''))
  }
  for (const [what, lead] of STATES) {
    await go(page, '#/home')
    await lead()
    await settled(page)
    await look(what)
    if (await page.locator('dialog[open]').count()) await page.keyboard.press('Escape')
  }
  await atAnotherLoader(look)
}

t.test('The very first screen can be read, heard and touched', (t) => {
  t.strictSame(first, USABLE)
  t.end()
})

for (const [language, scheme] of [
  ['en', 'light'],
  ['ar', 'dark'],
] as const)
  t.test(
    `Every screen can be read, heard and touched, in ${language} and when it is ${scheme}`,
    async (t) => {
      await page.emulateMedia({ colorScheme: scheme })
      await chosen({ language, size: '100' })
      await everywhere(async (what) => {
        await shoot(`${language} ${what}`)
        t.strictSame(await wrongWith(page), USABLE, what)
      })
    },
  )

/** Minutes for each: three of them only with TOCSIN_TEST_FULL=1 (.ci/nightly). */
const IS_FULL = process.env.TOCSIN_TEST_FULL === '1'
for (const [language, choice] of [
  ['english', 'en'],
  ['arabic', 'ar'],
  ['spanish', 'es'],
  ['german', 'es'],
  ['hindi', 'es'],
] as const) {
  const isLong = !['english', 'arabic'].includes(language)
  const skip = isLong && !IS_FULL && 'only with TOCSIN_TEST_FULL=1'
  t.test(`Letters twice as large fit the narrowest phone, in ${language}`, { skip }, async (t) => {
    if (language === 'german' || language === 'hindi') await speakOther(context, language)
    await chosen({ language: choice, size: '200' })
    await page.setViewportSize({ width: 320, height: 568 })
    await everywhere((what) => fits(t, `320 px, 200 %, ${language} ${what}`))
    await chosen({ size: '100' })
    await everywhere((what) => fits(t, `320 px, ${language} ${what}`))
    await context.unroute(/./)
    await page.setViewportSize({ width: 360, height: 640 })
  })
}

t.test('Whoever asked for less movement gets none', async (t) => {
  const moving = async (reducedMotion: 'reduce' | 'no-preference'): Promise<number> => {
    await page.emulateMedia({ reducedMotion })
    await go(page, '#/home')
    await show('#/settings')
    const moved = await page.evaluateHandle(() => {
      const seen = { count: 0 }
      document.addEventListener('animationstart', () => seen.count++)
      return seen
    })
    await page.locator('button.danger').last().click()
    await page.locator('dialog[open]').waitFor()
    await settled(page)
    await page.keyboard.press('Escape')
    return moved.evaluate(({ count }) => Math.min(count, 1))
  }
  t.equal(await moving('no-preference'), 1)
  t.equal(await moving('reduce'), 0)
})

t.test('What changes by itself is said where a screen reader listens already', async (t) => {
  await chosen({ language: 'en', size: '100' })
  await show('#/1/raise')
  await press(page, 'Called to a meeting')
  await press(page, /^NOW/)
  await write(page, 'What happened, in a few words', 'They want me in the office')
  await press(page, 'RAISE THE ALARM')
  await page.waitForURL(/alarm\/[0-9a-f]{32}$/)
  const alarm = page.url().slice(-32)
  await bob.session.sync()
  const region = page.locator('section[aria-live=polite]')
  await region.evaluate((one) => one.setAttribute('data-was-there', ''))
  must(await bob.session.say({ type: 'alarmAnswer', alarm, answer: 'on_it', what: 'I come along' }))
  await page.locator('section[data-was-there][aria-live=polite]', { hasText: 'I come along' }).waitFor()

  await show('#/settings')
  const alert = page.locator('form [role=alert]').first()
  await alert.evaluate((one) => one.setAttribute('data-was-there', ''))
  await press(page, 'Change it')
  await page.locator('[data-was-there][role=alert] .wrong').waitFor()
  t.pass('both were there before')
})

t.test('Who is locked out, or comes with a second tab, can read, hear and touch that too', async (t) => {
  const heading = (page: Page, name: string) => page.getByRole('heading', { level: 1, name }).waitFor()
  const tab = await context.newPage()
  await tab.goto(`${base}/`)
  await heading(tab, 'Open in another tab')
  t.strictSame(await wrongWith(tab), USABLE, 'elsewhere')
  await show('#/home')
  await page.evaluate(() => {
    location.hash = '#/1/now'
  })
  await press(page, 'Lock')
  await heading(page, 'Locked')
  t.strictSame(await wrongWith(page), USABLE, 'locked')
  await heading(tab, 'Locked')
  await tab.close()
})
