/** "Check on me", as members see it. Whether the alarm opens the relay decides by tokens; this says who has spoken to whom. Not here: tokens (session/checking.ts). */
import { concat, utf8 } from '../../../shared/base/bytes.ts'
import { fromHex, toHex } from '../../../shared/base/text.ts'
import { sha256 } from '../../../shared/crypto/sodium.ts'
import type { Takers, Writable } from './area.ts'
import type { CheckContent } from './checkContent.ts'
import { type Id, type SaidOf, saidAt } from './said.ts'

export type Check = {
  readonly id: Id
  readonly seat: Id
  readonly at: number
  /** When the alarm opens, by `saidAt`. */
  readonly dueAt: number
  readonly content: CheckContent
  readonly endedBy: readonly Id[]
}

export type Checks = { readonly checks: ReadonlyMap<Id, Check> }
export const noChecks: Checks = { checks: new Map() }

const MINUTE_MS = 60_000

/** Nobody ends their own: the phone that began it may be in other hands. */
const ended = (draft: Writable<Checks>, { seat, content }: SaidOf<'checkEnd'>): void => {
  const known = draft.checks.get(content.check)
  if (known && known.seat !== seat)
    draft.checks.set(known.id, { ...known, endedBy: [...new Set([...known.endedBy, seat])] })
}

export const checks: Takers<'check' | 'checkEnd', Writable<Checks>> = {
  check: (draft, said) => {
    const { id, seat, content } = said
    const at = saidAt(said)
    const dueAt = at + content.minutes * MINUTE_MS
    draft.checks.set(id, { id, seat, at, dueAt, content, endedBy: [] })
  },
  checkEnd: ended,
}

/** What an announcement says of the alarm's id. */
export const openingOf = (alarm: Id): string =>
  toHex(sha256(concat(utf8('check/1'), fromHex(alarm) ?? new Uint8Array(0))))

/** Enough have spoken to them. */
export const isCheckEnded = ({ endedBy, content }: Check): boolean => endedBy.length >= content.needed

/** Neither ended nor a day past its time. */
export const runningChecks = ({ checks }: Checks, nowMs: number): readonly Check[] =>
  [...checks.values()].filter((one) => !isCheckEnded(one) && nowMs < one.dueAt + 24 * 60 * MINUTE_MS)
