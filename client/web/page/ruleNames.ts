/** The rules of a charter by their names. Not here: the words for them (ruleRows.ts), and how kinds of things are decided, which each have a name of their own. */
import type { Charter } from '../../core/governance/charter.ts'

/** Of a charter, in the order in which they are read. Nobody sees a committee of other rules or another suite, and founding has a page of its own. */
export const RULES = [
  'name',
  'purpose',
  'purposeEasy',
  'level',
  'mayJoin',
  'mayBeDelegate',
  'languages',
  'quiet',
  'standingOrders',
  'reviewOn',
  'add',
  'remove',
  'change',
  'relocate',
  'probation',
  'devices',
  'keepDays',
  'keepAlarmDays',
  'keepPlanDays',
  'keepMeetingDays',
  'alarmSeen',
  'callsCity',
  'relays',
] as const satisfies readonly Exclude<keyof Charter, 'rules' | 'suite' | 'isFounded' | 'decisions'>[]
export type RuleName = (typeof RULES)[number]
