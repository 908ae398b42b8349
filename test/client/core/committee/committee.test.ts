import { isDeepStrictEqual } from 'node:util'
import * as fc from 'fast-check'
import t from 'tap'
import type { Alarm } from '../../../../client/core/committee/alarmLife.ts'
import { alarmSummary, liveAlarms, seenNeeded } from '../../../../client/core/committee/alarmSummary.ts'
import type { Committee } from '../../../../client/core/committee/committee.ts'
import { apply, applyAll, emptyCommittee } from '../../../../client/core/committee/committee.ts'
import { type Content, decodeContent, type KnownContent } from '../../../../client/core/committee/content.ts'
import type { Said } from '../../../../client/core/committee/said.ts'
import { expire, expired, handleOf, nameOf, repliesTo } from '../../../../client/core/committee/views.ts'
import { hostileBytes, idOf, SEATS, sayings } from './arbitraries.ts'

const [ALICE = '', BOB = '', CAROL = '', DORA = '', EMIL = ''] = SEATS
const MINUTE = 60_000

/** One committee's story: each call says one thing, a minute after the last, and answers with its id. */
const story = (): {
  readonly say: (seat: string, content: Content, more?: Partial<Said>) => string
  readonly now: () => Committee
  readonly alarm: (id: string) => Alarm
} => {
  let committee = emptyCommittee
  let order = 0
  return {
    say: (seat, content, more = {}) => {
      order++
      const said = {
        id: idOf(order),
        seat,
        device: `of ${seat}`,
        order,
        at: order * MINUTE,
        content,
        ...more,
      }
      committee = apply(committee, said)
      return said.id
    },
    now: () => committee,
    alarm: (id) => {
      const alarm = committee.alarms.get(id)
      if (!alarm) throw new Error('no such alarm')
      return alarm
    },
  }
}

const raise = (more: Partial<Extract<KnownContent, { type: 'alarm' }>> = {}): KnownContent => ({
  type: 'alarm',
  kind: 'called_in',
  severity: 'now',
  facts: 'office, second floor',
  needs: ['come', 'witness'],
  about: { who: 'me' },
  namesAllowed: { team: true, committee: true, city: false, supporters: false, public: false },
  ...more,
})
const post = (text: string, replyTo?: string): KnownContent =>
  replyTo === undefined ? { type: 'post', text } : { type: 'post', text, replyTo }
const seen = (alarm: string): KnownContent => ({ type: 'alarmAnswer', alarm, answer: 'seen' })
const cannot = (alarm: string): KnownContent => ({ type: 'alarmAnswer', alarm, answer: 'cannot' })
const onIt = (
  alarm: string,
  what = 'I go there',
  more: { takes?: readonly ('come' | 'witness')[] } = {},
): KnownContent => ({
  type: 'alarmAnswer',
  alarm,
  answer: 'on_it',
  what,
  ...more,
})
const update = (
  alarm: string,
  more: Partial<Extract<KnownContent, { type: 'alarmUpdate' }>>,
): KnownContent => ({
  type: 'alarmUpdate',
  alarm,
  text: 'news',
  ...more,
})
const to = (alarm: string, word: 'steady' | 'cancelled' | 'spoken_to' | 'reopened'): KnownContent => ({
  type: 'alarmState',
  alarm,
  to: word,
})
const settle = (alarm: string, outcome: 'won' | 'lost'): KnownContent => ({
  type: 'alarmState',
  alarm,
  to: 'settled',
  outcome,
})
const falseAlarm = (alarm: string): KnownContent => ({
  type: 'alarmState',
  alarm,
  to: 'false_alarm',
  note: 'it was a birthday',
})

/** What members see, without the bookkeeping that knows how much was said. */
const visible = ({ posts, handles, alarms }: Committee) => ({ posts, handles, alarms })

const withoutClocks = (committee: Committee): unknown =>
  JSON.parse(
    JSON.stringify(visible(committee), (name, value) => {
      if (name === 'at' || name === 'since' || name.endsWith('At')) return undefined
      return value instanceof Map ? [...value] : value
    }),
  )

t.test('I1 the same sequence gives the same committee, at once or piece by piece', async () => {
  await fc.assert(
    fc.property(sayings(40), fc.nat(40), (all, cut) => {
      const whole = applyAll(emptyCommittee, all)
      const pieces = applyAll(applyAll(emptyCommittee, all.slice(0, cut)), all.slice(cut))
      const single = all.reduce(apply, emptyCommittee)
      return isDeepStrictEqual(whole, pieces) && isDeepStrictEqual(whole, single)
    }),
    { numRuns: 300 },
  )
})

t.test('I1 what was seen stays: posts of a prefix are a prefix, alarms keep their place', async () => {
  await fc.assert(
    fc.property(sayings(40), fc.nat(40), (all, cut) => {
      const early = applyAll(emptyCommittee, all.slice(0, cut))
      const frozen = structuredClone(early)
      const late = applyAll(early, all.slice(cut))
      return (
        isDeepStrictEqual(early, frozen) &&
        isDeepStrictEqual(late.posts.slice(0, early.posts.length), early.posts) &&
        isDeepStrictEqual([...late.alarms.keys()].slice(0, early.alarms.size), [...early.alarms.keys()])
      )
    }),
    { numRuns: 300 },
  )
})

/** What an honest committee is not moved by: resends, what it does not know, what is about nothing. */
type Noise = { readonly after: number; readonly resend: boolean; readonly junk: Content | undefined }

const noise: fc.Arbitrary<readonly Noise[]> = fc.array(
  fc.record({
    after: fc.nat(29),
    resend: fc.boolean(),
    junk: fc.oneof(
      fc.constantFrom<Content>(
        onIt(idOf(99)),
        to(idOf(99), 'steady'),
        update(idOf(99), { severity: 'note' }),
      ),
      hostileBytes.map((raw) => {
        const decoded = decodeContent(raw)
        return decoded.ok && decoded.value.type === 'unknown' ? decoded.value : undefined
      }),
    ),
  }),
  { maxLength: 9, size: 'max' },
)

/** Behind the saying it names, with an order number from the gap there. */
const placed = (all: readonly Said[], { after, resend, junk }: Noise, i: number): readonly Said[] => {
  const before = all[after]
  if (!before) return []
  const order = before.order + 1 + i
  if (resend) return [{ ...before, order, at: 0, content: post('changed') }]
  return junk ? [{ id: idOf(1000 + i), seat: BOB, device: 'd', order, at: 0, content: junk }] : []
}

t.test('I3 resends, unknown types, malformed bytes and answers to nothing change nothing', async (t) => {
  let inserted = 0
  await fc.assert(
    fc.property(sayings(30), noise, (all, noises) => {
      const between = noises.flatMap((one, i) => placed(all, one, i))
      inserted += between.length
      const noisy = [...all, ...between].sort((a, b) => a.order - b.order)
      return isDeepStrictEqual(
        visible(applyAll(emptyCommittee, noisy)),
        visible(applyAll(emptyCommittee, all)),
      )
    }),
    { numRuns: 400 },
  )
  t.ok(inserted > 500, `${inserted}`)
})

t.test('D8 clocks decide nothing: other times, same committee', async () => {
  await fc.assert(
    fc.property(sayings(40), fc.array(fc.nat(), { minLength: 40, maxLength: 40 }), (all, clocks) => {
      const other = all.map((said, i) => ({ ...said, at: clocks[i] ?? 0 }))
      return isDeepStrictEqual(
        withoutClocks(applyAll(emptyCommittee, all)),
        withoutClocks(applyAll(emptyCommittee, other)),
      )
    }),
    { numRuns: 300 },
  )
})

t.test('D8 order decides: the order of the log, not that of writing', async (t) => {
  const { say, alarm } = story()
  const id = say(ALICE, raise())
  say(BOB, onIt(id), { at: 9_000_000 })
  say(BOB, cannot(id), { at: 1 })

  t.equal(alarm(id).answers.get(BOB)?.answer, 'cannot')
  const known = applyAll(emptyCommittee, [
    { id: idOf(1), seat: BOB, device: 'd', order: 5, at: 0, content: post('a') },
  ])
  t.throws(() => apply(known, { id: idOf(2), seat: BOB, device: 'd', order: 5, at: 0, content: post('b') }))
  t.equal(
    apply(known, { id: idOf(1), seat: BOB, device: 'd', order: 3, at: 0, content: post('b') }).posts.length,
    1,
  )
})

t.test('product.md 3.E counts are of seats and never exceed them', async (t) => {
  let answered = 0
  await fc.assert(
    fc.property(sayings(60), fc.subarray(SEATS), fc.nat(5), (all, members, wanted) => {
      const { alarms } = applyAll(emptyCommittee, all)
      return [...alarms.values()].every((alarm) => {
        const summary = alarmSummary(alarm, members, wanted)
        answered += summary.seen
        const others = members.filter((seat) => seat !== alarm.seat).length
        return (
          summary.seen <= others &&
          summary.onIt.length + summary.cannot.length <= summary.seen &&
          new Set(summary.onIt.map(({ seat }) => seat)).size === summary.onIt.length &&
          alarm.steadyBy.length <= 2 &&
          alarm.lowerings.size < 2
        )
      })
    }),
    { numRuns: 300 },
  )
  t.ok(answered > 500, `${answered}`)
})

t.test(
  'product.md 3.E N is the smaller of 3 and one third rounded up, or what the charter says',
  async (t) => {
    t.strictSame(
      [2, 3, 4, 6, 7, 9, 10, 40].map((n) => seenNeeded(n)),
      [1, 1, 2, 2, 3, 3, 3, 3],
    )
    t.equal(seenNeeded(40, 5), 5)
    const { say, alarm } = story()
    const id = say(ALICE, raise())
    for (const seat of [BOB, CAROL]) say(seat, seen(id))
    t.equal(alarmSummary(alarm(id), SEATS).isEnough, false, 'seen by N, and nobody is on it')
    say(CAROL, onIt(id))
    t.equal(alarmSummary(alarm(id), SEATS).isEnough, true)
    t.equal(alarmSummary(alarm(id), SEATS, 3).isEnough, false)
  },
)

t.test('product.md 3.E from raised over seen and answered to steady and settled', async (t) => {
  const { say, alarm } = story()
  const id = say(ALICE, raise())
  const state = () => alarmSummary(alarm(id), SEATS).state

  t.equal(state(), 'raised')
  say(BOB, seen(id))
  t.equal(state(), 'seen')
  say(BOB, onIt(id, 'I walk over', { takes: ['come'] }))
  t.equal(state(), 'answered')
  say(CAROL, cannot(id))
  t.strictSame(alarmSummary(alarm(id), SEATS), {
    state: 'answered',
    seen: 2,
    seenNeeded: 2,
    isEnough: true,
    members: 5,
    onIt: [{ seat: BOB, what: 'I walk over', takes: ['come'], at: 3 * MINUTE, quietFrom: 63 * MINUTE }],
    cannot: [CAROL],
    stillNeeded: ['witness'],
    oneMoreFor: [],
  })
  say(BOB, to(id, 'steady'))
  t.equal(state(), 'answered')
  t.strictSame(alarmSummary(alarm(id), SEATS).oneMoreFor, ['steady'])
  say(ALICE, to(id, 'steady'))
  t.equal(state(), 'steady')
  say(ALICE, settle(id, 'won'))
  t.equal(state(), 'settled')
  t.strictSame(alarm(id).phase, { is: 'settled', outcome: 'won' })
})

t.test(
  'product.md 3.E a person counts once, with any number of phones, and not for their own alarm',
  async (t) => {
    const { say, alarm } = story()
    const id = say(ALICE, raise())
    for (const device of ['one', 'two', 'three']) say(BOB, onIt(id), { device })
    for (const device of ['one', 'two']) say(BOB, to(id, 'steady'), { device })
    for (const device of ['one', 'two']) say(BOB, settle(id, 'lost'), { device })
    say(ALICE, onIt(id))

    const summary = alarmSummary(alarm(id), SEATS)
    t.equal(summary.seen, 1)
    t.equal(summary.onIt.length, 1)
    t.equal(summary.state, 'answered')
  },
)

t.test('product.md 3.E seeing it later does not take back an answer; "I cannot" does', async (t) => {
  const { say, alarm } = story()
  const id = say(ALICE, raise())
  say(BOB, onIt(id))
  say(BOB, to(id, 'steady'))
  say(BOB, settle(id, 'lost'))
  say(BOB, seen(id))
  t.equal(alarm(id).answers.get(BOB)?.answer, 'on_it')

  say(BOB, cannot(id))
  t.strictSame(alarm(id).steadyBy, [])
  t.equal(alarm(id).closings.size, 0)
  say(CAROL, onIt(id))
  say(CAROL, settle(id, 'lost'))
  t.equal(alarm(id).phase.is, 'open')
})

t.test('product.md 3.E steady needs two, each the raiser or on it', async (t) => {
  const { say, alarm } = story()
  const id = say(ALICE, raise())
  say(ALICE, to(id, 'steady'))
  say(BOB, to(id, 'steady'))
  say(CAROL, to(id, 'steady'))
  t.equal(alarm(id).phase.is, 'open')

  say(BOB, onIt(id))
  say(BOB, to(id, 'steady'))
  t.equal(alarm(id).phase.is, 'steady')
})

t.test('product.md 3.E closing is for the raiser, or for two who are on it and agree', async (t) => {
  for (const close of [settle, falseAlarm]) {
    const { say, alarm } = story()
    const id = say(ALICE, raise())
    for (const seat of [BOB, CAROL]) say(seat, onIt(id))
    say(DORA, close(id, 'won'))
    say(EMIL, close(id, 'won'))
    say(BOB, close(id, 'won'))
    t.equal(alarm(id).phase.is, 'open', 'one of them, and two bystanders')
    say(CAROL, settle(id, 'lost'))
    t.equal(alarm(id).phase.is, 'open', 'two who name different ends')
    say(CAROL, close(id, 'won'))
    t.equal(alarm(id).phase.is, close === settle ? 'settled' : 'false_alarm')

    const own = story()
    const other = own.say(ALICE, raise())
    own.say(ALICE, close(other, 'won'))
    t.equal(own.alarm(other).phase.is, close === settle ? 'settled' : 'false_alarm')
  }
})

t.test('product.md 3.E a closed alarm changes no more until somebody opens it again', async (t) => {
  const { say, alarm, now } = story()
  const id = say(ALICE, raise())
  say(BOB, onIt(id))
  say(BOB, to(id, 'steady'))
  say(ALICE, settle(id, 'won'))
  const before = alarm(id)
  for (const content of [onIt(id), cannot(id), to(id, 'steady'), to(id, 'cancelled'), falseAlarm(id)]) {
    say(ALICE, content)
    say(CAROL, content)
  }
  say(ALICE, update(id, { severity: 'note', needs: [] }))
  t.strictSame({ ...alarm(id), notes: [] }, { ...before, notes: [] })
  t.strictSame(liveAlarms(now()), [])

  say(DORA, to(id, 'reopened'))
  t.strictSame(alarm(id).phase, { is: 'open' })
  t.equal(alarm(id).answers.size + alarm(id).steadyBy.length, 0, 'everybody answers anew')
  t.equal(alarm(id).timesReopened, 1)
  say(DORA, to(id, 'reopened'))
  t.equal(alarm(id).timesReopened, 1, 'an open one is not opened')
})

t.test(
  'product.md 3.E a cancelled alarm stays in view until somebody else has spoken to the raiser',
  async (t) => {
    const { say, alarm, now } = story()
    const id = say(ALICE, raise())
    say(BOB, to(id, 'cancelled'))
    t.equal(alarm(id).phase.is, 'open', 'nobody cancels for another')
    say(BOB, to(id, 'spoken_to'))
    t.equal(alarm(id).phase.is, 'open')

    say(ALICE, to(id, 'cancelled'))
    say(ALICE, to(id, 'spoken_to'))
    say(ALICE, settle(id, 'won'))
    t.equal(alarmSummary(alarm(id), SEATS).state, 'cancelled')
    t.equal(liveAlarms(now()).length, 1)

    say(CAROL, to(id, 'spoken_to'))
    say(DORA, to(id, 'spoken_to'))
    t.strictSame(alarm(id).phase, { is: 'cancelled', spokenTo: CAROL })
    t.equal(alarmSummary(alarm(id), SEATS).state, 'spoken_to')
    t.strictSame(liveAlarms(now()), [])
  },
)

t.test(
  'product.md 3.E severity goes down by the raiser or by two others, the milder of them, and never up',
  async (t) => {
    const { say, alarm } = story()
    const id = say(ALICE, raise({ severity: 'now' }))
    say(BOB, update(id, { severity: 'note' }))
    say(BOB, update(id, { severity: 'note' }))
    t.equal(alarm(id).severity, 'now')
    t.strictSame(alarmSummary(alarm(id), SEATS).oneMoreFor, ['lower'])
    say(CAROL, update(id, { severity: 'today' }))
    t.equal(alarm(id).severity, 'today')
    say(DORA, update(id, { severity: 'note' }))
    t.equal(alarm(id).severity, 'today', 'it takes two again')
    for (const seat of [ALICE, BOB, CAROL]) say(seat, update(id, { severity: 'now' }))
    t.equal(alarm(id).severity, 'today')
    say(ALICE, update(id, { severity: 'note' }))
    t.equal(alarm(id).severity, 'note')
  },
)

t.test(
  'product.md 3.E needs and kind are changed by the raiser or who is on it; a drill stays a drill',
  async (t) => {
    const { say, alarm } = story()
    const id = say(ALICE, raise())
    say(BOB, update(id, { needs: [], kind: 'fired' }))
    t.strictSame([alarm(id).kind, alarm(id).needs], ['called_in', ['come', 'witness']])
    say(BOB, onIt(id))
    say(BOB, update(id, { kind: 'fired' }))
    say(ALICE, update(id, { needs: ['lawyer'] }))
    t.strictSame([alarm(id).kind, alarm(id).needs], ['fired', ['lawyer']])
    say(ALICE, update(id, { kind: 'practice' }))
    t.equal(alarm(id).kind, 'fired')
    t.equal(alarm(id).notes.length, 4)
    t.equal(alarm(id).content.kind, 'called_in', 'what was raised can still be read')

    const drill = say(ALICE, raise({ kind: 'practice' }))
    say(ALICE, update(drill, { kind: 'fired' }))
    t.equal(alarm(drill).kind, 'practice')
  },
)

t.test(
  'product.md 3.E "on it" goes quiet an hour after the last word from them, and half a day for less urgent ones',
  async (t) => {
    for (const [severity, minutes] of [
      ['now', 60],
      ['today', 720],
      ['note', 720],
    ] as const) {
      const { say, alarm } = story()
      const id = say(ALICE, raise({ severity }))
      say(BOB, onIt(id))
      t.equal(alarmSummary(alarm(id), SEATS).onIt[0]?.quietFrom, (2 + minutes) * MINUTE)
      say(CAROL, update(id, {}))
      t.equal(alarmSummary(alarm(id), SEATS).onIt[0]?.quietFrom, (2 + minutes) * MINUTE, 'not by others')
      say(BOB, update(id, {}))
      t.equal(alarmSummary(alarm(id), SEATS).onIt[0]?.quietFrom, (4 + minutes) * MINUTE)
    }
  },
)

t.test('who has left is not counted, and what they said is still there', async (t) => {
  const { say, alarm, now } = story()
  say(BOB, { type: 'introduce', handle: 'bo' })
  const id = say(ALICE, raise())
  say(BOB, onIt(id))
  const rest = SEATS.filter((seat) => seat !== BOB)

  t.equal(alarmSummary(alarm(id), rest).seen, 0)
  t.equal(alarmSummary(alarm(id), rest).state, 'raised')
  t.equal(alarm(id).answers.size, 1)
  t.equal(nameOf(now(), BOB), 'bo')
})

t.test('alarms stand most urgent first, and then in the order raised', async (t) => {
  const { say, now } = story()
  const ids = (['note', 'now', 'today', 'now'] as const).map((severity) => say(ALICE, raise({ severity })))

  t.strictSame(
    liveAlarms(now()).map(({ id }) => id),
    [ids[1], ids[3], ids[2], ids[0]],
  )
})

t.test('a reply is attached to what stands before it; what comes later does not claim it', async (t) => {
  const { say, now } = story()
  const first = say(ALICE, post('shall we?'))
  const call = say(ALICE, raise())
  const yes = say(BOB, post('yes', first))
  const there = say(BOB, post('on my way', call))
  const early = say(CAROL, post('to what is not there', idOf(77)))
  say(DORA, post('and now is'), { id: idOf(77) })

  t.strictSame(
    repliesTo(now(), first).map(({ id }) => id),
    [yes],
  )
  t.strictSame(
    repliesTo(now(), call).map(({ id }) => id),
    [there],
  )
  t.strictSame(repliesTo(now(), idOf(77)), [])
  t.match(
    now().posts.find(({ id }) => id === early),
    { isReplyToUnseen: true, replyTo: undefined },
  )
})

t.test('handles: the latest counts, and look-alikes are never shown alone', async (t) => {
  const { say, now } = story()
  t.equal(nameOf(now(), ALICE), '#000000')
  t.equal(handleOf(now(), ALICE), undefined)
  say(ALICE, { type: 'introduce', handle: 'Anna' })
  say(BOB, { type: 'introduce', handle: 'bo' })
  t.equal(nameOf(now(), ALICE), 'Anna')
  for (const handle of ['anna', 'an na', '\uff21nna']) {
    say(BOB, { type: 'introduce', handle })
    t.strictSame(handleOf(now(), BOB), { handle, isClash: true })
    t.equal(nameOf(now(), ALICE), 'Anna#000000')
  }
  say(BOB, { type: 'introduce', handle: 'bo' })
  t.equal(nameOf(now(), ALICE), 'Anna')
})

t.test('D10 posts past their time go, and nobody writes one that stays for ever', async (t) => {
  const { say, now } = story()
  const times = [100, 900, 99_999, 300, 99_999, 800]
  const ids = times.map((at) => say(ALICE, post('x'), { at }))
  const [old, , , lateOld, future] = ids

  t.strictSame([...expired(now(), 500, 1000)], [old, lateOld, future])
  const kept = expire(now(), 500, 1000)
  t.equal(kept.posts.length, 3)
  t.equal(now().posts.length, 6, 'the fold itself forgets nothing')
  const resent = { id: old ?? '', seat: ALICE, device: 'd', order: 99, at: 100, content: post('x') }
  t.equal(apply(kept, resent).posts.length, 3, 'a resend brings nothing back')

  const liar = story()
  liar.say(ALICE, post('first'), { at: 99_999 })
  liar.say(BOB, post('second'), { at: 10 })
  t.equal(expire(liar.now(), 500, 1000).posts.length, 0)
  t.equal(expire(liar.now(), 5, 1000).posts.length, 2)

  const early = story()
  early.say(ALICE, post('before the clock of this device'), { at: 99_999 })
  t.equal(expire(early.now(), 500, 1000).posts.length, 1, 'a slow clock of the reader erases nothing')
})
