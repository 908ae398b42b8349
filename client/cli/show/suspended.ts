/** What a member who is suspended is told, so that nobody writes for hours what the others see folded away. */
import { suspensionIn } from '../../core/session/lifeView.ts'
import type { CommitteeView } from '../../core/session/view.ts'
import { namesIn } from './names.ts'
import { listOf, momentOf } from './time.ts'

export const suspendedWords = (view: CommitteeView, nowMs: number): readonly string[] => {
  const { until, by } = suspensionIn(view, view.own.seat, nowMs) ?? {}
  if (until === undefined) return []
  const long = until > nowMs ? `until ${momentOf(until, nowMs)}` : 'while the committee votes on you'
  return [
    `You are suspended ${long}, by ${listOf((by ?? []).map(namesIn(view)))}: what you post is folded away for the others. Your own word is not: \`npx tocsin statement\`.`,
  ]
}
