/** A command by its name and its line in the overview. Loaded only when it is called, so that help answers at once. */
import type { Command } from './command.ts'

export type Entry = {
  readonly name: string
  readonly summary: string
  readonly load: () => Promise<Command>
}

export type Family = { readonly title: string; readonly entries: readonly Entry[] }
