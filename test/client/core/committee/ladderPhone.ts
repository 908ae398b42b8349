/** One phone of one member as the ladder's tests play it: what is said reaches it at once, and it looks when it is told to. */
import type { AlarmContent } from '../../../../client/core/committee/alarmContent.ts'
import { apply, type Committee, emptyCommittee } from '../../../../client/core/committee/committee.ts'
import type { KnownContent } from '../../../../client/core/committee/content.ts'
import {
  type Listener,
  ladderOf,
  notRung,
  type Ringing,
  ring,
  type Wakes,
} from '../../../../client/core/committee/ladder.ts'
import { idOf, SEATS } from './arbitraries.ts'

export const [ALICE = '', BOB = '', CAROL = '', ME = '', EMIL = ''] = SEATS
export const MINUTE = 60_000
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR
/** Noon of some day, so that quiet hours are far away unless a test wants them. */
export const NOON = 20_000 * DAY + 12 * HOUR
export const AWAKE: Wakes = { quiet: undefined, forNow: false }

export const raise = (more: Partial<AlarmContent> = {}): KnownContent => ({
  type: 'alarm',
  kind: 'called_in',
  severity: 'now',
  facts: 'office, second floor',
  needs: [],
  about: { who: 'me' },
  namesAllowed: { team: true, committee: true, city: false, supporters: false, public: false },
  ...more,
})
export const seen = (alarm: string): KnownContent => ({ type: 'alarmAnswer', alarm, answer: 'seen' })
export const cannot = (alarm: string): KnownContent => ({ type: 'alarmAnswer', alarm, answer: 'cannot' })
export const onIt = (alarm: string): KnownContent => ({
  type: 'alarmAnswer',
  alarm,
  answer: 'on_it',
  what: 'I go',
})
export const to = (alarm: string, word: 'steady' | 'cancelled' | 'reopened'): KnownContent => ({
  type: 'alarmState',
  alarm,
  to: word,
})

/** One phone: what is said reaches it at once, and it looks when it is told to. */
export const phone = (wakes: Wakes = AWAKE, seat = ME) => {
  let committee: Committee = emptyCommittee
  let ringing: Ringing = notRung
  let order = 0
  const listener = (): Listener => ({ committee, members: SEATS, alarmSeen: 0, seat, wakes })
  const look = (minute: number, isUpToDate = true): readonly string[] => {
    const nowMs = NOON + minute * MINUTE
    const moment = { nowMs, hour: Math.floor(nowMs / HOUR) % 24, isUpToDate }
    const after = ring(ringing, listener(), moment)
    ringing = after.ringing
    return after.loud
  }
  return {
    say: (by: string, minute: number, content: KnownContent, clock = minute): string => {
      order++
      const said = { id: idOf(order), seat: by, device: by, order, content }
      committee = apply(committee, {
        ...said,
        at: NOON + clock * MINUTE,
        heardAt: NOON + minute * MINUTE,
      })
      return said.id
    },
    look,
    /** The minutes from `from` on in which something is loud, looking every minute. */
    loudIn: (from: number, until: number): readonly number[] => {
      const minutes = Array.from({ length: until - from }, (_, i) => from + i)
      return minutes.flatMap((minute) => look(minute).map(() => minute))
    },
    committee: () => committee,
    ladder: (alarm: string, minute: number) => {
      const found = committee.alarms.get(alarm)
      if (!found) throw new Error('no such alarm')
      return ladderOf(found, listener(), NOON + minute * MINUTE)
    },
  }
}
