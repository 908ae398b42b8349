/**
 * Welcomes. For a newcomer: with what the group state cannot tell (who opened the epoch is in it; the ledger, the handles and
 * where the parent log stood are not), posted to the rendezvous. For a device that was stuck: the same, posted to the log in which it
 * asked. Only the members can open either, and only the new leaf the Welcome inside.
 */
import { sameBytes } from '../../../shared/base/bytes.ts'
import {
  bytes,
  decode,
  encode,
  list,
  struct,
  text,
  type Value,
  varBytes,
} from '../../../shared/base/codec.ts'
import { sha256 } from '../../../shared/crypto/sodium.ts'
import { encodeResults, MAX_RESULTS_BYTES, noResults } from '../committee/results.ts'
import { seenFields } from '../epochlog/payload.ts'
import { decodeAct, type ResyncRequest } from '../governance/act.ts'
import { decodeIdentity, hashText, type SeatId, seatId } from '../governance/ids.ts'
import { ledgerCodec } from '../governance/ledger.ts'
import { type Book, bytesKey } from './book.ts'
import type { Desk, Entrance } from './desk.ts'
import { type KnownMotion, rosterOf, type Staged } from './state.ts'
import { resultsBefore } from './told.ts'

const bundleFields = struct({
  welcome: varBytes(4_000_000),
  commit: hashText,
  parent: seenFields,
  ledger: ledgerCodec,
  handles: list(struct({ seat: seatId, handle: text(160) }), 1024),
  /** What stood before (told.ts); nothing for a device that was stuck: it was there. */
  results: varBytes(MAX_RESULTS_BYTES),
  anchor: bytes(32),
})
/** What a new leaf is given. All but the Welcome is its giver's word; HELLOs of the others confirm it or name the liar. */
export type WelcomeBundle = Value<typeof bundleFields>

export const encodeBundle = (bundle: WelcomeBundle): Uint8Array => encode(bundleFields, bundle)

export const decodeBundle = (raw: Uint8Array): WelcomeBundle | undefined => {
  const decoded = decode(bundleFields, raw)
  return decoded.ok ? decoded.value : undefined
}

/** Our commit has become effective, and it added a leaf: its Welcome may be posted now and not earlier (4.4). */
export const readyWelcome = (desk: Desk, stage: Staged, join: KnownMotion['join']): void => {
  if (!stage.welcome) return
  const { book } = desk
  const { info } = book.newest()
  const body = encodeBundle({
    welcome: stage.welcome,
    commit: info.openedBy,
    parent: info.parent,
    ledger: info.ledger,
    handles: book.handles
      .keys()
      .map((seat) => ({ seat: seat as SeatId, handle: book.handles.get(seat) ?? '' })),
    results: encodeResults(resultsBefore(book, book.newest()) ?? noResults),
    anchor: info.anchor,
  })
  const act = stage.act && decodeAct(stage.act)
  const asked = act?.type === 'resync' ? askedBy(book, act.request) : undefined
  const request = asked === undefined ? undefined : book.requests.get(asked)
  if (!join && !request) return
  book.welcomes.put(bytesKey(sha256(body)), {
    body,
    rendezvous: join && { secret: join.secret, kind: join.kind, keyPackage: sha256(join.keyPackage) },
    inLog: request && { epoch: request.epoch, log: request.log },
  })
  if (asked) book.requests.drop(asked)
}

/** `by` said it; `device` is the leaf to be replaced: its own, or one that an answer to an earlier request of its has put there. */
export const resyncKey = (by: string, device: string): string => `resync-${by}-${device}`

const askedBy = (book: Book, { signature }: ResyncRequest): string | undefined =>
  book.requests.keys().find((key) => {
    const resync = book.requests.get(key)?.resync
    return resync && sameBytes(resync.request.signature, signature)
  })

/** Of each who asks, or a request that is not good would hide one that is. */
export const dropKey = (device: string, by: string): string => `drop-${device}-${by}`
export const leaveKey = (device: string): string => `leave-${device}`

/** Whether a device that asked is still on the committee. */
export const isPresent = (desk: Desk, device: string): boolean =>
  rosterOf(desk.book.newest()).devices.some((d) => d.device === device)

/** How an epoch was entered by Welcome: `openerIdentity` is the credential of the leaf that signed its GroupInfo (V6). */
export const entranceOf = (bundle: WelcomeBundle, openerIdentity: Uint8Array | undefined): Entrance => ({
  opener: openerIdentity && decodeIdentity(openerIdentity)?.seat,
  openedBy: bundle.commit,
  openedUnasked: false,
  parent: bundle.parent,
  ledger: bundle.ledger,
})
