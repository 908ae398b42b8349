/**
 * Attacks that need several moves in a row, with the scheduler's help: while one goes on, nothing that an honest device commits reaches the
 * relay in time. The dice choose who, whom, and how often. Not here: single acts of treason (treason.ts).
 */
import { openEnvelope } from '../../client/core/epochlog/envelope.ts'
import { logFromSeed } from '../../client/core/epochlog/keys.ts'
import { devicesOf } from '../../client/core/governance/roster.ts'
import { isCommit } from '../../client/core/mls/message.ts'
import { rosterOf } from '../../client/core/session/state.ts'
import { sameBytes } from '../../shared/base/bytes.ts'
import { toHex } from '../../shared/base/text.ts'
import { bookAt, type Foothold, footholdsOf } from './adversary.ts'
import type { Dice } from './dice.ts'
import type { Line } from './line.ts'
import { approve, everybodyLooks, type Move, present, propose, type Stage } from './moves.ts'
import { peek } from './peek.ts'
import * as treason from './treason.ts'
import { type Device, hostile, mend } from './world.ts'

const IDLE = 'no plot'

const commitsAreLate = async (stage: Stage, meanwhile: () => Promise<string>): Promise<string> => {
  for (const device of stage.world.devices) device.line.keepsBack = (append) => isCommitOf(device, append)
  const what = await meanwhile()
  for (const device of stage.world.devices) device.line.keepsBack = () => false
  return what
}

/** The relay could only guess by size and time; the scheduler knows. */
const isCommitOf = (device: Device, { log: id, blob }: Parameters<Line['keepsBack']>[0]): boolean => {
  const seeds = peek(device)?.epochs.flatMap(({ info }) => info.logSeeds) ?? []
  const log = seeds.map(logFromSeed).find((one) => sameBytes(one.id, id))
  const opened = log && openEnvelope(log, blob)
  return opened?.ok === true && opened.value.kind === 1 && isCommit(opened.value.body)
}

/** The traitors look as well, and their clients do what clients do. */
const allLook = async (stage: Stage, dice: Dice): Promise<void> => {
  for (const device of hostile(stage.world)) {
    await mend(stage.world, device)
    await device.session.sync()
  }
  await everybodyLooks(stage, dice)
}

/** A traitor in the epoch in which most honest people stand. */
const among = async ({ world, adversary }: Stage, dice: Dice): Promise<Foothold | undefined> => {
  const [newest] = present(world)
    .flatMap((device) => peek(device)?.epochs.at(-1) ?? [])
    .sort((a, b) => b.info.number - a.info.number)
  for (const device of dice.shuffled(hostile(world))) {
    const there = await footholdsOf(adversary, device)
    const found = there.find(({ epoch }) => toHex(epoch.info.logSeeds[0] ?? new Uint8Array(0)) === newest?.id)
    if (found) return found
  }
  return undefined
}

/** Everybody honest wants this one out, knows of it, and cannot carry it out. */
const decideAgainst = async (stage: Stage, dice: Dice, target: Device): Promise<void> => {
  const [proposer] = dice.shuffled(present(stage.world))
  if (!proposer) return
  await propose(stage, proposer, { type: 'remove', seat: target.seat })
  for (let round = 0; round < 2; round++)
    for (const device of present(stage.world)) await approve(stage, device)
  await allLook(stage, dice)
}

/** 10.8, 10.9: whoever is to go, or an accomplice, renews keys again and again in front of the removal (I5). */
export const starve: Move = (stage, dice) =>
  commitsAreLate(stage, async () => {
    const target = dice.pick(hostile(stage.world))
    await decideAgainst(stage, dice, target)
    const rounds = 2 + dice.below(3)
    const story = [`all want ${target.name} out`]
    for (let i = 0; i < rounds; i++) {
      const from = await among(stage, dice)
      if (!from) break
      await treason.commitAs(stage.adversary, from, { act: undefined }, { keepsWelcome: true })
      if (dice.chance(0.5)) await treason.greetAnywhere(stage.adversary, dice)
      await everybodyLooks(stage, dice)
      story.push(`${from.device.name} renews in ${from.epoch.info.number}`)
    }
    return story.join(', ')
  })

/** 10.2, 10.12: a commit that some cannot follow, and then one for those, which the others cannot follow. */
export const split: Move = (stage, dice) =>
  commitsAreLate(stage, async () => {
    const story: string[] = []
    const links = 2 + dice.below(2)
    for (let i = 0; i < links; i++) {
      const from = await among(stage, dice)
      if (!from) break
      const intents = treason.openIntents(await bookAt(from.device), from)
      const helping = intents.filter(({ act }) => act?.type === 'resync')
      const intent = dice.pick(helping.length > 0 ? helping : intents)
      const there = present(stage.world).filter(
        (device) =>
          toHex(from.epoch.info.logSeeds[0] ?? new Uint8Array(0)) === peek(device)?.epochs.at(-1)?.id,
      )
      const victims = there.slice(0, 1 + dice.below(there.length))
      await treason.commitAs(stage.adversary, from, intent, {
        victims: victims.flatMap(({ seat }) => devicesOf(rosterOf(from.epoch), seat).map(({ leaf }) => leaf)),
        keepsWelcome: dice.chance(0.3),
      })
      await allLook(stage, dice)
      story.push(
        `${from.device.name} commits ${intent.act?.type ?? 'tidy'} in ${from.epoch.info.number}, lost for ${victims.map(({ name }) => name).join()}`,
      )
    }
    return story.join(', ') || IDLE
  })

/** V5: an accomplice carries the removal out without a path, so that whoever goes could read on. */
export const openDoor: Move = (stage, dice) =>
  commitsAreLate(stage, async () => {
    const [target, accomplice] = dice.shuffled(hostile(stage.world))
    if (!target || !accomplice) return IDLE
    await decideAgainst(stage, dice, target)
    const everywhere = await footholdsOf(stage.adversary, accomplice)
    for (const from of everywhere) await treason.removePathless(stage.adversary, from)
    await everybodyLooks(stage, dice)
    return `${accomplice.name} removes ${target.name} without a path`
  })
