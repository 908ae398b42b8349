/** The switch for new logs. */
import { setCreation } from '../store/keys.ts'
import { withRelay } from './database.ts'
import type { Operation } from './operation.ts'

export const creation: Operation = {
  usage: 'on|off',
  about: [
    'Switched off, nobody can create logs: no new committee, and no committee can go on to its next log. What there is is',
    'served as before. For an hour of abuse, not for a month.',
  ],
  takes: 1,
  example: 'npx tocsin-relay creation off',
  run: async (context, { words: [word] }) => {
    if (word !== 'on' && word !== 'off') {
      context.complain('creation is on or off: see `npx tocsin-relay creation --help`.')
      return 2
    }
    return withRelay(context, async ({ db }) => {
      await setCreation(db, word === 'on')
      const what = word === 'on' ? 'Logs can be created again' : 'No more logs are created'
      context.say(`${what}: running relays follow within ten seconds.`)
      return 0
    })
  },
}
