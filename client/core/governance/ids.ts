/**
 * Who is meant: a seat is a person's place in one committee, a device is one leaf of a seat. Both are 16 random bytes, never
 * reused and unlinkable across committees (protocol.md sections 3 and 4.1). In memory they are lower-case hex, so that they
 * can be compared and used as keys.
 */
import type { Brand } from '../../../shared/base/brand.ts'
import { bytes, type Codec, mapped } from '../../../shared/base/codec.ts'
import { fromHex, toHex } from '../../../shared/base/text.ts'

export type SeatId = Brand<string, 'SeatId'>
export type DeviceId = Brand<string, 'DeviceId'>

const ID_BYTES = 16

const hexOf = <T extends string>(size: number): Codec<T> =>
  mapped(
    bytes(size),
    (raw) => toHex(raw) as T,
    (text) => fromHex(text) ?? new Uint8Array(0),
  )

export const seatId: Codec<SeatId> = hexOf<SeatId>(ID_BYTES)
export const deviceId: Codec<DeviceId> = hexOf<DeviceId>(ID_BYTES)
/** A 32-byte hash as hex: of a motion, of a commit, of a key package. */
export const hashText: Codec<string> = hexOf<string>(32)
/** A 16-byte id as hex. */
export const idText: Codec<string> = hexOf<string>(ID_BYTES)

export const newId = <T extends string>(random: (size: number) => Uint8Array): T =>
  toHex(random(ID_BYTES)) as T

/** The credential of a leaf: seat id || device id, 32 bytes. */
export const encodeIdentity = (seat: SeatId, device: DeviceId): Uint8Array =>
  fromHex(seat + device) ?? new Uint8Array(0)

/** Undefined unless exactly 32 bytes. */
export const decodeIdentity = (identity: Uint8Array): { seat: SeatId; device: DeviceId } | undefined =>
  identity.length === 2 * ID_BYTES
    ? {
        seat: toHex(identity.slice(0, ID_BYTES)) as SeatId,
        device: toHex(identity.slice(ID_BYTES)) as DeviceId,
      }
    : undefined
