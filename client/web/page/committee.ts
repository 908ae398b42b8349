/** What every page of a committee is handed. Not here: what it looks at (core.svelte.ts). */
import type { PageOfOne } from '../routes.ts'
import { isolated } from '../words/plural.ts'
import type { Frame } from '../worker/shown.ts'

export type InCommittee = {
  readonly frame: Frame
  /** Where it stands among the committees, for routes. */
  readonly place: number
}

/** Of one thing; `at` is by which page. */
export type AboutOne = InCommittee & { readonly id: string; readonly at: PageOfOne }

/** What a seat is called; something must stand there for one that nothing is known of. */
export const nameIn = ({ names }: Frame, seat: string): string => names.get(seat) ?? `?${seat.slice(0, 4)}`

/** As one of several to choose from: the name reads in its own direction. */
export const personIn = <S extends string>(frame: Frame, seat: S) => ({
  is: seat,
  text: isolated(nameIn(frame, seat)),
})
