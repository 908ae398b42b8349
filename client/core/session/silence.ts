/** How long ago somebody was heard, as people say it and in no more detail: a phone in the wrong hands need not know hours. Not here: what was heard (lastHeard.ts). */
import type { PhonesView } from './phones.ts'

const DAY_MS = 86_400_000
/** From a week on it is the silence that is told. */
const LONG_DAYS = 7

/** `days`: by the calendar, before today. */
export type Silence =
  | { readonly is: 'never' }
  | { readonly is: 'today' }
  | { readonly is: 'this_week' | 'longer'; readonly days: number }

/** `midnightOf`: when the day of a moment began where the reader is. What a clock that was set back has not lived yet, is today. */
export const silenceSince = (
  at: number | undefined,
  nowMs: number,
  midnightOf: (ms: number) => number,
): Silence => {
  if (at === undefined) return { is: 'never' }
  const days = Math.round((midnightOf(nowMs) - midnightOf(at)) / DAY_MS)
  if (days <= 0) return { is: 'today' }
  return { is: days < LONG_DAYS ? 'this_week' : 'longer', days }
}

/** From any of this member's phones; undefined if from none yet. */
export const heardAtOf = ({ devices }: Pick<PhonesView, 'devices'>): number | undefined => {
  const times = devices.flatMap(({ heardAt }) => heardAt ?? [])
  return times.length === 0 ? undefined : Math.max(...times)
}
