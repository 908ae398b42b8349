/**
 * Every screen as people see it, at 320 and at 360 points: pictures in artifacts/screens (or where TOCSIN_SHOTS says), to be looked
 * at, and nothing on them that is cut off or in another language. Two phones and one at the command line, in one language. Not here: slow phones.
 */
import type { Locator } from 'playwright-core'
import type { Test } from 'tap'
import { COMMITTEE_PAGES } from '../../client/web/routes.ts'
import { settled } from './arriving.ts'
import { newFolder, newPerson, type Person } from './cli.ts'
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
} from './phone.ts'
import { shoot } from './shots.ts'
import { newWebPlace, type WebPlace } from './webPlace.ts'
import { tell } from './webStory.ts'

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
  await settled(phone.page())
  await phone.page().evaluate(() => scrollTo(0, 0))
}

/** Of whom or what the page is, to which a link leads. */
const idIn = async (link: Locator): Promise<string> =>
  (await link.first().getAttribute('href'))?.split('/').at(-1) ?? ''

type Scene = {
  readonly place: WebPlace
  readonly me: Phone
  readonly you: Phone
  readonly dana: Person
  /** What people write. */
  readonly theirs: (typeof THEIRS)['en' | 'ar']
  readonly words: Phone['words']
  readonly shot: (phone: Phone, name: string) => Promise<void>
}

const STEPS: Readonly<Record<string, (scene: Scene, t: Test) => Promise<void>>> = {
  'the beginning': async ({ me, place, theirs, words, shot }) => {
    await heading(me, words.begin.make.title)
    await shot(me, 'first')
    await openAll(me)
    await shot(me, 'first-operator')
    await write(me, words.begin.unlock.passphrase, PASSPHRASE)
    await press(me, words.begin.make.button)
    await sees(me, words.begin.make.differ)
    await shot(me, 'first-differ')
    await makeLock(me)
    await shot(me, 'home-empty')
    await visit(me, 'settings')
    await openAll(me)
    await shot(me, 'settings')
    await visit(me, 'found')
    await press(me, words.begin.found.button)
    await shot(me, 'found-refused')
    await visit(me, 'home')
    await found(me, { name: theirs.committee, handle: theirs.me, relay: place.address })
    await shot(me, 'now-alone')
  },

  'inviting and coming in': async ({ me, you, dana, theirs, words, shot }, t) => {
    await visit(me, '1/invites')
    await shot(me, 'invites')
    await press(me, words.invites.link)
    const line = await me.page().locator('#invite-line').inputValue()
    await shot(me, 'invite-code')
    await dana.run(['init'])
    const joining = dana.begin('join', '--handle', 'dana')
    joining.type(line)
    await joining.until(/by voice:/)
    joining.type('yes')
    await me.page().locator('.words').waitFor()
    await shot(me, 'invite-comparing')
    await press(me, words.invites.same)
    t.equal((await joining.ended).code, 0)

    await makeLock(you)
    await visit(me, '1/invites')
    await press(me, words.invites.person)
    const second = await me.page().locator('#invite-line').inputValue()
    await visit(you, 'join')
    await shot(you, 'join')
    await press(you, words.begin.join.scan)
    await you.page().waitForFunction(() => (document.querySelector('video')?.videoWidth ?? 0) > 0)
    await shot(you, 'join-camera')
    await press(you, words.begin.join.stopScan)
    await write(you, words.begin.join.link, 'tocsin:nothing')
    await press(you, words.begin.join.next)
    await sees(you, words.why.malformed)
    await shot(you, 'join-refused')
    await write(you, words.begin.join.link, second)
    await press(you, words.begin.join.next)
    await write(you, words.begin.join.handle, theirs.you)
    await shot(you, 'join-name')
    await press(you, words.begin.join.next)
    await you.page().locator('.words').waitFor()
    await shot(you, 'join-comparing')
    await press(you, words.begin.join.same)
    await me.page().locator('.words').waitFor()
    await press(me, words.invites.same)
    await sees(you, words.begin.join.deciding)
    await shot(you, 'join-deciding')
    await sees(me, words.invites.states.vouched)
    await shot(me, 'invite-vouched')
    await visit(me, '1/decide')
    await shot(me, 'decide-admission')
    await me.page().locator('article a.button').first().click()
    await me.page().locator('main h1').waitFor()
    await shot(me, 'motion-approvals')
    await dana.run(['approve'], '1')
    await heading(you, words.now.title)
    await shot(you, 'now-new')
  },

  talking: async ({ me, you, theirs, words, shot }) => {
    await visit(me, '1/talk')
    await shot(me, 'talk-empty')
    await write(me, words.talk.label, theirs.post)
    await press(me, words.common.send)
    await you.page().locator('nav.bar .count').first().waitFor()
    await shot(you, 'now-unread')
    await visit(you, '1/talk')
    await sees(you, theirs.post)
    await press(you, words.files.voice)
    await button(you, words.files.stop).waitFor()
    await shot(you, 'talk-speaking')
    await press(you, words.files.stop)
    await button(you, words.files.hear).waitFor()
    const asked = you.page().locator('.posts article').filter({ hasText: theirs.post })
    // by its address: a list that grows moves what a finger is on
    await go(you, (await asked.getByRole('link').last().getAttribute('href')) ?? '')
    await write(you, words.talk.reply, theirs.answer)
    await press(you, words.common.send)
    await sees(you, theirs.answer)
    await shot(you, 'thread')
    await visit(me, '1/talk')
    await sees(me, theirs.answer)
    await press(me, words.files.hear)
    await me.page().locator('audio').waitFor()
    await shot(me, 'talk')
  },

  'an alarm': async ({ me, you, dana, theirs, words, shot }) => {
    await visit(me, '1/raise')
    await shot(me, 'raise-1')
    await press(me, words.alarm.more)
    await shot(me, 'raise-1-more')
    await press(me, words.alarm.kinds.called_in)
    await shot(me, 'raise-2')
    await press(me, new RegExp(`^${words.alarm.severities.now}`))
    await shot(me, 'raise-3')
    await press(me, words.alarm.button)
    await sees(me, words.fields.facts)
    await shot(me, 'raise-3-refused')
    await write(me, words.alarm.facts, theirs.facts)
    await choose(me, words.alarm.needs.witness)
    await choose(me, words.alarm.needs.call_me)
    await press(me, words.alarm.button)
    await sees(me, words.alarm.states.raised)
    await openAll(me)
    await shot(me, 'alarm-raised')
    await you.page().locator('.banner.alarm a').first().click()
    await shot(you, 'alarms')
    await visit(you, '1/now')
    await shot(you, 'now-alarm')
    await visit(you, '1/alarms')
    await link(you, words.begin.home.open).click()
    await shot(you, 'alarm')
    await press(you, words.alarm.onIt)
    await shot(you, 'alarm-on-it')
    await write(you, words.alarm.whatWill, theirs.will)
    await choose(you, words.alarm.needs.witness)
    await press(you, words.alarm.onIt)
    await sees(you, words.alarm.myAnswer.on_it)
    await dana.run(['alarm', 'answer', 'cannot'])
    await sees(me, words.alarm.cannotList('\u2068dana\u2069'))
    await shot(me, 'alarm-answered')
    await openAll(me)
    await choose(me, words.alarm.outcomes.won)
    await press(me, words.alarm.settle)
    await visit(me, '1/alarms')
    await sees(me, words.alarm.over)
    await shot(me, 'alarms-over')
    await link(me, words.begin.home.open).click()
    await shot(me, 'alarm-over')
  },

  deciding: async ({ me, you, theirs, words, shot }) => {
    await visit(me, '1/propose')
    await shot(me, 'propose')
    await write(me, words.decide.propose.sentence, theirs.question)
    await write(me, words.decide.propose.text, theirs.text)
    await choose(me, words.decide.kinds.urgent)
    await press(me, words.decide.propose.button)
    await heading(me, theirs.question)
    await shot(me, 'motion-draft')
    await visit(you, '1/now')
    await sees(you, theirs.question)
    await shot(you, 'now-waiting')
    await link(you, words.begin.home.open).click()
    await press(you, words.decide.secondIt)
    await unfold(you, words.decide.offer)
    await write(you, words.decide.offerHint, theirs.other)
    await press(you, words.decide.offer)
    await me.page().getByText(theirs.other).first().waitFor()
    await shot(me, 'motion-amendment')
    await press(me, words.decide.take)
    await sees(me, new RegExp(words.decide.amendments.accepted))
    await press(me, words.decide.fixIt)
    await shot(me, 'motion-fixed')
    await press(me, words.decide.openVote)
    await button(you, words.decide.yes).waitFor()
    await shot(you, 'motion-voting')
    for (const phone of [me, you]) {
      await press(phone, words.decide.yes)
      await sees(phone, words.decide.mine.yes)
    }
    await shot(you, 'motion-voted')
    await sees(me, new RegExp(words.decide.voted('[2٢]', '[0-9٠-٩]+')))
    await press(me, words.decide.closeIt)
    await button(you, words.decide.confirmIt).waitFor()
    await shot(you, 'motion-closing')
    await press(you, words.decide.confirmIt)
    await sees(you, new RegExp(words.decide.states.carried))
    await shot(you, 'motion-carried')
    await visit(you, '1/decide')
    await shot(you, 'decide-done')
  },

  'every page by its address': async ({ me, theirs, words, shot }) => {
    await visit(me, '1/unity')
    await unfold(me, words.unity.add)
    await write(me, words.unity.own, theirs.point)
    await me.page().locator('form').getByRole('button', { name: words.unity.add, exact: true }).click()
    await me.page().locator('article').filter({ hasText: theirs.point }).waitFor()
    await press(me, words.unity.meetingNote)
    for (const page of COMMITTEE_PAGES) {
      await visit(me, `1/${page}`)
      await openAll(me)
      await shot(me, `page-${page}`)
    }
    await visit(me, 'home')
    await shot(me, 'home')
  },

  'what can be asked about one of us': async ({ me, you, theirs, words, shot }) => {
    await visit(me, '1/us')
    const more = me.page().locator('article').filter({ hasText: theirs.you }).getByRole('link')
    const seat = await idIn(more)
    for (const page of ['member', 'elect', 'worry', 'remove']) {
      await visit(me, `1/${page}/${seat}`)
      await openAll(me)
      await shot(me, page)
    }
    await press(me, words.decide.propose.button)
    await me.page().locator('.wrong').first().waitFor()
    await shot(me, 'remove-refused')
    await visit(me, '1/unity')
    const point = await idIn(link(me, words.unity.vote))
    await visit(me, `1/point/${point}`)
    await shot(me, 'point')
    await visit(you, '1/roles')
    await unfold(you, words.roles.take)
    await press(you, words.roles.take)
    await visit(me, '1/roles')
    await sees(me, new RegExp(`${words.roles.role.facilitator}: .*${theirs.you}`))
    await unfold(me, words.roles.callBack)
    await write(me, words.roles.why, theirs.facts)
    await press(me, words.roles.callBack)
    await sees(me, words.roles.isAsked)
    await shot(me, 'role-asked-back')
    const term = await idIn(link(me, words.roles.putRecall))
    await visit(me, `1/recall/${term}`)
    await shot(me, 'recall')
  },

  'a talk that is no committee yet': async ({ me, place, theirs, words, shot }) => {
    const { found: form } = words.begin
    await visit(me, 'found')
    await write(me, form.name, theirs.committee)
    await write(me, form.handle, theirs.me)
    await write(me, form.relay, place.address)
    await shot(me, 'found')
    await press(me, form.button)
    await heading(me, words.now.title)
    await visit(me, '2/unity')
    await openAll(me)
    await shot(me, 'talking-unity')
  },

  'without a line, locked, and in two tabs': async ({ you, theirs, words, shot }) => {
    await visit(you, '1/talk')
    await you.line.pull()
    await sees(you, words.shell.connection.offline)
    await write(you, words.talk.label, theirs.answer)
    await press(you, words.common.send)
    await you.page().locator('.banner.alarm').first().waitFor()
    await shot(you, 'offline-talk')
    await visit(you, '1/raise')
    await press(you, words.alarm.kinds.fired)
    await press(you, new RegExp(`^${words.alarm.severities.today}`))
    await write(you, words.alarm.facts, theirs.facts)
    await press(you, words.alarm.button)
    await sees(you, words.alarm.queued)
    await shot(you, 'offline-alarm')
    await you.line.plugIn()
    await you.page().getByText(words.alarm.queued).waitFor({ state: 'detached' })
    await press(you, words.shell.lock)
    await heading(you, words.begin.unlock.title)
    await shot(you, 'locked')
    await write(you, words.begin.unlock.passphrase, 'something else entirely')
    await press(you, words.begin.unlock.button)
    await sees(you, words.why.wrong_passphrase)
    await shot(you, 'locked-wrong')
    await you.page().evaluate(() => localStorage.setItem('loaderChanged', '1'))
    await you.page().reload()
    await heading(you, words.trust.alarm.title)
    await shot(you, 'another-loader')
    await pressTwice(you, words.trust.alarm.settle)
    await heading(you, words.begin.unlock.title)
    await unlock(you)
  },

  'a phone that is cut off': async ({ me, you, theirs, words, shot }) => {
    await visit(me, '1/safety')
    await unfold(me, words.safety.others)
    const theirPhone = me.page().locator(`h3:has-text("${theirs.you}") ~ button`).first()
    await theirPhone.click()
    await shot(me, 'cut-off-sure')
    await me
      .page()
      .getByRole('dialog')
      .getByRole('button', { name: words.safety.cutOff, exact: true })
      .click()
    const report = me.page().locator('details').filter({ hasText: words.exposure.doNow })
    await report.waitFor()
    await openAll(me)
    await shot(me, 'safety-exposure')
    await sees(you, words.shell.status.cutOff(theirs.me))
    await visit(you, '1/now')
    await shot(you, 'cut-off')
    await visit(me, '1/us')
    await shot(me, 'us-without-phone')
    await visit(you, 'settings')
    await pressTwice(you, words.begin.settings.erase, words.begin.settings.eraseSure)
    await heading(you, words.begin.make.title)
  },
}

export const tellScreens = async (t: Test, language: 'en' | 'ar'): Promise<void> => {
  const place = await newWebPlace(t)
  const { root, remove } = newFolder()
  t.teardown(remove)
  const me = await newPhone(t, place, { language })
  const you = await newPhone(t, place, { language })
  const flaws: string[] = []
  const scene: Scene = {
    place,
    me,
    you,
    dana: newPerson('dana', root),
    theirs: THEIRS[language],
    words: me.words,
    shot: async (phone, name) => void flaws.push(...(await shoot(phone, name))),
  }
  const story = tell(t, [me, you])
  for (const [title, step] of Object.entries(STEPS)) story(title, (t) => step(scene, t))
  story('nothing is cut off, beside the screen, or in another language', async (t) => {
    t.strictSame(flaws, [])
  })
  story(
    'no page asked anybody but its relay for anything, threw, or was stopped by its policy',
    async (t) => {
      t.strictSame(place.offences, [])
    },
  )
}
