/** The city of one committee as a page is shown it. Not here: what is in it (client/core/session/cityView.ts). */
import { membershipOf } from '../../core/committee/cityLife.ts'
import { mayRing } from '../../core/committee/ladder.ts'
import { type AssemblyPage, assemblyPage } from '../../core/session/assemblyView.ts'
import { assemblyOf } from '../../core/session/cityCarrying.ts'
import { type CityCall, type CityPage, cityPage, type ItemPage } from '../../core/session/cityView.ts'
import type { DutyWeek } from '../../core/session/onDuty.ts'
import type { Session } from '../../core/session/session.ts'

export type CityShown = {
  /** Of a committee, and not of an assembly. */
  readonly home: CityPage | undefined
  /** The assembly that this group is, or that it is in and this device too. `committee`: as which group of this device. */
  readonly assembly: (AssemblyPage & { readonly committee: string }) | undefined
  /** Assemblies on this device that the committee may join. */
  readonly joinable: readonly { readonly committee: string; readonly name: string }[]
  /** Committees on this device that are in this assembly. */
  readonly homes: readonly string[]
  /** Calls of others that this member has neither answered nor pressed "I see it" on. */
  readonly unseen: readonly string[]
  /** Of those, what rings: an alarm that has time until tomorrow does not. */
  readonly loud: number
  /** Whether they may ring at this hour. */
  readonly mayRing: boolean
  /** This week and the next, and who is on duty. */
  readonly duty: readonly (DutyWeek & { readonly mayOffer: boolean })[]
  /** The city's relay is elsewhere, and this page may not speak to it. */
  readonly forbidden: string | undefined
}

/** What other committees ask of us: calls, questions that we have not begun to decide, alerts that wait for a second member. */
export type CityNow = {
  readonly calls: readonly CityCall[]
  readonly items: readonly ItemPage[]
  readonly waiting: number
  readonly mayAnswer: boolean
}

export const cityNow = ({ home, unseen }: CityShown): CityNow => ({
  calls: home?.calls.filter(({ id }) => unseen.includes(id)) ?? [],
  items:
    home?.items.filter(({ motions, said, needsMandate }) => needsMandate && !said && motions.length === 0) ??
    [],
  waiting: home?.waiting.filter(({ isSigned }) => !isSigned).length ?? 0,
  mayAnswer: home?.mayCall === 'yes',
})

export type CityGround = {
  readonly groups: readonly Session[]
  readonly seen: ReadonlySet<string>
  /** 0 to 23, where the phone is. */
  readonly hour: number
  /** Hosts that this page may not speak to. */
  readonly isForbidden: (host: string) => boolean
}

export const cityShown = (session: Session, ground: CityGround): CityShown => {
  const { groups, seen, hour, isForbidden } = ground
  const { committee, charter } = session.view()
  const assembly = charter.isAssembly ? session : assemblyOf(session, groups)
  const heard = session.calls(assembly?.view().committee)
  const home = charter.isAssembly ? undefined : cityPage(session.homeOf(), session.bulletins(), heard)
  const unseen = home?.calls.filter((call) => isWaiting(call, seen)) ?? []
  const newest = Math.max(...committee.homeTerms.keys())
  const host = hostOf([...committee.homeTerms.values()].at(-1)?.term.relay.address)
  return {
    home,
    assembly: assembly && { ...ofAssembly(assembly), committee: assembly.id },
    joinable: home && !home.mine ? joinableIn(groups) : [],
    homes: charter.isAssembly ? homesOf(session, groups) : [],
    unseen: unseen.map(({ id }) => id),
    loud: unseen.filter(({ ring }) => ring === undefined || ring.severity === 'now').length,
    mayRing: mayRing(session.ringing().wakes, hour, true),
    duty: home ? session.dutyWeeks().map((week) => ({ ...week, mayOffer: week.term >= newest })) : [],
    forbidden: host !== undefined && isForbidden(host) ? host : undefined,
  }
}

const joinableIn = (groups: readonly Session[]): CityShown['joinable'] =>
  groups
    .map((one) => ({ committee: one.id, charter: one.view().charter }))
    .flatMap(({ committee, charter }) => (charter.isAssembly ? [{ committee, name: charter.name }] : []))

const hostOf = (relay: string | undefined): string | undefined =>
  relay !== undefined && URL.canParse(relay) ? new URL(relay).host : undefined

const isWaiting = ({ id, isOurs, onIt }: CityCall, seen: ReadonlySet<string>): boolean =>
  !isOurs && !seen.has(id) && !onIt.some((one) => one.isOurs)

const ofAssembly = (session: Session): AssemblyPage => {
  const { committee, own, charter } = session.view()
  return assemblyPage(committee, { me: own.seat, name: charter.name })
}

const homesOf = (assembly: Session, groups: readonly Session[]): readonly string[] => {
  const city = assembly.cityName()
  return groups
    .filter((one) => one !== assembly && membershipOf(one.view().committee)?.city === city)
    .map(({ id }) => id)
}
