/** The commands of "Alarms". */
import type { Family } from '../entry.ts'

const alarmPages = () => import('../commands/alarm.ts')
const alarmCare = () => import('../commands/alarmCare.ts')
const alarmShare = () => import('../commands/alarmShare.ts')
const checks = () => import('../commands/check.ts')
const alarmStates = () => import('../commands/alarmStates.ts')

export const alarms: Family = {
  title: 'Alarms',
  entries: [
    {
      name: 'alarm raise',
      summary: 'somebody needs us: what, how fast, say it',
      load: async () => (await import('../commands/alarmRaise.ts')).alarmRaise,
    },
    {
      name: 'alarm list',
      summary: 'open alarms, or --all',
      load: async () => (await alarmPages()).alarmList,
    },
    { name: 'alarm show', summary: 'one alarm whole', load: async () => (await alarmPages()).alarmShow },
    {
      name: 'alarm answer',
      summary: 'seen, on it, or cannot',
      load: async () => (await alarmPages()).alarmAnswer,
    },
    {
      name: 'alarm update',
      summary: 'say what is new',
      load: async () => (await alarmPages()).alarmUpdate,
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
      name: 'alarm join',
      summary: 'it is about the same as another one',
      load: async () => (await alarmStates()).alarmJoin,
    },
    {
      name: 'alarm checked',
      summary: 'you have spoken to the person, or seen it',
      load: async () => (await alarmShare()).alarmChecked,
    },
    {
      name: 'alarm consent',
      summary: 'what others may know of you',
      load: async () => (await alarmShare()).alarmConsent,
    },
    {
      name: 'alarm preview',
      summary: 'what those on duty in the city would see',
      load: async () => (await alarmShare()).alarmPreview,
    },
    {
      name: 'alarm share',
      summary: 'put to the vote what the city may read',
      load: async () => (await alarmShare()).alarmShare,
    },
    {
      name: 'check start',
      summary: 'an alarm opens unless others speak to you',
      load: async () => (await checks()).checkStart,
    },
    {
      name: 'check list',
      summary: 'who asked to be checked on',
      load: async () => (await checks()).checkList,
    },
    {
      name: 'check end',
      summary: 'you have spoken to them',
      load: async () => (await checks()).checkEnd,
    },
    {
      name: 'alarm wake',
      summary: 'when it may be loud here',
      load: async () => (await alarmCare()).alarmWake,
    },
    {
      name: 'alarm calls',
      summary: 'whom you call when nobody answers',
      load: async () => (await alarmCare()).alarmCalls,
    },
    {
      name: 'alarm reopen',
      summary: 'it goes on after all',
      load: async () => (await alarmStates()).alarmReopen,
    },
  ],
}
