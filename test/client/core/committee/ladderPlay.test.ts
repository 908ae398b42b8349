/** The ladder against a book of its own (product.md 3.E, section 5): never louder than allowed and never silent when it must not be, whatever is said and when. Minute by minute: ladder.test.ts. */
import * as fc from 'fast-check'
import t from 'tap'
import type { AlarmContent } from '../../../../client/core/committee/alarmContent.ts'
import type { KnownContent } from '../../../../client/core/committee/content.ts'
import { isQuiet, MOST_LOUD, type Wakes } from '../../../../client/core/committee/ladder.ts'
import { SEATS } from './arbitraries.ts'
import { AWAKE, ME, onIt, phone, raise, to } from './ladderPhone.ts'

type Move =
  | { readonly is: 'raise'; readonly by: string; readonly more: Partial<AlarmContent> }
  | {
      readonly is: 'answer'
      readonly by: string
      readonly with: 'seen' | 'on_it' | 'cannot'
      readonly of: number
    }
  | {
      readonly is: 'state'
      readonly by: string
      readonly to: 'steady' | 'cancelled' | 'reopened'
      readonly of: number
    }

const someSeat = fc.constantFrom(...SEATS)
const moves: fc.Arbitrary<readonly { readonly wait: number; readonly move: Move }[]> = fc.array(
  fc.record({
    wait: fc.oneof({ arbitrary: fc.nat(20), weight: 8 }, { arbitrary: fc.nat(400), weight: 2 }, fc.nat(900)),
    move: fc.oneof(
      fc.record({
        is: fc.constant('raise' as const),
        by: someSeat,
        more: fc.record({
          severity: fc.constantFrom('now' as const, 'now' as const, 'today' as const, 'note' as const),
          kind: fc.constantFrom('fired' as const, 'called_in' as const, 'practice' as const),
        }),
      }),
      fc.record({
        is: fc.constant('answer' as const),
        by: someSeat,
        with: fc.constantFrom('seen' as const, 'on_it' as const, 'cannot' as const),
        of: fc.nat(5),
      }),
      fc.record({
        is: fc.constant('state' as const),
        by: someSeat,
        to: fc.constantFrom('steady' as const, 'cancelled' as const, 'reopened' as const),
        of: fc.nat(5),
      }),
    ),
  }),
  { minLength: 1, maxLength: 25 },
)

/** Minutes (product.md 3.E): when it is loud, and how long "I am on it" holds. */
const STEPS = { now: [0, 3, 8, 15, 30, 60], today: [0, 60, 240, 720], note: [] } as const
const HOLDS = { now: 60, today: 720, note: 720 } as const
const severityOf = ({ more }: Pick<Raised, 'more'>): keyof typeof STEPS => more.severity ?? 'now'

type Raised = {
  readonly id: string
  readonly by: string
  readonly more: Partial<AlarmContent>
  readonly at: number
  askedAt: number
  readonly answers: Map<string, { with: string; at: number }>
  /** Minutes in which somebody was on it. */
  readonly held: Set<number>
  readonly rung: number[]
}

const contentOf = (alarm: string, answer: 'seen' | 'on_it' | 'cannot'): KnownContent =>
  answer === 'on_it' ? onIt(alarm) : { type: 'alarmAnswer', alarm, answer }

/** Plays the moves minute by minute, with its own book of who is on what; `check` is asked after each look. */
const play = (
  wakes: Wakes,
  list: readonly { readonly wait: number; readonly move: Move }[],
  check: (raised: readonly Raised[], minute: number, device: ReturnType<typeof phone>) => void,
): void => {
  const device = phone(wakes)
  const raised: Raised[] = []
  let minute = 0
  const pass = (): void => {
    for (const one of raised)
      if ([...one.answers.values()].some((a) => a.with === 'on_it' && minute < a.at + HOLDS[severityOf(one)]))
        one.held.add(minute)
    for (const id of device.look(minute)) raised.find((one) => one.id === id)?.rung.push(minute)
    check(raised, minute, device)
    minute++
  }
  for (const { wait, move } of [...list, { wait: 200, move: undefined }]) {
    if (move) act(device, raised, move, minute)
    for (let i = 0; i <= wait; i++) pass()
  }
}

const act = (device: ReturnType<typeof phone>, raised: Raised[], move: Move, minute: number): void => {
  if (move.is === 'raise') {
    const id = device.say(move.by, minute, raise(move.more))
    const fresh = { answers: new Map(), held: new Set<number>(), rung: [] }
    raised.push({ id, by: move.by, more: move.more, at: minute, askedAt: minute, ...fresh })
    return
  }
  const one = raised[move.of % Math.max(1, raised.length)]
  if (!one) return
  if (move.is === 'answer') {
    const before = one.answers.get(move.by)
    device.say(move.by, minute, contentOf(one.id, move.with))
    if (move.by === one.by || (move.with === 'seen' && before)) return
    one.answers.set(move.by, { with: move.with, at: minute })
    return
  }
  const wasOpen = device.committee().alarms.get(one.id)?.phase.is === 'open'
  device.say(move.by, minute, to(one.id, move.to))
  const own = one.answers.get(move.by)
  // What somebody says about it is a word from them.
  if (own?.with === 'on_it') one.answers.set(move.by, { ...own, at: minute })
  if (move.to !== 'reopened' || wasOpen) return
  one.askedAt = minute
  one.answers.clear()
  one.held.clear()
}

const someWakes = fc.record({
  quiet: fc.option(fc.record({ from: fc.nat(23), to: fc.nat(23) }), { nil: undefined }),
  forNow: fc.boolean(),
})

const isSince =
  (minute: number, ago: number) =>
  (at: number): boolean =>
    minute - at < ago

/** Since when the alarm waits for somebody, by a book of its own; undefined while enough have seen it and one is on it. */
const waitsSince = (one: Raised, minute: number): number | undefined => {
  const { answers, held, askedAt } = one
  const holds = HOLDS[severityOf(one)]
  const isHeld = [...answers.values()].some((a) => a.with === 'on_it' && minute < a.at + holds)
  const last = Math.max(-1, ...[...held].filter((at) => at < minute))
  if (isHeld) return answers.size < 2 ? askedAt : undefined
  return last >= askedAt ? last + 1 : askedAt
}

/** The step of the ladder that is reached, in minutes; from the second one on where somebody was on it and is not any more. */
const reached = (one: Raised, since: number, minute: number): number | undefined => {
  const steps: readonly number[] = STEPS[severityOf(one)]
  const from = since > one.askedAt ? since - (steps[1] ?? 0) : one.askedAt
  return steps.map((step) => from + step).findLast((at) => at <= minute)
}

/** From the fourth NOW of one member on, theirs are as loud as TODAY (ladder.test.ts). */
const isTooMany = (raised: readonly Raised[], { by }: Raised): boolean =>
  raised.filter((other) => other.by === by).length > 3

/** Loud although nobody need be asked, or twice at one step. */
const isBetweenSteps = (one: Raised, minute: number): boolean => {
  const since = waitsSince(one, minute)
  const at = since === undefined ? undefined : reached(one, since, minute)
  return at === undefined || one.rung.slice(0, -1).some((before) => before >= at)
}

/** Why one alarm should not have been loud in this minute. */
const tooLoud = (
  raised: readonly Raised[],
  one: Raised,
  minute: number,
  wakes: Wakes,
): string | undefined => {
  const { rung, by, more, askedAt } = one
  if (rung.at(-1) !== minute) return undefined
  const isMany = rung.filter(isSince(minute, 24 * 60)).length > MOST_LOUD.ofOneAlarm
  const mayWake = wakes.forNow && more.severity === 'now' && more.kind !== 'practice'
  const hour = (12 + Math.floor(minute / 60)) % 24
  const faults = [
    ['too often', isMany],
    ['between two steps, or while it is answered', !isTooMany(raised, one) && isBetweenSteps(one, minute)],
    ['not to be loud at all', by === ME || more.severity === 'note'],
    ['a day later', minute - askedAt >= 24 * 60],
    ['in quiet hours', isQuiet(wakes.quiet, hour) && !mayWake],
  ] as const
  return faults.find(([, isSo]) => isSo)?.[0]
}

t.test('section 5 never louder than allowed, whatever is said and when', async () => {
  await fc.assert(
    fc.property(someWakes, moves, (wakes, list) => {
      play(wakes, list, (raised, minute) => {
        const all = raised.flatMap(({ rung }) => rung)
        if (all.filter(isSince(minute, 24 * 60)).length > MOST_LOUD.ofAll) throw new Error('too many a day')
        for (const one of raised) {
          const fault = tooLoud(raised, one, minute, wakes)
          if (fault) throw new Error(fault)
        }
      })
    }),
    { numRuns: 150 },
  )
})

/** The minute from which on this phone must have been loud; undefined where it need not be. */
const mustBeLoudFrom = (one: Raised, minute: number): number | undefined => {
  const { answers, askedAt, rung, by, more } = one
  const isFree = more.severity === 'note' || by === ME || minute - askedAt >= 24 * 60
  const since = waitsSince(one, minute)
  if (isFree || since === undefined || rung.length >= MOST_LOUD.ofOneAlarm) return undefined
  const isAgain = since > askedAt
  const mine = answers.get(ME)
  if (mine && (mine.with === 'cannot' || !isAgain || mine.at >= since)) return undefined
  return reached(one, since, minute)
}

/** Alarms that are open, of members who have not raised too many. */
const openOf = (raised: readonly Raised[], device: ReturnType<typeof phone>): readonly Raised[] =>
  raised.filter(
    (one) => !isTooMany(raised, one) && device.committee().alarms.get(one.id)?.phase.is === 'open',
  )

t.test('product.md 3.E never silent when somebody has to be reached', async () => {
  let asked = 0
  const check = (one: Raised, minute: number): void => {
    const due = mustBeLoudFrom(one, minute)
    if (due === undefined) return
    asked++
    if (!one.rung.some((at) => at >= due)) throw new Error(`silent since ${due} at ${minute}`)
  }
  await fc.assert(
    fc.property(moves, (list) => {
      play(AWAKE, list, (raised, minute, device) => {
        const all = raised.flatMap(({ rung }) => rung)
        if (all.filter(isSince(minute, 24 * 60)).length >= MOST_LOUD.ofAll) return
        for (const one of openOf(raised, device)) check(one, minute)
      })
    }),
    { numRuns: 150 },
  )
  t.ok(asked > 1000, 'and that was asked often')
})
