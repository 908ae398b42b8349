/** A look at everything around the relay that can be wrong, with what to do. Works while the relay runs and while it does not. */
import { hasData } from './database.ts'
import { checkDatabase } from './doctor/database.ts'
import { type Finding, failure, fine } from './doctor/finding.ts'
import { checkMachine } from './doctor/machine.ts'
import { checkNetwork } from './doctor/network.ts'
import { nothingThere } from './faults.ts'
import type { Context, Operation } from './operation.ts'
import { findPlace } from './place.ts'

export const doctor: Operation = {
  usage: '',
  about: [
    'Looks at the machine, the database and the way from outside, and says of each whether it is well and what to do. Changes',
    'nothing and prints nothing secret. Exit code 1 when something fails; warnings alone are 0.',
  ],
  example: 'npx tocsin-relay doctor',
  run: async (context) => {
    const findings = [
      ...(await checkMachine(context.config)),
      ...(await databaseFindings(context)),
      ...(await checkNetwork(context.config)),
    ]
    for (const finding of findings) context.say(lineOf(finding))
    return findings.some(({ verdict }) => verdict === 'failure') ? 1 : 0
  },
}

const lineOf = ({ verdict, what, sentence, todo }: Finding): string =>
  `${verdict.padEnd(9)}${what}: ${sentence}${todo === undefined ? '' : `: ${todo}`}`

const databaseFindings = async ({ config, complain }: Context): Promise<readonly Finding[]> => {
  if (!hasData(config)) return [fine('database', nothingThere(config))]
  const place = await findPlace(config, complain)
  if (!place.ok) return [failure('database', place.error, 'and ask again')]
  return checkDatabase(config, place.value.address).finally(place.value.leave)
}
