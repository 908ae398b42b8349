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
  readonly content: Content
}

/** The same of one type of content. */
export type SaidOf<T extends KnownContent['type']> = Said & {
  readonly content: KnownContent & { readonly type: T }
}

/**
 * By the author's clock, or the reader's where that says less: nobody writes what stays for ever. Whoever writes with a clock in the past ends a thing no
 * earlier than the others' words about it allow.
 */
export const saidAt = ({ at, heardAt }: Pick<Said, 'at' | 'heardAt'>): number => Math.min(at, heardAt ?? at)
