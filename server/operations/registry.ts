/** Every command: its name, its line in the overview, and where it is. Loaded only when it is called, so that help answers at once. */
import type { Operation } from './operation.ts'

export type Entry = {
  readonly name: string
  readonly summary: string
  readonly load: () => Promise<Operation>
}

export const ENTRIES: readonly Entry[] = [
  {
    name: 'serve',
    summary: 'run the relay; what happens without a command',
    load: async () => (await import('./serve.ts')).serve,
  },
]

export const findEntry = (name: string): Entry | undefined => ENTRIES.find((entry) => entry.name === name)
