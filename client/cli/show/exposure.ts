/** An exposure report as people read it: what was on a phone, what was not, and what to do now. */
import type { Exposed, ExposureStep, NeverExposed } from '../../core/committee/exposure.ts'
import type { Exposure } from '../../core/session/exposing.ts'
import { type Names, plainNamesIn } from '../../core/session/names.ts'
import type { CommitteeView } from '../../core/session/view.ts'
import { namesIn } from './names.ts'
import { shortPhones } from './phones.ts'
import { countOf, momentOf } from './time.ts'

const KINDS: Readonly<Record<Exposed, readonly [one: string, several: string]>> = {
  posts: ['message', 'messages'],
  files: ['file with its keys', 'files with their keys'],
  open_alarms: ['open alarm', 'open alarms'],
  closed_alarms: ['alarm that is over', 'alarms that are over'],
  open_motions: ['open motion', 'open motions'],
  decisions: ['motion that is decided, with who voted how', 'motions that are decided, with who voted how'],
  unity: ['point of unity', 'points of unity'],
  meetings: ['meeting, with its place and notes', 'meetings, with their places and notes'],
  roles: ['role and who holds it', 'roles and who holds them'],
  concerns: ['concern about a member', 'concerns about members'],
  statements: ['statement of a member', 'statements of members'],
  names: ['name that a member uses here', 'names that members use here'],
  profiles: ['page of a member about themselves', 'pages of members about themselves'],
}

const NEVER: Readonly<Record<NeverExposed, string>> = {
  other_committees: 'anything of a committee that its owner is not in',
  earlier_words: 'what was said here before its owner came, unless somebody said it again',
  later_words: 'what is said after it was cut off',
  keys_of_others: 'anybody else’s keys: nobody can speak in your name with it',
  passphrases: 'passphrases',
  contacts: 'contacts: this committee keeps none here',
  evidence: 'evidence: this committee keeps none here',
  pledges: 'pledges: this committee keeps none here',
}

const STEPS: Readonly<Record<ExposureStep, string>> = {
  doubt_words: 'Doubt what was written with it since it was reported: ask in person.',
  look_at_new_phones: 'Another phone of the same member came since: see it in their hand, or cut it off too.',
  compare_words: 'Compare the four words with everybody at the next meeting: `npx tocsin words`.',
  tell_alarms: 'Tell whoever raised an open alarm: place, phrase and how to reach them may be known.',
  change_places: 'Meet somewhere else, at another time.',
  watch_motions: 'Whoever holds it knows what you are voting on: ask whether that can wait.',
  pass_on_roles: 'Its owner holds a role: let somebody else do it until they are back.',
  fetchable_files: 'Its files can be fetched until their days are over: take for granted that they were.',
  change_admission: 'Ask whoever runs the relay to change its admission secret: it was on the phone.',
  meet_owner: 'Two of you meet its owner, who has no phone now: `npx tocsin rejoin invite`.',
}

const whenWords = (one: Exposure, names: Names, now: number): readonly string[] => {
  const { cutOff, since, heardAt, reportedAt } = one
  const by = cutOff?.by === undefined ? 'its owner' : names(cutOff.by)
  return [
    cutOff
      ? `  Cut off by ${by}${cutOff.at === 0 ? '' : ` at ${momentOf(cutOff.at, now)}`}.`
      : '  NOT CUT OFF: it reads what is written now. `npx tocsin phone cut-off` ends that.',
    ...(reportedAt === undefined ? [] : [`  Reported taken at ${momentOf(reportedAt, now)}.`]),
    ...(since === undefined ? [] : [`  It was here since ${momentOf(since, now)}.`]),
    ...(heardAt === undefined ? [] : [`  Last heard at ${momentOf(heardAt, now)}.`]),
  ]
}

export const exposureLines = (view: CommitteeView, one: Exposure, now: number): readonly string[] => {
  const kinds = Object.entries(one.counted).flatMap(([kind, n]) =>
    n > 0 ? [`    ${countOf(n, ...KINDS[kind as Exposed])}`] : [],
  )
  return [
    `The phone ${shortPhones(view)(one.device)} of ${namesIn(view)(one.seat)}:`,
    ...whenWords(one, namesIn(view), now),
    one.isFrozen
      ? '  Who opens it can read, at most, what was here when it was cut off:'
      : '  Who opens it can read, at most, as far as this device still knows:',
    ...(kinds.length > 0 ? kinds : ['    nothing']),
    '    the rules of the committee, and where its relay is',
    '  Never on it:',
    ...one.never.map((kind) => `    ${NEVER[kind]}`),
    '  Do now:',
    ...one.steps.map((step, i) => `    ${i + 1}. ${STEPS[step]}`),
  ]
}

const isoOf = (ms: number | undefined): string | null =>
  ms === undefined ? null : new Date(ms).toISOString()

export const exposureJson = (view: CommitteeView, one: Exposure): object => {
  const names = plainNamesIn(view)
  const { cutOff } = one
  return {
    phone: one.device,
    seat: one.seat,
    handle: names(one.seat),
    cutOff: cutOff ? { at: isoOf(cutOff.at), by: cutOff.by ? names(cutOff.by) : null } : null,
    reportedAt: isoOf(one.reportedAt),
    since: isoOf(one.since),
    heardAt: isoOf(one.heardAt),
    onIt: one.counted,
    isFrozen: one.isFrozen,
    neverOnIt: one.never,
    doNow: one.steps,
  }
}
