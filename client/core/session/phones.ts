/**
 * What this device knows of the devices of all members: when each came, when it was last heard, which were cut off, by whom, and whether that is
 * settled. Not here: cutting one off (devices.ts).
 */
import type { DeviceId, SeatId } from '../governance/ids.ts'
import { dropOf } from '../governance/ledger.ts'
import { deviceOf, devicesOf, isVacant, type Roster } from '../governance/roster.ts'
import { type Effect, takesOut } from '../governance/verdict.ts'
import type { Book } from './book.ts'
import { type Desk, firstOrderOf, orderOf } from './desk.ts'
import { exposedNow } from './exposed.ts'
import type { ExposedThen } from './exposedThen.ts'
import type { DeviceRecord } from './state.ts'

/** Kept at once; those that went first go first. */
const MAX_RECORDS = 512

/** After a commit: who came by it, and who was cut off. */
export const noteDevices = (desk: Desk, before: Roster, after: Roster, { change }: Effect): void => {
  const { devices } = desk.book
  const at = desk.clock()
  const { epoch } = after
  for (const { device, seat } of after.devices)
    if (!deviceOf(before, device)) devices.put(device, { seat, came: { epoch, at }, cutOff: undefined })
  if (change?.type !== 'dropped') return
  const known = devices.get(change.device)
  const cutOff = { epoch, at, by: change.by, exposed: exposedNow(desk.book, change) }
  devices.put(change.device, { seat: change.seat, came: known?.came, cutOff })
  forgetOldest(desk, after)
}

const forgetOldest = ({ book: { devices } }: Desk, roster: Roster): void => {
  const gone = devices.keys().filter((key) => !deviceOf(roster, key as DeviceId))
  const ageOf = (key: string): number => devices.get(key)?.cutOff?.at ?? 0
  const surplus = Math.max(0, devices.keys().length - MAX_RECORDS)
  for (const key of gone.sort((a, b) => ageOf(a) - ageOf(b)).slice(0, surplus)) devices.drop(key)
}

export type PhoneView = {
  readonly device: DeviceId
  readonly isMe: boolean
  readonly missing: number
  /** Milliseconds since 1970 by this device's clock, to the hour. */
  readonly heardAt: number | undefined
  /** Places in the committee's order: from its coming to what it had read when it was last heard. */
  readonly read: { readonly from: number; readonly to: number } | undefined
  readonly came: DeviceRecord['came']
}

export type CutOffView = {
  readonly device: DeviceId
  /** Undefined: its owner, by another device. */
  readonly by: SeatId | undefined
  readonly at: number
  /** Not settled: its initiator cannot cut off anybody else. */
  readonly isOpen: boolean
  /** Undefined: it was cut off before this device came. */
  readonly exposed: ExposedThen | undefined
}

export type PhonesView = {
  readonly devices: readonly PhoneView[]
  /** Has no device left: two of us must meet this person before there is another one. */
  readonly isVacant: boolean
  /** Newest first. */
  readonly cutOffs: readonly CutOffView[]
}

export const phonesOf = (book: Book, seat: SeatId): PhonesView => {
  const { roster } = book.newest().info
  return {
    devices: devicesOf(roster, seat).map(({ device }) => phoneOf(book, device)),
    isVacant: isVacant(roster, seat),
    cutOffs: cutOffsOf(book, seat),
  }
}

const phoneOf = (book: Book, device: DeviceId): PhoneView => {
  const peer = book.peers.get(device)
  const heard = book.heard.get(device)
  const came = book.devices.get(device)?.came
  return {
    device,
    isMe: device === book.own().device,
    missing: peer?.missing ?? 0,
    heardAt: heard?.at,
    read: heard && { from: firstOrderOf(came?.epoch ?? 0), to: orderOf(heard.epoch, heard) },
    came,
  }
}

const cutOffsOf = (book: Book, seat: SeatId): readonly CutOffView[] => {
  const { ledger, roster } = book.newest().info
  const records = book.devices.keys().flatMap((key) => {
    const device = key as DeviceId
    const record = book.devices.get(key)
    // A drop that was voided has not happened.
    if (record?.seat !== seat || !record.cutOff || deviceOf(roster, device)) return []
    const { by, at, exposed } = record.cutOff
    return [{ device, by, at, isOpen: dropOf(ledger, device) !== undefined, exposed }]
  })
  return [...records, ...openOnly(book, seat, records)].sort((a, b) => b.at - a.at)
}

/** From before this device was there: the ledger names them still. */
const openOnly = (book: Book, seat: SeatId, known: readonly CutOffView[]): readonly CutOffView[] =>
  book
    .newest()
    .info.ledger.drops.filter((one) => one.seat === seat && known.every((k) => k.device !== one.device))
    .map(({ device, by }) => ({ device, by, at: 0, isOpen: true, exposed: undefined }))

/** That this device itself was cut off, by whom, and whether it was the last one of its seat. */
export const ownCutOff = (
  book: Book,
): { readonly by: SeatId | undefined; readonly isLast: boolean } | undefined => {
  const effect = book.newest().fold.current?.effect
  const { seat, device } = book.own()
  if (effect?.change?.type !== 'dropped' || !takesOut(effect, { seat, device })) return undefined
  const { by, vacates } = effect.change
  return { by, isLast: vacates !== undefined }
}
