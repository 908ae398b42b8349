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
  {
    name: 'doctor',
    summary: 'look at everything around it that can be wrong',
    load: async () => (await import('./doctor.ts')).doctor,
  },
  {
    name: 'address',
    summary: 'print the address that invites to this relay',
    load: async () => (await import('./address.ts')).address,
  },
  {
    name: 'backup',
    summary: 'save its keys and secrets, or everything for a move',
    load: async () => (await import('./backup.ts')).backup,
  },
  {
    name: 'restore',
    summary: 'make the relay of a backup out of an empty database',
    load: async () => (await import('./restore.ts')).restore,
  },
  {
    name: 'stats',
    summary: 'how much there is',
    load: async () => (await import('./stats.ts')).stats,
  },
  {
    name: 'migrate',
    summary: 'bring the database up to date, or say what waits',
    load: async () => (await import('./migrate.ts')).migrate,
  },
  {
    name: 'rotate-admission',
    summary: 'change the secret that creates logs, now',
    load: async () => (await import('./rotateAdmission.ts')).rotateAdmission,
  },
  {
    name: 'creation',
    summary: 'let logs be created, or not',
    load: async () => (await import('./creation.ts')).creation,
  },
]

export const findEntry = (name: string): Entry | undefined => ENTRIES.find((entry) => entry.name === name)
