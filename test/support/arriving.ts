/**
 * When a screen of the web client is there: told by what is on it, however slow the machine is. Not here: what is on it, and who walks (webClient.ts, phone.ts).
 */
import type { BrowserContext, Page } from 'playwright-core'
import { parseRoute, printRoute } from '../../client/web/routes.ts'

/** Text, for the test's compiler would put names of its own into it: what was asked of the core and is not answered, and the screens that were left. */
const COUNTING = `
  const Plain = Worker
  let waiting = 0
  globalThis.unanswered = () => waiting
  globalThis.Worker = class extends Plain {
    constructor(...given) {
      super(...given)
      this.addEventListener('message', ({ data }) => { if ('number' in data) waiting-- })
    }
    postMessage(...given) {
      waiting++
      super.postMessage(...given)
    }
  }
`
export const countAsking = async (context: BrowserContext): Promise<void> => {
  await context.addInitScript({ content: `{${COUNTING}}` })
}

/** As if the address had been typed; there is a heading then, and it is not the one of the screen before. */
export const goTo = async (page: Page, hash: string): Promise<void> => {
  const sameAs = (old: string): boolean => printRoute(parseRoute(old)) === printRoute(parseRoute(hash))
  const isHere = sameAs(await page.evaluate(() => location.hash))
  await page.evaluate(
    ([to, isHere]) => {
      if (!isHere) for (const old of document.querySelectorAll('main h1')) old.setAttribute('data-left', '')
      location.hash = to
    },
    [hash, isHere] as const,
  )
  await page.locator('main h1:not([data-left])').first().waitFor()
}

/** Everything that the screen asked for is on it, and nothing on it moves. Not for a phone without a line, which may wait long for an answer. */
export const settled = async (page: Page): Promise<void> => {
  await page.waitForFunction(`new Promise((resolve) => {
    const isStill = () => unanswered() === 0 && document.getAnimations().length === 0
    const inTwoFrames = (then) => requestAnimationFrame(() => requestAnimationFrame(then))
    const wasStill = isStill()
    inTwoFrames(() => resolve(wasStill && isStill()))
  })`)
}
