/** The committees that schedules begin with, each founded once in a process, with the join flow that people use. */
import { openBook } from '../../client/core/session/book.ts'
import { copyLog } from '../support/memoryLog.ts'
import { createMemoryRelay } from '../support/memoryRelay.ts'
import { foundBy, joinBy, newTime, type Person } from '../support/people.ts'
import { seedLibsodium } from './dice.ts'
import type { Founded } from './world.ts'

/**
 * `isTidy`: everybody has renewed their keys, so that the tree has no blanks and a path secret is for several at once; without it every
 * leaf has a ciphertext of its own. `probation`: epochs that the fourth seat and later ones wait.
 */
export type Plan = { readonly seats: number; readonly isTidy: boolean; readonly probation: number }

const DAY_MS = 86_400_000
const known = new Map<string, Promise<Founded>>()

export const founded = (plan: Plan): Promise<Founded> => {
  const name = JSON.stringify(plan)
  const made = known.get(name) ?? found(plan)
  known.set(name, made)
  return made
}

const found = async (plan: Plan): Promise<Founded> => {
  seedLibsodium(1000 * plan.seats + 10 * plan.probation + (plan.isTidy ? 1 : 0))
  const relay = createMemoryRelay('model')
  const time = newTime()
  const first = await foundBy('a', relay, { charter: { probation: plan.probation } }, time)
  const people: Person[] = [first]
  for (let i = 1; i < plan.seats; i++)
    people.push(await joinBy(String.fromCharCode(97 + i), first, relay, people.slice(1)))
  await settle(people)
  if (plan.isTidy) {
    time.now += 15 * DAY_MS
    await settle(people)
  }
  for (const person of people) await end(person)
  return {
    now: time.now,
    logs: [...relay.logs].map(([name, log]) => [name, copyLog(log)]),
    disks: people.flatMap(({ disk }, person) => {
      const stored = disk.stored()
      return stored ? [{ person, stored }] : []
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
