/**
 * What members and relays cannot make the web client do: markup, scripts and links in anything that anybody can write stay words, on every screen, under a
 * policy that lets nothing run, embed or be fetched beside the client. Not here: another client from the same server (trust.test.ts).
 */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import type { Page } from 'playwright-core'
import t, { type Test } from 'tap'
import { settled } from '../../support/arriving.ts'
import { attempts } from '../../support/attempts.ts'
import { gather, seatOf } from '../../support/committeeStory.ts'
import { sayEverything, type Words } from '../../support/everything.ts'
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
  write,
} from '../../support/webClient.ts'

const { relay, base, newDevice } = await startWebStory(t)

/** Whatever runs of it, fetches or changes the title; names are short. */
const EVIL: Words = (place, line = 1000) => {
  const whole = `${place} <img src=x onerror=document.title='run'><script>document.title='run'</script><a href="javascript:alert(1)" style="position:fixed">{{7*7}}</a> https://evil.invalid/`
  return (whole.length <= line ? whole : `${place} <b onclick=alert(1)>`).slice(0, line).trim()
}
/** A file may not be called just anything: what is left could still become markup where it is taken for it. */
const FILE_NAME = '&lt;img src=x onerror=alert(1)&gt; javascript&colon;alert(1)'

const alice = await newPhone(t, base)
const { page } = alice
await makeLock(page)
await foundHere(page, { name: EVIL('name', 60), handle: EVIL('me', 40), relay: relay.address })
const mallory = await letIn(page, await newDevice(EVIL('mal', 40)))
const [other = ''] = mallory.session
  .view()
  .members.map(({ seat }) => seat)
  .filter((seat) => seat !== seatOf(mallory))
const said = await sayEverything(mallory, other, (at, line) => (at === 'file' ? FILE_NAME : EVIL(at, line)))
await gather([mallory])

/** How somebody can be reached is read by whoever is on it, once a phone of the raiser has handed it on. */
const beOnIt = async (alarm: string, text: string): Promise<void> => {
  must(await mallory.session.setReach(alarm, text))
  await go(page, `#/1/alarm/${alarm}`)
  await press(page, 'I AM ON IT')
  await write(page, 'What will you do?', 'I come')
  await press(page, 'I AM ON IT')
  await page.getByText('You said: I am on it.').waitFor()
  const shown = page.getByText(text)
  for (let tries = 0; tries < 200 && (await shown.count()) === 0; tries++) {
    await gather([mallory])
    await wait(300)
  }
}
for (const [id, { content }] of mallory.session.view().committee.alarms)
  await beOnIt(id, EVIL(content.safeContact?.may === 'phrase' ? 'phrase' : 'contact', 200))

const EVERYWHERE = [...SCREENS, ...said.screens.map((one) => `#/1/${one}`)]

const unfold = (page: Page): Promise<void> =>
  page.locator('details').evaluateAll((all: readonly HTMLDetailsElement[]) => {
    for (const one of all) one.open = true
  })

/** What a page of ours never holds, and every address on it that leads elsewhere. */
const strangersOn = (page: Page): Promise<readonly string[]> =>
  page.evaluate(() => {
    const never = document.querySelectorAll(
      'iframe, object, embed, base, form[action], [style], [onclick], [onerror], main script, main b, main img:not([src^="blob:"])',
    )
    const links = [...document.querySelectorAll('a[href]')].map((one) => one.getAttribute('href') ?? '')
    return [
      ...[...never].map((one) => one.outerHTML.slice(0, 200)),
      ...links.filter((href) => !/^(#\/|#main$|blob:)/.test(href)),
    ]
  })

t.test('Markup, scripts and links are words wherever anybody can write them, on every screen', async (t) => {
  const texts: string[] = []
  await go(page, '#/1/talk')
  await page.getByRole('button', { name: 'Fetch it' }).click()
  await page.locator('main img').waitFor()
  texts.push(await page.locator('body').innerText())
  t.strictSame(await strangersOn(page), [], 'with a picture of theirs')
  t.equal(await page.locator('main img').getAttribute('alt'), EVIL('caption'))
  for (const screen of EVERYWHERE) {
    await go(page, screen)
    await settled(page)
    await unfold(page)
    await settled(page)
    texts.push(await page.locator('body').innerText())
    t.strictSame(await strangersOn(page), [], screen)
    t.notMatch(await page.title(), /^run$/, screen)
  }
  const shown = texts.join('\n')
  for (const place of ['name', 'me', 'mal', 'about'])
    t.ok(shown.includes(EVIL(place, place === 'name' ? 60 : 40)), `${place} is shown as it was written`)
  for (const place of [
    'post',
    'reply',
    'facts',
    'guesses',
    'place',
    'contact',
    'second facts',
    'phrase',
    'update',
    'point',
    'title',
    'second part',
    'amendment',
  ])
    t.ok(shown.includes(EVIL(place, place === 'title' ? 120 : 1000)), `${place} is shown as it was written`)
  t.ok(shown.includes(`${FILE_NAME}.png`), 'and the name of a file')
})

t.test(
  'A line of an invite that is none is refused in words, and nothing of it is shown as more',
  async (t) => {
    for (const line of [
      'javascript:alert(1)',
      EVIL('line'),
      `${base}/#/join`,
      'data:text/html,<script>alert(1)</script>',
    ]) {
      await go(page, '#/join')
      await write(page, 'The line they gave you', line)
      await page.getByRole('button', { name: 'Go on', exact: true }).click()
      await page.locator('.wrong').waitFor()
      t.strictSame(await strangersOn(page), [], line)
    }
  },
)

t.test(
  'No screen asked anybody but its relay for anything, threw, or was stopped by its policy',
  async (t) => {
    t.strictSame(alice.offences, [])
  },
)

/** Somebody else's server, which answers anybody anything, and what it was asked. (Chromium may open a connection for a frame that it then does not load.) */
const stranger = async (t: Test) => {
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(request.url ?? '')
    response.writeHead(200, {
      'access-control-allow-origin': '*',
      'cross-origin-resource-policy': 'cross-origin',
    })
    response.end('<svg xmlns="http://www.w3.org/2000/svg"/>')
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  return { asked, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` }
}

/** What the browser says about it: a frame that was stopped looks like one that was loaded, from the page. */
const STOPPED = 'connect-src frame-src img-src require-trusted-types-for style-src-elem trusted-types'
const USED = ['camera', 'microphone']
/** Senses, plugs and traces. */
const NEVER =
  /^(accelerometer|attribution-reporting|browsing-topics|clipboard-read|display-capture|gamepad|geolocation|gyroscope|hid|idle-detection|local-fonts|magnetometer|midi|payment|private-aggregation|serial|shared-storage|usb|xr-spatial-tracking)$/

t.test(
  'On every screen nothing runs, is embedded, painted or fetched beside the client, and no power of the device is there but what it uses',
  async (t) => {
    const elsewhere = await stranger(t)
    for (const screen of EVERYWHERE) {
      await page.goto(`${base}/${screen}`)
      const found = await attempts(page, elsewhere.url)
      for (const [name, is] of Object.entries(found))
        if (!['frame', 'powers', 'stopped'].includes(name))
          t.match(is, /^(stopped|TypeError|EvalError)$/, `${name}, ${screen}`)
      t.equal(found.stopped, STOPPED, screen)
      const powers = found.powers?.split(' ') ?? []
      t.strictSame(
        powers.filter((one) => USED.includes(one) || NEVER.test(one)),
        USED,
        screen,
      )
    }
    t.strictSame(elsewhere.asked, [])
  },
)
