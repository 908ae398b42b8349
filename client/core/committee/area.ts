/**
 * What the fold is made of (committee.ts): areas of committee life, each with its part of the committee and what each type of content does to
 * it. An area writes to its own part only, and may read the parts that stand before it.
 */
import type { KnownContent } from './content.ts'
import type { SaidOf } from './said.ts'

/** A copy that only the fold writes to, and only before anybody else sees it. */
export type Writable<S> = {
  -readonly [K in keyof S]: S[K] extends ReadonlyMap<infer A, infer B>
    ? Map<A, B>
    : S[K] extends ReadonlySet<infer A>
      ? Set<A>
      : S[K] extends readonly (infer A)[]
        ? A[]
        : S[K]
}

/** One level deep: what maps, sets and lists hold is never written to. */
export const writable = <S extends object>(state: S): Writable<S> =>
  Object.fromEntries(Object.entries(state).map(([name, part]) => [name, copyOf(part)])) as Writable<S>

const copyOf = (part: unknown): unknown => {
  if (part instanceof Map) return new Map(part)
  if (part instanceof Set) return new Set(part)
  return Array.isArray(part) ? [...part] : part
}

/** What each type of content does. `Draft`: the area's own part, writable, and what it reads of others. */
export type Takers<Type extends KnownContent['type'], Draft> = {
  readonly [T in Type]: (draft: Draft, said: SaidOf<T>) => void
}
