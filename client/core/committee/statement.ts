/**
 * A text that a motion gives to the city, judged by every member's device for itself: before it is put, again before it is signed, and when the person concerned takes back what
 * they allowed (product.md R6). Not here: the fields it is made from (ring.ts), letters (session/takingBack.ts).
 */
import { partsOf } from '../city/hiding.ts'
import type { Alarm } from './alarmLife.ts'
import type { Committee } from './committee.ts'
import type { MotionContent } from './motionContent.ts'
import { paragraphsOf, textOf } from './motionText.ts'
import { consentIn, isCheckedByTwo, type Ring2Gap } from './ring.ts'
import { holds, type Leak, leaksIn } from './scan.ts'

/** What stands in the way of sending it. */
export type StatementGap = Ring2Gap | 'name_not_allowed' | 'alarm_gone' | 'tells_too_much'

type Known = Pick<Committee, 'alarms' | 'handles'>
type Text = { readonly content: MotionContent; readonly paragraphs: readonly string[] }
type Told = { readonly name?: string | undefined; readonly workplace?: string | undefined }

/** Ring R2 holds the hour, and no minutes. */
const MINUTES = /(?:[:.٫]\s?|h)(?!00|٠٠|۰۰|००)\p{Nd}{2}/u
const isWholeHour = ({ what, found }: Leak): boolean => what === 'time' && !MINUTES.test(found)

/** The first paragraph of what is told about an alarm holds its hour. */
export const leaksOut = (text: string, hidden: readonly string[]): readonly Leak[] => {
  const [first = '', ...rest] = partsOf(text)
  const ahead = leaksIn(first, hidden).filter((leak) => !isWholeHour(leak))
  return [...ahead, ...leaksIn(rest.join('\n\n'), hidden)]
}

const toldIn = ({ content: { effect } }: Text): Told | undefined =>
  effect?.gives === 'statement' ? effect : undefined

const alarmOf = ({ alarms }: Known, { content: { links = [] } }: Text): Alarm | undefined =>
  links.flatMap((id) => alarms.get(id) ?? [])[0]

/** The name that the person concerned has allowed, and that the motion says it tells. */
const allowedName = ({ handles }: Known, alarm: Alarm, { name }: Told): string | undefined => {
  const isTheirs = alarm.concerned !== undefined && handles.get(alarm.concerned) === name
  return isTheirs && consentIn(alarm, 'city').name ? name : undefined
}

const consentGaps = (known: Known, alarm: Alarm | undefined, told: Told): readonly StatementGap[] => {
  if (!alarm) return told.name === undefined && told.workplace === undefined ? [] : ['alarm_gone']
  const isNamed = told.name !== undefined && allowedName(known, alarm, told) === undefined
  const isPlaced = told.workplace !== undefined && !consentIn(alarm, 'city').workplace
  return [
    ...(isCheckedByTwo(alarm) ? [] : (['not_checked_by_two'] as const)),
    ...(isNamed ? (['name_not_allowed'] as const) : []),
    ...(isPlaced ? (['workplace_not_allowed'] as const) : []),
  ]
}

/** Nothing for a motion that gives the city no text. */
export const statementGaps = (known: Known, motion: Text): readonly StatementGap[] => {
  const told = toldIn(motion)
  if (!told) return []
  const alarm = alarmOf(known, motion)
  const name = alarm && allowedName(known, alarm, told)
  const hidden = [...known.handles.values()].filter((handle) => handle !== name)
  const text = textOf(motion.paragraphs)
  const leaks = alarm ? leaksOut(text, hidden) : leaksIn(text, hidden)
  return [...consentGaps(known, alarm, told), ...(leaks.length > 0 ? (['tells_too_much'] as const) : [])]
}

/** The parts of its text that nobody should read any more, because the person concerned has taken back what they allowed. */
export const partsTakenBack = (known: Pick<Committee, 'alarms'>, motion: Text): readonly number[] => {
  const told = toldIn(motion)
  const alarm = alarmOf({ ...known, handles: new Map() }, motion)
  if (!told || !alarm) return []
  const may = consentIn(alarm, 'city')
  const name = may.name ? undefined : told.name
  const workplace = may.workplace ? undefined : told.workplace
  const placed = workplace === undefined ? [] : amendedFrom(motion, workplace)
  const isHidden = (part: string): boolean =>
    placed.includes(part) || [name, workplace].some((word) => word !== undefined && holds(part, word))
  return partsOf(textOf(motion.paragraphs)).flatMap((part, i) => (isHidden(part) ? [i] : []))
}

/** A paragraph that told the workplace when it was put still does after it was amended, in whatever words. */
const amendedFrom = ({ content, paragraphs }: Text, workplace: string): readonly string[] => {
  const before = paragraphsOf(content.text)
  return paragraphs.flatMap((now, i) => (holds(before[i] ?? '', workplace) ? partsOf(now) : []))
}
