/**
 * Every screen as people see it, in English and in Arabic, at 320 and at 360 points: pictures in artifacts/screens (or where TOCSIN_SHOTS says), to be looked
 * at, and nothing on them that is cut off or in another language. Two phones and one at the command line. Not here: slow phones (threePhones.test.ts).
 */
import t from 'tap'
import { COMMITTEE_PAGES } from '../../../client/web/routes.ts'
import { newFolder, newPerson, type Person } from '../../support/cli.ts'
import {
  button,
  choose,
  found,
  go,
  heading,
  link,
  makeLock,
  newPhone,
  PASSPHRASE,
  type Phone,
  press,
  pressTwice,
  sees,
  unfold,
  unlock,
  write,
} from '../../support/phone.ts'
import { shoot } from '../../support/shots.ts'
import { newWebPlace } from '../../support/webPlace.ts'
import { tell } from '../../support/webStory.ts'

const place = await newWebPlace(t)
const { root, remove } = newFolder()
t.teardown(remove)

/** What people write, in the language of the phone. */
const THEIRS = {
  en: {
    committee: 'Kitchen',
    me: 'alice',
    you: 'bob',
    post: 'The night shift is longer than was agreed',
    answer: 'By how much?',
    facts: 'They want me in the office at three',
    will: 'I come with you',
    question: 'Shall we meet on Thursdays?',
    text: 'Every Thursday at six.',
    other: 'Every Thursday at seven.',
    point: 'Nobody goes to the office alone.',
  },
  ar: {
    committee: 'المطبخ',
    me: 'بدر',
    you: 'سلمى',
    post: 'الوردية الليلية أطول من المتفق عليه',
    answer: 'بكم؟',
    facts: 'يريدونني في المكتب عند الثالثة',
    will: 'أنا قادم معك',
    question: 'هل نلتقي كل خميس؟',
    text: 'كل خميس عند السادسة.',
    other: 'كل خميس عند السابعة.',
    point: 'لا أحد يذهب إلى المكتب وحده.',
  },
} as const

/** Everything that can be unfolded lies open. */
const openAll = (phone: Phone): Promise<void> =>
  phone
    .page()
    .locator('details')
    .evaluateAll((all: readonly HTMLDetailsElement[]) => {
      for (const one of all) one.open = true
    })
const visit = async (phone: Phone, page: string): Promise<void> => {
  await go(phone, `#/${page}`)
  await phone.page().locator('main h1').waitFor()
  await phone.page().evaluate(() => scrollTo(0, 0))
}

for (const language of ['en', 'ar'] as const) {
  const theirs = THEIRS[language]
  const me = await newPhone(t, place, { language })
  const you = await newPhone(t, place, { language })
  const dana: Person = newPerson(`dana-${language}`, root)
  const story = tell(t, [me, you])
  const { words } = me

  story(`${language}: the beginning`, async (t) => {
    await heading(me, words.begin.make.title)
    await shoot(t, me, 'first')
    await openAll(me)
    await shoot(t, me, 'first-operator')
    await write(me, words.begin.unlock.passphrase, PASSPHRASE)
    await press(me, words.begin.make.button)
    await sees(me, words.begin.make.differ)
    await shoot(t, me, 'first-differ')
    await makeLock(me)
    await shoot(t, me, 'home-empty')
    await visit(me, 'settings')
    await openAll(me)
    await shoot(t, me, 'settings')
    await visit(me, 'found')
    await press(me, words.begin.found.button)
    await shoot(t, me, 'found-refused')
    await visit(me, 'home')
    await found(me, { name: theirs.committee, handle: theirs.me, relay: place.address })
    await shoot(t, me, 'now-alone')
  })

  story(`${language}: inviting and coming in`, async (t) => {
    await visit(me, '1/invites')
    await shoot(t, me, 'invites')
    await press(me, words.invites.link)
    const line = await me.page().locator('#invite-line').inputValue()
    await shoot(t, me, 'invite-code')
    await dana.run(['init'])
    const joining = dana.begin('join', '--handle', 'dana')
    joining.type(line)
    await joining.until(/by voice:/)
    joining.type('yes')
    await me.page().locator('.words').waitFor()
    await shoot(t, me, 'invite-comparing')
    await press(me, words.invites.same)
    t.equal((await joining.ended).code, 0)

    await makeLock(you)
    await visit(me, '1/invites')
    await press(me, words.invites.person)
    const second = await me.page().locator('#invite-line').inputValue()
    await visit(you, 'join')
    await shoot(t, you, 'join')
    await press(you, words.begin.join.scan)
    await you.page().waitForFunction(() => (document.querySelector('video')?.videoWidth ?? 0) > 0)
    await shoot(t, you, 'join-camera')
    await press(you, words.begin.join.stopScan)
    await write(you, words.begin.join.link, 'tocsin:nothing')
    await press(you, words.begin.join.next)
    await sees(you, words.why.malformed)
    await shoot(t, you, 'join-refused')
    await write(you, words.begin.join.link, second)
    await press(you, words.begin.join.next)
    await write(you, words.begin.join.handle, theirs.you)
    await shoot(t, you, 'join-name')
    await press(you, words.begin.join.next)
    await you.page().locator('.words').waitFor()
    await shoot(t, you, 'join-comparing')
    await press(you, words.begin.join.same)
    await me.page().locator('.words').waitFor()
    await press(me, words.invites.same)
    await sees(you, words.begin.join.deciding)
    await shoot(t, you, 'join-deciding')
    await sees(me, words.invites.states.vouched)
    await shoot(t, me, 'invite-vouched')
    await visit(me, '1/decide')
    await shoot(t, me, 'decide-admission')
    await me.page().locator('article a.button').first().click()
    await shoot(t, me, 'motion-approvals')
    await dana.run(['approve'], '1')
    await heading(you, words.now.title)
    await shoot(t, you, 'now-new')
  })

  story(`${language}: talking`, async (t) => {
    await visit(me, '1/talk')
    await shoot(t, me, 'talk-empty')
    await write(me, words.talk.label, theirs.post)
    await press(me, words.common.send)
    await you.page().locator('nav.bar .count').first().waitFor()
    await shoot(t, you, 'now-unread')
    await visit(you, '1/talk')
    await sees(you, theirs.post)
    await press(you, words.files.voice)
    await button(you, words.files.stop).waitFor()
    await shoot(t, you, 'talk-speaking')
    await press(you, words.files.stop)
    await link(you, words.talk.reply).click()
    await write(you, words.talk.reply, theirs.answer)
    await press(you, words.common.send)
    await sees(you, theirs.answer)
    await shoot(t, you, 'thread')
    await visit(me, '1/talk')
    await sees(me, theirs.answer)
    await press(me, words.files.hear)
    await me.page().locator('audio').waitFor()
    await shoot(t, me, 'talk')
  })

  story(`${language}: an alarm`, async (t) => {
    await visit(me, '1/raise')
    await shoot(t, me, 'raise-1')
    await press(me, words.alarm.more)
    await shoot(t, me, 'raise-1-more')
    await press(me, words.alarm.kinds.called_in)
    await shoot(t, me, 'raise-2')
    await press(me, new RegExp(`^${words.alarm.severities.now}`))
    await shoot(t, me, 'raise-3')
    await press(me, words.alarm.button)
    await sees(me, words.fields.facts)
    await shoot(t, me, 'raise-3-refused')
    await write(me, words.alarm.facts, theirs.facts)
    await choose(me, words.alarm.needs.witness)
    await choose(me, words.alarm.needs.call_me)
    await press(me, words.alarm.button)
    await sees(me, words.alarm.states.raised)
    await openAll(me)
    await shoot(t, me, 'alarm-raised')
    await you.page().locator('.banner.alarm a').first().click()
    await shoot(t, you, 'alarms')
    await visit(you, '1/now')
    await shoot(t, you, 'now-alarm')
    await visit(you, '1/alarms')
    await link(you, words.begin.home.open).click()
    await shoot(t, you, 'alarm')
    await press(you, words.alarm.onIt)
    await shoot(t, you, 'alarm-on-it')
    await write(you, words.alarm.whatWill, theirs.will)
    await choose(you, words.alarm.needs.witness)
    await press(you, words.alarm.onIt)
    await sees(you, words.alarm.myAnswer.on_it)
    await dana.run(['alarm', 'answer', 'cannot'])
    await sees(me, words.alarm.cannotList('\u2068dana\u2069'))
    await shoot(t, me, 'alarm-answered')
    await openAll(me)
    await choose(me, words.alarm.outcomes.won)
    await press(me, words.alarm.settle)
    await visit(me, '1/alarms')
    await sees(me, words.alarm.over)
    await shoot(t, me, 'alarms-over')
    await link(me, words.begin.home.open).click()
    await shoot(t, me, 'alarm-over')
  })

  story(`${language}: deciding`, async (t) => {
    await visit(me, '1/propose')
    await shoot(t, me, 'propose')
    await write(me, words.decide.propose.sentence, theirs.question)
    await write(me, words.decide.propose.text, theirs.text)
    await choose(me, words.decide.kinds.urgent)
    await press(me, words.decide.propose.button)
    await heading(me, theirs.question)
    await shoot(t, me, 'motion-draft')
    await visit(you, '1/now')
    await sees(you, theirs.question)
    await shoot(t, you, 'now-waiting')
    await link(you, words.begin.home.open).click()
    await press(you, words.decide.secondIt)
    await unfold(you, words.decide.offer)
    await write(you, words.decide.offerHint, theirs.other)
    await press(you, words.decide.offer)
    await me.page().getByText(theirs.other).first().waitFor()
    await shoot(t, me, 'motion-amendment')
    await press(me, words.decide.take)
    await press(me, words.decide.fixIt)
    await shoot(t, me, 'motion-fixed')
    await press(me, words.decide.openVote)
    await button(you, words.decide.yes).waitFor()
    await shoot(t, you, 'motion-voting')
    for (const phone of [me, you]) {
      await press(phone, words.decide.yes)
      await sees(phone, words.decide.mine.yes)
    }
    await shoot(t, you, 'motion-voted')
    await press(me, words.decide.closeIt)
    await button(you, words.decide.confirmIt).waitFor()
    await shoot(t, you, 'motion-closing')
    await press(you, words.decide.confirmIt)
    await sees(you, new RegExp(words.decide.states.carried))
    await shoot(t, you, 'motion-carried')
    await visit(you, '1/decide')
    await shoot(t, you, 'decide-done')
  })

  story(`${language}: every page by its address`, async (t) => {
    await visit(me, '1/unity')
    await unfold(me, words.unity.add)
    await write(me, words.unity.own, theirs.point)
    await me.page().locator('form').getByRole('button', { name: words.unity.add, exact: true }).click()
    await me.page().locator('article').filter({ hasText: theirs.point }).waitFor()
    await press(me, words.unity.meetingNote)
    for (const page of COMMITTEE_PAGES) {
      await visit(me, `1/${page}`)
      await openAll(me)
      await shoot(t, me, `page-${page}`)
    }
    await visit(me, 'home')
    await shoot(t, me, 'home')
  })

  story(`${language}: a talk that is no committee yet`, async (t) => {
    const { found: form } = words.begin
    await visit(me, 'found')
    await write(me, form.name, theirs.committee)
    await write(me, form.handle, theirs.me)
    await write(me, form.relay, place.address)
    await shoot(t, me, 'found')
    await press(me, form.button)
    await heading(me, words.now.title)
    await visit(me, '2/unity')
    await openAll(me)
    await shoot(t, me, 'talking-unity')
  })

  story(`${language}: without a line, locked, and in two tabs`, async (t) => {
    await visit(you, '1/talk')
    await you.line.pull()
    await sees(you, words.shell.connection.offline)
    await write(you, words.talk.label, theirs.answer)
    await press(you, words.common.send)
    await you.page().locator('.banner.alarm').first().waitFor()
    await shoot(t, you, 'offline-talk')
    await visit(you, '1/raise')
    await press(you, words.alarm.kinds.fired)
    await press(you, new RegExp(`^${words.alarm.severities.today}`))
    await write(you, words.alarm.facts, theirs.facts)
    await press(you, words.alarm.button)
    await sees(you, words.alarm.queued)
    await shoot(t, you, 'offline-alarm')
    await you.line.plugIn()
    await you.page().getByText(words.alarm.queued).waitFor({ state: 'detached' })
    await press(you, words.shell.lock)
    await heading(you, words.begin.unlock.title)
    await shoot(t, you, 'locked')
    await write(you, words.begin.unlock.passphrase, 'something else entirely')
    await press(you, words.begin.unlock.button)
    await sees(you, words.why.wrong_passphrase)
    await shoot(t, you, 'locked-wrong')
    await unlock(you)
  })

  story(`${language}: a phone that is cut off`, async (t) => {
    await visit(me, '1/safety')
    await unfold(me, words.safety.others)
    const theirPhone = me.page().locator(`h3:has-text("${theirs.you}") ~ button`).first()
    await theirPhone.click()
    await shoot(t, me, 'cut-off-sure')
    await me
      .page()
      .getByRole('dialog')
      .getByRole('button', { name: words.safety.cutOff, exact: true })
      .click()
    const report = me.page().locator('details').filter({ hasText: words.exposure.doNow })
    await report.waitFor()
    await openAll(me)
    await shoot(t, me, 'safety-exposure')
    await sees(you, words.shell.status.cutOff(theirs.me))
    await visit(you, '1/now')
    await shoot(t, you, 'cut-off')
    await visit(me, '1/us')
    await shoot(t, me, 'us-without-phone')
    await visit(you, 'settings')
    await pressTwice(you, words.begin.settings.erase, words.begin.settings.eraseSure)
    await heading(you, words.begin.make.title)
  })
}

t.test('No page asked anybody but its relay for anything, threw, or was stopped by its policy', async (t) => {
  t.strictSame(place.offences, [])
})
