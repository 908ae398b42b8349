/** What a page asks its worker about the city and "check on me", on a relay and storage in memory. Not here: the city itself (test/scenarios/city.test.ts), screens (test/client/web/city.test.ts). */
import t, { type Test } from 'tap'
import { ALARM_KINDS, NEEDS, SEVERITIES } from '../../../../client/core/committee/alarmWords.ts'
import { type Heard, hearCalls } from '../../../../client/web/page/cityRing.ts'
import { cryptoReady } from '../../../../shared/crypto/sodium.ts'
import { printRelayAddress } from '../../../../shared/protocol/relayAddress.ts'
import { anAlarm } from '../../../support/committeeStory.ts'
import { createMemoryRelay, type MemoryRelay } from '../../../support/memoryRelay.ts'
import { must, newTime } from '../../../support/people.ts'
import { newBrowser, PASSPHRASE, type Tab } from '../../../support/webWorker.ts'

await cryptoReady

const open = async (t: Test, relay: MemoryRelay, time = newTime()): Promise<Tab> => {
  const tab = newBrowser(relay.dial, time).openTab()
  must(await tab.ask('makeVault', { passphrase: PASSPHRASE }))
  t.teardown(() => tab.ask('lock', {}))
  return tab
}

const found = async (
  tab: Tab,
  { relayKey, admission }: MemoryRelay,
  isAssembly: boolean,
): Promise<string> => {
  const relay = printRelayAddress({ url: 'ws://relay.example', key: relayKey, admission })
  const wishes = { name: isAssembly ? 'City' : 'Kitchen', purpose: '', handle: 'alice', relay }
  return must(await tab.ask('found', { ...wishes, isTalk: false, isForOldPhones: true, isAssembly }))
    .committee
}

const joinBy = async (tab: Tab, sponsor: Tab, committee: string): Promise<string> => {
  const { link, invite } = must(await sponsor.ask('invite', { committee, kind: 'link' }))
  const { joining } = must(await tab.ask('startJoining', { link, handle: 'bob' }))
  const isComparing = async (): Promise<boolean> =>
    (await sponsor.look(committee, 'invites')).some((one) => one.id === invite && one.words.length === 3)
  await tab.until(isComparing)
  await tab.until(async () => (await tab.ask('answerWords', { joining, doMatch: true })).ok)
  must(await sponsor.ask('answerInvite', { committee, invite, answer: 'match' }))
  const arrivedIn = (): string | undefined => {
    const over = tab.events.findLast((event) => event.is === 'joiningOver')
    return over?.is === 'joiningOver' ? over.committee : undefined
  }
  await tab.until(() => arrivedIn() !== undefined)
  return arrivedIn() ?? ''
}

const wordsOf = (ids: object): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.keys(ids).map((id) => [id, id]))
const TABLE = {
  ...{ lang: 'en', kinds: wordsOf(ALARM_KINDS), severities: wordsOf(SEVERITIES), needs: wordsOf(NEEDS) },
  ...{ first: '{severity}: {kind}. {code}, {sector}, {area}; {hour}.', workplace: 'Where: {it}' },
  ...{ name: 'Who: {it}', needed: 'Needs: {it}', checked: 'Two checked.' },
} as never
const CARD = { code: 'Sparrow', sector: 'kitchens', area: 'north', languages: ['en'] }
const MOTION = { title: 'Do we join?', text: 'We join.', lang: 'en' }

t.test('CI1 a page begins an assembly, and the committee is asked whether it joins it', async (t) => {
  const relay = createMemoryRelay()
  const tab = await open(t, relay)
  const home = await found(tab, relay, false)
  const joined = { committee: home, ...CARD, ...MOTION }
  t.strictSame(await tab.ask('cityJoin', { ...joined, assembly: home }), {
    ok: false,
    error: 'no_such_committee',
  })
  const assembly = await found(tab, relay, true)
  const before = await tab.look(home, 'city')
  t.match(before, {
    home: { asked: [], mayCall: 'not_begun' },
    joinable: [{ committee: assembly, name: 'City' }],
  })
  t.equal(before.home?.mine, undefined)
  const { id } = must(await tab.ask('cityJoin', { ...joined, assembly }))
  t.strictSame((await tab.look(home, 'city')).home?.asked, [id])
  const there = await tab.look(assembly, 'city')
  t.equal(there.home, undefined, 'an assembly is in no city itself')
  t.match(there.assembly, { stage: 'proposed', isIn: false, cards: [] })
  const shown = must(await tab.ask('motion', { committee: home, motion: id }))
  t.match(shown.motion?.content, { kind: 'assembly', effect: { gives: 'city', to: 'join', ...CARD } })
})

t.test(
  'CI3 who is in no city calls nobody, shares nothing and shows nobody what they would see',
  async (t) => {
    const relay = createMemoryRelay()
    const tab = await open(t, relay)
    const committee = await found(tab, relay, false)
    const alarm = must(await tab.ask('say', { committee, content: anAlarm('x') })).id
    const draft = { committee, alarm, demand: 'x', ask: 'y', table: TABLE }
    const answers = [
      await tab.ask('cityAlert', { committee, text: 'Help' }),
      await tab.ask('cityOnIt', { committee, to: '0'.repeat(64), text: 'We come' }),
      await tab.ask('cityLeave', { committee, ...MOTION }),
      await tab.ask('takeDuty', { committee, term: 1, isOn: true }),
      await tab.ask('duty', { committee, alarm }),
      await tab.ask('sharePreview', draft),
      await tab.ask('sharePut', { ...draft, ...MOTION }),
    ]
    for (const answer of answers) t.strictSame(answer, { ok: false, error: 'no_city' })
  },
)

t.test('AL3 a call of another committee is heard once, and after the quiet hours it came in', (t) => {
  const call = (cityCalls: number, mayCallsRing: boolean) => ({ committee: 'a', cityCalls, mayCallsRing })
  const there = { committee: 'b', cityCalls: 1, mayCallsRing: true }
  const steps = [
    [call(0, true)],
    [call(1, true)],
    [call(1, true)],
    [call(1, false)],
    [call(1, true)],
    [call(2, false)],
    [call(2, true)],
    [call(1, true)],
    [call(2, true), there],
    [call(3, false), there],
  ]
  let heard: Heard = new Map()
  const loud = steps.flatMap((frames, step) => {
    const now = hearCalls(heard, frames)
    heard = now.heard
    return now.isLoud ? [step] : []
  })
  t.strictSame(loud, [1, 6, 8])
  t.end()
})

t.test(
  'AL3 quiet hours hold for the calls of the city, except where the member is woken for NOW',
  async (t) => {
    const relay = createMemoryRelay()
    const time = newTime()
    const tab = await open(t, relay, time)
    const committee = await found(tab, relay, false)
    const may = async (wakes: { readonly forNow: boolean }, quiet: 'none' | { from: number; to: number }) => {
      must(await tab.ask('setWakes', { committee, quiet, ...wakes }))
      return must(await tab.ask('frame', { committee })).mayCallsRing
    }
    const hour = new Date(time.now).getHours()
    const now = { from: hour, to: (hour + 2) % 24 }
    t.equal(await may({ forNow: false }, 'none'), true)
    t.equal(await may({ forNow: false }, now), false)
    t.equal(await may({ forNow: true }, now), true)
    t.equal(await may({ forNow: false }, { from: (hour + 2) % 24, to: (hour + 4) % 24 }), true)
  },
)

t.test('CK2 a check runs on every screen, its own phone cannot stop it, and another one does', async (t) => {
  const relay = createMemoryRelay()
  const [alice, bob] = [await open(t, relay), await open(t, relay)]
  const committee = await found(alice, relay, false)
  const asked = { committee, minutes: 30, note: 'tea', kind: 'called_in', severity: 'now' } as const
  t.strictSame(await alice.ask('startCheck', { ...asked, facts: 'x' }), { ok: false, error: 'nobody' })
  const there = await joinBy(bob, alice, committee)
  await alice.until(async () => (await alice.look(committee, 'us')).members.length === 2)
  t.match(await alice.ask('startCheck', { ...asked, facts: '' }), { ok: false, error: { field: 'facts' } })
  t.equal(must(await alice.ask('startCheck', { ...asked, facts: 'I was in the office' })), 'sent')
  const running = async (tab: Tab) => (await tab.look(tab === bob ? there : committee, 'now')).checks
  await bob.until(async () => (await running(bob)).length === 1)
  const [theirs] = await running(bob)
  t.match(theirs, { note: 'tea', isMine: false, spoken: 0, needed: 1, alarm: undefined })
  t.match(await running(alice), [{ isMine: true }])
  const check = theirs?.id ?? ''
  t.strictSame(await alice.ask('endCheck', { committee, check }), { ok: false, error: 'no_token' })
  t.equal(must(await bob.ask('endCheck', { committee: there, check })), 'sent')
  await alice.until(async () => (await running(alice)).length === 0)
  t.strictSame(await running(bob), [])
})
