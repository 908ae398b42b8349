/** The ladder by its own account (product.md 3.E and section 5): what is loud on one member's phone, minute by minute, whatever the others do. Whatever is said and when: ladderPlay.test.ts. */
import t from 'tap'
import type { AlarmContent } from '../../../../client/core/committee/alarmContent.ts'
import type { KnownContent } from '../../../../client/core/committee/content.ts'
import { isQuiet, MOST_LOUD } from '../../../../client/core/committee/ladder.ts'
import { idOf } from './arbitraries.ts'
import {
  ALICE,
  AWAKE,
  BOB,
  CAROL,
  cannot,
  EMIL,
  ME,
  MINUTE,
  NOON,
  onIt,
  phone,
  raise,
  seen,
  to,
} from './ladderPhone.ts'

t.test(
  'product.md 3.E NOW is loud at 0, 3, 8, 15, 30 and 60 minutes, TODAY by hours, NOTE never',
  async () => {
    const now = phone()
    const id = now.say(ALICE, 0, raise())
    const next = [0, 14, 59, 60].map((minute) => now.ladder(id, minute).nextAt)
    t.strictSame(next, [...[3, 15, 60].map((minute) => NOON + minute * MINUTE), undefined], 'and says when')
    t.strictSame(now.loudIn(0, 3 * 24 * 60), [0, 3, 8, 15, 30, 60])
    const today = phone()
    today.say(ALICE, 0, raise({ severity: 'today' }))
    t.strictSame(today.loudIn(0, 3 * 24 * 60), [0, 60, 240, 720])
    const note = phone()
    note.say(ALICE, 0, raise({ severity: 'note' }))
    t.strictSame(note.loudIn(0, 3 * 24 * 60), [])
    const raiser = phone(AWAKE, ALICE)
    raiser.say(ALICE, 0, raise())
    t.strictSame(raiser.loudIn(0, 90), [], 'nobody is woken by an alarm of their own')
  },
)

t.test(
  'product.md 3.E who has answered is left alone, and so is everybody once enough have and one is on it',
  async () => {
    const mine = phone()
    const id = mine.say(ALICE, 0, raise())
    mine.look(0)
    mine.say(ME, 1, seen(id))
    t.strictSame(mine.loudIn(1, 120), [])
    const others = phone()
    const other = others.say(ALICE, 0, raise())
    others.look(0)
    others.say(BOB, 1, onIt(other))
    t.strictSame(others.loudIn(1, 5), [3], 'one is on it, and two have to have seen it')
    others.say(CAROL, 5, seen(other))
    t.strictSame(others.loudIn(5, 60), [])
  },
)

t.test(
  'product.md 3.E "I am on it" runs out after an hour without a word, and the ladder begins again',
  async () => {
    const { say, look, loudIn, ladder } = phone()
    const id = say(ALICE, 0, raise())
    look(0)
    say(BOB, 1, onIt(id))
    say(ME, 2, seen(id))
    t.strictSame(loudIn(2, 61), [])
    t.strictSame(loudIn(61, 190), [61, 66, 73, 88, 118], 'also for who had seen it: they relied on somebody')
    t.equal(ladder(id, 62).isAskedAgain, true)
    const again = phone()
    const other = again.say(ALICE, 0, raise())
    again.look(0)
    again.say(BOB, 1, onIt(other))
    again.say(CAROL, 1, seen(other))
    again.say(BOB, 50, { type: 'alarmUpdate', alarm: other, text: 'nearly there' })
    t.strictSame(again.loudIn(50, 110), [], 'a word counts as long as the answer')
    again.say(BOB, 111, cannot(other))
    t.strictSame(again.loudIn(112, 114), [112], 'and so does giving it up')
  },
)

t.test('product.md 3.E a clock that lies about "on it" or about raising keeps nobody asleep', async () => {
  const { say, look, loudIn } = phone()
  look(-1)
  const id = say(ALICE, 0, raise(), -3 * 24 * 60)
  t.strictSame(
    loudIn(0, 4),
    [0, 2],
    'it cannot have been raised days ago: nobody had heard of it a minute ago',
  )
  say(BOB, 4, onIt(id), 100_000)
  say(CAROL, 4, seen(id))
  t.strictSame(loudIn(5, 69), [64], 'an hour from when it was heard')
  const early = phone()
  early.look(-1)
  early.say(ALICE, 0, raise(), 100_000)
  t.strictSame(early.loudIn(0, 4), [0, 3])
})

t.test('section 5 an alarm of yesterday that comes with the next line to the relay is not loud', async () => {
  const { say, look } = phone()
  look(-3 * 24 * 60)
  say(ALICE, 0, raise(), -25 * 60)
  t.strictSame(look(0), [])
})

t.test(
  'section 5 quiet hours hold back, and lose nothing; NOW passes them where the member agreed',
  async () => {
    const quiet = { from: 22, to: 6 }
    const night = 11 * 60
    const asleep = phone({ quiet, forNow: false })
    asleep.say(ALICE, night, raise())
    asleep.say(ALICE, night, raise({ severity: 'today' }))
    t.strictSame(asleep.loudIn(night, night + 9 * 60), [18 * 60, 18 * 60])
    const wakes = phone({ quiet, forNow: true })
    wakes.say(ALICE, night, raise())
    wakes.say(BOB, night, raise({ severity: 'today' }))
    wakes.say(BOB, night, raise({ kind: 'practice' }))
    t.strictSame(
      wakes.loudIn(night, night + 16),
      [0, 3, 8, 15].map((minute) => night + minute),
    )
    t.equal(isQuiet({ from: 6, to: 6 }, 6), false)
    t.strictSame(
      [0, 1, 5, 6].map((hour) => isQuiet({ from: 1, to: 6 }, hour)),
      [false, true, true, false],
    )
  },
)

t.test('section 5 at most ten a day, except what is NOW and about this member', async () => {
  const { say, loudIn } = phone()
  say(ME, 0, { type: 'introduce', handle: 'Dora' })
  for (const by of [ALICE, BOB, CAROL]) for (let i = 0; i < 3; i++) say(by, 0, raise())
  t.equal(loudIn(0, 100).length, MOST_LOUD.ofAll)
  say(EMIL, 100, raise())
  t.strictSame(loudIn(100, 110), [])
  say(EMIL, 110, raise({ about: { who: 'named', handle: 'Dora' } }))
  t.strictSame(loudIn(110, 114), [110, 113])
  const calm = phone()
  for (let i = 0; i < 3; i++) calm.say(ME, 2, cannot(calm.say(ALICE, i, raise())))
  calm.say(ALICE, 10, raise())
  t.strictSame(calm.loudIn(10, 100), [10, 70], 'from the fourth NOW of one member on: as loud as TODAY')
})

t.test('product.md 3.E over, taken back or steady: silent; opened again: from the beginning', async () => {
  const { say, look, loudIn } = phone()
  const id = say(ALICE, 0, raise())
  look(0)
  say(ALICE, 1, to(id, 'cancelled'))
  t.strictSame(loudIn(1, 10), [])
  say(BOB, 10, to(id, 'reopened'))
  t.strictSame(loudIn(10, 20), [10, 13, 18])
})

t.test(
  'product.md 3.E joined alarms ring once: by the raiser, or two others alike; never into practice or what is over',
  async () => {
    const { say, look, loudIn, committee, ladder } = phone()
    const one = say(ALICE, 0, raise({ place: 'gate' }))
    const two = say(BOB, 1, raise({ place: 'gate' }))
    const drill = say(EMIL, 1, raise({ kind: 'practice' }))
    look(1)
    t.strictSame(ladder(two, 1).like, [one])
    const join = (alarm: string, into: string): KnownContent => ({
      type: 'alarmState',
      alarm,
      to: 'joined',
      into,
    })
    say(CAROL, 2, join(two, one))
    say(BOB, 2, join(two, drill))
    say(BOB, 2, join(two, two))
    t.equal(committee().alarms.get(two)?.phase.is, 'open')
    say(EMIL, 2, join(two, one))
    t.strictSame(committee().alarms.get(two)?.phase, { is: 'joined', into: one })
    say(EMIL, 2, join(one, two))
    say(ALICE, 2, join(one, two))
    t.equal(committee().alarms.get(one)?.phase.is, 'open', 'not into what goes on elsewhere')
    say(EMIL, 2, to(drill, 'cancelled'))
    t.strictSame(loudIn(2, 5), [3], 'one alarm, not two')
  },
)

t.test(
  'section 5 single alarms are silent only while an alarm of many is being answered by enough',
  async () => {
    const { say, look, loudIn } = phone()
    const many = say(EMIL, 0, raise({ kind: 'many_hit' }))
    look(0)
    say(ME, 1, seen(many))
    const single = say(ALICE, 2, raise())
    t.strictSame(loudIn(2, 4), [2], 'whoever says alone that many are hit silences nobody')
    say(BOB, 4, onIt(many))
    t.strictSame(loudIn(4, 30), [])
    say(EMIL, 30, to(many, 'cancelled'))
    t.equal(loudIn(30, 32).length, 1)
    t.ok(single)
  },
)

t.test(
  'section 8 the screen says when to call, when nobody answered, and when nothing was heard for a day',
  async () => {
    const { say, ladder } = phone(AWAKE, ALICE)
    const id = say(ALICE, 0, raise())
    t.strictSame(
      [7, 8, 29, 30].map((minute) => ladder(id, minute).isCalling),
      [false, true, true, true],
    )
    t.strictSame(
      [29, 30].map((minute) => ladder(id, minute).isNobody),
      [false, true],
    )
    t.strictSame(ladder(id, 1).silent, [BOB, CAROL, ME, EMIL])
    t.strictSame(
      [23 * 60, 24 * 60].map((minute) => ladder(id, minute).isStale),
      [false, true],
    )
  },
)

t.test('product.md 3.E a phone whose clock is set back rings again, and forgets nothing', async () => {
  const ahead = phone()
  ahead.look(999)
  ahead.say(ALICE, 0, raise())
  t.equal(ahead.look(1000).length, 1)
  t.strictSame(ahead.loudIn(0, 10), [3, 8])
  const alone = phone()
  alone.look(900)
  alone.look(0, false)
  alone.say(ALICE, 50, raise())
  t.strictSame(alone.loudIn(100, 170), [100, 110], 'asked at 50, whatever the clock said before')
})

t.test('section 5 what was said while a phone had no line is as old as it says', async () => {
  const { say, look, loudIn } = phone()
  look(0)
  look(100, false)
  say(ALICE, 50, raise())
  t.strictSame(loudIn(120, 200), [120])
})

t.test(
  'section 5 three alarms of one member a day are NOW: earlier ones stay so, practice does not count',
  async () => {
    const { say, loudIn } = phone()
    for (let i = 0; i < 3; i++) say(ALICE, i, raise({ kind: 'practice', severity: 'now' }))
    for (const id of [1, 2, 3]) say(ME, 3, cannot(idOf(id)))
    say(ALICE, 10, raise())
    t.strictSame(loudIn(10, 20), [10, 13, 18])
    const four = phone()
    four.say(ALICE, 0, raise())
    for (let i = 0; i < 3; i++) four.say(ME, 1, cannot(four.say(ALICE, 1, raise())))
    t.strictSame(four.loudIn(1, 10), [1, 3, 8], 'the first of four')
    const later = phone()
    for (let i = 0; i < 3; i++) later.say(ME, 1, cannot(later.say(ALICE, 0, raise())))
    later.say(ALICE, 25 * 60, raise())
    t.strictSame(later.loudIn(25 * 60, 25 * 60 + 5), [25 * 60, 25 * 60 + 3])
  },
)

t.test(
  'section 5 an answered alarm of many holds back neither earlier, nor more urgent, nor another of many',
  async () => {
    const withMany = (many: Partial<AlarmContent>, single: Partial<AlarmContent>, isFirst = false) => {
      const { say, loudIn } = phone()
      if (isFirst) say(ALICE, 0, raise(single))
      const id = say(EMIL, 0, raise({ kind: 'many_hit', ...many }))
      say(BOB, 0, onIt(id))
      say(CAROL, 0, seen(id))
      if (!isFirst) say(ALICE, 0, raise(single))
      return loudIn(0, 5)
    }
    t.strictSame(withMany({}, {}), [])
    t.strictSame(withMany({}, {}, true), [0, 3])
    t.strictSame(withMany({ severity: 'today' }, {}), [0, 3])
    t.strictSame(withMany({}, { kind: 'many_hit' }), [0, 3])
  },
)

t.test('section 5 what is NOW and about this member is counted apart; practice is not', async () => {
  const about = { who: 'named', handle: 'Dora' } as const
  const { say, loudIn, look } = phone()
  say(ME, 0, { type: 'introduce', handle: 'Dora' })
  say(ALICE, 0, raise({ about }))
  say(BOB, 0, raise({ about }))
  t.equal(loudIn(0, 100).length, 12)
  for (const by of [CAROL, EMIL]) say(by, 100, raise())
  t.equal(loudIn(100, 200).length, 10)
  say(BOB, 200, raise({ about, kind: 'practice' }))
  t.strictSame(look(200), [])
  const other = phone()
  other.say(ALICE, 0, raise({ about: { who: 'named', handle: 'Dory', seat: ME } }))
  for (let i = 0; i < 2; i++) other.say([BOB, CAROL][i] ?? BOB, 0, raise())
  t.ok(other.loudIn(0, 100).length > MOST_LOUD.ofAll, 'also under the name that they joined under')
})

t.test('product.md 3.E who cannot is left alone in the second round, too', async () => {
  const { say, loudIn } = phone()
  const id = say(ALICE, 0, raise())
  say(BOB, 1, onIt(id))
  say(CAROL, 1, seen(id))
  say(ME, 2, cannot(id))
  t.strictSame(loudIn(2, 130), [])
})

t.test('section 8 whom the screen tells to call, and what it offers to join', async () => {
  const mine = phone()
  const id = mine.say(ALICE, 0, raise({ place: 'gate' }))
  t.strictSame(
    [8, 29, 30].map((minute) => mine.ladder(id, minute).isCalling),
    [false, false, true],
    'everybody, when nobody is on it',
  )
  const today = mine.say(BOB, 0, raise({ severity: 'today', place: 'gate', kind: 'fired' }))
  t.equal(mine.ladder(today, 20 * 60).isNobody, false)
  const like = mine.say(BOB, 29, raise({ place: 'gate' }))
  mine.say(CAROL, 29, raise({ place: 'yard' }))
  mine.say(EMIL, 30, raise({ place: 'gate' }))
  t.strictSame(mine.ladder(id, 31).like, [like], 'not of another kind or place, nor half an hour later')
  mine.say(BOB, 20 * 60, { type: 'alarmUpdate', alarm: id, text: 'still there' })
  t.equal(mine.ladder(id, 24 * 60).isStale, false, 'a word about it was heard')
  t.equal(mine.ladder(id, 44 * 60).isStale, true)
  mine.say(BOB, 45 * 60, onIt(id))
  mine.say(CAROL, 45 * 60, seen(id))
  t.equal(mine.ladder(id, 45 * 60).isCalling, false)
  mine.say(ALICE, 46 * 60, to(id, 'cancelled'))
  t.equal(mine.ladder(id, 99 * 60).isStale, false, 'it is over')
})

t.test('3.E who says it late that they are no longer on it rings nobody a second time', async (t) => {
  const device = phone()
  const id = device.say(ALICE, 0, raise())
  device.say(BOB, 0, onIt(id))
  device.say(EMIL, 0, seen(id))
  t.strictSame(device.loudIn(0, 62), [60], 'Bob was not heard of for an hour')
  device.say(BOB, 62, cannot(id))
  t.strictSame(device.loudIn(62, 66), [65], 'the round that began then goes on')
})
