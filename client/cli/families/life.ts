/** The commands of "Live together". */
import type { Family } from '../entry.ts'

const concern = () => import('../commands/concern.ts')
const meeting = () => import('../commands/meeting.ts')
const roles = () => import('../commands/roles.ts')
const suspend = () => import('../commands/suspend.ts')
const talking = () => import('../commands/talking.ts')
const unity = () => import('../commands/unity.ts')

export const life: Family = {
  title: 'Agree and share the work',
  entries: [
    {
      name: 'unity',
      summary: 'what we agree on, and who agrees',
      load: async () => (await unity()).unityList,
    },
    {
      name: 'unity propose',
      summary: 'put a point, or the seven to begin with',
      load: async () => (await unity()).unityPropose,
    },
    {
      name: 'unity say',
      summary: 'agree, let us talk, or no',
      load: async () => (await unity()).unitySay,
    },
    {
      name: 'unity keep',
      summary: 'leave a point open',
      load: async () => (await unity()).unityKeep,
    },
    {
      name: 'unity drop',
      summary: 'let a point go',
      load: async () => (await unity()).unityDrop,
    },
    {
      name: 'meeting',
      summary: 'when we met, and what comes',
      load: async () => (await meeting()).meetingList,
    },
    {
      name: 'meeting add',
      summary: 'a meeting, with what is to be talked about',
      load: async () => (await meeting()).meetingAdd,
    },
    {
      name: 'meeting there',
      summary: 'I was there',
      load: async () => (await meeting()).meetingThere,
    },
    {
      name: 'meeting notes',
      summary: 'what came of it, and who does what',
      load: async () => (await meeting()).meetingNotes,
    },
    {
      name: 'found vote',
      summary: 'from talking to a committee: everybody says yes',
      load: async () => (await talking()).foundVote,
    },
    {
      name: 'part-ways',
      summary: 'no agreement: both sides forget',
      load: async () => (await talking()).partWays,
    },
    {
      name: 'roles',
      summary: 'who holds which role, and which reports are owed',
      load: async () => (await roles()).roles,
    },
    {
      name: 'who-holds-what',
      summary: 'the same, with questions to all of us',
      load: async () => (await roles()).whoHoldsWhatPage,
    },
    {
      name: 'role take',
      summary: 'do something for a while',
      load: async () => (await roles()).roleTake,
    },
    {
      name: 'role end',
      summary: 'give it back, with a note for the next',
      load: async () => (await roles()).roleEnd,
    },
    {
      name: 'role owed',
      summary: 'a report is owed about this',
      load: async () => (await roles()).roleOwed,
    },
    {
      name: 'role recall',
      summary: 'ask to call somebody back',
      load: async () => (await roles()).roleRecall,
    },
    {
      name: 'report',
      summary: 'give the report that you owe',
      load: async () => (await roles()).report,
    },
    {
      name: 'concern',
      summary: 'worries about a member, facts apart from guesses',
      load: async () => (await concern()).concernList,
    },
    {
      name: 'concern open',
      summary: 'begin one: could it be otherwise?',
      load: async () => (await concern()).concernOpen,
    },
    {
      name: 'concern add',
      summary: 'add to one',
      load: async () => (await concern()).concernAdd,
    },
    {
      name: 'concern close',
      summary: 'end one',
      load: async () => (await concern()).concernClose,
    },
    {
      name: 'suspend',
      summary: 'for at most 72 hours, by two of you',
      load: async () => (await suspend()).suspend,
    },
    {
      name: 'statement',
      summary: 'your own word about yourself',
      load: async () => (await suspend()).statement,
    },
  ],
}
