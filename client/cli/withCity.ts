/** The committee that is meant and its assembly, read and kept up: what a command about the city begins with. */
import { ok, type Result } from '../../shared/base/result.ts'
import { assemblyOf, keepCities } from '../core/session/cityCarrying.ts'
import type { Session } from '../core/session/session.ts'
import { type Context, type Outcome, type Refusal, refused } from './command.ts'
import { catchUp, isMeant, nameOfCommittee, withVault } from './open.ts'
import { HALT_WORDS } from './words.ts'

export type City = {
  readonly home: Session
  /** Of a delegate. */
  readonly assembly: Session | undefined
  readonly groups: readonly Session[]
}

export const withCity = (context: Context, use: (city: City) => Promise<Outcome>): Promise<Outcome> =>
  withVault(context, async ({ committees }) => {
    const homes = committees.filter((one) => !one.view().charter.isAssembly)
    const [home, other] = homes.filter((one) => isMeant(one, context.committee))
    if (!home || other)
      return refused(
        'which_committee',
        `Say which committee you mean, with --committee: ${homes.map(nameOfCommittee).join(', ')}.`,
      )
    for (const session of committees) {
      const halt = await catchUp(context, session)
      if (halt !== undefined) context.terminal.note(HALT_WORDS[halt].sentence)
    }
    await keepCities(committees)
    const done = await use({ home, assembly: assemblyOf(home, committees), groups: committees })
    await keepCities(committees)
    return done
  })

/** For what only a delegate does. */
export const inAssembly = ({ assembly }: City): Result<Session, Refusal> =>
  assembly
    ? ok(assembly)
    : refused('no_delegate', 'Only a delegate does this, on the device that is in the assembly.')
