/** The commands of "Every day". */
import type { Family } from '../entry.ts'

const filePages = () => import('../commands/files.ts')

export const everyDay: Family = {
  title: 'Every day',
  entries: [
    {
      name: 'read',
      summary: 'what is new, or --all, or live with --follow',
      load: async () => (await import('../commands/read.ts')).read,
    },
    {
      name: 'post',
      summary: 'write to the committee',
      load: async () => (await import('../commands/post.ts')).post,
    },
    {
      name: 'files',
      summary: 'files that were sent, and how long they can be fetched',
      load: async () => (await filePages()).filesCommand,
    },
    {
      name: 'get-file',
      summary: 'fetch one of them',
      load: async () => (await filePages()).getFile,
    },
    {
      name: 'send-file',
      summary: 'send a photo, a voice note, a document',
      load: async () => (await import('../commands/sendFile.ts')).sendFile,
    },
    {
      name: 'sync',
      summary: 'read, send what waits, do what is owed',
      load: async () => (await import('../commands/sync.ts')).sync,
    },
    {
      name: 'status',
      summary: 'where things stand, and whether the relay is honest',
      load: async () => (await import('../commands/status.ts')).status,
    },
  ],
}
