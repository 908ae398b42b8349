/** When somebody was last heard, as people say it. Silence is a signal (protocol.md 4.7): a phone that is online says something within two days. */
import { silenceSince } from '../../core/session/silence.ts'

/** By the days of this machine's calendar. */
export const heardWords = (at: number | undefined, nowMs: number): string => {
  const silence = silenceSince(at, nowMs, (ms) => new Date(ms).setHours(0, 0, 0, 0))
  if (silence.is === 'never') return 'nothing heard yet'
  if (silence.is === 'today') return 'heard today'
  if (silence.is === 'longer') return `not heard for ${silence.days} days`
  return silence.days === 1 ? 'heard yesterday' : `heard ${silence.days} days ago`
}
