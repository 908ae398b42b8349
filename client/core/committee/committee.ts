/**
 * From what was said to what members see, as a pure fold. A function of the ordered sequence and of nothing else: no
 * clock, no settings, no roster. Whether an author was a member there and then is settled before (V rules and late entries,
 * protocol.md sections 6 and 7). Not here: what each area of committee life makes of it (its own file, one line in each of the
 * three lists below), words and counts for a screen (alarmSummary.ts, views.ts).
 */
import { type Alarms, alarms, noAlarms } from './alarm.ts'
import { type Takers, type Writable, writable } from './area.ts'
import { assembly } from './assembly.ts'
import { type Assembly, noAssembly } from './assemblyLife.ts'
import { type Calls, calls, noCalls } from './calls.ts'
import { type Checks, checks, noChecks } from './check.ts'
import { type CityLife, cityLife, noCityLife } from './cityLife.ts'
import { type Concerns, concerns, noConcerns } from './concern.ts'
import type { KnownContent } from './content.ts'
import { type Meetings, meetings, noMeetings } from './meeting.ts'
import { type Met, met, noMet } from './met.ts'
import { motions } from './motion.ts'
import { type Motions, noMotions } from './motionLife.ts'
import { noProfiles, type Profiles, profiles } from './profile.ts'
import { noPrograms, type Programs, programs } from './program.ts'
import { noRoles, type Roles, roles } from './roles.ts'
import type { Id, Said } from './said.ts'
import { noTalk, type Talk, talk } from './talk.ts'
import { noTickets, type Tickets, tickets } from './ticket.ts'
import { noUnity, type Unity, unity } from './unity.ts'

type Progress = {
  /** Order of the last thing said, -1 for nothing. */
  readonly last: number
  /** Ids of all that was said. */
  readonly ids: ReadonlySet<Id>
}

export type Committee = Progress &
  Talk &
  Alarms &
  Checks &
  Calls &
  Met &
  Unity &
  Meetings &
  Roles &
  Profiles &
  Programs &
  Tickets &
  Concerns &
  CityLife &
  Assembly &
  Motions

export const emptyCommittee: Committee = {
  last: -1,
  ids: new Set(),
  ...noTalk,
  ...noAlarms,
  ...noChecks,
  ...noCalls,
  ...noMet,
  ...noUnity,
  ...noMeetings,
  ...noRoles,
  ...noProfiles,
  ...noPrograms,
  ...noTickets,
  ...noConcerns,
  ...noCityLife,
  ...noAssembly,
  ...noMotions,
}

type Draft = Writable<Committee>

const takers: Takers<KnownContent['type'], Draft> = {
  ...talk,
  ...alarms,
  ...checks,
  ...calls,
  ...met,
  ...unity,
  ...meetings,
  ...roles,
  ...profiles,
  ...programs,
  ...tickets,
  ...concerns,
  ...motions,
  ...cityLife,
  ...assembly,
  partWays: () => undefined,
}

export const apply = (committee: Committee, said: Said): Committee => applyAll(committee, [said])

/**
 * Many at once: what a catch-up should call, since every call copies the committee once. A repeated id changes nothing.
 * Throws when something new does not come after everything known, because then the caller has lost the order.
 */
export const applyAll = (committee: Committee, sayings: readonly Said[]): Committee => {
  const draft = writable(committee)
  for (const said of sayings) {
    if (draft.ids.has(said.id)) continue
    if (said.order <= draft.last) throw new Error('said out of order')
    take(draft, said)
    draft.ids.add(said.id)
    draft.last = said.order
  }
  return draft
}

const take = (draft: Draft, said: Said): void => {
  const { type } = said.content
  if (type === 'unknown') return
  // The table is typed by its keys; that key and content belong together is lost in the lookup.
  const taker = takers[type] as (draft: Draft, said: Said) => void
  taker(draft, said)
}
