/**
 * A delegate's device between a committee and its assembly: what each of the two logs says is owed to the other is said there, again and again until nothing is. Not here: what is
 * owed (cityOwed.ts).
 */
import { lastMembership, membershipOf } from '../committee/cityLife.ts'
import type { KnownContent } from '../committee/content.ts'
import { speaksFor } from '../committee/roles.ts'
import { owedByDelegate } from './cityOwed.ts'
import type { Session } from './session.ts'

/** Steps that follow from each other within one look: keys, list, card, letters, terms. */
const MAX_ROUNDS = 12

/** The assembly of this committee among the groups on this device. */
export const assemblyOf = (home: Session, groups: readonly Session[]): Session | undefined =>
  assemblyCalled(membershipOf(home.view().committee)?.city, groups)

const assemblyCalled = (city: string | undefined, groups: readonly Session[]): Session | undefined =>
  groups.find((one) => one.view().charter.isAssembly && one.cityName() === city)

/** Does for every committee on this device what it owes to its city. All of them were read before. */
export const keepCities = async (groups: readonly Session[]): Promise<void> => {
  for (const home of groups.filter((one) => !one.view().charter.isAssembly)) await keepCityOf(home, groups)
}

const keepCityOf = async (home: Session, groups: readonly Session[]): Promise<void> => {
  const { committee, own } = home.view()
  const last = lastMembership(committee)
  if (!last) return
  const assembly = speaksFor(committee, own.seat) ? assemblyCalled(last.city, groups) : undefined
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const said = (await home.keepCity()) + (assembly ? await carry(home, assembly) : 0)
    if (said === 0) return
  }
}

const carry = async (home: Session, assembly: Session): Promise<number> => {
  const { committee, own } = assembly.view()
  const relay = assembly.cityRelay()
  const owed = owedByDelegate(home.homeOf(), { assembly: committee, me: own.seat, relay })
  await sayAll(home, owed.home)
  await sayAll(assembly, owed.assembly)
  return owed.home.length + owed.assembly.length
}

const sayAll = async (session: Session, contents: readonly KnownContent[]): Promise<void> => {
  for (const content of contents) await session.say(content)
}
