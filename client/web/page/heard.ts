/** When a member was last heard, by the days of this device's calendar. Not here: the words. */
import type { PhonesView } from '../../core/session/phones.ts'
import { heardAtOf, type Silence, silenceSince } from '../../core/session/silence.ts'
import { now } from './clock.svelte.ts'

const midnightOf = (ms: number): number => new Date(ms).setHours(0, 0, 0, 0)

export const heardIn = (member: Pick<PhonesView, 'devices'>): Silence['is'] =>
  silenceSince(heardAtOf(member), now(), midnightOf).is
