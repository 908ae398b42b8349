/** The committees that schedules begin with, each founded once in a process, with the join flow that people use. */
import { openBook } from '../../client/core/session/book.ts'
import { copyLog } from '../support/memoryLog.ts'
import { createMemoryRelay } from '../support/memoryRelay.ts'
import { foundBy, joinBy, linkBy, newTime, type Person } from '../support/people.ts'
import { seedLibsodium } from './dice.ts'
import type { Founded } from './world.ts'

/**
 * `isTidy`: everybody has renewed their keys, so that the tree has no blanks and a path secret is for several at once; without it every
 * leaf has a ciphertext of its own. `probation`: epochs that the fourth seat and later ones wait. `isLinked`: the second person has two devices.
 */
export type Plan = {
  readonly seats: number
  readonly isTidy?: boolean
  readonly probation?: number
  readonly isLinked?: boolean
}

const DAY_MS = 86_400_000
const known = new Map<string, Promise<Founded>>()

export const founded = (plan: Plan): Promise<Founded> => {
  const name = JSON.stringify(plan)
  const made = known.get(name) ?? found(plan)
  known.set(name, made)
  return made
}

const found = async ({ seats, isTidy, probation = 0, isLinked }: Plan): Promise<Founded> => {
  seedLibsodium(1000 * seats + 10 * probation + (isTidy ? 1 : 0) + (isLinked ? 2 : 0))
  const relay = createMemoryRelay('model')
  const time = newTime()
  const first = await foundBy('a', relay, { charter: { probation } }, time)
  const people: Person[] = [first]
  for (let i = 1; i < seats; i++)
    people.push(await joinBy(String.fromCharCode(97 + i), first, relay, people.slice(1)))
  const [, second, ...others] = people
  const linked = isLinked && second ? [await linkBy(second, relay, [first, ...others])] : []
  const all = [...people, ...linked]
  await settle(all)
  if (isTidy) {
    time.now += 15 * DAY_MS
    await settle(all)
  }
  for (const person of all) await end(person)
  return {
    now: time.now,
    logs: [...relay.logs].map(([name, log]) => [name, copyLog(log)]),
    disks: all.flatMap(({ disk }, i) => {
      const stored = disk.stored()
      return stored ? [{ person: i < seats ? i : 1, stored }] : []
    }),
  }
}

/** As in a committee in which nothing has happened for so long that the logs of earlier epochs have died. */
const end = async ({ session, vault }: Person): Promise<void> => {
  await session.close()
  const book = await openBook(vault, session.id)
  for (const { info } of book.epochs().slice(0, -1)) book.dropEpoch(info.number)
  await book.save()
  await vault.close()
}

const settle = async (people: readonly Person[]): Promise<void> => {
  for (let round = 0; round < people.length + 2; round++)
    for (const { session } of people) await session.sync()
}
