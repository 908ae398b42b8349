/**
 * What somebody would try who had a foot in the page: to run, embed, paint or fetch something of their own. By name of the attempt, how it ended. Not here: what
 * may come of it (hostile.test.ts).
 */
import type { Page } from 'playwright-core'

/** A text, for the test's compiler would put names of its own into it; in a timer, for what the debugger itself runs may do more. */
const ATTEMPTS = `(elsewhere) => new Promise((resolve) => {
  const out = {}
  const stopped = new Set()
  document.addEventListener('securitypolicyviolation', ({ effectiveDirective }) => stopped.add(effectiveDirective))
  const attempt = (name, act) => {
    try {
      act()
      out[name] = 'ran'
    } catch (error) {
      out[name] = error.name
    }
  }
  const loads = (name, tag, attributes) => new Promise((done) => {
    const one = document.createElement(tag)
    const end = (is) => () => {
      out[name] ??= is
      one.remove()
      done()
    }
    one.onload = end('loaded')
    one.onerror = end('stopped')
    for (const [key, value] of Object.entries(attributes)) one.setAttribute(key, value)
    document.body.append(one)
    setTimeout(end('silent'), 3000)
  })
  const sends = (name, url) =>
    fetch(url, { mode: 'no-cors' }).then(() => 'sent', (error) => error.name).then((is) => { out[name] = is })
  const connects = () => new Promise((done) => {
    attempt('socket', () => {
      const socket = new WebSocket(elsewhere.replace('http', 'ws'))
      socket.onopen = () => { out.socket = 'open'; done() }
      socket.onerror = () => { out.socket = 'stopped'; done() }
    })
    if (out.socket !== 'ran') done()
  })
  const tryAll = async () => {
    attempt('markup', () => { document.body.innerHTML = '<img src=x>' })
    attempt('eval', () => { eval('1') })
    attempt('Function', () => { new Function('1')() })
    attempt('Worker', () => { new Worker('./assets/x.js') })
    attempt('script text', () => { document.createElement('script').text = '1' })
    attempt('script address', () => { document.createElement('script').src = './assets/x.js' })
    attempt('a policy of its own', () => { trustedTypes.createPolicy('mine', {}) })
    attempt('the policy again', () => { trustedTypes.createPolicy('tocsin', {}) })
    await Promise.all([
      sends('fetch', elsewhere),
      connects(),
      loads('image', 'img', { src: elsewhere }),
      loads('frame', 'iframe', { src: elsewhere }),
      loads('style sheet', 'link', { rel: 'stylesheet', href: elsewhere + 'x.css' }),
      loads('image in its address', 'img', { src: 'data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA=' }),
    ])
    const painted = document.createElement('p')
    painted.setAttribute('style', 'color: rgb(1, 2, 3)')
    document.body.append(painted)
    out['style in the markup'] = getComputedStyle(painted).color === 'rgb(1, 2, 3)' ? 'ran' : 'stopped'
    painted.remove()
    out.powers = document.featurePolicy.allowedFeatures().sort().join(' ')
    out.stopped = [...stopped].sort().join(' ')
    resolve(out)
  }
  setTimeout(() => tryAll().catch((error) => resolve({ broken: error.message })))
})`

export const attempts = async (page: Page, elsewhere: string): Promise<Readonly<Record<string, string>>> => {
  const found: unknown = await page.evaluate(`(${ATTEMPTS})(${JSON.stringify(elsewhere)})`)
  return Object.fromEntries(Object.entries(found as object).map(([name, is]) => [name, String(is)]))
}
