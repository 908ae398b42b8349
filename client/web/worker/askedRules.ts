/** Texts and numbers of requests, and what rules have to look like that a page asks to change. Not here: their floors (client/core/governance). */
import * as v from 'valibot'
import { type Decisions, SHARES } from '../../core/committee/decisionRules.ts'
import type { CharterChange } from '../../core/governance/charterChange.ts'
import { LEVELS } from '../../core/governance/levels.ts'

/** Characters. Longer than anything that can be meant. */
const MAX_TEXT = 20_000
export const text = v.pipe(v.string(), v.maxLength(MAX_TEXT))
export const wholeNumber = (max: number) => v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(max))

const threshold = v.object({ count: wholeNumber(255), thirds: v.picklist([1, 2, 3]) })
const days = v.exactOptional(wholeNumber(3650))
const hour = wholeNumber(23)
const share = v.picklist(SHARES)
const pace = {
  discussHours: wholeNumber(0xff_ff),
  voteHours: wholeNumber(0xff_ff),
  urgentHours: wholeNumber(0xff_ff),
  ballot: v.picklist(['named', 'reserved']),
}
const paced = v.object(pace)
const rule = v.object({
  ...pace,
  quorum: share,
  carries: share,
  of: v.picklist(['cast', 'electorate']),
  atLeast: wholeNumber(255),
  blocks: v.boolean(),
})
const decisions = v.object({
  everyday: rule,
  admit: paced,
  remove: paced,
  elect: rule,
  recall: rule,
  item: rule,
  charter: paced,
  unity: rule,
  plan: rule,
  share: rule,
  appeal: rule,
  publish: rule,
  spend: rule,
  assembly: rule,
  guest: rule,
  urgent: rule,
  dissolve: rule,
}) satisfies v.GenericSchema<unknown, Decisions>
/** The rules that are to be different. */
export const change = v.object({
  name: v.exactOptional(text),
  purpose: v.exactOptional(text),
  purposeEasy: v.exactOptional(text),
  level: v.exactOptional(v.picklist(LEVELS)),
  mayJoin: v.exactOptional(text),
  mayBeDelegate: v.exactOptional(text),
  languages: v.exactOptional(v.pipe(v.array(v.pipe(v.string(), v.maxLength(6))), v.maxLength(12))),
  quiet: v.optional(v.object({ from: hour, to: hour })),
  standingOrders: v.exactOptional(v.pipe(v.array(text), v.maxLength(4))),
  reviewOn: v.optional(wholeNumber(0xff_ff_ff_ff)),
  add: v.exactOptional(threshold),
  remove: v.exactOptional(threshold),
  change: v.exactOptional(threshold),
  relocate: v.exactOptional(threshold),
  decisions: v.exactOptional(decisions),
  devices: v.exactOptional(v.picklist([1, 2, 3])),
  probation: v.exactOptional(wholeNumber(0xff_ff)),
  keepDays: days,
  keepAlarmDays: days,
  keepPlanDays: days,
  keepMeetingDays: days,
  alarmSeen: v.exactOptional(wholeNumber(255)),
  callsCity: v.exactOptional(v.boolean()),
}) satisfies v.GenericSchema<unknown, CharterChange>
