/**
 * Everything by keyboard alone: what is needed is reached by Tab and arrows, is seen to have the focus, is not hidden while it has it, and nothing holds it.
 * The story: lock, found, invite, write, alarm, answer, vote, cut off a phone, settings, unlock. Not here: how large things are (access.test.ts).
 */
import type { Locator } from 'playwright-core'
import t from 'tap'
import { encodeCharter } from '../../../client/core/governance/charter.ts'
import { settled } from '../../support/arriving.ts'
import { anAlarm, sayIt, seatOf } from '../../support/committeeStory.ts'
import { unseenFocus } from '../../support/measures.ts'
import { must, type Person } from '../../support/people.ts'
import { comeIn, go, newPhone, PASSPHRASE, startWebStory } from '../../support/webClient.ts'

/** More stops than any screen has. */
const STOPS = 150

const { relay, base, newDevice } = await startWebStory(t)
const { page, offences } = await newPhone(t, base)
const { keyboard } = page

const hasFocus = (one: Locator): Promise<boolean> => one.evaluate((it) => it === document.activeElement)

/** By Tab, from wherever the focus is; every stop on the way has to be seen. */
const reach = async (one: Locator): Promise<void> => {
  await one.waitFor()
  for (let stop = 0; stop < STOPS; stop++) {
    if (await hasFocus(one)) return
    await keyboard.press('Tab')
    if (await page.evaluate(() => document.activeElement === document.body)) continue
    const wrong = await unseenFocus(page)
    if (wrong.length > 0) throw new Error(wrong.join())
  }
  throw new Error(`never reached: ${one}`)
}
const button = (name: string | RegExp): Locator => page.getByRole('button', { name, exact: true }).first()
const link = (name: string | RegExp): Locator => page.getByRole('link', { name, exact: true }).first()
const press = async (one: Locator): Promise<void> => {
  await reach(one)
  await keyboard.press('Enter')
}
const type = async (label: string, text: string): Promise<void> => {
  await reach(page.getByLabel(label, { exact: true }))
  await keyboard.insertText(text)
}
/** One of a few: Tab leads to the chosen or the first of them, arrows to the others. */
const choose = async (name: RegExp): Promise<void> => {
  const wanted = page.getByRole('radio', { name })
  await wanted.waitFor({ state: 'attached' })
  const group = page.locator('fieldset', { has: wanted }).getByRole('radio')
  const checked = group.and(page.locator(':checked'))
  await reach((await checked.count()) ? checked.first() : group.first())
  if (!(await checked.count())) await keyboard.press('Space')
  for (let stop = 0; stop < 20 && !(await wanted.isChecked()); stop++) await keyboard.press('ArrowDown')
  if (!(await wanted.isChecked())) throw new Error(`never chosen: ${name}`)
}
const isAt = (heading: string | RegExp): Promise<void> =>
  page.getByRole('heading', { level: 1, name: heading }).waitFor()

const people: { bob?: Person } = {}
const bob = (): Person => {
  if (!people.bob) throw new Error('bob is not here yet')
  return people.bob
}

t.test('Found and invite', async (t) => {
  await isAt('Lock this device first')
  await type('Passphrase', PASSPHRASE)
  await type('The same once more', PASSPHRASE)
  await press(button('Make the lock'))
  await press(link('Start with one or two others'))
  await type('What shall it be called?', 'Kitchen')
  await type('What for?', 'Better shifts')
  await type('What shall the others call you?', 'alice')
  await type('Address of the relay', relay.address)
  await choose(/We have agreed/)
  await press(button('Start'))
  await isAt('Now')
  await press(link('Us'))
  await press(link('Invite somebody'))
  await press(button('Somebody new, here beside me'))
  const line = page.getByLabel('The line to give away')
  await reach(line)
  const device = await newDevice('bob')
  people.bob = await comeIn(device, await line.inputValue(), () =>
    press(button('They are the same: I vouch')),
  )
  t.pass('bob is in')
})

t.test('Write, raise an alarm, answer one', async (t) => {
  await press(link('Talk'))
  await isAt('Talk')
  await type('Write to everybody here', 'Who is there?')
  await press(button('Send'))
  await page.locator('.posts .said').waitFor()

  await press(link('Alarm'))
  await press(button('Called to a meeting'))
  await button(/^NOW/).waitFor()
  t.not(await page.evaluate(() => document.activeElement?.tagName), 'BODY', 'the next step has the focus')
  await press(button(/^NOW/))
  await button('RAISE THE ALARM').waitFor()
  t.not(await page.evaluate(() => document.activeElement?.tagName), 'BODY', 'the next step has the focus')
  await type('What happened, in a few words', 'They want me in the office')
  const witness = page.getByLabel('Be a witness')
  await reach(witness)
  await keyboard.press('Space')
  t.ok(await witness.isChecked())
  await press(button('RAISE THE ALARM'))
  await page.getByText('They want me in the office').waitFor()

  const alarm = await sayIt(bob(), anAlarm('They took my badge'))
  await press(link('Now'))
  const strip = page.locator('article', { hasText: 'They took my badge' }).getByRole('link', { name: 'Open' })
  await press(strip)
  await page.waitForURL(new RegExp(alarm))
  await press(button('I AM ON IT'))
  await type('What will you do?', 'I come with you')
  await press(button('I AM ON IT'))
  await page.getByText('You said: I am on it.').waitFor()
  t.pass('answered')
})

t.test('Vote', async (t) => {
  const { charter } = bob().session.view()
  const { motion } = must(
    await bob().session.propose({
      type: 'charter',
      charter: encodeCharter({ ...charter, purpose: 'Safe breaks' }),
    }),
  )
  await press(link(/^Decide/))
  await isAt('Decide')
  await press(page.locator('main').getByRole('link', { name: 'Open' }).first())
  await page.waitForURL(new RegExp(motion))
  await press(button(/^Yes/))
  await page.waitForFunction(() => document.body.innerText.includes('arried'))
  await bob().session.sync()
  t.equal(bob().session.view().charter.purpose, 'Safe breaks')
})

t.test('What is being typed stays while something arrives', async (t) => {
  await press(link('Safety'))
  await isAt(/Safe/)
  await type('Name 1', 'Wanda')
  await sayIt(bob(), { type: 'post', text: 'While you type' })
  await page.locator('nav.bar a[href$=talk] .count').waitFor()
  t.equal(await page.getByLabel('Name 1', { exact: true }).inputValue(), 'Wanda')
})

t.test('Cut off a phone: a question in front of everything keeps the focus and gives it back', async (t) => {
  await press(link('Safety'))
  await isAt(/Safe/)
  await press(page.locator('summary', { hasText: 'others' }))
  const cut = button('Cut off this phone')
  await press(cut)
  const dialog = page.getByRole('dialog')
  await dialog.waitFor()
  for (let stop = 0; stop < 6; stop++) {
    await keyboard.press('Tab')
    t.notOk(
      await page.evaluate(
        () => document.activeElement?.closest('main') !== null && !document.activeElement?.closest('dialog'),
      ),
      'nothing behind it has the focus',
    )
  }
  await keyboard.press('Escape')
  await dialog.waitFor({ state: 'detached' })
  t.ok(await hasFocus(cut), 'where it was before')
  await keyboard.press('Enter')
  await press(dialog.locator('button.danger'))
  await dialog.waitFor({ state: 'detached' })
  await page.locator('summary', { hasText: 'What was on phone' }).waitFor()
  await page.getByText(/cut off by/).waitFor()
})

t.test('Settings, and the lock', async (t) => {
  await press(link('This device'))
  await isAt(/device/i)
  await choose(/Español/)
  await page.waitForFunction(() => document.documentElement.lang === 'es')
  await choose(/English/)
  await page.waitForFunction(() => document.documentElement.lang === 'en')
  await choose(/150/)
  t.equal(await page.evaluate(() => document.documentElement.dataset.size), '150')
  await press(button('Lock now'))
  await isAt('Locked')
  await type('Passphrase', PASSPHRASE)
  await press(button('Unlock'))
  await isAt(/./)
})

t.test(
  'Nothing holds the focus: Tab leads through every screen and out of it, forwards and backwards',
  async (t) => {
    for (const hash of [
      '#/1/now',
      '#/1/talk',
      '#/1/raise',
      '#/1/us',
      '#/1/safety',
      '#/settings',
      '#/found',
      ...['member', 'worry', 'elect', 'remove'].map((at) => `#/1/${at}/${seatOf(bob())}`),
    ]) {
      await go(page, hash)
      await settled(page)
      for (const key of ['Tab', 'Shift+Tab']) {
        await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur())
        let stops = 0
        do {
          await keyboard.press(key)
          stops++
        } while (stops < STOPS && !(await page.evaluate(() => document.activeElement === document.body)))
        t.ok(stops < STOPS, `${hash}, ${key}: out of it after ${stops}`)
      }
    }
  },
)

t.test('Another loader: whoever has looked says so, and comes to the lock', async (t) => {
  await page.evaluate(() => localStorage.setItem('loaderChanged', '1'))
  await page.reload()
  await isAt('The server has changed what guards this program')
  const looked = button('We have looked, and it is all right')
  await press(looked)
  await press(page.getByRole('dialog').locator('button.danger'))
  await isAt('Locked')
  await type('Passphrase', PASSPHRASE)
  await press(button('Unlock'))
  await page.locator('.with-bar').waitFor()
  t.strictSame(offences, [])
})
