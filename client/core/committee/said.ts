/** One thing that was said, who by, and when. */
import type { Content, KnownContent } from './content.ts'
import type { Decisions } from './decisionRules.ts'

/** A message id, seat or device as lower-case hex; ids and seats have 32 digits. */
export type Id = string

/** One content with what its payload and position say about it. */
export type Said = {
  /** The payload's message id. A second one with the same id is a resend and changes nothing. */
  readonly id: Id
  readonly seat: Id
  readonly device: Id
  /** Position in the committee's total order; greater than that of everything before. Only this decides. */
  readonly order: number
  /** The author's clock in milliseconds since 1970: shown, used for forgetting, decides nothing. */
  readonly at: number
  /**
   * The seats that counted in the epoch in which it was said, if it is about counting (`isCounted` in content.ts): what the log said then,
   * put there by the session, never by the author.
   */
  readonly electorate?: readonly Id[]
  /** Where a vote is opened: how the charter of that epoch says that things are decided. From the session, too. */
  readonly decisions?: Decisions
  /** The reader's clock when it was heard: for display, where the author's could lie ahead. */
  readonly heardAt?: number
  /** The reader's clock when it last knew all that had been said: this was not there yet. */
  readonly notBefore?: number
  readonly content: Content
}

/** The same of one type of content. */
export type SaidOf<T extends KnownContent['type']> = Said & {
  readonly content: KnownContent & { readonly type: T }
}

/**
 * By the author's clock, as far as the reader's allows: not later than it was heard, so nobody writes what stays for ever; and not earlier than the reader last knew
 * all that had been said, so what a slow clock says is there to be read.
 */
export const saidAt = ({
  at,
  heardAt = at,
  notBefore = at,
}: Pick<Said, 'at' | 'heardAt' | 'notBefore'>): number => Math.min(Math.max(at, notBefore), heardAt)
