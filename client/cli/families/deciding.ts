/** The commands of "Decide together". */
import type { Family } from '../entry.ts'

export const deciding: Family = {
  title: 'Decide together',
  entries: [
    {
      name: 'approve',
      summary: 'what waits for you: who wants in or out, and words to compare',
      load: async () => (await import('../commands/approve.ts')).approve,
    },
    {
      name: 'decline',
      summary: 'say no to one of them',
      load: async () => (await import('../commands/approve.ts')).decline,
    },
    {
      name: 'propose-remove',
      summary: 'ask the others to put a member out',
      load: async () => (await import('../commands/proposeRemove.ts')).proposeRemove,
    },
    {
      name: 'charter show',
      summary: 'the rules you gave yourselves',
      load: async () => (await import('../commands/charter.ts')).charterShow,
    },
    {
      name: 'charter propose',
      summary: 'ask the others to change them',
      load: async () => (await import('../commands/charter.ts')).charterPropose,
    },
  ],
}
