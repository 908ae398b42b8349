/**
 * A year in minutes: three people with phones, each in a language of their own, and one at the command line, from the first screen to somebody who lost a phone
 * and is let back in. The shipped bundle, a real relay, real browsers. With TOCSIN_TEST_FULL=1 the phones are cheap ones on a slow network: the one in the hand
 * has a sixth of this machine's processor (or what TOCSIN_SLOWER says), which burns a whole one for minutes. Not here: every screen by itself
 * (screensEnglish.test.ts, screensArabic.test.ts), and lines that break (away.test.ts).
 */
import t from 'tap'
import { IS_FULL } from '../../faults/rounds.ts'
import { newFolder, newPerson, type Running } from '../../support/cli.ts'
import { SLOW_3G } from '../../support/line.ts'
import {
  button,
  choose,
  compareWords,
  follow,
  found,
  go,
  heading,
  makeLock,
  newPhone,
  type Phone,
  press,
  pressTwice,
  scanCodeOf,
  sees,
  unfold,
  unlock,
  write,
} from '../../support/phone.ts'
import { newWebPlace } from '../../support/webPlace.ts'
import { tell } from '../../support/webStory.ts'

/** A throttled page burns a whole processor even while it waits, so only one is at a time. */
const SLOWER = IS_FULL ? Number(process.env.TOCSIN_SLOWER ?? 6) : 1

const place = await newWebPlace(t)
const [alice, badr, carmen] = (await Promise.all(
  (['en', 'ar', 'es'] as const).map((language) =>
    newPhone(t, place, { language, ...(IS_FULL && { pace: SLOW_3G }) }),
  ),
)) as [Phone, Phone, Phone]
const { root, remove } = newFolder()
t.teardown(remove)
const dana = newPerson('dana', root)

let inHand: Phone | undefined
/** From now on this phone is the slow one. */
const take = async (phone: Phone): Promise<Phone> => {
  if (SLOWER === 1) return phone
  if (inHand !== phone) await inHand?.slowDown(1)
  if (inHand !== phone) await phone.slowDown(SLOWER)
  inHand = phone
  return phone
}
const story = tell(t, [alice, badr, carmen])
const linkIn = async (running: Running): Promise<string> => (await running.until(/by voice:/))[0]
const says = async (...args: readonly string[]): Promise<string> => {
  const { code, out, err } = await dana.run(args)
  if (code !== 0) throw new Error(`${args.join(' ')}: ${err}`)
  return out
}

/** Opens the one question that waits there, and says yes. */
const sayYes = async (phone: Phone, title: string): Promise<void> => {
  await take(phone)
  await go(phone, '#/1/decide')
  await phone.page().locator('article').filter({ hasText: title }).locator('a.button').click()
  await press(phone, phone.words.decide.yes)
}

story(
  'Somebody starts, and two people come in by their cameras, each in a language of their own',
  async (t) => {
    await take(alice)
    await makeLock(alice)
    await found(alice, { name: 'Kitchen', handle: 'alice', relay: place.address })
    for (const [phone, handle] of [
      [badr, 'بدر'],
      [carmen, 'carmen'],
    ] as const) {
      await take(phone)
      await makeLock(phone)
      await go(alice, '#/1/invites')
      await press(alice, alice.words.invites.person)
      await scanCodeOf(phone, alice, handle)
      const [theirs, ours] = await compareWords(alice, phone)
      t.equal(theirs, ours)
      if (phone === carmen) await sayYes(badr, badr.words.decide.actions.add('carmen'))
      await heading(phone, phone.words.now.title)
    }
    await go(alice, '#/1/us')
    await sees(alice, alice.words.us.members(3))
  },
)

story('Somebody at the command line is let in by two who say yes', async (t) => {
  await take(carmen)
  await go(carmen, '#/1/invites')
  await press(carmen, carmen.words.invites.link)
  const line = await carmen.page().locator('#invite-line').inputValue()
  await dana.run(['init'])
  const joining = dana.begin('join', '--handle', 'dana')
  joining.type(line)
  await linkIn(joining)
  joining.type('yes')
  await press(carmen, carmen.words.invites.same)
  await sayYes(badr, badr.words.decide.actions.add('dana'))
  const { code, err } = await joining.ended
  t.equal(code, 0)
  if (code !== 0) t.comment(err)
})

story('What one writes the others read, and an answer stands with what it answers', async (t) => {
  await take(badr)
  await go(badr, '#/1/talk')
  await write(badr, badr.words.talk.label, 'الوردية الليلية أطول من المتفق عليه')
  await press(badr, badr.words.common.send)
  await says('post', 'Ours is longer, too')
  await take(alice)
  await go(alice, '#/1/talk')
  await sees(alice, 'Ours is longer, too')
  const theirs = alice.page().locator('.posts article').filter({ hasText: 'الوردية' })
  // by its address: a list that grows moves what a finger is on
  await go(alice, (await theirs.getByRole('link').last().getAttribute('href')) ?? '')
  await write(alice, alice.words.talk.reply, 'By how much?')
  await press(alice, alice.words.common.send)
  await go(badr, '#/1/talk')
  await sees(badr, 'By how much?')
  t.match(await says('read', '--all'), /By how much\?/)
})

story('A voice note is spoken on one phone and heard on another', async (t) => {
  await take(badr)
  await go(badr, '#/1/talk')
  await press(badr, badr.words.files.voice)
  await button(badr, badr.words.files.stop).waitFor()
  await badr.page().waitForTimeout(1000)
  await press(badr, badr.words.files.stop)
  await take(alice)
  await go(alice, '#/1/talk')
  await press(alice, alice.words.files.hear)
  const sound = alice.page().locator('audio')
  await sound.waitFor()
  const played = await sound.evaluate(
    (audio: HTMLAudioElement) =>
      new Promise<number>((resolve) => {
        audio.ontimeupdate = () => audio.currentTime > 0 && resolve(audio.currentTime)
        void audio.play()
      }),
  )
  t.ok(played > 0)
})

story('A photograph comes small and without what the camera wrote into it', async (t) => {
  await take(alice)
  const picture = await alice.page().evaluate(() => {
    const canvas = document.createElement('canvas')
    canvas.width = 2400
    canvas.height = 1200
    const context = canvas.getContext('2d')
    context?.fillRect(0, 0, 1200, 1200)
    return canvas.toDataURL('image/png').split(',')[1] ?? ''
  })
  await alice
    .page()
    .locator('input[type=file]')
    .setInputFiles({ name: 'gate.png', mimeType: 'image/png', buffer: Buffer.from(picture, 'base64') })
  await take(carmen)
  await go(carmen, '#/1/talk')
  await press(carmen, carmen.words.files.fetch)
  const shown = carmen.page().locator('main img')
  await shown.waitFor()
  const width = await shown.evaluate((image: HTMLImageElement) =>
    image.decode().then(() => image.naturalWidth),
  )
  t.equal(width, 1600)
})

story(
  'An alarm raised without a line says so, outlives a restart, and goes out when the line is back',
  async (t) => {
    const { alarm, shell, begin } = carmen.words
    await take(carmen)
    await carmen.line.pull()
    await sees(carmen, shell.connection.offline)
    await carmen.page().locator('a.raise').click()
    await press(carmen, alarm.kinds.called_in)
    await press(carmen, new RegExp(`^${alarm.severities.now}`))
    await write(carmen, alarm.facts, 'Me llaman a la oficina')
    await choose(carmen, alarm.needs.witness)
    await press(carmen, alarm.button)
    await sees(carmen, alarm.queued)
    await carmen.slowDown(1)
    inHand = undefined
    await carmen.restart()
    await heading(carmen, begin.unlock.title)
    await unlock(carmen)
    await go(carmen, '#/1/alarms')
    await sees(carmen, alarm.queued)
    t.notMatch(await dana.run(['alarm']).then(({ out }) => out), /oficina/)
    await carmen.line.plugIn()
    await carmen.page().locator('article').filter({ hasText: 'Me llaman a la oficina' }).waitFor()
    await carmen.page().getByText(alarm.queued).waitFor({ state: 'detached' })
  },
)

story(
  'The others answer that they see it, are on it, or cannot, and whoever raised it sees who',
  async (t) => {
    await take(alice)
    await alice.page().locator('.banner.alarm a').click()
    await follow(alice, alice.words.begin.home.open)
    await press(alice, alice.words.alarm.seeIt)
    await sees(alice, alice.words.alarm.myAnswer.seen)
    await take(badr)
    await badr.page().locator('.banner.alarm a').click()
    await follow(badr, badr.words.begin.home.open)
    await press(badr, badr.words.alarm.onIt)
    await write(badr, badr.words.alarm.whatWill, 'أنا قادم')
    await choose(badr, badr.words.alarm.needs.witness)
    await press(badr, badr.words.alarm.onIt)
    await sees(badr, badr.words.alarm.myAnswer.on_it)
    await says('alarm', 'answer', 'cannot')
    await take(carmen)
    await go(carmen, '#/1/alarms')
    await follow(carmen, carmen.words.begin.home.open)
    await sees(carmen, carmen.words.alarm.seenCount('3', '3'))
    await sees(carmen, carmen.words.alarm.isOnIt('بدر'))
    await sees(carmen, 'أنا قادم')
    t.equal(await carmen.page().getByText(carmen.words.alarm.stillNeeded).count(), 0, 'the witness is found')
    await unfold(carmen, carmen.words.alarm.settle)
    await choose(carmen, carmen.words.alarm.outcomes.won)
    await press(carmen, carmen.words.alarm.settle)
    await alice.page().locator('.banner.alarm').waitFor({ state: 'detached' })
  },
)

const TITLE = 'نتوقف غدا عند السابعة'

story(
  'A question is drafted, seconded, fixed, voted on, closed by one and confirmed by another',
  async (t) => {
    const { decide } = badr.words
    await take(badr)
    await go(badr, '#/1/propose')
    await write(badr, decide.propose.sentence, TITLE)
    await write(badr, decide.propose.text, 'لمدة عشر دقائق')
    await choose(badr, decide.kinds.urgent)
    await press(badr, decide.propose.button)
    await heading(badr, TITLE)
    const open = async (phone: Phone): Promise<void> => {
      await take(phone)
      await go(phone, '#/1/decide')
      await phone.page().locator('article').filter({ hasText: TITLE }).locator('a.button').click()
      await heading(phone, TITLE)
    }
    await open(alice)
    await press(alice, alice.words.decide.secondIt)
    await take(badr)
    await press(badr, decide.fixIt)
    await press(badr, decide.openVote)
    for (const phone of [badr, alice, carmen]) {
      await open(phone)
      await press(phone, phone.words.decide.yes)
      await sees(phone, phone.words.decide.mine.yes)
    }
    // Who closes before the others' votes have come has counted otherwise than they have
    await sees(carmen, new RegExp(carmen.words.decide.voted('3', '[0-9]')))
    await press(carmen, carmen.words.decide.closeIt)
    await open(alice)
    await press(alice, alice.words.decide.confirmIt)
    await sees(badr, new RegExp(decide.states.carried))
    t.match(await says('motion', 'list', '--all'), /carried/)
  },
)

story('Who is put out by the others reads nothing more', async (t) => {
  await take(alice)
  await go(alice, '#/1/us')
  await follow(alice, alice.words.people.more('dana'))
  await pressTwice(alice, alice.words.us.remove)
  await sayYes(carmen, carmen.words.decide.actions.remove('dana'))
  await go(alice, '#/1/us')
  await sees(alice, alice.words.us.members(3))
  await go(alice, '#/1/talk')
  await write(alice, alice.words.talk.label, 'Only for those who are here')
  await press(alice, alice.words.common.send)
  await sees(alice, 'Only for those who are here')
  await dana.run(['sync'])
  t.match((await dana.run(['status'])).out, /no longer/)
  t.notMatch((await dana.run(['read', '--all'])).out, /Only for those/)
})

story('A phone that is lost is cut off, and it is said what was on it', async (t) => {
  const { safety, exposure } = alice.words
  await take(alice)
  await go(alice, '#/1/safety')
  await unfold(alice, safety.others)
  const theirs = alice
    .page()
    .locator('h3', { hasText: 'carmen' })
    .locator('xpath=following-sibling::button[1]')
  await theirs.click()
  await alice.page().getByRole('dialog').getByRole('button', { name: safety.cutOff, exact: true }).click()
  const report = alice
    .page()
    .locator('details', { hasText: /carmen/ })
    .filter({ hasText: exposure.doNow })
  await report.locator('summary').click()
  await report.getByText(exposure.neverOnIt).waitFor()
  t.match(await report.innerText(), /messages/)
  await take(carmen)
  await sees(carmen, carmen.words.shell.status.cutOff('alice'))
})

story('Who has lost the phone is let back in by two who have met them, and keeps the place', async (t) => {
  const { begin } = carmen.words
  await take(carmen)
  await go(carmen, '#/settings')
  await pressTwice(carmen, begin.settings.erase, begin.settings.eraseSure)
  await makeLock(carmen)
  await take(alice)
  await go(alice, '#/1/us')
  await follow(alice, alice.words.people.more('carmen'))
  await unfold(alice, alice.words.people.rejoin)
  await press(alice, alice.words.people.rejoinMake)
  await take(carmen)
  await carmen.lookAt(alice)
  await follow(carmen, begin.home.join)
  await press(carmen, begin.join.scan)
  await sees(carmen, begin.join.device)
  await press(carmen, begin.join.next)
  const [theirs, ours] = await compareWords(alice, carmen)
  t.equal(theirs, ours)
  await sayYes(badr, badr.words.decide.actions.deviceAdd('carmen'))
  await heading(carmen, carmen.words.now.title)
  await go(alice, '#/1/us')
  await sees(alice, alice.words.us.members(3))
  t.equal(await alice.page().getByText(alice.words.us.noPhone).count(), 0)
  await take(carmen)
  await go(carmen, '#/1/talk')
  await write(carmen, carmen.words.talk.label, 'Aquí estoy')
  await press(carmen, carmen.words.common.send)
  await take(badr)
  await go(badr, '#/1/talk')
  await sees(badr, 'Aquí estoy')
})

story('No page asked anybody but its relay for anything, threw, or was stopped by its policy', async (t) => {
  t.strictSame(place.offences, [])
})
