/**
 * Vouching for a newcomer (protocol.md 4.4): an invite, the exchange in the rendezvous, the words that both compare aloud, and then a
 * motion that names exactly the key package that was compared. The others still decide.
 */
import { err, ok, type Result } from '../../../shared/base/result.ts'
import { type PublicKey, sha256 } from '../../../shared/crypto/sodium.ts'
import type { AdmissionSecret } from '../../../shared/protocol/access.ts'
import { charterHash } from '../governance/charter.ts'
import type { SeatId } from '../governance/ids.ts'
import { approve, MOTION_LIFE_EPOCHS, type Motion, motionHash } from '../governance/motion.ts'
import { confirm, decline, type Join, newSponsor, wordsDiffer } from '../join/exchange.ts'
import { dayOf, type InviteKind, newInvite, printInvite } from '../join/invite.ts'
import { rendezvousOf } from '../join/rendezvous.ts'
import { signatureKeyPair } from '../mls/group.ts'
import { bytesKey } from './book.ts'
import { actionFor, completeInvites, type OfferFailure, offerIn } from './linking.ts'
import { kindByte, kindOf, type Meeting, openMeeting, takeTurns } from './meeting.ts'
import { queue } from './outbox.ts'
import { type Halt, halt } from './reading.ts'
import type { OpenInvite } from './state.ts'
import type { Keeper } from './upkeep.ts'

/**
 * The link is a secret: whoever has it can pose as the newcomer until the words are compared. `id` names it on this device.
 * `forSeat`: the member that gets another device; ourselves, if nobody is named.
 */
export const makeInvite = async (
  keeper: Keeper,
  kind: InviteKind,
  forSeat?: SeatId,
): Promise<Result<{ readonly id: string; readonly link: string }, OfferFailure>> => {
  const { book } = keeper
  const epoch = book.newest()
  const { relay, seat } = book.own()
  if (!epoch.group) throw new Error('the newest epoch has a group')
  const offer = offerIn(epoch, kind === 'device' ? (forSeat ?? seat) : undefined)
  if (typeof offer === 'string') return err(offer)
  const invite = newInvite(
    {
      kind,
      secret: keeper.random(32),
      admission: relay.admission as AdmissionSecret,
      relays: epoch.charter.relays.map(({ address, staticKey, signingKey }) => ({
        address,
        key: { staticKey, signingKey: signingKey as PublicKey },
      })),
    },
    dayOf(keeper.clock()),
  )
  const { id } = rendezvousOf(invite.secret, kind)
  const { publicKey } = signatureKeyPair(epoch.group)
  const join = newSponsor(id, offer, { nonce: keeper.random(32), seat, signatureKey: publicKey })
  const key = bytesKey(sha256(invite.secret)).slice(0, 16)
  const { secret, expiresDay } = invite
  book.invites.put(key, { secret, kind: kindByte(kind), expiresDay, join, motion: undefined })
  await book.save()
  return ok({ id: key, link: printInvite(invite) })
}

/** Reads every open invite's rendezvous and answers what is asked there. */
export const tendInvites = async (keeper: Keeper): Promise<Result<undefined, Halt>> => {
  for (const key of keeper.book.invites.keys()) {
    const tended = await tendInvite(keeper, key)
    if (!tended.ok && tended.error === 'offline') return tended
  }
  await completeInvites(keeper)
  return ok(undefined)
}

export const tendInvite = async (keeper: Keeper, key: string): Promise<Result<undefined, Halt>> => {
  const { book } = keeper
  const invite = book.invites.get(key)
  if (!invite) return ok(undefined)
  if (dayOf(keeper.clock()) > invite.expiresDay) {
    book.invites.drop(key)
    await book.save()
    return ok(undefined)
  }
  if (invite.motion !== undefined || ['declined', 'aborted', 'confirmed'].includes(invite.join.type))
    return ok(undefined)
  return atRendezvous(keeper, invite, async (meeting) => {
    const opened = await openMeeting(meeting)
    if (!opened.ok) return err(halt(keeper, book.newest().info.number, opened.error))
    const turned = await takeTurns(meeting, invite.join, {
      keep: (join) => keepJoin(keeper, key, join),
      prepare: async (join) => join,
      random: keeper.random,
    })
    return turned.ok ? ok(undefined) : err(halt(keeper, book.newest().info.number, turned.error))
  })
}

const atRendezvous = async <T>(
  keeper: Keeper,
  { secret, kind }: OpenInvite,
  act: (meeting: Meeting) => Promise<T>,
): Promise<T> => {
  const relay = keeper.connect()
  try {
    return await act({ relay, place: rendezvousOf(secret, kindOf(kind)), kind: kindOf(kind) })
  } finally {
    relay.close()
  }
}

const keepJoin = async (keeper: Keeper, key: string, join: Join): Promise<void> => {
  const invite = keeper.book.invites.get(key)
  if (invite) keeper.book.invites.put(key, { ...invite, join })
  await keeper.book.save()
}

/**
 * `not_now`: nobody has shown words yet. `stale`: the committee has changed so much since the invite that the newcomer's key package
 * does not fit any more. Both want a new invite.
 */
export type VouchFailure = 'no_such_invite' | 'not_now' | 'stale'

/** The words match: puts the motion to let the newcomer or the device in, with our approval. The motion's hash. */
export const vouch = async (keeper: Keeper, key: string): Promise<Result<string, VouchFailure>> => {
  const { book } = keeper
  const invite = book.invites.get(key)
  const confirmed = invite && confirm(invite.join)
  if (!invite || !confirmed) return err('no_such_invite')
  if (!confirmed.ok) return confirmed
  if (confirmed.value.type !== 'confirmed') return err('not_now')
  const { transcript } = confirmed.value
  const action = await actionFor(book, transcript)
  if (!action) return err('stale')
  const motion = newMotion(keeper, action)
  const hash = motionHash(motion)
  const { keyPackage, as } = transcript.reveal
  // Nobody has to be told the name of a seat that has one.
  const handle = as.type === 'member' ? as.handle : ''
  const { secret, kind, expiresDay: lastDay } = invite
  const join = { keyPackage, secret, kind, handle, lastDay }
  queue(keeper, { type: 'motion', motion, join })
  approveMotion(keeper, motion)
  book.invites.put(key, { ...invite, join: confirmed.value, motion: hash })
  await book.save()
  return ok(hash)
}

export const newMotion = (keeper: Keeper, action: Motion['action']): Motion => {
  const { info, charter } = keeper.book.newest()
  return {
    anchor: info.anchor,
    charterHash: charterHash(info.charterBytes),
    rules: charter.rules,
    nonce: keeper.random(16),
    lastEpoch: info.number + MOTION_LIFE_EPOCHS - 1,
    action,
  }
}

export const approveMotion = (keeper: Keeper, motion: Motion): void => {
  const { group } = keeper.book.newest()
  if (!group) throw new Error('the newest epoch has a group')
  const approval = approve(signatureKeyPair(group).secretKey, keeper.book.own().device, motion)
  queue(keeper, { type: 'approval', motion: motionHash(motion), approval })
}

/** They do not match, or we say no: nothing more happens in this rendezvous. A no is told to the newcomer. */
export const refuse = async (
  keeper: Keeper,
  key: string,
  why: 'words_differ' | 'declined',
): Promise<void> => {
  const { book } = keeper
  const invite = book.invites.get(key)
  const { group } = book.newest()
  if (!invite || !group) return
  const refused =
    why === 'declined' ? decline(invite.join, signatureKeyPair(group).secretKey) : wordsDiffer(invite.join)
  if (!refused.ok) book.invites.drop(key)
  else await keepJoin(keeper, key, refused.value)
  await book.save()
  if (refused.ok && why === 'declined') await tendInvite(keeper, key)
}
