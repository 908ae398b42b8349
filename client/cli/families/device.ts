/** The commands of "This device". */
import type { Family } from '../entry.ts'

export const device: Family = {
  title: 'This device',
  entries: [
    {
      name: 'export',
      summary: 'your own data as files',
      load: async () => (await import('../commands/exportData.ts')).exportData,
    },
    {
      name: 'keep',
      summary: 'for how long, or carry less',
      load: async () => (await import('../commands/exposure.ts')).keep,
    },
    {
      name: 'passphrase',
      summary: 'change the passphrase',
      load: async () => (await import('../commands/passphrase.ts')).passphrase,
    },
    {
      name: 'verify',
      summary: 'whether a server hands out the web client that was released',
      load: async () => (await import('../commands/verify.ts')).verify,
    },
    {
      name: 'wipe',
      summary: 'remove everything from this device',
      load: async () => (await import('../commands/wipe.ts')).wipe,
    },
  ],
}
