/**
 * What this phone does about alarms besides showing them: it is loud when the ladder says so (committee/ladder.ts), never more than its owner agreed to, and knows
 * whom to call. All of it stays on this phone. Not here: the sound itself.
 */
import { err, ok, type Result } from '../../../shared/base/result.ts'
import { type Listener, notRung, type Quiet, type Ringing, ring, type Wakes } from '../committee/ladder.ts'
import { isOneLine } from '../committee/plainText.ts'
import type { Turns } from '../vault/turns.ts'
import type { Book } from './book.ts'
import { type Call, type Care, MOST_CALLS } from './care.ts'
import { MINE } from './joinings.ts'
import type { Keeper } from './upkeep.ts'
import type { CommitteeView } from './view.ts'

const MAX_CALL_CHARACTERS = 40
/** How often the last look is written down, when nothing else has changed. */
const WRITE_MS = 10 * 60_000

export type RingingView = {
  readonly wakes: Wakes
  /** Whether the hours are this member's own, and not the committee's. */
  readonly hasOwnHours: boolean
  readonly calls: readonly Call[]
}

export type RingingCommands = {
  readonly ringing: () => RingingView
  /** The alarms that are to be loud now: each is said once, and counts. `hour`: 0 to 23, where the phone is. */
  readonly ring: (hour: number) => Promise<readonly string[]>
  /** `quiet` undefined: the committee's hours; `none`: no quiet hours. `forNow`: "wake me for NOW". */
  readonly setWakes: (wakes: {
    readonly quiet: Quiet | 'none' | undefined
    readonly forNow: boolean
  }) => Promise<Result<undefined, 'no_such_hour'>>
  /** Whom to call when nobody answers. */
  readonly setCalls: (calls: readonly Call[]) => Promise<Result<undefined, 'too_many' | 'bad_call'>>
}

type Around = {
  readonly keeper: Keeper
  readonly turns: Turns
  readonly view: () => CommitteeView
  /** Everything is known that was said. */
  readonly isUpToDate: () => boolean
}

const nothing: Care = { hasOwnHours: false, quiet: undefined, forNow: false, calls: [] }

export const ringingCommands = ({ keeper, turns, view, isUpToDate }: Around): RingingCommands => {
  const { book, clock } = keeper
  const careNow = (): Care => book.cares.get(MINE) ?? nothing
  const change = async (care: Partial<Care>): Promise<void> => {
    book.cares.put(MINE, { ...careNow(), ...care })
    await book.save()
  }
  return {
    ringing: () => ringingOf(book, careNow()),
    ring: (hour) =>
      turns.next(async () => {
        if (book.own().status !== 'member') return []
        const before = book.ringings.get(MINE) ?? notRung
        const listener = { ...listenerOf(view()), wakes: ringingOf(book, careNow()).wakes }
        const moment = { nowMs: clock(), hour, isUpToDate: isUpToDate() }
        const { ringing, loud } = ring(before, listener, moment)
        if (loud.length > 0 || isWorthWriting(before, ringing)) {
          book.ringings.put(MINE, ringing)
          await book.save()
        }
        return loud
      }),
    setWakes: ({ quiet, forNow }) =>
      turns.next(async () => {
        const hours = quiet === 'none' ? undefined : quiet
        if (hours && ![hours.from, hours.to].every(isHour)) return err('no_such_hour')
        await change({ hasOwnHours: quiet !== undefined, quiet: hours, forNow })
        return ok(undefined)
      }),
    setCalls: (calls) =>
      turns.next(async () => {
        if (calls.length > MOST_CALLS) return err('too_many')
        if (!calls.every(({ name, number }) => isCallLine(name) && isCallLine(number))) return err('bad_call')
        await change({ calls })
        return ok(undefined)
      }),
  }
}

const ringingOf = (book: Book, { hasOwnHours, quiet, forNow, calls }: Care): RingingView => ({
  wakes: { quiet: hasOwnHours ? quiet : book.newest().charter.quiet, forNow },
  hasOwnHours,
  calls,
})

export const listenerOf = ({ committee, members, charter, own }: CommitteeView): Omit<Listener, 'wakes'> => ({
  committee,
  members: members.map(({ seat }) => seat),
  alarmSeen: charter.alarmSeen,
  seat: own.seat,
})

const isWorthWriting = (before: Ringing, now: Ringing): boolean =>
  now.born.length !== before.born.length ||
  now.born.some((one, i) => one.askedAt !== before.born[i]?.askedAt) ||
  Math.abs(now.lookedAt - before.lookedAt) > WRITE_MS

const isHour = (hour: number): boolean => Number.isInteger(hour) && hour >= 0 && hour < 24

const isCallLine = (line: string): boolean =>
  line.length > 0 && line.length <= MAX_CALL_CHARACTERS && isOneLine(line)
