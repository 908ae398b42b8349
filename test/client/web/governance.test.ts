/**
 * Rules on the screen, by two phones in two languages: what one asks for the other reads in their own words, and answers. Not here:
 * the rules themselves (test/client/core), the votes and their hours (test/scenarios), every screen once (screensEnglish.test.ts, screensArabic.test.ts).
 */
import t from 'tap'
import { formatsOf } from '../../../client/web/words/plural.ts'
import {
  follow,
  found,
  go,
  heading,
  link,
  makeLock,
  newPhone,
  type Phone,
  press,
  sees,
  unfold,
  write,
} from '../../support/phone.ts'
import { shoot } from '../../support/shots.ts'
import { newWebPlace } from '../../support/webPlace.ts'
import { tell } from '../../support/webStory.ts'

const place = await newWebPlace(t)
const alice = await newPhone(t, place)
const badr = await newPhone(t, place, { language: 'ar' })
const story = tell(t, [alice, badr])
const flaws: string[] = []
const shot = async (phone: Phone, name: string): Promise<void> =>
  void flaws.push(...(await shoot(phone, `governance-${name}`)))
/** Among what lies open. */
const pick = (phone: Phone, text: string): Promise<void> =>
  phone.page().locator('details[open] label.tile').filter({ hasText: text }).first().click()
const open = async (phone: Phone, title: string): Promise<void> => {
  await go(phone, '#/1/decide')
  await phone.page().locator('article').filter({ hasText: title }).getByRole('link').click()
}
story('Two who know each other have a committee', async () => {
  await makeLock(alice)
  await found(alice, { name: 'Kitchen', handle: 'alice', relay: place.address })
  await go(alice, '#/1/invites')
  await press(alice, alice.words.invites.link)
  const line = await alice.page().locator('#invite-line').inputValue()
  await makeLock(badr)
  await follow(badr, badr.words.begin.home.join)
  await write(badr, badr.words.begin.join.link, line)
  await press(badr, badr.words.begin.join.next)
  await write(badr, badr.words.begin.join.handle, 'badr')
  await press(badr, badr.words.begin.join.next)
  await press(badr, badr.words.begin.join.same)
  await press(alice, alice.words.invites.same)
  await heading(badr, badr.words.now.title)
})

story('Whoever is asked for another rule reads what it is and what it would be', async (t) => {
  const { rules, decide, charter } = alice.words
  await go(alice, '#/1/rules')
  await unfold(alice, rules.names.change)
  await pick(alice, rules.partOf[1])
  await press(alice, rules.ask)
  await sees(alice, alice.words.why.below_floor)
  await pick(alice, rules.partOf[2])
  await unfold(alice, rules.names.keepDays)
  const [days, theirs] = [formatsOf('en').days(14), formatsOf('ar').days(14)]
  await pick(alice, days)
  await sees(alice, rules.next(days))
  await shot(alice, 'rules')
  await press(alice, rules.ask)
  await sees(alice, rules.now(formatsOf('en').days(7)))
  await open(badr, badr.words.decide.actions.charter)
  await sees(badr, badr.words.rules.next(theirs))
  t.equal(await badr.page().getByText(badr.words.rules.names.change).count(), 0, 'what stays is not there')
  await shot(badr, 'rule-changes')
  await press(badr, badr.words.decide.yes)
  await sees(badr, new RegExp(badr.words.decide.states.carried))
  await go(alice, '#/1/charter')
  await heading(alice, charter.title)
  await alice
    .page()
    .locator('.card')
    .filter({ hasText: rules.names.keepDays })
    .filter({ hasText: days })
    .waitFor()
  await go(alice, '#/1/history')
  await sees(alice, decide.actions.charter)
})

story('Nothing on these screens is cut off, beside the screen, or in another language', async (t) => {
  t.strictSame(flaws, [])
  t.strictSame(place.offences, [])
  t.ok(await link(alice, alice.words.shell.alarm).isVisible(), 'the alarm is within reach')
})
