/** Which moves a schedule consists of. Not here: what they are (moves.ts, treason.ts, plots.ts, newcomers.ts). */
import type { Dice } from './dice.ts'
import * as moves from './moves.ts'
import { letIn } from './newcomers.ts'
import * as plots from './plots.ts'
import * as treason from './treason.ts'

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

const drawFrom = (dice: Dice, from: Weighted): moves.Move => {
  const tickets = from.flatMap(([weight, move]) => Array.from({ length: weight }, () => move))
  return tickets[dice.below(tickets.length)] ?? moves.look
}

/** Of several moves in a row. */
const PLOTS = { starve: plots.starve, split: plots.split, openDoor: plots.openDoor, letIn }
export type Plot = keyof typeof PLOTS

/** Each is drawn when its turn comes, for the moves throw the same dice. The more traitors, the more plots; `plot`: this one, at once. */
export const deal = (dice: Dice, traitors: number, plot?: Plot): readonly (() => moves.Move)[] => {
  const [good, bad] = [mixtureOf(dice, HONEST), mixtureOf(dice, HOSTILE)]
  const length = 5 + dice.below(11)
  const plotAt = dice.chance(0.15 * traitors) ? dice.below(length) : undefined
  const moveAt = (i: number): moves.Move => {
    if (plot && i === 0) return PLOTS[plot]
    if (i === plotAt) return dice.pick(Object.values(PLOTS))
    return drawFrom(dice, dice.chance(0.45) ? bad : good)
  }
  return Array.from({ length }, (_, i) => () => moveAt(i))
}
