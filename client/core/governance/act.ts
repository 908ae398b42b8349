/**
 * What a commit says it does, in its one custom proposal (protocol.md 4.5, V4): execute a mandate, answer a device that is
 * stuck, let somebody go who asked to, or cut off a device.
 */
import { concat, utf8 } from '../../../shared/base/bytes.ts'
import {
  bytes,
  type Codec,
  decode,
  encode,
  struct,
  u32,
  type Value,
  variant,
} from '../../../shared/base/codec.ts'
import { fromHex } from '../../../shared/base/text.ts'
import { type SecretKey, sign, verify } from '../../../shared/crypto/sodium.ts'
import { type DeviceId, deviceId, hashText, type SeatId, seatId } from './ids.ts'
import { mandate } from './motion.ts'

/** "I cannot follow that commit; here is a fresh key package": signed by the leaf that is stuck. */
const resyncFields = struct({
  anchor: bytes(32),
  epoch: u32,
  commit: hashText,
  device: deviceId,
  keyPackage: hashText,
  signature: bytes(64),
})
export type ResyncRequest = Value<typeof resyncFields>
export const resyncRequest: Codec<ResyncRequest> = resyncFields

type Unsigned<T> = Omit<T, 'signature'>
const raw = (hex: string): Uint8Array => fromHex(hex) ?? new Uint8Array(0)

const resyncBytes = (r: Unsigned<ResyncRequest>): Uint8Array =>
  concat(utf8('resync/1'), r.anchor, encode(u32, r.epoch), raw(r.commit), raw(r.device), raw(r.keyPackage))

export const signResync = (key: SecretKey, r: Unsigned<ResyncRequest>): ResyncRequest => ({
  ...r,
  signature: sign(key, resyncBytes(r)),
})

export const verifyResync = (publicKey: Uint8Array, r: ResyncRequest): boolean =>
  verify(publicKey, resyncBytes(r), r.signature)

/** "Take my seat out": signed by one of the seat's devices. Good once, because a seat exists once. */
const leaveFields = struct({ anchor: bytes(32), seat: seatId, device: deviceId, signature: bytes(64) })
export type LeaveRequest = Value<typeof leaveFields>
export const leaveRequest: Codec<LeaveRequest> = leaveFields

const leaveBytes = (r: { anchor: Uint8Array; seat: SeatId; device: DeviceId }): Uint8Array =>
  concat(utf8('leave/1'), r.anchor, raw(r.seat), raw(r.device))

export const signLeave = (key: SecretKey, r: Unsigned<LeaveRequest>): LeaveRequest => ({
  ...r,
  signature: sign(key, leaveBytes(r)),
})

export const verifyLeave = (publicKey: Uint8Array, r: LeaveRequest): boolean =>
  verify(publicKey, leaveBytes(r), r.signature)

/**
 * "Cut off this device": signed by another device of the seat, which is its owner's drop, or by a device of another seat, which is an
 * emergency drop (4.11). Good until its last epoch and once, because a device exists once.
 */
const dropFields = struct({
  anchor: bytes(32),
  device: deviceId,
  by: deviceId,
  lastEpoch: u32,
  signature: bytes(64),
})
export type DropRequest = Value<typeof dropFields>
export const dropRequest: Codec<DropRequest> = dropFields

const dropBytes = (r: Unsigned<DropRequest>): Uint8Array =>
  concat(utf8('drop/1'), r.anchor, raw(r.device), raw(r.by), encode(u32, r.lastEpoch))

export const signDrop = (key: SecretKey, r: Unsigned<DropRequest>): DropRequest => ({
  ...r,
  signature: sign(key, dropBytes(r)),
})

export const verifyDrop = (publicKey: Uint8Array, r: DropRequest): boolean =>
  verify(publicKey, dropBytes(r), r.signature)

const act = variant({
  mandate: [1, struct({ mandate })],
  resync: [2, struct({ request: resyncRequest })],
  leave: [3, struct({ request: leaveRequest })],
  drop: [4, struct({ request: dropRequest })],
})
export type Act = Value<typeof act>

export const encodeAct = (value: Act): Uint8Array => encode(act, value)

export const decodeAct = (data: Uint8Array): Act | undefined => {
  const decoded = decode(act, data)
  return decoded.ok ? decoded.value : undefined
}
