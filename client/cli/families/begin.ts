/** The commands of "Begin". */
import type { Family } from '../entry.ts'

export const begin: Family = {
  title: 'Begin',
  entries: [
    {
      name: 'init',
      summary: 'make a locked folder for everything',
      load: async () => (await import('../commands/init.ts')).init,
    },
    {
      name: 'found',
      summary: 'found a committee',
      load: async () => (await import('../commands/found.ts')).found,
    },
    {
      name: 'invite',
      summary: 'invite somebody you know, and compare words',
      load: async () => (await import('../commands/invite.ts')).invite,
    },
    {
      name: 'join',
      summary: 'follow an invite, or go on with it',
      load: async () => (await import('../commands/join.ts')).join,
    },
  ],
}
