/**
 * One schedule: a committee, some of it the adversary's, moves by lot, and then honest steps alone until all are together again. The seed
 * decides everything, down to the keys.
 */
import { newAdversary } from './adversary.ts'
import { broken, type Chronicle, newChronicle } from './chronicle.ts'
import { type Dice, diceFrom, seedLibsodium } from './dice.ts'
import { founded, type Plan } from './founded.ts'
import { deal, type Plot } from './mixture.ts'
import * as moves from './moves.ts'
import { arrive } from './newcomers.ts'
import { beginWith, isTogether } from './oracle.ts'
import { honest, openWorld, type World } from './world.ts'

export type Outcome = {
  readonly seed: number
  readonly violations: readonly string[]
  /** What happened, in words. */
  readonly story: readonly string[]
  readonly states: ReadonlySet<string>
  readonly epochs: number
}

const PLANS: readonly Plan[] = [
  { seats: 3 },
  { seats: 3, isTidy: true },
  { seats: 3, isLinked: true },
  { seats: 4 },
  { seats: 4, isTidy: true },
  { seats: 4, isTidy: true, isLinked: true },
  { seats: 4, probation: 8 },
  { seats: 5 },
  { seats: 5, isTidy: true },
]

export const runSchedule = async (seed: number, plot?: Plot): Promise<Outcome> => {
  const dice = diceFrom(seed)
  const plan = dice.pick(PLANS)
  const start = await founded(plan)
  seedLibsodium(seed)
  const most = Math.ceil(plan.seats / 2) - 1
  const traitors = dice
    .shuffled(Array.from({ length: plan.seats }, (_, i) => i))
    .slice(0, 1 + dice.below(most))
  const world = await openWorld(start, traitors)
  const adversary = newAdversary(world)
  const chronicle = newChronicle(world, adversary)
  const stage = { world, adversary, chronicle }
  const story = [
    `${JSON.stringify(plan)}, traitors ${traitors.map((i) => String.fromCharCode(97 + i)).join()}`,
  ]
  await beginWith(chronicle)
  for (const draw of deal(dice, traitors.length, plot))
    if (chronicle.violations.length === 0) story.push(await draw()(stage, dice))
  if (chronicle.violations.length === 0) story.push(await converge(stage, dice))
  for (const { line } of world.devices) line.end()
  return {
    seed,
    violations: chronicle.violations,
    story,
    states: chronicle.states,
    epochs: chronicle.epochs.size,
  }
}

/** Minutes between rounds: for VOID, for escalation step by step, and for the poll of old logs. */
const WAITS = [0, 0, 1, 11, ...Array.from({ length: 10 }, () => [31, 31, 361]).flat()]

/** I4: honest steps alone, with time passing, lead everybody into one epoch, with every complete mandate carried out. */
const converge = async (stage: moves.Stage, dice: Dice): Promise<string> => {
  const { world, chronicle } = stage
  await moves.arriveLate(stage, dice)
  await moves.comeBack(stage, dice)
  for (const [round, minutes] of WAITS.entries()) {
    world.time.now += minutes * 60_000
    for (const device of dice.shuffled(honest(world))) await moves.syncOne(stage, device)
    await arrive(stage)
    if (chronicle.violations.length > 0 || isTogether(chronicle)) return `together after ${round + 1} rounds`
  }
  broken(chronicle, 'I4', `honest steps alone lead nowhere: ${standing(world, chronicle)}`)
  return 'not together'
}

const standing = (world: World, chronicle: Chronicle): string =>
  honest(world)
    .map(({ name, session }) => {
      const { own, epoch, motions, unsent } = session.view()
      const open = motions.filter(({ outcome }) => outcome === 'open').length
      return `${name} ${own.status} in ${epoch}, ${open} motions open, ${unsent} unsent`
    })
    .concat(`${chronicle.epochs.size} epochs`)
    .join('; ')
