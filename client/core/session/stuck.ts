/** What a device that asked to be taken in again (RESYNC, protocol.md 4.5 rule 2) has to keep until that is settled. Values and their codec. */
import { list, option, struct, u8, u32, u48, type Value, varBytes } from '../../../shared/base/codec.ts'
import { deviceId, hashText, seatId } from '../governance/ids.ts'
import { succession } from '../governance/succession.ts'

const freshKeys = struct({
  device: deviceId,
  keyPackage: varBytes(65_536),
  privateKeys: varBytes(1024),
  after: succession,
})
export type FreshKeys = Value<typeof freshKeys>

/** Requests of one device because of one commit. Each may be answered once by each seat (V7), so that so many insiders can be outlasted. */
export const MAX_REQUESTS = 8

/**
 * They are kept as long as the commit that took this device in again could be voided, for then another Welcome is made for them. `keys`: what
 * it asked to come back with; each request is signed by the leaf that the one before would have put in. `said`: how many were said.
 * `settled`: the place in the order of the Welcome that led to where it is now.
 */
export const stuckFields = struct({
  epoch: u32,
  commit: hashText,
  author: seatId,
  seat: seatId,
  keys: list(freshKeys, MAX_REQUESTS),
  said: u8,
  settled: option(u48),
})
export type Stuck = Value<typeof stuckFields>
