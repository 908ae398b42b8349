/** When somebody was last heard, as people say it. Silence is a signal (protocol.md 4.7): a phone that is online says something within two days. */
import type { MemberView } from '../../core/session/view.ts'

const DAY_MS = 86_400_000
/** From a week on it is the silence that is told. */
const LONG_DAYS = 7

/** By the days of this machine's calendar. What a clock that was set back has not lived yet, is today. */
export const heardWords = (at: number | undefined, nowMs: number): string => {
  if (at === undefined) return 'nothing heard yet'
  const days = Math.round((midnightOf(nowMs) - midnightOf(at)) / DAY_MS)
  if (days <= 0) return 'heard today'
  if (days === 1) return 'heard yesterday'
  return days < LONG_DAYS ? `heard ${days} days ago` : `not heard for ${days} days`
}

const midnightOf = (ms: number): number => new Date(ms).setHours(0, 0, 0, 0)

/** From any of this member's phones; undefined if from none yet. */
export const heardAtOf = ({ devices }: Pick<MemberView, 'devices'>): number | undefined => {
  const times = devices.flatMap(({ heardAt }) => heardAt ?? [])
  return times.length === 0 ? undefined : Math.max(...times)
}
