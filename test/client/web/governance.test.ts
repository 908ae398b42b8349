/**
 * Rules, roles, people and worries on the screen, by two phones in two languages: what one asks for the other reads in their own words, and answers. Not here:
 * the rules themselves (test/client/core), the votes and their hours (test/scenarios), every screen once (screensEnglish.test.ts, screensArabic.test.ts).
 */
import t from 'tap'
import { formatsOf } from '../../../client/web/words/plural.ts'
import { newFolder, newPerson } from '../../support/cli.ts'
import {
  button,
  choose,
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
const { root, remove } = newFolder()
t.teardown(remove)
const alice = await newPhone(t, place)
const badr = await newPhone(t, place, { language: 'ar' })
const thief = newPerson('thief', root)
const story = tell(t, [alice, badr])
const flaws: string[] = []
const shot = async (phone: Phone, name: string): Promise<void> =>
  void flaws.push(...(await shoot(phone, `governance-${name}`)))
/** Among what lies open: what is folded within it is not. */
const pick = (phone: Phone, text: string): Promise<void> =>
  phone.page().locator('details[open] label.tile').filter({ hasText: text, visible: true }).first().click()
const open = async (phone: Phone, title: string): Promise<void> => {
  await go(phone, '#/1/decide')
  await phone.page().locator('article').filter({ hasText: title }).getByRole('link').click()
}
const toMember = async (phone: Phone, name: string): Promise<void> => {
  await go(phone, '#/1/us')
  await phone.page().locator('article').filter({ hasText: name }).getByRole('link').click()
  await heading(phone, name)
}

story('Two who know each other have a committee', async () => {
  await makeLock(alice)
  await found(alice, { name: 'Kitchen', handle: 'alice', relay: place.address })
  const { decide } = alice.words
  await go(alice, '#/1/propose')
  await write(alice, decide.propose.sentence, 'We wash up in turns')
  await write(alice, decide.propose.text, 'One of us each day.')
  await choose(alice, decide.kinds.everyday)
  await press(alice, decide.propose.button)
  await heading(alice, 'We wash up in turns')
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

story('Whoever comes later reads what was being decided before, and who told it', async () => {
  const { motions, decide } = badr.words
  await go(badr, '#/1/decide')
  await sees(badr, new RegExp(motions.earlier.toldBy('alice')))
  await unfold(badr, 'We wash up in turns')
  await sees(badr, 'One of us each day.')
  await sees(badr, new RegExp(motions.earlier.wasOpen))
  await sees(badr, new RegExp(decide.kinds.everyday))
  await shot(badr, 'earlier')
})

story('Whoever is asked for another rule reads what it is and what it would be', async (t) => {
  const { rules, decide, charter } = alice.words
  await go(alice, '#/1/rules')
  await unfold(alice, rules.groups.people)
  await unfold(alice, rules.names.change)
  await pick(alice, rules.partOf[1])
  await press(alice, rules.ask)
  await sees(alice, alice.words.why.below_floor)
  // how long things are kept is asked by itself, whatever else was chosen
  await unfold(alice, rules.groups.time)
  await unfold(alice, rules.names.keepDays)
  const [days, theirs] = [formatsOf('en').days(14), formatsOf('ar').days(14)]
  await pick(alice, days)
  await sees(alice, rules.next(days))
  await shot(alice, 'rules')
  await press(alice, rules.askKeeping)
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
  await sees(alice, rules.aboutDays(140))
  await shot(alice, 'charter')
  await go(alice, '#/1/history')
  await sees(alice, decide.actions.charter)
})

story('What somebody says of themselves stands beside them when they are to speak for us', async () => {
  const { people: theirs } = badr.words
  await go(badr, '#/1/me')
  await choose(badr, theirs.interests.supervisor)
  await choose(badr, new Intl.DisplayNames(['ar'], { type: 'language' }).of('es') ?? '')
  await write(badr, theirs.languages.other, 'الولوفية، nothing')
  await sees(badr, theirs.languages.unknown('\u2068nothing\u2069'))
  await write(badr, theirs.languages.other, 'الولوفية')
  await sees(badr, theirs.languages.read('\u2068الولوفية\u2069'))
  await write(badr, theirs.me.can, 'driving, printing')
  await shot(badr, 'me')
  await press(badr, theirs.me.save)
  const { people, motions, roles, decide } = alice.words
  await toMember(alice, 'badr')
  await sees(alice, people.interests.supervisor)
  await sees(alice, 'Spanish, Wolof')
  await sees(alice, 'driving, printing')
  await sees(alice, people.heard.today)
  await sees(alice, people.vouched('alice'))
  await shot(alice, 'member')
  await follow(alice, people.elect)
  await write(alice, decide.propose.text, 'For ninety days.')
  await shot(alice, 'elect')
  await press(alice, decide.propose.button)
  await heading(alice, motions.titles.elect('badr', roles.role.delegate))
  await sees(alice, motions.effect.role('badr', roles.role.delegate, roles.dayCount(90)))
  await sees(alice, people.interestOf('badr', 'supervisor'))
  await open(badr, 'badr')
  await sees(badr, theirs.interestOf('badr', 'supervisor'))
})

story('Whoever is named stands down, and anybody puts somebody else forward', async () => {
  const [ours, theirs] = [alice.words.motions, badr.words.motions]
  await press(badr, theirs.free.standDown)
  await sees(badr, theirs.nobodyStands)
  await sees(alice, ours.notStanding(formatsOf('en').list(['badr'])))
  await unfold(alice, ours.forward)
  await pick(alice, 'alice')
  await press(alice, ours.forward)
  await sees(alice, ours.standing(formatsOf('en').list(['alice'])))
  await shot(alice, 'candidates')
  await sees(badr, theirs.standing(formatsOf('ar').list(['alice'])))
})

story('A role is taken, and a third of us brings it to the vote to call somebody back', async () => {
  const { roles: theirs } = badr.words
  await go(badr, '#/1/roles')
  await unfold(badr, theirs.take)
  await press(badr, theirs.take)
  await sees(badr, new RegExp(`${theirs.role.facilitator}: badr`))
  const { roles, motions, decide } = alice.words
  await go(alice, '#/1/roles')
  await sees(alice, `${roles.role.facilitator}: badr`)
  await unfold(alice, roles.callBack)
  await write(alice, roles.why, 'He is away')
  await press(alice, roles.callBack)
  await sees(alice, roles.isAsked)
  await shot(alice, 'roles')
  await follow(alice, roles.putRecall)
  await choose(alice, roles.role.facilitator)
  await write(alice, decide.propose.text, 'Somebody else does it for a while.')
  await press(alice, decide.propose.button)
  await heading(alice, motions.titles.recall('badr', roles.role.facilitator))
  await sees(alice, motions.effect.recall('badr'))
})

story('A worry keeps facts apart from guesses, and the word of the person stands beside it', async (t) => {
  const { concern } = alice.words.people
  await toMember(alice, 'badr')
  await follow(alice, alice.words.people.worry)
  await write(alice, concern.facts, 'The manager quoted our draft')
  await press(alice, concern.open)
  await alice.page().locator('.wrong').first().waitFor()
  await choose(alice, concern.ways.paper)
  await write(alice, concern.found, 'Nobody printed it')
  await write(alice, concern.guesses, 'He may have shown it')
  await shot(alice, 'worry')
  await press(alice, concern.open)
  await heading(alice, concern.title)
  const { people: theirs } = badr.words
  await go(badr, '#/1/concerns')
  await sees(badr, 'Nobody printed it')
  const facts = badr
    .page()
    .locator('h3')
    .filter({ hasText: theirs.concern.facts })
    .locator('xpath=following-sibling::ul[1]')
  t.match(await facts.innerText(), /quoted our draft/)
  t.notMatch(await facts.innerText(), /He may have/)
  t.equal(await button(badr, theirs.concern.suspend).count(), 0, 'nobody suspends themselves')
  await shot(badr, 'concerns')
  await follow(badr, theirs.me.statement)
  await write(badr, theirs.me.statementHint, 'I was at home')
  await press(badr, theirs.me.say)
  await sees(alice, 'I was at home')
})

story('A meeting is said beforehand, with whose turn it is, and what came of it afterwards', async () => {
  const { meeting } = alice.words.people
  await go(alice, '#/1/meetings')
  await unfold(alice, meeting.add)
  await choose(alice, meeting.tomorrow)
  await write(alice, `${meeting.agenda} (${meeting.kinds.decide})`, 'The leaflet')
  await shot(alice, 'meeting')
  await press(alice, meeting.put)
  const { meeting: theirs } = badr.words.people
  await go(badr, '#/1/meetings')
  await sees(badr, 'The leaflet')
  await unfold(badr, theirs.notes)
  await write(badr, theirs.said, 'We print on Friday')
  await write(badr, theirs.what, 'buy paper')
  await badr.page().locator('form').last().getByRole('button', { name: theirs.put, exact: true }).click()
  await sees(alice, 'buy paper')
  await shot(badr, 'meetings')
})

story(
  'Whoever wants no previews reads in lists of what kind each is, and the words on its page',
  async (t) => {
    const { care, decide } = alice.words
    const [title, article] = ['We wash up in turns', alice.page().locator('article')]
    await go(alice, '#/settings')
    await choose(alice, care.previewsAre.hidden)
    await go(alice, '#/1/decide')
    await sees(alice, decide.kinds.everyday)
    t.equal(await alice.page().getByText(title).count(), 0)
    await article.filter({ hasText: decide.kinds.everyday }).getByRole('link').first().click()
    await heading(alice, title)
    await go(alice, '#/settings')
    await choose(alice, care.previewsAre.shown)
    await go(alice, '#/1/decide')
    await sees(alice, title)
  },
)

story('Of the phones of the others one reads in words when they were heard, and no hour', async (t) => {
  const { safety } = alice.words
  await go(alice, '#/1/safety')
  await unfold(alice, safety.others)
  const said = await alice
    .page()
    .locator('details[open] p')
    .filter({ hasText: safety.heard.today })
    .innerText()
  t.notMatch(said, /\d:\d\d/)
})

story('Whoever is robbed of their name says no, and the other phone is not let in', async (t) => {
  const { people, motions, decide, invites } = alice.words
  await toMember(alice, 'badr')
  await unfold(alice, people.rejoin)
  await press(alice, people.rejoinMake)
  const line = await alice.page().locator('#invite-line').inputValue()
  await shot(alice, 'rejoin')
  await thief.run(['init'])
  const joining = thief.begin('join')
  joining.type(line)
  await joining.until(/by voice:/)
  joining.type('yes')
  await alice.page().locator('.words').waitFor()
  await press(alice, invites.same)
  await open(badr, badr.words.decide.actions.deviceAdd('badr'))
  await press(badr, badr.words.decide.no)
  await open(alice, decide.actions.deviceAdd('badr'))
  await sees(alice, motions.disowned('badr'))
  const [promised = ''] = motions.sooner('|').split('|')
  t.equal(await alice.page().getByText(promised).count(), 0, 'nobody is told that it comes in')
  await shot(alice, 'disowned')
})

story('Nothing on these screens is cut off, beside the screen, or in another language', async (t) => {
  t.strictSame(flaws, [])
  t.strictSame(place.offences, [])
  t.ok(await link(alice, alice.words.shell.alarm).isVisible(), 'the alarm is within reach')
})
