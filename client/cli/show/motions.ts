/** What members decide on, in one sentence each. */
import { toOneLine } from '../../core/committee/plainText.ts'
import type { Names } from '../../core/session/names.ts'
import type { CommitteeView, MotionView } from '../../core/session/view.ts'
import { changeLines } from './charter.ts'
import { listOf, momentOf } from './time.ts'

export const motionTitle = (view: CommitteeView, { action, about }: MotionView, names: Names): string => {
  switch (action.type) {
    case 'add':
      return `Admit ${toOneLine(about ?? 'somebody without a name')}, whom ${names(action.sponsor)} has met`
    case 'remove':
      return `Put ${names(action.seat)} out of the committee`
    case 'charter':
      return `Change the charter: ${changeLines(view.charter, action.charter).join('; ')}`
    case 'deviceAdd':
      return `Let ${names(action.seat)} use one more phone`
    case 'settleDrop':
      return `It was right that ${names(action.by)} cut off a phone of ${names(action.seat)}`
  }
}

/** `Asked by alice. 1 of the 2 it needs have approved: alice.` */
export const motionState = (motion: MotionView, names: Names): string => {
  const { by, approvedBy, declinedBy, needed, outcome } = motion
  const asked = by === undefined ? '' : `Asked by ${names(by)}. `
  const no = declinedBy.length > 0 ? ` Against: ${listOf(declinedBy.map(names))}.` : ''
  if (outcome === 'carried_out') return `${asked}Carried out.${no}`
  if (outcome === 'lapsed') return `${asked}Over: it was not carried out.${again(motion)}${no}`
  const rest = restWords(motion, names)
  if (rest !== undefined) return `${asked}Approved by ${listOf(approvedBy.map(names))}. ${rest}${no}`
  return `${asked}Needs ${needed}, has ${approvedBy.length}: ${listOf(approvedBy.map(names))}.${no}`
}

/** Whoever is to come in waits no longer when the invite is over. */
const again = ({ action }: MotionView): string =>
  action.type === 'add' || action.type === 'deviceAdd' ? ' Make another invite, if it is still wanted.' : ''

/** 4.11: so that whoever is robbed of an open phone, or of their name, hears of it in time. */
export const restWords = (
  { action, approvedBy, isDisowned, restsUntil }: MotionView,
  names: Names,
): string | undefined => {
  if (action.type !== 'deviceAdd') return undefined
  if (isDisowned) return `${names(action.seat)} says that it is not theirs: it is not let in.`
  if (restsUntil === undefined) return undefined
  const others = approvedBy.filter((seat) => seat !== action.seat).length
  const sooner =
    others < 2 ? 'one more member who has seen the person' : `${names(action.seat)}, on a phone that is here,`
  return `It is let in at ${momentOf(restsUntil, Date.now())}, or at once when ${sooner} says yes.`
}
