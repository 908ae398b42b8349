/** A new admission secret before its time, for an address that came into wrong hands. */
import { randomBytes } from '../../shared/crypto/sodium.ts'
import { dayOf } from '../relay/relay.ts'
import { readRelayRow, rotateAdmissionNow } from '../store/keys.ts'
import { addressOf } from './address.ts'
import { withRelay } from './database.ts'
import type { Operation } from './operation.ts'

export const rotateAdmission: Operation = {
  usage: '',
  about: [
    'Changes the secret that creates logs, and prints the new address. The one before it stays good until the next change,',
    'so that nobody is shut out; run it twice to end what somebody knows at once. Members who are here learn the new one',
    'by themselves.',
  ],
  example: 'npx tocsin-relay rotate-admission',
  run: (context) =>
    withRelay(context, async ({ db, row }) => {
      const changed = await rotateAdmissionNow({ db, random: randomBytes }, row, dayOf(Date.now()))
      const line = await addressOf(context.config, (await readRelayRow(db)) ?? row)
      const done = changed
        ? 'The admission secret is new'
        : 'Somebody else has just changed the admission secret'
      context.say(`${done}: running relays follow within ten seconds.`)
      if (line !== undefined) context.say(line)
      return 0
    }),
}
