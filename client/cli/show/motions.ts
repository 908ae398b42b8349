/** What members decide on, in one sentence each. */
import { toOneLine } from '../../core/committee/plainText.ts'
import type { CommitteeView, MotionView } from '../../core/session/view.ts'
import { changeLines } from './charter.ts'
import type { Names } from '../../core/session/names.ts'
import { listOf, momentOf } from './time.ts'

export const motionTitle = (
  view: CommitteeView,
  { action, about, hash }: MotionView,
  names: Names,
): string => {
  switch (action.type) {
    case 'add':
      return `Admit ${toOneLine(about ?? 'somebody without a name')}, whom ${names(action.sponsor)} has met`
    case 'remove':
      return `Put ${names(action.seat)} out of the committee`
    case 'charter':
      return `Change the charter (${hash.slice(0, 4)}): ${changeLines(view.charter, action.charter).join('; ')}`
    case 'deviceAdd':
      return `Let ${names(action.seat)} use one more phone`
    case 'settleDrop':
      return `It was right that ${names(action.by)} cut off a phone of ${names(action.seat)}`
  }
}

/** `Asked by alice. 1 of the 2 it needs have approved: alice.` */
export const motionState = (
  { by, approvedBy, declinedBy, needed, outcome, restsUntil }: MotionView,
  names: Names,
): string => {
  const asked = by === undefined ? '' : `Asked by ${names(by)}. `
  const no = declinedBy.length > 0 ? ` Against: ${listOf(declinedBy.map(names))}.` : ''
  if (outcome === 'carried_out') return `${asked}Carried out.${no}`
  if (outcome === 'lapsed') return `${asked}Over: it was not carried out.${no}`
  if (restsUntil !== undefined)
    return `${asked}Approved by ${listOf(approvedBy.map(names))}. ${restWords(restsUntil)}${no}`
  return `${asked}Needs ${needed}, has ${approvedBy.length}: ${listOf(approvedBy.map(names))}.${no}`
}

/** 4.11: so that whoever is robbed of an open phone hears of it in time. */
export const restWords = (until: number): string =>
  `It is let in at ${momentOf(until, Date.now())}, or at once when one more member who has seen the person says yes.`

export const motionJson = (motion: MotionView, names: Names): object => ({
  type: 'motion',
  id: motion.hash,
  action: motion.action.type,
  about: motion.about === undefined ? null : toOneLine(motion.about),
  by: motion.by === undefined ? null : names(motion.by),
  approvedBy: motion.approvedBy.map(names),
  declinedBy: motion.declinedBy.map(names),
  needed: motion.needed,
  outcome: motion.outcome,
  restsUntil: motion.restsUntil === undefined ? null : new Date(motion.restsUntil).toISOString(),
  isWaitingForMe: motion.isWaitingForMe,
})
