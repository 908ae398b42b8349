/**
 * The web client as two people use it: the shipped bundle, a real relay, a real browser. On the way every screen is looked at with axe-core, in
 * both directions, and whatever breaks the page's policy fails. Not here: what a hostile server can do (trust.test.ts), the worker's requests (worker).
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { JSHandle, Page } from 'playwright-core'
import t, { type Test } from 'tap'
import { settled } from '../../support/arriving.ts'
import { breaches } from '../../support/measures.ts'
import {
  go,
  makeLock,
  newPhone as openPhone,
  PASSPHRASE,
  type Phone,
  type PhoneOptions,
  press,
  startWebStory,
  write,
} from '../../support/webClient.ts'

const MARKUP = '<img src=x onerror=alert(1)> & <b>bold</b> \u202eturned'
/** One red point, and a text beside it. */
const PICTURE = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAAHXRFWHRDb21tZW50AGEgcGxhY2UgaW4gdGhlIG9mZmljZct0Si4AAAAMSURBVHicY/jPwAAAAwEBAMn+ku8AAAAASUVORK5CYII=',
  'base64',
)
const PAGES = [
  'now',
  'talk',
  'raise',
  'alarms',
  'decide',
  'propose',
  'us',
  'invites',
  'unity',
  'charter',
  'safety',
]
const { relay, base } = await startWebStory(t)

const phones: Phone[] = []
const newPhone = async (options: PhoneOptions = {}): Promise<Phone> => {
  const phone = await openPhone(t, base, options)
  phones.push(phone)
  return phone
}

/** With TOCSIN_SHOTS every screen is written into that folder, to be looked at. */
const isClean = async (t: Test, page: Page, what: string): Promise<void> => {
  const { TOCSIN_SHOTS } = process.env
  if (TOCSIN_SHOTS) await page.screenshot({ path: join(TOCSIN_SHOTS, `${what}.png`), fullPage: true })
  t.strictSame(await breaches(page), [], what)
  const isWide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth)
  t.notOk(isWide, `${what} needs no scrolling sideways`)
}

const follow = (page: Page, name: string | RegExp): Promise<void> =>
  page.getByRole('link', { name, exact: true }).first().click()
const { page: alice, profile: ofAlice } = await newPhone()
const { page: bob } = await newPhone()

t.test('Somebody new locks the device, starts a committee and writes, and words stay words', async (t) => {
  await alice.getByRole('heading', { name: 'Lock this device first' }).waitFor()
  await isClean(t, alice, 'the first screen')
  await makeLock(alice)
  await isClean(t, alice, 'without a committee')
  await follow(alice, 'Start with one or two others')
  await write(alice, 'What shall it be called?', 'Kitchen')
  await write(alice, 'What for?', 'Better shifts')
  await write(alice, 'What shall the others call you?', 'alice')
  await write(alice, 'Address of the relay', relay.address)
  await alice.getByText('We have agreed').click()
  await isClean(t, alice, 'starting a committee')
  await press(alice, 'Start')
  await alice.getByRole('heading', { name: 'Now' }).waitFor()

  await follow(alice, 'Talk')
  await write(alice, 'Write to everybody here', MARKUP)
  await press(alice, 'Send')
  // what turns the direction of text is taken out, and nothing becomes markup
  await alice.locator('.posts .said').waitFor()
  t.equal(
    await alice.locator('.posts .said').innerText(),
    '<img src=x onerror=alert(1)> & <b>bold</b> turned',
  )
  t.equal(await alice.locator('main img, main b').count(), 0)
})

/** A film for Chromium's fake camera: what another phone shows as its code, in the middle of a picture. */
const filmOf = async (page: Page): Promise<string> => {
  const code = page.locator('svg.code')
  const size = Number((await code.getAttribute('viewBox'))?.split(' ').at(-1))
  const drawn = (await code.locator('path').getAttribute('d')) ?? ''
  const [width, height] = [640, 480]
  const scale = Math.floor(height / size)
  const [left, top] = [(width - size * scale) >> 1, (height - size * scale) >> 1]
  const luma = Buffer.alloc(width * height, 235)
  for (const [, x, y] of drawn.matchAll(/M(\d+) (\d+)h/g))
    for (let row = 0; row < scale; row++) {
      const from = (top + Number(y) * scale + row) * width + left + Number(x) * scale
      luma.fill(16, from, from + scale)
    }
  const frame = Buffer.concat([Buffer.from('FRAME\n'), luma, Buffer.alloc((width * height) / 2, 128)])
  const path = `${ofAlice.folder}.y4m`
  const head = Buffer.from(`YUV4MPEG2 W${width} H${height} F10:1 Ip A1:1 C420\n`)
  writeFileSync(path, Buffer.concat([head, frame, frame]))
  return path
}

const FAKE_CAMERA = ['--lang=en', '--use-fake-device-for-media-stream']

/** What the page looks through. It outlives the screen, and tells then whether it is off. */
const cameraOf = (page: Page): Promise<JSHandle<MediaStreamTrack | undefined>> =>
  page.locator('video').evaluateHandle((video: HTMLVideoElement) => {
    const { srcObject } = video
    return srcObject instanceof MediaStream ? srcObject.getTracks()[0] : undefined
  })
const isOff = (camera: JSHandle<MediaStreamTrack | undefined>): Promise<boolean> =>
  camera.evaluate((track) => track?.readyState === 'ended')

t.test('Another phone comes in by its camera, which is off whenever nobody looks through it', async (t) => {
  const { profile, context: before, page: phone } = await newPhone({ args: FAKE_CAMERA })
  await makeLock(phone)
  await follow(phone, 'Somebody invited me')
  await before.grantPermissions([], { origin: base })
  await press(phone, 'Scan their code with the camera')
  await phone.getByText('The camera cannot be used').waitFor()
  await isClean(t, phone, 'joining without a camera')
  await before.grantPermissions(['camera'], { origin: base })
  for (const leave of [() => press(phone, 'Turn the camera off'), () => go(phone, '#/home')]) {
    await press(phone, 'Scan their code with the camera')
    await phone.waitForFunction(() => (document.querySelector('video')?.videoWidth ?? 0) > 0)
    const camera = await cameraOf(phone)
    t.notOk(await isOff(camera))
    await isClean(t, phone, 'the camera looks for a code')
    await leave()
    await phone.locator('video').waitFor({ state: 'detached' })
    t.ok(await isOff(camera))
  }
  await before.close()

  await go(alice, '#/1/invites')
  await press(alice, 'One more phone of mine')
  const film = await filmOf(alice)
  const { context, page: second } = await newPhone({
    profile,
    args: [...FAKE_CAMERA, `--use-file-for-fake-video-capture=${film}`],
  })
  await context.grantPermissions(['camera'], { origin: base })
  await write(second, 'Passphrase', PASSPHRASE)
  await press(second, 'Unlock')
  await follow(second, 'Somebody invited me')
  await press(second, 'Scan their code with the camera')
  await second.getByText('This makes this device one more phone').waitFor()
  t.equal(await second.locator('video').count(), 0)
  await press(second, 'Go on')
  await alice.locator('.words').waitFor()
  t.equal(await second.locator('.words').innerText(), await alice.locator('.words').innerText())
  await press(second, 'They are the same')
  await press(alice, 'They are the same: I vouch')
  await second.getByRole('heading', { name: 'Now', exact: true }).waitFor()
})

t.test('Of a phone that is cut off, it is said what was on it and what to do now', async (t) => {
  await go(alice, '#/1/safety')
  await press(alice, 'Cut it off: lost or old')
  await alice.getByRole('dialog').getByRole('button', { name: 'Cut it off: lost or old' }).click()
  const report = alice.locator('details', { hasText: /What was on phone .+ of .+alice/ })
  await report.locator('summary').click()
  await report.getByText('Never on it:').waitFor()
  const text = await report.innerText()
  t.match(text, /1 message\n/)
  t.match(text, /1 name that a member uses here/)
  t.match(text, /Compare the words of this committee with everybody/)
  t.notMatch(text, /who has no phone now/, 'alice has another one')
  await isClean(t, alice, 'a phone that was cut off')
})

t.test('Two people compare three words, and the second one is in', async (t) => {
  await go(alice, '#/1/invites')
  await press(alice, 'Somebody new, here beside me')
  await isClean(t, alice, 'an invite')
  const link = await alice.getByLabel('The line to give away').inputValue()

  await makeLock(bob)
  await follow(bob, 'Somebody invited me')
  await write(bob, 'The line they gave you', link)
  await press(bob, 'Go on')
  await write(bob, 'What shall the others call you?', 'بدر')
  await press(bob, 'Go on')
  const theirs = await alice.locator('.words').innerText()
  await isClean(t, alice, 'words to compare')
  t.equal(await bob.locator('.words').innerText(), theirs)
  await press(bob, 'They are the same')
  await press(alice, 'They are the same: I vouch')
  await bob.getByRole('heading', { name: 'Now' }).waitFor()
  await follow(alice, 'Us')
  await alice.getByText('2 members').waitFor()
  await alice.getByRole('heading', { name: 'بدر' }).waitFor()
  await isClean(t, alice, 'two members')
})

t.test('An alarm takes three steps, is answered by another, and both see who is on it', async (t) => {
  await alice.getByRole('link', { name: 'Alarm', exact: true }).click()
  await press(alice, 'Called to a meeting')
  await alice.getByRole('button', { name: /^NOW/ }).click()
  await write(alice, 'What happened, in a few words', 'They want me in the office at three')
  await alice.getByText('Be a witness').click()
  await isClean(t, alice, 'the third step')
  await press(alice, 'RAISE THE ALARM')

  await bob.getByRole('link', { name: /^Someone needs us/ }).click()
  await follow(bob, 'Open')
  await isClean(t, bob, 'an alarm of somebody else')
  await press(bob, 'I AM ON IT')
  await write(bob, 'What will you do?', 'I come with you')
  await bob.getByText('Be a witness').first().click()
  await press(bob, 'I AM ON IT')
  await bob.getByText('You said: I am on it.').waitFor()
  await alice.getByText('بدر').first().waitFor()
  await alice.getByText('I come with you').waitFor()
  await isClean(t, alice, 'an alarm that is answered')
})

t.test(
  'A change of a question is offered and taken, and whoever put the question can withdraw it',
  async (t) => {
    await go(alice, '#/1/propose')
    await write(alice, 'The question, in one sentence', 'Shall we meet on Thursdays?')
    await write(alice, 'What exactly is to be decided', 'Every Thursday at six.')
    await press(alice, 'Put it to the others')
    await alice.getByRole('heading', { name: 'Shall we meet on Thursdays?' }).waitFor()

    await go(bob, '#/1/decide')
    await follow(bob, 'Open')
    await bob.locator('summary', { hasText: 'Offer a change' }).click()
    await write(bob, 'What this part shall say instead. Empty: take it out.', 'Every Thursday at seven.')
    await press(bob, 'Offer a change')
    await isClean(t, bob, 'a question of somebody else')
    await press(alice, 'Take it into the text')
    await bob.locator('.parts').getByText('Every Thursday at seven.').waitFor()
    await isClean(t, alice, 'a question of our own')

    await press(alice, 'Withdraw it')
    await alice.getByRole('dialog').getByRole('button', { name: 'Withdraw it' }).click()
    await bob.getByText(/: withdrawn/).waitFor()
  },
)

t.test('A photograph comes to the other phone without what the camera wrote into it', async (t) => {
  await go(alice, '#/1/talk')
  await go(bob, '#/1/talk')
  await alice
    .getByLabel('Send a photograph')
    .setInputFiles({ name: 'gate.png', mimeType: 'image/png', buffer: PICTURE })
  await press(bob, 'Fetch it')
  const shown = bob.locator('main img')
  await shown.waitFor()
  const saving = bob.waitForEvent('download')
  await follow(bob, 'Save it, unlocked, on this device')
  const bytes = readFileSync(await (await saving).path())
  t.ok(PICTURE.includes('a place in the office'))
  t.notOk(bytes.includes('a place in the office'))
  t.equal(await shown.evaluate((image: HTMLImageElement) => image.decode().then(() => image.naturalWidth)), 1)
  await isClean(t, bob, 'a photograph')
})

t.test(
  'A reload locks; a wrong passphrase opens nothing, and the right one shows what was written',
  async (t) => {
    await alice.reload()
    await alice.getByRole('heading', { name: 'Locked' }).waitFor()
    t.notMatch(await alice.locator('body').innerText(), /Kitchen|bold/)
    await isClean(t, alice, 'the lock')
    await write(alice, 'Passphrase', 'not the right words')
    await press(alice, 'Unlock')
    await alice.getByText('That is not the passphrase').waitFor()
    await write(alice, 'Passphrase', PASSPHRASE)
    await press(alice, 'Unlock')
    await alice.locator('nav.bar').waitFor()
    await follow(alice, 'Talk')
    await alice.getByText('<b>bold</b>').waitFor()
  },
)

t.test('Every screen is accessible and fits a small phone, from the left and from the right', async (t) => {
  for (const [language, direction] of [
    ['English', 'ltr'],
    ['العربية', 'rtl'],
  ] as const) {
    await go(alice, '#/settings')
    await alice.getByText(language).click()
    await alice.waitForFunction((dir) => document.documentElement.dir === dir, direction)
    await isClean(t, alice, `settings, ${language}`)
    for (const page of PAGES) {
      await go(alice, `#/1/${page}`)
      await settled(alice)
      await alice.locator('details').evaluateAll((all: readonly HTMLDetailsElement[]) => {
        for (const one of all) one.open = true
      })
      await isClean(t, alice, `${page}, ${language}`)
    }
  }
})

t.test('It can be put beside the other programs of the phone, under a name that says nothing', async (t) => {
  const debug = await alice.context().newCDPSession(alice)
  const { url, errors, data } = await debug.send('Page.getAppManifest')
  t.strictSame(errors, [])
  t.equal(url, `${base}/manifest.webmanifest`)
  t.notMatch(data, /tocsin|alarm|committee|union/i)
  const { installabilityErrors } = await debug.send('Page.getInstallabilityErrors')
  t.strictSame(installabilityErrors, [])
  await debug.detach()
  const { icons } = JSON.parse(data ?? '{}')
  t.ok(icons.some(({ purpose }: { readonly purpose?: string }) => purpose === 'maskable'))
  for (const { src, type, sizes } of icons) {
    const answer = await fetch(`${base}/${src}`)
    t.equal(answer.headers.get('content-type'), type)
    const bytes = Buffer.from(await answer.arrayBuffer())
    if (type === 'image/png') t.equal(`${bytes.readUInt32BE(16)}x${bytes.readUInt32BE(20)}`, sizes)
  }
  const answer = await fetch(`${base}/manifest.webmanifest`)
  t.equal(answer.headers.get('content-type'), 'application/manifest+json')
  t.match(answer.headers.get('content-security-policy'), /manifest-src 'self'/)
})

t.test('No page asked anybody but its relay for anything, threw, or was stopped by its policy', async (t) => {
  const stopped = await alice.evaluate(
    () =>
      new Promise<string>((resolve) => {
        document.addEventListener('securitypolicyviolation', (event) => resolve(event.violatedDirective))
        const script = document.createElement('script')
        try {
          script.textContent = 'document.title = "run"'
          document.head.append(script)
        } catch {
          resolve('thrown')
        }
      }),
  )
  t.match(
    stopped,
    /require-trusted-types-for|script-src|thrown/,
    'a script that somebody puts in does not run',
  )
  t.strictSame(
    phones.flatMap(({ offences }) => offences).filter((one) => !/TrustedScript|Trusted Type/.test(one)),
    [],
  )
})
