/**
 * Pictures of screens, at the two smallest widths, for people to look at; and what can be seen without eyes: something wider than the screen, a word cut off, a
 * sentence left in another language. Not here: what axe-core sees (test/client/web/story.test.ts).
 */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { PHONE } from './browser.ts'
import type { Phone } from './phone.ts'

const WIDTHS = [320, 360]
const { TOCSIN_SHOTS = 'artifacts/screens' } = process.env

/** What is wrong on them, each by its sentence; empty where nothing is. */
export const shoot = async (phone: Phone, name: string): Promise<readonly string[]> => {
  const page = phone.page()
  const found: string[] = []
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: PHONE.viewport.height })
    // what sticks to an edge stands there, and not in the middle
    const height = await page.evaluate(() => document.documentElement.scrollHeight)
    await page.setViewportSize({ width, height })
    const folder = join(TOCSIN_SHOTS, `${phone.language}-${width}`)
    mkdirSync(folder, { recursive: true })
    await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true })
    found.push(...(await flaws(page)).map((flaw) => `${name}, ${width}: ${flaw}`))
    await page.setViewportSize(PHONE.viewport)
  }
  return found
}

const flaws = async (page: Page): Promise<readonly string[]> => {
  const isArabic = (await page.evaluate(() => document.documentElement.lang)) === 'ar'
  const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth)
  return [
    ...(wide ? ['it is wider than the screen'] : []),
    ...(await cutOff(page)),
    ...(isArabic ? [...(await foreign(page)), ...(await turned(page))] : []),
  ]
}

/** A sentence of ours that begins with somebody's name is read from the right all the same. */
const turned = (page: Page): Promise<readonly string[]> =>
  page.locator('.sentence').evaluateAll((all) =>
    all
      .filter((one) => {
        const text = one.textContent ?? ''
        const first = text.search(/\p{L}/u)
        const ours = text.replace(/\u2068[^\u2069]*\u2069/g, '').match(/\p{L}/u)?.[0] ?? ''
        if (!one.firstChild || !/\p{Script=Arabic}/u.test(ours)) return false
        const range = document.createRange()
        range.setStart(one.firstChild, first)
        range.setEnd(one.firstChild, first + 1)
        const { left, right } = one.getBoundingClientRect()
        return range.getBoundingClientRect().right < (left + right) / 2
      })
      .map((one) => `from the left: ${one.textContent}`),
  )

const WITH_WORDS = 'h1, h2, h3, p, a, button, label, summary, li, legend, code'

const cutOff = (page: Page): Promise<readonly string[]> =>
  page.locator(WITH_WORDS).evaluateAll((all: readonly HTMLElement[]) =>
    all
      .filter((one) => one.getBoundingClientRect().width > 0 && !one.closest('.unseen, .skip'))
      .filter((one) => {
        const { left, right } = one.getBoundingClientRect()
        const isCut = one.scrollWidth > one.clientWidth + 1 && getComputedStyle(one).display !== 'inline'
        return isCut || left < -1 || right > innerWidth + 1
      })
      .map((one) => `cut off: ${one.innerText.slice(0, 40)}`),
  )

/** What people wrote, names, addresses and the words to compare stand as they are. */
const THEIRS = 'noscript, bdi, code, textarea, .words, .said, [dir=auto], [dir=ltr]'
const NAMES = /Tocsin|English|Español|npx|tocsin|verify|wss?:|https?:|Tor\b|\u2068[^\u2069]*\u2069/g

const foreign = async (page: Page): Promise<readonly string[]> => {
  const texts = await page.evaluate((theirs) => {
    const found: string[] = []
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    while (walker.nextNode())
      if (!walker.currentNode.parentElement?.closest(theirs)) found.push(walker.currentNode.textContent ?? '')
    return found
  }, THEIRS)
  return texts
    .map((text) => text.replace(NAMES, '').trim())
    .filter((text) => /[a-z]{3}/i.test(text))
    .map((text) => `not in Arabic: ${text.slice(0, 60)}`)
}
