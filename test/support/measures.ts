/**
 * What is measured on a screen as it is drawn: whether it fits, how large what is touched is, how strong the contrast of every text is, what the focus looks
 * like. Each answers with what is wrong. Not here: which screens, how large they have to be (access.test.ts, keyboard.test.ts).
 */
import axe from 'axe-core'
import type { Page } from 'playwright-core'

/** Texts, for the test's compiler would put names of its own into them. */
const COMMON = `
  const nameOf = (one) => (one.outerHTML.replace(/<svg.*?<\\/svg>/gs, '').slice(0, 120) + ' in ' + (one.parentElement?.className ?? ''))
  const isSeen = (one) => {
    if (one.closest('.unseen, [hidden], svg, head, noscript')) return false
    if (!one.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true })) return false
    const { width, height } = one.getBoundingClientRect()
    return width > 0 && height > 0
  }
  const all = (selector) => [...document.querySelectorAll(selector)].filter(isSeen)
`

const run = async (page: Page, work: string, asked: unknown = null): Promise<readonly string[]> =>
  page.evaluate(`(async (asked) => { ${COMMON} ${work} })(${JSON.stringify(asked)})`)

/** What reaches over the edge of the screen, or holds more than can be seen of it. */
export const overflowing = (page: Page): Promise<readonly string[]> =>
  run(
    page,
    `
    const wide = document.documentElement.scrollWidth > innerWidth ? ['the page scrolls sideways'] : []
    const over = all('body *').filter((one) => {
      const { left, right } = one.getBoundingClientRect()
      return left < -1 || right > innerWidth + 1
    })
    const cut = all('body *').filter((one) => {
      if (['INPUT', 'TEXTAREA'].includes(one.tagName)) return false
      const { overflowX } = getComputedStyle(one)
      return overflowX !== 'visible' && one.scrollWidth > one.clientWidth + 1
    })
    const inner = all('button, .button, .bar a, summary, .tile').filter((one) => one.scrollWidth > one.clientWidth + 1 || one.scrollHeight > one.clientHeight + 1)
    return [...wide, ...over.map((one) => 'over the edge: ' + nameOf(one)), ...cut.map((one) => 'cut: ' + nameOf(one)), ...inner.map((one) => 'too narrow: ' + nameOf(one))]
  `,
  )

/** Everything that is touched and smaller than `least` pixels either way. A link inside a sentence may be as high as its line (WCAG 2.5.8). */
export const smallTargets = (page: Page, least: number, selector?: string): Promise<readonly string[]> =>
  run(
    page,
    `
    const touched = all(asked.selector ?? 'a[href], button, input, textarea, select, summary, label.tile, audio').filter((one) => !one.closest('.tile') || one.matches('.tile'))
    const small = touched.filter((one) => {
      const { width, height } = one.getBoundingClientRect()
      return Math.round(width) < asked.least || Math.round(height) < asked.least
    })
    return small.map((one) => { const { width, height } = one.getBoundingClientRect(); return Math.round(width) + 'x' + Math.round(height) + ' ' + nameOf(one) })
  `,
    { least, selector },
  )

/** Things to touch that are nearer to each other than that: a thumb would touch both. What lies in one of them is part of it, and five places side by side fill the narrowest phone. */
export const crowded = (page: Page, least: number): Promise<readonly string[]> =>
  run(
    page,
    `
    const front = document.querySelector('dialog[open]') ?? document.body
    const touched = all('button, .button, input:not(.tile input), textarea, select, summary, .tile, audio').filter((one) => front.contains(one))
    const boxes = touched.map((one) => ({ one, box: one.getBoundingClientRect() }))
    const apart = (a, b) => Math.max(a.left - b.right, b.left - a.right, a.top - b.bottom, b.top - a.bottom)
    const sticks = (one) => one.closest('nav.bar, header.top') !== null
    return boxes.flatMap((a, i) => boxes.slice(i + 1).filter((b) => sticks(a.one) === sticks(b.one) && !a.one.contains(b.one) && !b.one.contains(a.one) && apart(a.box, b.box) < asked.least - 0.5)
      .map((b) => Math.round(apart(a.box, b.box)) + ' px: ' + nameOf(a.one) + ' | ' + nameOf(b.one)))
  `,
    { least },
  )

/** Texts whose contrast with what is behind them is less than that (WCAG 2, relative luminance). */
export const faint = (page: Page, least: number, within = 'body'): Promise<readonly string[]> =>
  run(
    page,
    `
    const parse = (text) => { const [r, g, b, a = 1] = text.match(/[0-9.]+/g).map(Number); return { r, g, b, a } }
    const channel = (c) => { const s = c / 255; return s <= 0.04045 ? s / 12.92 : ((s + 0.055) / 1.055) ** 2.4 }
    const light = ({ r, g, b }) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b)
    const over = (top, under) => ({ r: top.r * top.a + under.r * (1 - top.a), g: top.g * top.a + under.g * (1 - top.a), b: top.b * top.a + under.b * (1 - top.a), a: 1 })
    const behind = (one) => {
      if (!one) return { r: 255, g: 255, b: 255, a: 1 }
      const ground = parse(getComputedStyle(one).backgroundColor)
      return ground.a === 1 ? ground : over(ground, behind(one.parentElement))
    }
    const hasText = (one) => [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim() !== '')
    return all(asked.within + ' *').filter((one) => hasText(one) && !one.closest(':disabled')).flatMap((one) => {
      const ground = behind(one)
      const ink = over(parse(getComputedStyle(one).color), ground)
      const [high, low] = [light(ink), light(ground)].sort((a, b) => b - a)
      const ratio = (high + 0.05) / (low + 0.05)
      return ratio < asked.least ? [ratio.toFixed(2) + ' ' + nameOf(one)] : []
    })
  `,
    { least, within },
  )

/** Whatever has the focus has to show it, and to be seen, once the page is drawn: what came above it moves it until then. A choice shows it on its tile. */
export const unseenFocus = (page: Page): Promise<readonly string[]> =>
  run(
    page,
    `
    for (let frame = 0; frame < 2; frame++) await new Promise(requestAnimationFrame)
    const one = document.activeElement
    const ring = one.closest('.tile') ?? (one.matches('[type=file]') ? one.labels[0] : one)
    const { outlineStyle, outlineWidth, outlineColor } = getComputedStyle(ring)
    if (outlineStyle === 'none' || Number.parseFloat(outlineWidth) < 2 || outlineColor === 'transparent') return ['no ring: ' + nameOf(one)]
    const { left, top, width, height } = ring.getBoundingClientRect()
    const isThere = (part) => {
      const at = document.elementFromPoint(left + width / 2, top + height * part)
      return at !== null && (ring.contains(at) || at.contains(ring))
    }
    return [0.1, 0.5, 0.9].some(isThere) ? [] : ['hidden: ' + nameOf(one)]
  `,
  )

type Found = {
  readonly id: string
  readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[]
}

/** By the debugger's own way in: the policy of the page lets no text become a script. */
export const breaches = async (page: Page): Promise<readonly string[]> => {
  const debug = await page.context().newCDPSession(page)
  await debug.send('Runtime.evaluate', { expression: axe.source })
  const { result } = await debug.send('Runtime.evaluate', {
    expression: 'axe.run().then(({ violations }) => JSON.stringify(violations))',
    awaitPromise: true,
  })
  await debug.detach()
  const found: readonly Found[] = JSON.parse(String(result.value))
  return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 200)).join(' ')}`)
}
