/** A look at everything around the relay that can be wrong, with what to do. Works while the relay runs and while it does not. */
import { openForOperation } from '../store/operating.ts'
import { hasData } from './database.ts'
import { checkDatabase, type Looked } from './doctor/database.ts'
import { type Finding, failure, fine } from './doctor/finding.ts'
import { checkMachine } from './doctor/machine.ts'
import { checkNetwork } from './doctor/network.ts'
import { nothingThere } from './faults.ts'
import type { Context, Operation } from './operation.ts'
import { findPlace } from './place.ts'

export const doctor: Operation = {
  usage: '',
  about: [
    'Looks at the machine, the database and the way from outside, and says of each whether it is well and what to do. Prints',
    'nothing secret and changes nothing, but for one empty log, made through the public address to see which relay answers',
    'there, which dies after two days. Exit code 1 when something fails; warnings alone are 0.',
  ],
  example: 'npx tocsin-relay doctor',
  run: async (context) => {
    const { config } = context
    const { findings, own, leave } = await look(context)
    try {
      const all = [...(await checkMachine(config)), ...findings, ...(await checkNetwork(config, own))]
      for (const finding of all) context.say(lineOf(finding))
      return all.some(({ verdict }) => verdict === 'failure') ? 1 : 0
    } finally {
      await leave()
    }
  },
}

const lineOf = ({ verdict, what, sentence, todo }: Finding): string =>
  `${verdict.padEnd(9)}${what}: ${sentence}${todo === undefined ? '' : `: ${todo}`}`

type Left = Looked & { readonly leave: () => Promise<void> }

/** The database stays open until it is left: which relay the public address leads to is to be seen there. */
const look = async ({ config, complain }: Context): Promise<Left> => {
  const nothing = async (): Promise<void> => undefined
  if (!hasData(config)) return { findings: [fine('database', nothingThere(config))], leave: nothing }
  const place = await findPlace(config, complain)
  if (!place.ok) return { findings: [failure('database', place.error, 'and ask again')], leave: nothing }
  const opened = openForOperation(place.value.address)
  const leave = async (): Promise<void> => {
    await opened.close()
    await place.value.leave()
  }
  return { ...(await checkDatabase(config, opened)), leave }
}
