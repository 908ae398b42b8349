/** The door of the web client's worker, on a relay and storage in memory: what a page can ask, what it is refused, what it is shown and told. */
import * as fc from 'fast-check'
import t, { type Test } from 'tap'
import { ALARM_KINDS, NEEDS, SEVERITIES } from '../../../../client/core/committee/alarmWords.ts'
import { ASKED } from '../../../../client/web/worker/asked.ts'
import type { RequestName, WorkerEvent } from '../../../../client/web/worker/port.ts'
import { cryptoReady, randomBytes, sha256 } from '../../../../shared/crypto/sodium.ts'
import { printRelayAddress } from '../../../../shared/protocol/relayAddress.ts'
import { createMemoryRelay, type MemoryRelay } from '../../../support/memoryRelay.ts'
import { must, newTime } from '../../../support/people.ts'
import { newBrowser, PASSPHRASE, type Tab } from '../../../support/webWorker.ts'

await cryptoReady

const WISHES = { name: 'Night shift', purpose: 'Safe breaks', isTalk: false, isForOldPhones: true }

const lineOf = ({ relayKey, admission }: MemoryRelay): string =>
  printRelayAddress({ url: 'ws://relay.example', key: relayKey, admission })

/** An open vault in the only tab of a browser; locked again at the end of the test. */
const openTab = async (t: Test, relay: MemoryRelay): Promise<Tab> => {
  const tab = newBrowser(relay.dial).openTab()
  must(await tab.ask('makeVault', { passphrase: PASSPHRASE }))
  t.teardown(() => tab.ask('lock', {}))
  return tab
}

const found = async (tab: Tab, relay: MemoryRelay, handle: string): Promise<string> =>
  must(await tab.ask('found', { ...WISHES, handle, relay: lineOf(relay) })).committee

/** Somebody new comes in: both compare words, and the one who invited vouches. */
const joinBy = async (tab: Tab, sponsor: Tab, committee: string, handle: string): Promise<string> => {
  const { link, invite } = must(await sponsor.ask('invite', { committee, kind: 'link' }))
  const { joining } = must(
    await tab.ask('startJoining', { link: `https://relay.example/#/join/${link}`, handle }),
  )
  const wordsHere = (): readonly string[] => {
    const news = tab.events.findLast((event) => event.is === 'joining' && event.joining.joining === joining)
    return news?.is === 'joining' && news.joining.state.is === 'comparing' ? news.joining.state.words : []
  }
  const wordsThere = async (): Promise<readonly string[]> =>
    (await sponsor.look(committee, 'invites')).find(({ id }) => id === invite)?.words ?? []
  await tab.until(async () => wordsHere().length === 3 && (await wordsThere()).length === 3)
  if (wordsHere().join() !== (await wordsThere()).join()) throw new Error('words differ')
  must(await tab.ask('answerWords', { joining, doMatch: true }))
  must(await sponsor.ask('answerInvite', { committee, invite, answer: 'match' }))
  const arrivedIn = (): string | undefined => {
    const over = tab.events.find((event) => event.is === 'joiningOver' && event.joining === joining)
    return over?.is === 'joiningOver' ? over.committee : undefined
  }
  await tab.until(() => arrivedIn() !== undefined)
  return arrivedIn() ?? ''
}

const vaultsTold = (events: readonly WorkerEvent[]): readonly string[] =>
  events.flatMap((event) => (event.is === 'vault' ? [event.vault] : []))

/** Alarms that a page was told to be loud about, in their order. */
const loudIn = ({ events }: Tab): readonly string[] =>
  events.flatMap((event) => (event.is === 'loud' ? event.alarms : []))

t.test('F2 a vault is made, locked, unlocked and erased, and every wrong step has its reason', async (t) => {
  const tab = newBrowser(createMemoryRelay().dial).openTab()
  const vault = async (): Promise<string> => must(await tab.ask('vault', {}))

  t.equal(await vault(), 'none')
  t.strictSame(await tab.ask('unlock', { passphrase: PASSPHRASE }), { ok: false, error: 'none' })
  t.strictSame(await tab.ask('makeVault', { passphrase: 'too short' }), { ok: false, error: 'too_short' })
  must(await tab.ask('makeVault', { passphrase: PASSPHRASE }))
  t.equal(await vault(), 'open')
  must(await tab.ask('lock', {}))
  t.equal(await vault(), 'locked')
  t.strictSame(await tab.ask('makeVault', { passphrase: PASSPHRASE }), { ok: false, error: 'there_is_one' })
  t.strictSame(await tab.ask('unlock', { passphrase: `${PASSPHRASE}!` }), {
    ok: false,
    error: 'wrong_passphrase',
  })
  must(await tab.ask('unlock', { passphrase: PASSPHRASE }))
  const after = 'another four words to say'
  t.strictSame(await tab.ask('changePassphrase', { before: after, after }), {
    ok: false,
    error: 'wrong_passphrase',
  })
  must(await tab.ask('changePassphrase', { before: PASSPHRASE, after }))
  must(await tab.ask('lock', {}))
  t.strictSame(await tab.ask('unlock', { passphrase: PASSPHRASE }), { ok: false, error: 'wrong_passphrase' })
  must(await tab.ask('unlock', { passphrase: after }))
  must(await tab.ask('erase', {}))

  t.equal(await vault(), 'none')
  t.strictSame(vaultsTold(tab.events), ['open', 'locked', 'open', 'locked', 'open', 'none'])
})

t.test('F2 whatever a page sends is refused at the door, and neither done nor thrown', async (t) => {
  const relay = createMemoryRelay()
  const tab = await openTab(t, relay)
  const committee = await found(tab, relay, 'alice')
  const names = Object.keys(ASKED)
  const leaf = fc.oneof(
    fc.string(),
    fc.integer(),
    fc.constant(committee),
    fc.constant(null),
    fc.uint8Array({ maxLength: 4 }),
    fc.record({ type: fc.constantFrom('post', 'alarm', 'file', 'motion', 'wordsCompared', 'x') }),
  )
  const junk = fc.record({
    number: fc.integer(),
    do: fc.oneof(fc.constantFrom(...names, 'toString', '__proto__', 'constructor'), leaf),
    more: fc.dictionary(
      fc.constantFrom(
        'committee',
        'passphrase',
        'content',
        'view',
        'from',
        'count',
        'step',
        'change',
        'seats',
      ),
      leaf,
    ),
  })
  /** These need no more than what junk can hold. */
  const isHarmless = (name: unknown): boolean =>
    !['lock', 'erase', 'takeOver', 'leave', 'partWays'].some((one) => one === name)
  await fc.assert(
    fc.asyncProperty(
      junk.filter((one) => isHarmless(one.do)),
      async ({ number, do: name, more }) => {
        const answered = await tab.post({ ...more, number, do: name })
        if (!answered || !('answer' in answered) || answered.number !== number) return false
        const { answer } = answered
        return answer.ok || (answer.error !== 'broken' && answer.error !== 'locked')
      },
    ),
    { numRuns: 1500 },
  )
  for (const message of [undefined, null, 7, 'vault', [], {}, { do: 'vault' }, { number: 'x', do: 'vault' }])
    t.equal(await tab.post(message), undefined)

  t.equal(must(await tab.ask('vault', {})), 'open')
  t.strictSame(await tab.ask('frame', { committee: 'none' }), { ok: false, error: 'no_such_committee' })
  for (const from of [-1, 0.5, Number.NaN])
    t.strictSame(await tab.ask('room', { committee, from, count: 1 }), { ok: false, error: 'invalid' })
  t.strictSame(await tab.ask('room', { committee, count: 201 }), { ok: false, error: 'invalid' })
})

const wordsOf = (ids: object): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.keys(ids).map((id) => [id, id]))
const TABLE = {
  ...{ lang: 'en', kinds: wordsOf(ALARM_KINDS), severities: wordsOf(SEVERITIES), needs: wordsOf(NEEDS) },
  ...{ first: '{severity}: {kind}. {code}, {sector}, {area}; {hour}.', workplace: 'Where: {it}' },
  ...{ name: 'Who: {it}', needed: 'Needs: {it}', checked: 'Two checked.' },
}
const CHECK = { kind: 'called_in', severity: 'now', minutes: 1, facts: 'x' }

t.test('F2 as long as the vault is locked, nothing that is in it is told or done', async (t) => {
  const tab = newBrowser(createMemoryRelay().dial).openTab()
  const open: readonly RequestName[] = ['vault', 'makeVault', 'unlock', 'lock', 'takeOver', 'erase']
  const bodies: Readonly<Record<string, unknown>> = {
    ...{ committee: 'x', motion: 'x', seat: 'x', seats: ['x'], same: true, device: 'x', to: 'x', count: 1 },
    ...{ kind: 'link', invite: 'x', answer: 'match', view: 'now', joining: 'x', doMatch: true, link: 'x' },
    ...{ handle: 'x', name: 'x', purpose: 'x', relay: 'x', isTalk: true, isForOldPhones: true },
    ...{ before: 'x', after: 'x', isAll: true, content: { type: 'post', text: 'x' }, change: {} },
    ...{ step: { do: 'second', motion: 'x' }, release: 'x', isLoaderChanged: true, file: 'x' },
    ...{ words: { kind: 'file', name: 'x', media: 'text/plain', life: 7 }, bytes: Uint8Array.of(1) },
    ...{ assembly: 'x', code: 'x', sector: 'x', area: 'x', languages: [], title: 'x', text: 'x', lang: 'en' },
    ...{ check: 'x', letter: 'x', call: 'x', alarm: 'x', demand: 'x', ask: 'x', table: TABLE },
    ...{ forNow: true, calls: [], term: 1, isOn: true, address: 'x', endpoint: 'x', isGiven: true },
  }
  for (const [i, name] of Object.keys(ASKED).entries()) {
    if (open.some((one) => one === name)) continue
    t.strictSame(
      await tab.post({ ...bodies, ...(name === 'startCheck' ? CHECK : {}), number: i, do: name }),
      { number: i, answer: { ok: false, error: 'locked' } },
      name,
    )
  }
})

t.test(
  'B two people found, join, talk, decide and raise an alarm, and each screen hears of it',
  async (t) => {
    const relay = createMemoryRelay()
    const alice = await openTab(t, relay)
    const bob = await openTab(t, relay)
    const committee = await found(alice, relay, '  alice ')
    const bobs = await joinBy(bob, alice, committee, 'bob')

    await t.test('the frame says where everybody is', async (t) => {
      await alice.until(async () => must(await alice.ask('frame', { committee })).members === 2)
      const frame = must(await bob.ask('frame', { committee: bobs }))
      t.match(frame, { name: 'Night shift', stage: 'active', own: { handle: 'bob', status: 'member' } })
      t.strictSame([...frame.names.values()].sort(), ['alice', 'bob'])
      t.equal((await bob.look(bobs, 'us')).members.length, 2)
      t.equal((await alice.look(committee, 'us')).words.join(), (await bob.look(bobs, 'us')).words.join())
    })

    await t.test('a post comes to the other screen, is counted as new, and has its answers', async (t) => {
      must(await bob.ask('room', { committee: bobs, count: 50 }))
      const said = must(
        await alice.ask('say', { committee, content: { type: 'post', text: 'See you at six' } }),
      )
      t.equal(said.is, 'sent')
      await bob.until(() =>
        bob.events.some((event) => event.is === 'changed' && event.views.includes('room')),
      )
      await bob.until(async () => must(await bob.ask('room', { committee: bobs, count: 50 })).total === 1)
      const slice = must(await bob.ask('room', { committee: bobs, count: 50 }))
      t.match(slice, {
        from: 0,
        unreadFrom: 0,
        posts: [{ text: 'See you at six', isMine: false, replies: 0 }],
      })
      t.equal(must(await bob.ask('frame', { committee: bobs })).unreadPosts, 1)
      must(await bob.ask('markRead', { committee: bobs }))
      t.equal(must(await bob.ask('frame', { committee: bobs })).unreadPosts, 0)

      const answer = { type: 'post', text: 'At the gate', replyTo: said.id } as const
      must(await bob.ask('say', { committee: bobs, content: answer }))
      await alice.until(async () => must(await alice.ask('replies', { committee, to: said.id })).total === 2)
      const { posts } = must(await alice.ask('room', { committee, from: 1, count: 1 }))
      t.match(posts, [{ text: 'At the gate', answers: { is: 'post', text: 'See you at six' } }])
    })

    await t.test('a phone may carry less than the committee agreed, and never more', async (t) => {
      must(await bob.ask('keepAtMost', { committee: bobs, days: 2 }))
      for (const days of [0, 366, 1.5])
        t.strictSame(await bob.ask('keepAtMost', { committee: bobs, days }), { ok: false, error: 'invalid' })
      t.equal((await bob.look(bobs, 'charter')).shelf.posts, 2)
      must(await bob.ask('keepAtMost', { committee: bobs }))
      t.equal((await bob.look(bobs, 'charter')).shelf.posts, 7)
    })

    await t.test('what breaks the rules of what can be said is refused with its field', async (t) => {
      const tooLong = { type: 'post', text: 'x'.repeat(4001) } as const
      t.strictSame(await alice.ask('say', { committee, content: tooLong }), {
        ok: false,
        error: { field: 'text' },
      })
    })

    await t.test('an alarm stands on both screens until it is answered', async (t) => {
      const alarm = {
        type: 'alarm',
        kind: 'called_in',
        severity: 'now',
        facts: 'They called me to the office',
        needs: ['witness'],
        about: { who: 'me' },
        namesAllowed: { team: true, committee: true, city: false, supporters: false, public: false },
      } as const
      must(await alice.ask('say', { committee, content: alarm }))
      await bob.until(async () => (await bob.look(bobs, 'alarms')).live.length === 1)
      const [shown] = (await bob.look(bobs, 'alarms')).live
      t.match(shown, { isMine: false, summary: { state: 'raised', members: 2 } })
      t.equal(shown?.cancelUntil, undefined)
      t.not((await alice.look(committee, 'alarms')).live[0]?.cancelUntil, undefined)
      await bob.until(() => loudIn(bob).length > 0)
      t.equal(loudIn(bob)[0], shown?.alarm.id)
      t.strictSame(loudIn(alice), [], 'nobody is rung by their own')
      const onIt = { type: 'alarmAnswer', answer: 'on_it', what: 'I come along', takes: ['witness'] } as const
      must(await bob.ask('say', { committee: bobs, content: { ...onIt, alarm: shown?.alarm.id ?? '' } }))
      await alice.until(
        async () => (await alice.look(committee, 'now')).alarms[0]?.summary.state === 'answered',
      )
      t.strictSame((await alice.look(committee, 'now')).alarms[0]?.summary.stillNeeded, [])
      const reached = { committee, alarm: shown?.alarm.id ?? '' }
      const bad = await alice.ask('setReach', { ...reached, text: ' ' })
      t.strictSame(bad, { ok: false, error: 'bad_reach' })
      must(await alice.ask('setReach', { ...reached, text: '555 0100' }))
      await bob.until(async () => (await bob.look(bobs, 'now')).alarms[0]?.reach === '555 0100')
    })

    await t.test(
      'nobody is rung at hours at which they asked for rest, but for what they asked for',
      async (t) => {
        const raise = async (severity: 'now' | 'today'): Promise<string> => {
          const facts = `It happened again, ${severity}`
          const about = { who: 'not_named' } as const
          const namesAllowed = { team: true, committee: true, city: false, supporters: false, public: false }
          const content = {
            type: 'alarm',
            kind: 'moved',
            severity,
            facts,
            needs: [],
            about,
            namesAllowed,
          } as const
          return must(await alice.ask('say', { committee, content })).id
        }
        // any hour but the one that is least like noon
        const quiet = { from: 0, to: 23 }
        must(await bob.ask('setWakes', { committee: bobs, quiet, forNow: true }))
        const today = await raise('today')
        const now = await raise('now')
        await bob.until(() => loudIn(bob).includes(now))
        t.notOk(loudIn(bob).includes(today), 'what has time until the morning waits for it')
        t.match(must(await bob.ask('ringing', { committee: bobs })), { hasOwnHours: true, wakes: { quiet } })
        must(await bob.ask('setWakes', { committee: bobs, quiet: 'none', forNow: true }))
        await bob.until(() => loudIn(bob).includes(today))
        for (const alarm of [today, now])
          must(
            await bob.ask('say', {
              committee: bobs,
              content: { type: 'alarmAnswer', alarm, answer: 'cannot' },
            }),
          )
      },
    )

    await t.test('whom somebody calls stays on their phone, and is a few lines', async (t) => {
      const calls = [{ name: 'Dana', number: '+1 555 0100' }]
      must(await bob.ask('setCalls', { committee: bobs, calls }))
      t.strictSame(must(await bob.ask('ringing', { committee: bobs })).calls, calls)
      t.strictSame(must(await alice.ask('ringing', { committee })).calls, [])
      const wrong = await bob.ask('setCalls', { committee: bobs, calls: [{ name: 'Dana', number: '' }] })
      t.strictSame(wrong, { ok: false, error: 'bad_call' })
      const many = await bob.ask('setCalls', {
        committee: bobs,
        calls: [...calls, ...calls, ...calls, ...calls],
      })
      t.strictSame(many, { ok: false, error: 'invalid' })
    })

    await t.test('a photograph comes to the other screen, and its keys to no screen at all', async (t) => {
      const bytes = randomBytes(300_000)
      const words = {
        kind: 'photo',
        name: 'rota.png',
        media: 'image/png',
        life: 7,
        words: 'The rota',
      } as const
      const { id } = must(await alice.ask('sendFile', { committee, words, bytes }))
      const roomOf = async (tab: Tab, committee: string) =>
        must(await tab.ask('room', { committee, count: 1 }))
      await bob.until(async () => (await roomOf(bob, bobs)).posts[0]?.id === id)
      await alice.until(async () => (await roomOf(alice, committee)).parcels.length === 0)
      const [post] = (await roomOf(bob, bobs)).posts
      t.match(post, { text: 'The rota', file: { name: 'rota.png', size: 300_000 } })
      t.equal(post?.file && 'secret' in post.file, false)
      const got = must(await bob.ask('fetchFile', { committee: bobs, file: id }))
      t.strictSame(sha256(got.bytes), sha256(bytes))
      t.strictSame(await bob.ask('fetchFile', { committee: bobs, file: 'x' }), {
        ok: false,
        error: 'no_such_file',
      })
      t.strictSame(await alice.ask('sendFile', { committee, words, bytes: new Uint8Array(0) }), {
        ok: false,
        error: 'empty',
      })
      t.notMatch(JSON.stringify([...alice.events, ...bob.events]), /"secret"/)
    })

    await t.test('a motion waits for the other one, and only for who may take the next step', async (t) => {
      const text = 'We meet on Tuesdays.'
      const content = {
        type: 'motion',
        kind: 'everyday',
        title: 'Meet on Tuesdays',
        text,
        lang: 'en',
      } as const
      const { id: motion } = must(await alice.ask('decide', { committee, step: { do: 'start', content } }))
      await bob.until(async () => (await bob.look(bobs, 'decide')).open.length === 1)
      t.match(must(await bob.ask('motion', { committee: bobs, motion })), { state: 'discussion' })
      t.match(await alice.ask('decide', { committee, step: { do: 'fix', motion } }), {
        ok: false,
        error: { why: 'too_early' },
      })
      const other = { do: 'amend', motion, paragraph: 0, text: 'We meet on Mondays.' } as const
      must(await bob.ask('decide', { committee: bobs, step: other }))
      await alice.until(async () => (await alice.look(committee, 'now')).motions.length === 1)
      t.match((await alice.look(committee, 'now')).motions, [
        { id: motion, title: 'Meet on Tuesdays', waitsForMe: ['amendment'] },
      ])
      t.strictSame((await bob.look(bobs, 'now')).motions, [])
      t.strictSame(await alice.ask('proposeCharter', { committee, change: {} }), {
        ok: false,
        error: 'no_change',
      })
    })

    await t.test('who leaves is gone from the screen, and nothing is left behind', async (t) => {
      must(await bob.ask('leave', { committee: bobs }))
      t.ok(bob.events.some((event) => event.is === 'gone' && event.committee === bobs))
      t.strictSame(await bob.ask('frame', { committee: bobs }), { ok: false, error: 'no_such_committee' })
      await alice.until(async () => must(await alice.ask('frame', { committee })).members === 1)
    })
  },
)

t.test('J1 what is written without a relay is shown as not sent, and is there after unlocking', async (t) => {
  const relay = createMemoryRelay()
  const tab = await openTab(t, relay)
  const committee = await found(tab, relay, 'alice')
  await tab.until(async () => must(await tab.ask('frame', { committee })).connection === 'live')
  relay.refuseDialing(true)
  relay.cut()

  const said = must(await tab.ask('say', { committee, content: { type: 'post', text: 'Is anybody there?' } }))
  t.equal(said.is, 'waiting')
  const words = { kind: 'voice', name: 'note.ogg', media: 'audio/ogg', life: 7 } as const
  const note = must(await tab.ask('sendFile', { committee, words, bytes: randomBytes(2000) }))
  t.match(must(await tab.ask('room', { committee, count: 10 })).parcels, [{ id: note.id, parts: 0 }])
  t.equal(must(await tab.ask('frame', { committee })).unsent, 1)
  const { unsent } = must(await tab.ask('room', { committee, count: 10 }))
  t.match(unsent, [{ id: said.id, content: { text: 'Is anybody there?' } }])
  must(await tab.ask('lock', {}))
  must(await tab.ask('unlock', { passphrase: PASSPHRASE }))
  t.equal(must(await tab.ask('frame', { committee })).unsent, 1)
  relay.refuseDialing(false)
  await tab.until(async () => must(await tab.ask('room', { committee, count: 10 })).total === 2)
  await tab.until(async () => must(await tab.ask('room', { committee, count: 10 })).parcels.length === 0)
  t.match(must(await tab.ask('room', { committee, count: 10 })), {
    posts: [{ id: said.id }, { id: note.id, file: { kind: 'voice' } }],
    unsent: [],
  })
})

t.test(
  'F2 which program runs here is said once while it waits, and is nothing that a person has to send',
  async (t) => {
    const relay = createMemoryRelay()
    const tab = await openTab(t, relay)
    const committee = await found(tab, relay, 'alice')
    await tab.until(async () => must(await tab.ask('frame', { committee })).connection === 'live')
    const post = { type: 'post', text: 'Is anybody there?' } as const
    must(await tab.ask('say', { committee, content: post }))
    await tab.until(async () => must(await tab.ask('room', { committee, count: 10 })).total === 1)
    const entries = (): number => [...relay.logs.values()].reduce((sum, log) => sum + log.entries.length, 0)
    const before = entries()
    relay.refuseDialing(true)
    relay.cut()

    const runs = { committee, release: 'a'.repeat(64), isLoaderChanged: false }
    for (const _ of [1, 2]) must(await tab.ask('runs', runs))
    must(await tab.ask('lock', {}))
    must(await tab.ask('unlock', { passphrase: PASSPHRASE }))
    must(await tab.ask('runs', runs))
    t.equal(must(await tab.ask('frame', { committee })).unsent, 0)
    must(await tab.ask('runs', { ...runs, isLoaderChanged: true }))
    must(await tab.ask('runs', { ...runs, isLoaderChanged: true }))
    relay.refuseDialing(false)
    await tab.until(async () => (await tab.look(committee, 'safety')).programs.mine?.isLoaderChanged === true)
    must(await tab.ask('runs', { ...runs, isLoaderChanged: true }))
    t.equal(entries() - before, 2, 'once that it runs, once that its loader is another one')
  },
)

t.test('J2, attack 24: a second tab is told that the vault is elsewhere, and takes it over', async (t) => {
  const relay = createMemoryRelay()
  const browser = newBrowser(relay.dial, newTime())
  const [first, second] = [browser.openTab(), browser.openTab()]
  must(await first.ask('makeVault', { passphrase: PASSPHRASE }))
  t.teardown(() => second.ask('lock', {}))
  const committee = await found(first, relay, 'alice')

  t.equal(must(await second.ask('vault', {})), 'elsewhere')
  t.strictSame(await second.ask('unlock', { passphrase: PASSPHRASE }), { ok: false, error: 'elsewhere' })
  t.strictSame(await second.ask('erase', {}), { ok: false, error: 'elsewhere' })
  must(await second.ask('takeOver', {}))
  t.equal(browser.stolen(), 0, 'the first one gave it')
  must(await second.ask('unlock', { passphrase: PASSPHRASE }))

  t.match(second.events.at(-1), { is: 'vault', vault: 'open', frames: [{ committee }], joinings: [] })
  t.strictSame(await first.ask('frame', { committee }), { ok: false, error: 'locked' })
  t.equal(must(await first.ask('vault', {})), 'elsewhere')
  t.strictSame(vaultsTold(first.events), ['open', 'elsewhere'])
})

t.test(
  '6 when a write fails the vault is closed; what was acknowledged is there when it is opened',
  async (t) => {
    const relay = createMemoryRelay()
    const browser = newBrowser(relay.dial)
    const tab = browser.openTab()
    must(await tab.ask('makeVault', { passphrase: PASSPHRASE }))
    t.teardown(() => tab.ask('lock', {}))
    const committee = await found(tab, relay, 'alice')
    must(await tab.ask('say', { committee, content: { type: 'post', text: 'kept' } }))
    browser.disk.beforeWrite = () => {
      throw new Error('no space left')
    }

    t.match(await tab.ask('say', { committee, content: { type: 'post', text: 'lost' } }), {
      ok: false,
      error: 'broken',
    })
    t.equal(must(await tab.ask('vault', {})), 'locked')
    t.equal(vaultsTold(tab.events).at(-1), 'locked')
    browser.disk.beforeWrite = () => undefined
    must(await tab.ask('unlock', { passphrase: PASSPHRASE }))
    const { posts } = must(await tab.ask('room', { committee, count: 10 }))
    t.strictSame(
      posts.map(({ text }) => text),
      ['kept'],
    )
  },
)
