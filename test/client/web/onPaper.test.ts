/** What somebody takes out of the page: their own data as files, and rules and decisions on paper. Not here: what each file holds (test/client/core, test/client/cli). */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Locator } from 'playwright-core'
import t, { type Test } from 'tap'
import { formatsOf } from '../../../client/web/words/plural.ts'
import { newFolder, newPerson } from '../../support/cli.ts'
import {
  found,
  go,
  heading,
  makeLock,
  newPhone,
  press,
  pressTwice,
  sees,
  unfold,
  write,
} from '../../support/phone.ts'
import { newWebPlace } from '../../support/webPlace.ts'
import { tell } from '../../support/webStory.ts'

const place = await newWebPlace(t)
const alice = await newPhone(t, place)
const story = tell(t, [alice])
const { care, charter, motions } = alice.words
const { TOCSIN_SHOTS } = process.env

story('A committee has words of its own', async () => {
  await makeLock(alice)
  await found(alice, { name: 'Kitchen', handle: 'alice', relay: place.address })
  await go(alice, '#/1/talk')
  await write(alice, alice.words.talk.label, 'The fan is loud\nGate: is it?')
  await press(alice, alice.words.common.send)
  await sees(alice, 'The fan is loud')
})

/** By its link, as a thumb would. */
const saved = async (name: string): Promise<string> => {
  const page = alice.page()
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.locator(`a[download="${name}"]`).click(),
  ])
  return readFileSync(await download.path(), 'utf8')
}

story('Nothing becomes a file before somebody has read that it is not locked and asked for it', async (t) => {
  await go(alice, '#/1/records')
  await sees(alice, care.filesWarning)
  t.equal(await alice.page().locator('a[download]').count(), 0)
  await press(alice, care.filesMake)
  await alice.page().locator('a[download]').first().waitFor()
  const data = JSON.parse(await saved('committee.json'))
  t.match(data, { committee: { name: 'Kitchen' }, me: { handle: 'alice' }, charter: { name: 'Kitchen' } })
  t.equal(data.posts.length, 1)
  t.equal(data.posts[0].text, 'The fan is loud\nGate: is it?')
  t.ok(Math.abs(Date.parse(data.posts[0].at) - Date.now()) < 86_400_000, 'a moment that programs read')
  const text = await saved('committee.txt')
  t.match(text, /^Kitchen\n/)
  t.match(text, /alice: The fan is loud\n {4}Gate: is it\?/, 'no line looks like another author')
  t.match(text, charter.title)
  await alice.page().getByText(care.filesAll).click()
  await alice.page().locator('a[download]').first().waitFor({ state: 'detached' })
})

/** As it would come out of the printer; with TOCSIN_SHOTS also a file and a picture of it. */
const onPaper = async (t: Test, name: string, look?: () => Promise<void>): Promise<void> => {
  const page = alice.page()
  await page.emulateMedia({ media: 'print', colorScheme: 'dark' })
  const toPress = page.locator(
    'button:visible, a.button:visible, nav:visible, header:visible, form:visible, fieldset:visible',
  )
  t.equal(await toPress.count(), 0, name)
  const colours = await page.locator('main').evaluate((main) => {
    const { color } = getComputedStyle(main)
    return [color, getComputedStyle(document.documentElement).backgroundColor]
  })
  t.strictSame(colours, ['rgb(0, 0, 0)', 'rgb(255, 255, 255)'], name)
  await look?.()
  if (TOCSIN_SHOTS) {
    await page.screenshot({ path: join(TOCSIN_SHOTS, `paper-${name}.png`), fullPage: true })
    writeFileSync(join(TOCSIN_SHOTS, `paper-${name}.pdf`), await page.pdf({ format: 'A4' }))
  }
  await page.emulateMedia({ media: null, colorScheme: null })
}

story('On paper there is what is said, black on white, and nothing to press', async (t) => {
  const page = alice.page()
  const { decide } = alice.words
  const question = 'Shall we open the gate at six?'
  await go(alice, '#/1/propose')
  await write(alice, decide.propose.sentence, question)
  await write(alice, decide.propose.text, 'For everybody on the early shift.')
  await press(alice, decide.propose.button)
  await heading(alice, question)
  const motion = (await page.evaluate(() => location.hash)).slice('#/1/'.length)
  await pressTwice(alice, decide.withdraw)
  for (const [at, title] of [
    [motion, question],
    ['charter', charter.title],
    ['history', motions.history],
    ['meetings', alice.words.people.meeting.title],
  ] as const) {
    await go(alice, `#/1/${at}`)
    await heading(alice, title)
    await page.getByRole('button', { name: care.print, exact: true }).waitFor()
    await onPaper(t, title)
  }
  t.strictSame(place.offences, [])
})

story(
  'The words of the committee and what was on a lost phone are printed alone, with the day',
  async (t) => {
    const page = alice.page()
    const { exposure, invites, safety } = alice.words
    const { root, remove } = newFolder()
    t.teardown(remove)
    const dana = newPerson('dana', root)
    await go(alice, '#/1/invites')
    await press(alice, invites.link)
    const line = await page.locator('#invite-line').inputValue()
    await dana.run(['init'])
    const joining = dana.begin('join', '--handle', 'dana')
    joining.type(line)
    await joining.until(/by voice:/)
    joining.type('yes')
    await press(alice, invites.same)
    t.equal((await joining.ended).code, 0)

    // the printer of the test: what is asked of it stays marked until it is done
    await page.evaluate(() => {
      window.print = () => undefined
    })
    await go(alice, '#/1/safety')
    const sheet = page.locator('section.card').filter({ has: page.locator('.words') })
    await sheet.getByText('dana').waitFor()
    const printed = async (card: Locator, name: string, said: readonly string[]): Promise<void> => {
      await card.getByRole('button', { name: care.print, exact: true }).click()
      await onPaper(t, name, async () => {
        const paper = await page.locator('main').innerText()
        t.equal(paper.trim(), (await card.innerText()).trim(), 'nothing beside it')
        for (const words of said) t.match(paper, words)
        t.match(paper, formatsOf(alice.language).day(Date.now()), 'and when')
        t.notMatch(paper, care.ring)
      })
      await page.evaluate(() => dispatchEvent(new Event('afterprint')))
      t.equal(await page.locator('[data-alone]').count(), 0)
      await page.getByText(care.ring).waitFor()
    }
    const four = (await sheet.locator('.words li').allInnerTexts()).map((word) => word.trim())
    t.equal(four.length, 4)
    await printed(sheet, safety.words, [safety.wordsHint, ...four])

    await unfold(alice, safety.others)
    await page.locator('h3:has-text("dana") ~ button').first().click()
    await page.getByRole('dialog').getByRole('button', { name: safety.cutOff, exact: true }).click()
    const report = page.locator('details.card').filter({ hasText: exposure.doNow })
    await report.locator('summary').click()
    await report.getByText(exposure.neverOnIt).waitFor()
    const steps = [exposure.doNow, exposure.steps.compare_words, exposure.onItThen, exposure.neverOnIt]
    await printed(report, exposure.doNow, steps)
    t.strictSame(place.offences, [])
  },
)
