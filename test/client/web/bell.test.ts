/**
 * The bell through the screens: a real bell with its own database, a push service of our own, and the real service worker of a phone on which Tocsin is
 * closed. Only the subscription is ours, for the browser's own would ask a third party. Not here: the bell by itself (test/server/bell).
 */
import type { BrowserContext, Page } from 'playwright-core'
import t from 'tap'
import { startBell } from '../../../server/bell/bell.ts'
import { readWebFiles } from '../../../server/routes/web.ts'
import { parseBellAddress } from '../../../shared/bell/bell.ts'
import { pushCertificate, pushService } from '../../support/pushService.ts'
import { newDatabase, startRelay } from '../../support/relay.ts'
import { buildWeb, foundHere, go, makeLock, newPhone, press, unlock, write } from '../../support/webClient.ts'

const service = await pushService(t)
const bell = await startBell({
  database: { url: await newDatabase() },
  migrations: 'migrations/bell',
  host: '127.0.0.1',
  port: 0,
  hosts: [service.host],
  contact: 'mailto:bell@example.org',
  clock: Date.now,
  isAllowed: () => true,
  ca: pushCertificate,
  say: () => undefined,
})
t.teardown(bell.close)
const { host } = new URL(bell.url)
const web = readWebFiles(await buildWeb(t, { VITE_TOCSIN_BELL: host }))
if (!web) throw new Error('there is no web client to serve')
const relay = await startRelay({ web })
t.teardown(() => relay.close())
const base = relay.url.replace('ws:', 'http:')

/** As a browser that asks its maker for a place would come back with one. */
const subscribing = (context: BrowserContext, endpoint: string) =>
  context.addInitScript((endpoint: string) => {
    PushManager.prototype.subscribe = async (options) => {
      const key = options?.applicationServerKey as Uint8Array
      document.documentElement.dataset.key = [...key].join()
      return { endpoint } as unknown as PushSubscription
    }
  }, endpoint)

const openAt = async (path: string) => {
  const phone = await newPhone(t, base)
  const { context, page } = phone
  await context.grantPermissions(['notifications'], { origin: base })
  await subscribing(context, service.at(path))
  await page.reload()
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null)
  await makeLock(page)
  await foundHere(page, { name: path, handle: path, relay: relay.address })
  return phone
}

const card = (page: Page) => page.locator('section.card').filter({ hasText: 'The bell' })

const turnOn = async (page: Page, address: string, when: string): Promise<void> => {
  await go(page, '#/1/safety')
  await write(page, 'The address of the bell', address)
  await card(page).locator('label').filter({ hasText: when }).click()
  await press(page, 'Turn the bell on')
}

/** What the push service of this browser does with a ring. */
const delivering = async ({ context, page }: { context: BrowserContext; page: Page }) => {
  const devtools = await context.newCDPSession(page)
  const found = new Promise<string>((resolve) => {
    devtools.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
      const [first] = registrations
      if (first) resolve(first.registrationId)
    })
  })
  await devtools.send('ServiceWorker.enable')
  const registrationId = await found
  return () => devtools.send('ServiceWorker.deliverPushMessage', { origin: base, registrationId, data: '' })
}

const shownOn = (page: Page) =>
  page.evaluate(async () => {
    const all = await (await navigator.serviceWorker.ready).getNotifications()
    return all.map(({ title, body }) => [title, body])
  })

const until = async (isSo: () => boolean | Promise<boolean>): Promise<void> => {
  const end = Date.now() + 60_000
  while (!(await isSo())) {
    if (Date.now() > end) throw new Error('it did not come')
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

const sleeper = await openAt('sleeper')
const raiser = await openAt('raiser')

t.test(
  '4.9 a member turns the bell on, and it knows the place at the push service and nothing of a committee',
  async (t) => {
    const { page } = sleeper
    t.match(
      (await page.request.get(base)).headers()['content-security-policy'],
      `connect-src 'self' http://${host};`,
    )
    await turnOn(page, 'https://bell.example.org/#short', 'For alarms only')
    await card(page).getByText('That is not a whole address of a bell').waitFor()
    t.equal(await bell.count(), 0)

    await turnOn(page, bell.address, 'For alarms only')
    await card(page).getByText('On, at').waitFor()
    t.equal(await bell.count(), 1)
    t.equal(
      await page.locator('html').getAttribute('data-key'),
      [...(parseBellAddress(bell.address)?.key ?? [])].join(),
      'the push service takes rings of this bell only',
    )
    await card(page).getByText('Shift note', { exact: true }).click()
    await page.getByText('Noted.').waitFor()
  },
)

t.test(
  'D6 an alarm NOW on another phone rings this one while it is closed, in the neutral words that were chosen',
  async (t) => {
    await turnOn(raiser.page, bell.address, 'Not here')
    await card(raiser.page).getByText('On, at').waitFor()
    t.equal(await bell.count(), 1, 'who only rings others stands in no list')
    const deliver = await delivering(sleeper)
    await sleeper.page.goto('about:blank')
    t.equal(service.calls.length, 0)

    const { page } = raiser
    await page.getByRole('link', { name: 'Alarm', exact: true }).click()
    await press(page, 'Called to a meeting')
    await press(page, /^NOW/)
    await write(page, 'What happened, in a few words', 'They want me in the office at three')
    await press(page, 'RAISE THE ALARM')
    await until(() => service.calls.length > 0)
    await bell.idle()
    t.strictSame(
      service.calls.map(({ path, body, headers }) => [path, body, headers.urgency]),
      [['/sleeper', '', 'high']],
    )
    await deliver()
    await sleeper.page.goto(`${base}/`)
    await until(async () => (await shownOn(sleeper.page)).length > 0)
    t.strictSame(await shownOn(sleeper.page), [['Shift note', '']])
  },
)

t.test(
  'B1 for one committee alone a phone is rung only after its person has read what that shows, and not any more when they say so',
  async (t) => {
    const { page } = sleeper
    await unlock(page)
    await go(page, '#/1/safety')
    await press(page, 'Ring me for this committee alone')
    await page.getByText('then see which phones are rung together').waitFor()
    t.equal(await bell.count(), 1)
    await press(page, 'I know that. Ring me')
    await card(page).getByText('can ring this phone alone').waitFor()
    t.equal(await bell.count(), 2)
    await press(page, 'Not any more')
    await card(page).getByText('can ring this phone alone').waitFor({ state: 'detached' })
    await until(async () => (await bell.count()) === 1)

    await press(page, 'Turn the bell off')
    await card(page).getByRole('button', { name: 'Turn the bell on' }).waitFor()
    t.equal(await bell.count(), 0)
    const asked = (offences: readonly string[]) => offences.filter((one) => !one.includes(`${bell.url}/v1`))
    t.strictSame([asked(sleeper.offences), asked(raiser.offences)], [[], []])
  },
)
