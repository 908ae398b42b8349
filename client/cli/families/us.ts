/** The commands of "Who we are". */
import type { Family } from '../entry.ts'

const phones = () => import('../commands/phones.ts')

export const us: Family = {
  title: 'Who we are',
  entries: [
    {
      name: 'members',
      summary: 'who is in the committee',
      load: async () => (await import('../commands/members.ts')).members,
    },
    {
      name: 'phones',
      summary: "everybody's phones, and which were cut off",
      load: async () => (await phones()).phones,
    },
    {
      name: 'phone drop',
      summary: 'cut off a lost phone of yours',
      load: async () => (await phones()).phoneDrop,
    },
    {
      name: 'phone cut-off',
      summary: "cut off another member's phone, at once",
      load: async () => (await phones()).phoneCutOff,
    },
    {
      name: 'phone settle',
      summary: 'say that a cut-off was right',
      load: async () => (await phones()).phoneSettle,
    },
    {
      name: 'exposure',
      summary: 'what was on a lost phone, and what to do now',
      load: async () => (await import('../commands/exposure.ts')).exposure,
    },
    {
      name: 'phone link',
      summary: 'add another phone of yours',
      load: async () => (await import('../commands/linking.ts')).phoneLink,
    },
    {
      name: 'rejoin invite',
      summary: 'let back in who has lost every phone',
      load: async () => (await import('../commands/linking.ts')).rejoinInvite,
    },
    {
      name: 'met',
      summary: 'say whom you have met in person',
      load: async () => (await import('../commands/met.ts')).met,
    },
    {
      name: 'words',
      summary: 'four words to compare in person',
      load: async () => (await import('../commands/met.ts')).words,
    },
    {
      name: 'me',
      summary: 'what the others may know of you',
      load: async () => (await import('../commands/me.ts')).me,
    },
    {
      name: 'rename',
      summary: 'change your handle',
      load: async () => (await import('../commands/rename.ts')).rename,
    },
    {
      name: 'committees',
      summary: 'the committees on this device',
      load: async () => (await import('../commands/committees.ts')).committeesCommand,
    },
    {
      name: 'leave',
      summary: 'go out of the committee',
      load: async () => (await import('../commands/leave.ts')).leave,
    },
  ],
}
