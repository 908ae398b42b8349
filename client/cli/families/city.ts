/** The commands of the city. */
import type { Family } from '../entry.ts'

const members = () => import('../commands/city.ts')
const delegates = () => import('../commands/assembly.ts')

export const city: Family = {
  title: 'The city',
  entries: [
    { name: 'city', summary: 'what other committees say and ask', load: async () => (await members()).city },
    {
      name: 'city alert',
      summary: 'call every committee; a second member confirms',
      load: async () => (await members()).cityAlert,
    },
    {
      name: 'city confirm',
      summary: 'the second yes to an alert',
      load: async () => (await members()).cityConfirm,
    },
    {
      name: 'city on-it',
      summary: 'tell another committee that you help',
      load: async () => (await members()).cityOnIt,
    },
    {
      name: 'city duty',
      summary: 'who is on duty in the city; take a week',
      load: async () => (await members()).cityDuty,
    },
    {
      name: 'city decide',
      summary: 'vote on what we do about an item',
      load: async () => (await members()).cityDecide,
    },
    { name: 'city found', summary: 'begin an assembly', load: async () => (await delegates()).cityFound },
    {
      name: 'city join',
      summary: 'vote on joining the city',
      load: async () => (await delegates()).cityJoin,
    },
    {
      name: 'city welcome',
      summary: 'let another committee in',
      load: async () => (await delegates()).cityWelcome,
    },
    { name: 'city ask', summary: 'ask every committee', load: async () => (await delegates()).cityAsk },
    {
      name: 'city answer',
      summary: 'answer a small item as a delegate',
      load: async () => (await delegates()).cityAnswer,
    },
    {
      name: 'city close',
      summary: 'say that all have answered',
      load: async () => (await delegates()).cityClose,
    },
    {
      name: 'city new-week',
      summary: 'begin a new week of the city at once; another committee agrees',
      load: async () => (await delegates()).cityNewWeek,
    },
  ],
}
