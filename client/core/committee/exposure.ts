/**
 * What somebody who holds a phone could read on it (product.md 3.J, the last column of section 4): everything that is kept and
 * was said before it was cut off: a member's phone may have had all that a member may read. Numbers only. Not here:
 * which phone, since when and who did it (session/exposing.ts), sentences (the CLI's and the screens' own).
 */
import { isClosed } from './alarmLife.ts'
import type { Committee } from './committee.ts'
import { isOpen } from './motionLife.ts'

/** Kinds of content, in the order in which a report names them. Identifiers are for ever: they are stored. */
export const EXPOSED = [
  'posts',
  'files',
  'open_alarms',
  'closed_alarms',
  'open_motions',
  'decisions',
  'unity',
  'meetings',
  'roles',
  'concerns',
  'statements',
  'names',
  'profiles',
] as const
export type Exposed = (typeof EXPOSED)[number]

/** What to do now, in this order. */
export const EXPOSURE_STEPS = [
  /** Somebody may have spoken from it between losing it and cutting it off. */
  'doubt_words',
  /** A phone that came to the same member since is looked at face to face. */
  'look_at_new_phones',
  'compare_words',
  'tell_alarms',
  'change_places',
  'watch_motions',
  'pass_on_roles',
  'fetchable_files',
  'change_admission',
  'meet_owner',
] as const
export type ExposureStep = (typeof EXPOSURE_STEPS)[number]

export type Counted = { readonly [K in Exposed]: number }

/** `until`: when it was cut off, if it was; what was said later, by its author's clock, it never had. Names are not only what was said. */
export const exposedIn = (
  committee: Committee,
  { until = Number.POSITIVE_INFINITY }: { readonly until: number | undefined },
): Omit<Counted, 'names'> => {
  const before = <T extends { readonly at: number }>(all: Iterable<T>): readonly T[] =>
    [...all].filter(({ at }) => at <= until)
  const posts = before(committee.posts)
  const alarms = before(committee.alarms.values())
  const motions = before(committee.motions.values())
  const closed = alarms.filter(({ phase }) => isClosed(phase)).length
  const open = motions.filter(isOpen).length
  return {
    posts: posts.filter(({ file }) => file === undefined).length,
    files: posts.filter(({ file }) => file !== undefined).length,
    open_alarms: alarms.length - closed,
    closed_alarms: closed,
    open_motions: open,
    decisions: motions.length - open,
    unity: before(committee.unity.values()).length,
    meetings: before(committee.meetings.values()).length,
    roles: [...committee.terms.values()].filter(({ since, ended }) => since <= until && !ended).length,
    concerns: before(committee.concerns.values()).length,
    statements: before([...committee.statements.values()].flat()).length,
    profiles: committee.profiles.size,
  }
}

export type Lost = {
  readonly counted: Counted
  /** Said by that device from when it was reported until it was cut off. */
  readonly doubtful: number
  /** Devices of the same member that came since. */
  readonly newPhones: number
  /** Roles that the member holds. */
  readonly roles: number
  readonly hasOtherPhone: boolean
}

/** What follows, from what was on it. */
export const exposureSteps = (lost: Lost): readonly ExposureStep[] => {
  const { counted, doubtful, newPhones, roles, hasOtherPhone } = lost
  const is: Readonly<Record<ExposureStep, boolean>> = {
    doubt_words: doubtful > 0,
    look_at_new_phones: newPhones > 0,
    compare_words: true,
    tell_alarms: counted.open_alarms > 0,
    change_places: counted.meetings > 0,
    watch_motions: counted.open_motions > 0,
    pass_on_roles: roles > 0,
    fetchable_files: counted.files > 0,
    change_admission: true,
    meet_owner: !hasOtherPhone,
  }
  return EXPOSURE_STEPS.filter((step) => is[step])
}

/** Never on any phone but its owner's, or on none: what a report says was not lost. */
export const NEVER_EXPOSED = [
  'other_committees',
  'earlier_words',
  'later_words',
  'keys_of_others',
  'passphrases',
  'contacts',
  'evidence',
  'pledges',
] as const
export type NeverExposed = (typeof NEVER_EXPOSED)[number]
