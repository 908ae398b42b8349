/**
 * One schedule: a committee, some of it the adversary's, moves by lot, and then honest steps alone until all are together again. The seed
 * decides everything, down to the keys.
 */
import { newAdversary } from './adversary.ts'
import { broken, type Chronicle, newChronicle } from './chronicle.ts'
import { type Dice, diceFrom, seedLibsodium } from './dice.ts'
import { founded, type Plan } from './founded.ts'
import * as moves from './moves.ts'
import { beginWith, isTogether } from './oracle.ts'
import * as plots from './plots.ts'
import * as treason from './treason.ts'
import { honest, openWorld, type World } from './world.ts'

export type Outcome = {
  readonly seed: number
  readonly violations: readonly string[]
  /** What happened, in words. */
  readonly story: readonly string[]
  readonly states: ReadonlySet<string>
  readonly epochs: number
}

type Weighted = readonly (readonly [weight: number, move: moves.Move])[]

const HONEST: Weighted = [
  [8, moves.look],
  [3, moves.everybodyLooks],
  [5, moves.brokenLook],
  [2, moves.slowLook],
  [2, moves.arriveLate],
  [2, moves.crash],
  [1, moves.restartOne],
  [3, moves.timePasses],
  [1, moves.clockJumps],
  [1, moves.goAway],
  [1, moves.comeBack],
  [3, moves.speak],
  [2, moves.proposeRemoval],
  [1, moves.proposeCharter],
  [4, moves.approveAll],
  [1, moves.keysAreOld],
  [1, moves.dropOwn],
  [1, moves.cutOffTraitor],
]

const by =
  (one: treason.Treason): moves.Move =>
  async ({ adversary }, dice) =>
    one(adversary, dice)

const HOSTILE: Weighted = [
  [8, by(treason.garble)],
  [3, by(treason.chain)],
  [3, by(treason.writePrepared)],
  [2, by(treason.unmandated)],
  [2, by(treason.pathless)],
  [3, by(treason.fakeWelcome)],
  [2, by(treason.greetAnywhere)],
  [3, by(treason.abuseVotes)],
  [1, by(treason.flood)],
  [4, by(treason.behave)],
  [1, by(treason.askToLeave)],
  [1, by(treason.cutOff)],
]

/** Every schedule has its own mixture: some moves not at all, so that others follow upon each other. */
const mixtureOf = (dice: Dice, all: Weighted): Weighted =>
  all.flatMap(([weight, move]) => (dice.chance(0.25) ? [] : [[weight * (1 + dice.below(3)), move] as const]))

const draw = (dice: Dice, from: Weighted): moves.Move | undefined => {
  const tickets = from.flatMap(([weight, move]) => Array.from({ length: weight }, () => move))
  return tickets[dice.below(tickets.length)]
}

const PLOTS: readonly moves.Move[] = [plots.starve, plots.split, plots.openDoor]

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

export const runSchedule = async (seed: number): Promise<Outcome> => {
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
  const [good, bad] = [mixtureOf(dice, HONEST), mixtureOf(dice, HOSTILE)]
  if (dice.chance(0.15 * traitors.length)) story.push(await dice.pick(PLOTS)(stage, dice))
  const length = 5 + dice.below(11)
  for (let i = 0; i < length && chronicle.violations.length === 0; i++)
    story.push((await draw(dice, dice.chance(0.45) ? bad : good)?.(stage, dice)) ?? '')
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
