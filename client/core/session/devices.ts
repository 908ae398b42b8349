/**
 * Cutting off devices (protocol.md 4.11): a lost one of one's own, by another of one's own; anybody's in an emergency, which is instant, keeps the
 * seat, and stands beside the name of whoever did it until it is settled. Not here: linking a device (linking.ts), and what is allowed
 * (governance/requests.ts).
 */
import { err, ok, type Result } from '../../../shared/base/result.ts'
import { type DropRequest, signDrop } from '../governance/act.ts'
import type { DeviceId } from '../governance/ids.ts'
import { dropBy, dropOf } from '../governance/ledger.ts'
import { MOTION_LIFE_EPOCHS, type Motion, motionHash } from '../governance/motion.ts'
import { type Device, deviceOf, isFullSeat } from '../governance/roster.ts'
import { signatureKeyPair } from '../mls/group.ts'
import type { Turns } from '../vault/turns.ts'
import { commit } from './committing.ts'
import { queue } from './outbox.ts'
import type { Patience } from './patience.ts'
import { readAll } from './reading.ts'
import { state } from './sending.ts'
import { approveMotion, newMotion } from './sponsoring.ts'
import { rosterOf } from './state.ts'
import type { Keeper } from './upkeep.ts'
import { dropKey, isPresent } from './welcomes.ts'

/** `drop_open`: we have cut off somebody, and that is not settled. `this_device`: nobody cuts off what they hold in their hand. */
export type DropFailure =
  | 'not_member'
  | 'no_such_device'
  | 'this_device'
  | 'not_yours'
  | 'yours'
  | 'on_probation'
  | 'drop_open'

/** `yours`: who cut somebody off does not say that it was right. */
export type SettleFailure = 'not_member' | 'no_such_drop' | 'yours'

/** `waiting`: signed and kept; this device or another member's carries it out as soon as that is possible. */
export type Dropping = 'done' | 'waiting'

/** A lost device of our own seat. */
const dropOwn = (keeper: Keeper, device: DeviceId): Promise<Result<Dropping, DropFailure>> =>
  dropDevice(keeper, device, (mine, target) => (mine.seat === target.seat ? undefined : 'not_yours'))

/** Another member's device, at once and without a vote. */
const cutOff = (keeper: Keeper, device: DeviceId): Promise<Result<Dropping, DropFailure>> =>
  dropDevice(keeper, device, (mine, target) => {
    const { info } = keeper.book.newest()
    if (mine.seat === target.seat) return 'yours'
    if (!isFullSeat(info.roster, mine.seat)) return 'on_probation'
    return dropBy(info.ledger, mine.seat) ? 'drop_open' : undefined
  })

type Objection = (mine: Device, target: Device) => DropFailure | undefined

const dropDevice = async (
  keeper: Keeper,
  device: DeviceId,
  objection: Objection,
): Promise<Result<Dropping, DropFailure>> => {
  const { book } = keeper
  if (book.own().status === 'member') await readAll(keeper)
  const roster = rosterOf(book.newest())
  const [mine, target] = [deviceOf(roster, book.own().device), deviceOf(roster, device)]
  if (!mine) return err('not_member')
  if (!target) return err('no_such_device')
  if (mine === target) return err('this_device')
  const why = objection(mine, target)
  if (why) return err(why)
  await keepRequest(keeper, mine, target)
  return ok(await carryOutDrop(keeper, device))
}

/** Saved before anything leaves, so that it is carried out even if the relay is away now. */
const keepRequest = async ({ book }: Keeper, mine: Device, target: Device): Promise<void> => {
  const { group, info } = book.newest()
  if (!group) throw new Error('the newest epoch has a group')
  const request = signDrop(signatureKeyPair(group).secretKey, {
    anchor: info.anchor,
    device: target.device,
    by: mine.device,
    lastEpoch: info.number + MOTION_LIFE_EPOCHS - 1,
  })
  const rest = { resync: undefined, leave: undefined }
  book.requests.put(dropKey(target.device, mine.device), {
    epoch: info.number,
    log: 0,
    ...rest,
    drop: request,
  })
  await book.save()
}

/** By a commit of ours; where we may not make one now, by asking the others in the log. */
const carryOutDrop = async (keeper: Keeper, device: DeviceId): Promise<Dropping> => {
  const { book } = keeper
  const drop = book.requests.get(dropKey(device, book.own().device))?.drop
  if (!drop) return 'done'
  const { status } = book.own()
  const done =
    status === 'member' ? await commit(keeper, { act: { type: 'drop', request: drop } }) : undefined
  if (!done?.ok && isPresent(keeper, device)) await askOthers(keeper, drop)
  await book.save()
  return isPresent(keeper, device) ? 'waiting' : 'done'
}

const askOthers = async (keeper: Keeper, request: DropRequest): Promise<void> => {
  const { number } = keeper.book.newest().info
  await state(keeper, number, { type: 'drop', request })
}

/**
 * "It was right": of a drop that is open. The owner's word alone settles it, or so many others as a removal takes. The answer is the
 * motion; one that is open already gets our approval.
 */
const settleDrop = (keeper: Keeper, device: DeviceId): Result<string, SettleFailure> => {
  const { book } = keeper
  const { seat, status } = book.own()
  const open = dropOf(book.newest().info.ledger, device)
  if (status !== 'member') return err('not_member')
  if (!open) return err('no_such_drop')
  if (open.by === seat) return err('yours')
  const known = book.motions.all().find((one) => one.outcome === 'open' && isAbout(one.motion, device))
  const motion = known?.motion ?? newMotion(keeper, { type: 'settleDrop', ...open })
  if (!known) queue(keeper, { type: 'motion', motion, join: undefined })
  approveMotion(keeper, motion)
  return ok(motionHash(motion))
}

const isAbout = ({ action }: Motion, device: DeviceId): boolean =>
  action.type === 'settleDrop' && action.device === device

export type DeviceCommands = {
  /** Cuts off a lost device of our own. */
  readonly dropDevice: (device: DeviceId) => Promise<Result<Dropping, DropFailure>>
  /** Cuts off another member's device at once. Our name stands beside it, and we cannot do it again until it is settled. */
  readonly cutOff: (device: DeviceId) => Promise<Result<Dropping, DropFailure>>
  /** Says that a cut-off was right: its owner alone, or so many others as a removal takes. */
  readonly settleDrop: (
    device: DeviceId,
  ) => Promise<Result<{ readonly motion: string; readonly is: 'sent' | 'waiting' }, SettleFailure>>
}

type Around = {
  readonly keeper: Keeper
  readonly turns: Turns
  readonly patience: Patience
  readonly sendNow: () => Promise<'sent' | 'waiting'>
}

export const deviceCommands = ({ keeper, turns, patience, sendNow }: Around): DeviceCommands => {
  const drop = (how: typeof cutOff) => (device: DeviceId) =>
    turns.next(async () => {
      patience.hurry(dropKey(device, keeper.book.own().device))
      const done = await how(keeper, device)
      if (done.ok) await sendNow()
      return done
    })
  return {
    dropDevice: drop(dropOwn),
    cutOff: drop(cutOff),
    settleDrop: (device) =>
      turns.next(async () => {
        const settled = settleDrop(keeper, device)
        if (!settled.ok) return settled
        patience.hurry(settled.value)
        return ok({ motion: settled.value, is: await sendNow() })
      }),
  }
}
