/** Every command: its name, its line in the overview, and where it is. Loaded only when it is called, so that help answers at once. */
import type { Command } from './command.ts'

export type Entry = {
  readonly name: string
  readonly summary: string
  readonly load: () => Promise<Command>
}

export type Family = { readonly title: string; readonly entries: readonly Entry[] }

const alarms = () => import('./commands/alarm.ts')
const files = () => import('./commands/files.ts')
const alarmStates = () => import('./commands/alarmStates.ts')

export const FAMILIES: readonly Family[] = [
  {
    title: 'Begin',
    entries: [
      {
        name: 'init',
        summary: 'make a locked folder for everything',
        load: async () => (await import('./commands/init.ts')).init,
      },
      {
        name: 'found',
        summary: 'found a committee',
        load: async () => (await import('./commands/found.ts')).found,
      },
      {
        name: 'invite',
        summary: 'invite somebody you know, and compare words',
        load: async () => (await import('./commands/invite.ts')).invite,
      },
      {
        name: 'join',
        summary: 'follow an invite, or go on with it',
        load: async () => (await import('./commands/join.ts')).join,
      },
    ],
  },
  {
    title: 'Every day',
    entries: [
      {
        name: 'read',
        summary: 'what is new, or --all, or live with --follow',
        load: async () => (await import('./commands/read.ts')).read,
      },
      {
        name: 'post',
        summary: 'write to the committee',
        load: async () => (await import('./commands/post.ts')).post,
      },
      {
        name: 'files',
        summary: 'files that were sent, and how long they can be fetched',
        load: async () => (await files()).filesCommand,
      },
      {
        name: 'get-file',
        summary: 'fetch one of them',
        load: async () => (await files()).getFile,
      },
      {
        name: 'send-file',
        summary: 'send a photo, a voice note, a document',
        load: async () => (await import('./commands/sendFile.ts')).sendFile,
      },
      {
        name: 'sync',
        summary: 'read, send what waits, do what is owed',
        load: async () => (await import('./commands/sync.ts')).sync,
      },
      {
        name: 'status',
        summary: 'where things stand, and whether the relay is honest',
        load: async () => (await import('./commands/status.ts')).status,
      },
    ],
  },
  {
    title: 'Alarms',
    entries: [
      {
        name: 'alarm raise',
        summary: 'somebody needs us: what, how fast, say it',
        load: async () => (await import('./commands/alarmRaise.ts')).alarmRaise,
      },
      {
        name: 'alarm list',
        summary: 'open alarms, or --all',
        load: async () => (await alarms()).alarmList,
      },
      { name: 'alarm show', summary: 'one alarm whole', load: async () => (await alarms()).alarmShow },
      {
        name: 'alarm answer',
        summary: 'seen, on it, or cannot',
        load: async () => (await alarms()).alarmAnswer,
      },
      {
        name: 'alarm update',
        summary: 'say what is new',
        load: async () => (await alarms()).alarmUpdate,
      },
      {
        name: 'alarm steady',
        summary: 'no longer getting worse (two say so)',
        load: async () => (await alarmStates()).alarmSteady,
      },
      {
        name: 'alarm settle',
        summary: 'it is over: won, partly, lost or other',
        load: async () => (await alarmStates()).alarmSettle,
      },
      {
        name: 'alarm cancel',
        summary: 'take back your own alarm',
        load: async () => (await alarmStates()).alarmCancel,
      },
      {
        name: 'alarm spoken-to',
        summary: 'you spoke to whoever took theirs back',
        load: async () => (await alarmStates()).alarmSpokenTo,
      },
      {
        name: 'alarm false-alarm',
        summary: 'it was nothing',
        load: async () => (await alarmStates()).alarmFalse,
      },
      {
        name: 'alarm reopen',
        summary: 'it goes on after all',
        load: async () => (await alarmStates()).alarmReopen,
      },
    ],
  },
  {
    title: 'Decide together',
    entries: [
      {
        name: 'approve',
        summary: 'what waits for you: who wants in or out, and words to compare',
        load: async () => (await import('./commands/approve.ts')).approve,
      },
      {
        name: 'decline',
        summary: 'say no to one of them',
        load: async () => (await import('./commands/approve.ts')).decline,
      },
      {
        name: 'propose-remove',
        summary: 'ask the others to put a member out',
        load: async () => (await import('./commands/proposeRemove.ts')).proposeRemove,
      },
      {
        name: 'charter show',
        summary: 'the rules you gave yourselves',
        load: async () => (await import('./commands/charter.ts')).charterShow,
      },
      {
        name: 'charter propose',
        summary: 'ask the others to change them',
        load: async () => (await import('./commands/charter.ts')).charterPropose,
      },
    ],
  },
  {
    title: 'Who we are',
    entries: [
      {
        name: 'members',
        summary: 'who is in the committee',
        load: async () => (await import('./commands/members.ts')).members,
      },
      {
        name: 'devices',
        summary: 'their devices, and what is missing from them',
        load: async () => (await import('./commands/members.ts')).devices,
      },
      {
        name: 'words',
        summary: 'four words to compare in person',
        load: async () => (await import('./commands/members.ts')).words,
      },
      {
        name: 'rename',
        summary: 'change your handle',
        load: async () => (await import('./commands/rename.ts')).rename,
      },
      {
        name: 'committees',
        summary: 'the committees on this device',
        load: async () => (await import('./commands/committees.ts')).committeesCommand,
      },
      {
        name: 'leave',
        summary: 'go out of the committee',
        load: async () => (await import('./commands/leave.ts')).leave,
      },
    ],
  },
  {
    title: 'This device',
    entries: [
      {
        name: 'export',
        summary: 'your own data as files',
        load: async () => (await import('./commands/exportData.ts')).exportData,
      },
      {
        name: 'passphrase',
        summary: 'change the passphrase',
        load: async () => (await import('./commands/passphrase.ts')).passphrase,
      },
      {
        name: 'wipe',
        summary: 'remove everything from this device',
        load: async () => (await import('./commands/wipe.ts')).wipe,
      },
    ],
  },
]

/** What people also type. */
const SHORT: Readonly<Record<string, string>> = {
  alarm: 'alarm list',
  alarms: 'alarm list',
  charter: 'charter show',
}

export const entries = (): readonly Entry[] => FAMILIES.flatMap((family) => family.entries)

export const findEntry = (name: string): Entry | undefined => {
  const wanted = SHORT[name] ?? name
  return entries().find((entry) => entry.name === wanted)
}
