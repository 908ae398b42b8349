/**
 * Telling the city about an alarm (product.md 3.E, ring R2): a motion of kind "share" whose text is, word for word, what the city will read. What is in the way is said
 * before anybody is asked. Not here: the fields of a ring (committee/ring.ts), the vote (deciding.ts), the way to the city.
 */
import { err, ok, type Result } from '../../../shared/base/result.ts'
import type { Alarm } from '../committee/alarmLife.ts'
import type { MotionContent } from '../committee/motionContent.ts'
import type { Motion } from '../committee/motionLife.ts'
import {
  gapsIn,
  hiddenNames,
  type Ring2Draft,
  type Ring2Gap,
  type RingCard,
  type RingWords,
  ring2Of,
  ring2Text,
} from '../committee/ring.ts'
import { type Leak, leaksIn } from '../committee/scan.ts'
import { leaksOut } from '../committee/statement.ts'
import { handlesIn } from './names.ts'
import type { CommitteeView } from './view.ts'

export type Preview = {
  /** Exactly what they will read. */
  readonly text: string
  readonly gaps: readonly Ring2Gap[]
  /** What the members wrote themselves and nobody outside should read. */
  readonly leaks: readonly Leak[]
  /** What it tells of the person concerned. */
  readonly told: { readonly name?: string; readonly workplace?: string }
}

export type ShareDraft = Ring2Draft & { readonly card: RingCard; readonly words: RingWords }

/** Names are those that members read on their screens, and not only of those who have said theirs anew. */
export const previewOf = (
  view: Pick<CommitteeView, 'committee' | 'handles' | 'own'>,
  alarm: Alarm,
  draft: ShareDraft,
): Preview => {
  const known = handlesIn(view)
  const ring = ring2Of(alarm, draft.card, known, draft)
  const { name, workplace } = ring
  const text = ring2Text(ring, draft.words)
  const hidden = hiddenNames(alarm, known)
  const unseen = workplace === undefined ? leaksIn(draft.workplace ?? '', hidden) : []
  return {
    text,
    gaps: gapsIn(alarm, draft),
    leaks: [...leaksOut(text, hidden), ...unseen],
    told: { ...(name === undefined ? {} : { name }), ...(workplace === undefined ? {} : { workplace }) },
  }
}

/** The motion, or what is in the way. */
export const shareMotion = (
  { text, gaps, leaks, told }: Preview,
  { id, severity }: Alarm,
  { title, lang }: { readonly title: string; readonly lang: string },
): Result<MotionContent, 'in_the_way'> => {
  if (gaps.length > 0 || leaks.length > 0) return err('in_the_way')
  const isUrgent = severity === 'now' ? { isUrgent: true as const } : {}
  const effect = { gives: 'statement', ...told } as const
  return ok({ type: 'motion', kind: 'share', title, text, lang, effect, links: [id], ...isUrgent })
}

type Names = Pick<CommitteeView, 'committee' | 'handles' | 'own'>

/** Words of one member for other committees: nobody of ours is named in them. */
export const tellsTooMuch = (view: Names, text: string): boolean => leaksToCity(view, text).length > 0

export const leaksToCity = (view: Names, text: string): readonly Leak[] =>
  leaksIn(text, [...handlesIn(view).handles.values()])

/** A change of what the city would read brings in nothing that the words before it did not have. */
export const amendsTooMuch = (
  view: Names,
  { content: { effect, links = [] }, paragraphs }: Motion,
  { paragraph, text = '' }: { readonly paragraph: number; readonly text?: string },
): boolean => {
  if (effect?.gives !== 'statement') return false
  const known = handlesIn(view)
  const alarm = links.flatMap((id) => view.committee.alarms.get(id) ?? [])[0]
  const hidden = alarm ? hiddenNames(alarm, known) : [...known.handles.values()]
  const before = leaksIn(paragraphs[paragraph] ?? '', hidden).map(({ found }) => found)
  return leaksIn(text, hidden).some(({ found }) => !before.includes(found))
}
