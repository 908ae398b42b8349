/**
 * What honest people and the scheduler do: look, be cut off, crash, wait, speak, decide. Not here: treason (treason.ts).
 */
import { encodeCharter } from '../../client/core/governance/charter.ts'
import type { Action } from '../../client/core/governance/motion.ts'
import { settled } from '../support/fakeTimer.ts'
import { appendTo } from '../support/memoryLog.ts'
import { type Adversary, tamper } from './adversary.ts'
import { broken, type Chronicle } from './chronicle.ts'
import type { Dice } from './dice.ts'
import { TOO_MANY_REQUESTS } from './line.ts'
import { checkDevice } from './oracle.ts'
import { peek } from './peek.ts'
import { type Device, honest, hostile, mend, restart, type World } from './world.ts'

export type Stage = { readonly world: World; readonly adversary: Adversary; readonly chronicle: Chronicle }
export type Move = (stage: Stage, dice: Dice) => Promise<string>

const MINUTE_MS = 60_000
export const present = (world: World): readonly Device[] => honest(world).filter(({ isAway }) => !isAway)

/** One device does something, and the oracle looks at it. A step that waits for nothing must come to an end. */
const act = async ({ chronicle }: Stage, device: Device, doing: () => Promise<unknown>): Promise<string> => {
  const before = device.line.requestsSoFar()
  const done = doing().then(
    (value) => (typeof value === 'string' ? value : 'done'),
    (failure: unknown) => `threw ${failure instanceof Error ? failure.message : String(failure)}`,
  )
  const outcome = await Promise.race([
    done,
    settled()
      .then(settled)
      .then(() => 'hangs'),
  ])
  if (outcome === 'hangs') broken(chronicle, 'I4', `${device.name} waits for what will not come`)
  if (device.line.requestsSoFar() - before >= TOO_MANY_REQUESTS)
    broken(chronicle, 'I4', `${device.name} asks without end`)
  return outcome
}

export const syncOne = async (stage: Stage, device: Device): Promise<string> => {
  await mend(stage.world, device)
  const outcome = await act(stage, device, () => device.session.sync())
  if (outcome.startsWith('threw')) broken(stage.chronicle, 'I6', `${device.name} ${outcome}`)
  await checkDevice(stage.chronicle, device)
  return outcome
}

export const someone = (stage: Stage, dice: Dice): Device | undefined => {
  const all = present(stage.world)
  return all.length > 0 ? dice.pick(all) : undefined
}

const IDLE = 'nobody is there'

export const look: Move = async (stage, dice) => {
  const device = someone(stage, dice)
  if (!device) return IDLE
  await syncOne(stage, device)
  return `${device.name} looks`
}

export const everybodyLooks: Move = async (stage, dice) => {
  for (const device of dice.shuffled(present(stage.world))) await syncOne(stage, device)
  return 'everybody looks'
}

/** The line breaks: after some requests, or when an append has arrived whose receipt has not. */
export const brokenLook: Move = async (stage, dice) => {
  const device = someone(stage, dice)
  if (!device) return IDLE
  await mend(stage.world, device)
  const isByAppend = dice.chance(0.6)
  if (isByAppend) device.line.limits.appends = 1 + dice.below(2)
  else device.line.limits.requests = dice.below(14)
  await act(stage, device, () => device.session.sync())
  await checkDevice(stage.chronicle, device)
  return `${device.name} looks over a line that breaks`
}

/** The next append arrives much later than its sender believes. */
export const slowLook: Move = async (stage, dice) => {
  const device = someone(stage, dice)
  if (!device) return IDLE
  await mend(stage.world, device)
  device.line.keepsBack = () => true
  await act(stage, device, () => device.session.sync())
  device.line.keepsBack = () => false
  await checkDevice(stage.chronicle, device)
  return `${device.name} looks, and what it writes is late`
}

export const arriveLate: Move = async (stage) => {
  let count = 0
  for (const { line } of stage.world.devices)
    for (const { log, blob } of line.held.splice(0)) {
      appendTo(stage.world.relay.log(log), blob as Parameters<typeof appendTo>[1])
      count++
    }
  return `${count} late entries arrive`
}

/** I6: the process dies at a write to its disk, and the next one goes on from there. */
export const crash: Move = async (stage, dice) => {
  const device = someone(stage, dice)
  if (!device) return IDLE
  await mend(stage.world, device)
  let left = dice.below(8)
  device.disk.beforeWrite = () => {
    if (left-- <= 0) throw new Error('the power is gone')
  }
  await act(stage, device, () => device.session.sync())
  // Nothing that was begun outlives the process.
  await device.vault.close()
  device.disk.beforeWrite = () => undefined
  await restart(stage.world, device)
  await checkDevice(stage.chronicle, device)
  return `${device.name} crashes`
}

export const restartOne: Move = async (stage, dice) => {
  const device = someone(stage, dice)
  if (!device) return IDLE
  const before = JSON.stringify(stateOf(device))
  if (dice.chance(0.5)) {
    await device.session.close()
    await device.vault.close()
  }
  await restart(stage.world, device)
  if (JSON.stringify(stateOf(device)) !== before)
    broken(stage.chronicle, 'I6', `${device.name} is another after a restart`)
  return `${device.name} starts anew`
}

const stateOf = ({ session }: Device) => {
  const { own, epoch, words, unsent, members } = session.view()
  return { own, epoch, words, unsent, members }
}

export const timePasses: Move = async ({ world }, dice) => {
  const minutes = dice.pick([1, 5, 11, 31, 31, 61])
  world.time.now += minutes * MINUTE_MS
  return `${minutes} minutes pass`
}

/** 10.16: no verdict may depend on a clock; this one moves by hours, in either direction. */
export const clockJumps: Move = async (stage, dice) => {
  const device = someone(stage, dice)
  if (!device) return IDLE
  device.offset += (dice.below(13) - 6) * 60 * MINUTE_MS
  return `the clock of ${device.name} is off by ${device.offset / 3_600_000} h`
}

export const goAway: Move = async (stage, dice) => {
  const device = someone(stage, dice)
  if (!device) return IDLE
  device.isAway = true
  return `${device.name} is away`
}

export const comeBack: Move = async ({ world }) => {
  for (const device of honest(world)) device.isAway = false
  return 'everybody is back'
}

export const saySomething = async (
  stage: Stage,
  device: Device,
  doing: () => Promise<unknown>,
): Promise<void> => {
  await mend(stage.world, device)
  await act(stage, device, doing)
  await checkDevice(stage.chronicle, device)
}

export const speak: Move = async (stage, dice) => {
  const device = someone(stage, dice)
  if (!device) return IDLE
  const text = `word ${stage.chronicle.states.size}.${dice.below(1_000_000)}`
  await saySomething(stage, device, () => device.session.say({ type: 'post', text }))
  return `${device.name} speaks`
}

export const propose = async (stage: Stage, device: Device, action: Action): Promise<void> =>
  saySomething(stage, device, () => device.session.propose(action))

/** Against one of the adversary's seats. */
export const proposeRemoval: Move = async (stage, dice) => {
  const device = someone(stage, dice)
  if (!device) return IDLE
  const target = dice.pick(hostile(stage.world))
  const { seat } = target
  if (!device.session.view().members.some((member) => member.seat === seat))
    return `${target.name} is gone already`
  await propose(stage, device, { type: 'remove', seat })
  return `${device.name} wants ${target.name} out`
}

export const proposeCharter: Move = async (stage, dice) => {
  const device = someone(stage, dice)
  if (!device) return IDLE
  const { charter } = device.session.view()
  const changed = { ...charter, purpose: `Purpose ${dice.below(1_000_000)}` }
  await propose(stage, device, { type: 'charter', charter: encodeCharter(changed) })
  return `${device.name} wants another charter`
}

/** Honest people approve what honest people want. */
export const approve = async (stage: Stage, device: Device): Promise<void> => {
  const traitors = hostile(stage.world).map(({ seat }) => seat)
  await syncOne(stage, device)
  const waiting = device.session
    .view()
    .motions.filter((m) => m.isWaitingForMe && m.by && !traitors.includes(m.by))
  for (const { hash } of waiting) await saySomething(stage, device, () => device.session.approve(hash))
}

export const approveAll: Move = async (stage, dice) => {
  const devices = dice.shuffled(present(stage.world)).slice(0, 1 + dice.below(present(stage.world).length))
  for (const device of devices) await approve(stage, device)
  return `${devices.map(({ name }) => name).join()} approve what waits`
}

/** The fortnight is over for this device. */
export const keysAreOld: Move = async (stage, dice) => {
  const device = someone(stage, dice)
  if (!device) return IDLE
  await tamper(stage, device, (book) => book.setOwn({ owesTidy: true }))
  return `${device.name} is due to renew its keys`
}

const deviceIn = (device: Device) => peek(device)?.own.device

/** 4.11: one of two devices is lost. */
export const dropOwn: Move = async (stage, dice) => {
  const device = someone(stage, dice)
  const lost = stage.world.devices.find((one) => one.seat === device?.seat && one !== device)
  const id = lost && deviceIn(lost)
  if (!device || !id) return IDLE
  await saySomething(stage, device, () => device.session.dropDevice(id))
  return `${device.name} cuts off ${lost.name}`
}

/** 4.11: an emergency, in the eyes of one. */
export const cutOffTraitor: Move = async (stage, dice) => {
  const device = someone(stage, dice)
  const traitor = dice.pick(hostile(stage.world))
  const id = deviceIn(traitor)
  if (!device || !id) return IDLE
  await saySomething(stage, device, () => device.session.cutOff(id))
  return `${device.name} cuts off ${traitor.name}`
}
