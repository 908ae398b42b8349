/** What a page and the loader say to each other. Types only. */
import type { ReleaseFault } from '../../../shared/release/release.ts'

/** `adopt`: the text of the release.json that the person has agreed to. `words`: what a ring shows from now on. */
export type ToLoader = { readonly adopt: string } | { readonly words: string } | { readonly is: 'asking' }

/** What runs here from now on; or why it stays as it is. other_files: what the server sent is not what the release names. */
export type FromLoader =
  | { readonly id: string; readonly name: string; readonly isSigned: boolean }
  | { readonly error: ReleaseFault | 'other_files' }

/** Said to every open page when the bell has rung: it looks for what is new, as far as its lock allows. */
export const RUNG = 'rung'
