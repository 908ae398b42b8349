/**
 * Tokens that end what waits at the relay (protocol.md D5): one for each other seat, sealed to each of its devices and kept nowhere else, and always as many hashes as the wire
 * has room for. Not here: what waits (checking.ts, calling.ts).
 */
import { fromHex, toHex } from '../../../shared/base/text.ts'
import { type CancelToken, cancelHash } from '../../../shared/protocol/deposit.ts'
import { CANCEL_HASHES } from '../../../shared/protocol/limits.ts'
import type { SealedTokens } from '../committee/tokens.ts'
import { openSealed, sealTo } from '../crypto/sealTo.ts'
import type { SeatId } from '../governance/ids.ts'
import { devicesOf, seatsOf } from '../governance/roster.ts'
import { signerIn } from './sending.ts'
import { type Epoch, rosterOf } from './state.ts'
import type { Keeper } from './upkeep.ts'

/** So many members take it back; in a committee of two or three, one (product.md 3.E). */
const NEEDED = 2
const SMALL = 3

/** Seats besides our own that somebody can answer from. */
export const othersIn = ({ book }: Keeper): readonly SeatId[] => {
  const roster = rosterOf(book.newest())
  return seatsOf(roster).filter((one) => one !== book.own().seat && devicesOf(roster, one).length > 0)
}

export const neededOf = (others: readonly SeatId[]): number =>
  Math.min(others.length + 1 <= SMALL ? 1 : NEEDED, others.length)

export type Tokens = { readonly sealed: SealedTokens; readonly held: readonly CancelToken[] }

export const tokensFor = ({ book, random }: Keeper, seats: readonly SeatId[]): Tokens => {
  const roster = rosterOf(book.newest())
  const given = seats.slice(0, CANCEL_HASHES).map((seat) => ({ seat, token: random(32) as CancelToken }))
  return {
    held: given.map(({ token }) => token),
    sealed: given.flatMap(({ seat, token }) =>
      devicesOf(roster, seat).map(({ device, signatureKey }) => ({
        device: device as string,
        sealed: toHex(sealTo(signatureKey, token)),
      })),
    ),
  }
}

/** Of the tokens, with as many that nobody has a token of as are missing, in no order. */
export const hashesOf = (held: readonly CancelToken[], random: Keeper['random']): readonly Uint8Array[] => {
  const fillers = Array.from({ length: CANCEL_HASHES - held.length }, () => random(32))
  const sorted = [...held.map(cancelHash), ...fillers].map(toHex).sort()
  return sorted.map((one) => fromHex(one) ?? new Uint8Array(32))
}

/** Undefined for a device that came later. */
export const ownToken = ({ book }: Keeper, epoch: Epoch, tokens: SealedTokens): CancelToken | undefined => {
  const signer = signerIn(book, epoch)
  const mine = tokens.find(({ device }) => device === signer?.device)
  const sealed = mine && fromHex(mine.sealed)
  return signer && sealed && (openSealed(signer.key, sealed) as CancelToken | undefined)
}
