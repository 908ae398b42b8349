import { err, ok, type Result } from '../../../shared/base/result.ts'
import { newKeyPair, sha256 } from '../../../shared/crypto/sodium.ts'
import type { Day } from '../../../shared/protocol/ids.ts'
import { RULES } from '../governance/charter.ts'
import { type DeviceId, encodeIdentity, newId, type SeatId } from '../governance/ids.ts'
import { encodeSeatData } from '../governance/roster.ts'
import { confirm, type Join, newNewcomer, offerOf, ready, wordsDiffer } from '../join/exchange.ts'
import { dayOf, INVITE_DAYS, type Invite, type InviteFault, parseInvite } from '../join/invite.ts'
import { rendezvousOf } from '../join/rendezvous.ts'
import { newKeyPackage } from '../mls/keyPackage.ts'
import type { Relay } from '../relay/relay.ts'
import { type Book, bookIds, bytesKey, openBook } from './book.ts'
import { newSealKey } from './carryOver.ts'
import { findWelcome } from './entering.ts'
import { forgetJoining, type Joining, keepJoining, type Newcomer, readJoining, suiteOf } from './joinings.ts'
import { openMeeting, takeTurns } from './meeting.ts'

/** Follows an invite; the id under which it is continued. The same link followed again is the same joining. */
export const startJoining = async (
  newcomer: Newcomer,
  link: string,
  handle: string,
): Promise<Result<string, InviteFault>> => {
  const today = dayOf(newcomer.clock())
  const invite = parseInvite(link, today)
  if (!invite.ok) return invite
  const id = bytesKey(sha256(invite.value.secret)).slice(0, 16)
  if (readJoining(newcomer.vault, id)) return ok(id)
  const { id: log } = rendezvousOf(invite.value.secret, invite.value.kind)
  await keepJoining(newcomer.vault, id, {
    link,
    startedDay: today,
    handle: invite.value.kind === 'device' ? '' : handle,
    join: newNewcomer(log, invite.value.kind === 'device'),
    keys: undefined,
  })
  return ok(id)
}

export type JoinFailure = 'no_such_joining' | 'expired' | 'offline' | 'relay_lied' | 'refused'

/** One round in the rendezvous; the state afterwards, and a book if there was a Welcome. */
export const continueJoining = async (
  newcomer: Newcomer,
  id: string,
): Promise<Result<{ readonly joining: Joining; readonly book: Book | undefined }, JoinFailure>> => {
  const start = readJoining(newcomer.vault, id)
  if (!start) return err('no_such_joining')
  // It had come in already when the process ended: a second time from the same Welcome would use keys twice.
  if (bookIds(newcomer.vault).includes(id)) return arrive(newcomer, id, start)
  const invite = inviteOf(start, dayOf(newcomer.clock()))
  if (!invite) return err('expired')
  const relay = newcomer.connect(invite)
  try {
    return await meetSponsor(newcomer, { id, start, invite, relay })
  } finally {
    relay.close()
  }
}

/** Once the words are said to match, it is looked for as long as a Welcome lies there that was posted on the invite's last day. */
const inviteOf = ({ link, startedDay, join }: Joining, today: number): Invite | undefined => {
  const invite = parseInvite(link, startedDay as Day)
  if (!invite.ok) return undefined
  const { kind, expiresDay } = invite.value
  const lastDay = expiresDay + (join.type === 'confirmed' ? INVITE_DAYS[kind] : 0)
  return today > lastDay ? undefined : invite.value
}

const arrive = async (
  { vault }: Newcomer,
  id: string,
  joining: Joining,
): Promise<Result<{ readonly joining: Joining; readonly book: Book }, never>> => {
  await forgetJoining(vault, id)
  return ok({ joining, book: await openBook(vault, id) })
}

type Visit = { readonly id: string; readonly start: Joining; readonly invite: Invite; readonly relay: Relay }

const meetSponsor = async (
  newcomer: Newcomer,
  { id, start, invite, relay }: Visit,
): Promise<Result<{ readonly joining: Joining; readonly book: Book | undefined }, JoinFailure>> => {
  let now = start
  const meeting = { relay, place: rendezvousOf(invite.secret, invite.kind), kind: invite.kind }
  const opened = await openMeeting(meeting)
  if (!opened.ok) return err(failureOf(opened.error.type))
  const turned = await takeTurns(meeting, start.join, {
    keep: async (join) => {
      now = { ...now, join }
      await keepJoining(newcomer.vault, id, now)
    },
    prepare: async (join) => {
      const prepared = await prepare(newcomer, now, join)
      now = { ...now, keys: prepared.keys }
      return prepared.join
    },
    random: newcomer.random,
  })
  if (!turned.ok) return err(failureOf(turned.error.type))
  const book = await findWelcome(newcomer, { id, joining: now, invite, items: turned.value.items })
  if (book) await forgetJoining(newcomer.vault, id)
  return ok({ joining: now, book })
}

const failureOf = (type: string): JoinFailure => {
  // A relay that is too busy now takes the same invite later.
  if (type === 'offline' || type === 'slow' || type === 'busy') return 'offline'
  return type === 'lie' ? 'relay_lied' : 'refused'
}

/** The offer has been heard and no key package made yet: makes it, for exactly that offer. */
const prepare = async (
  newcomer: Newcomer,
  { handle, keys: made }: Joining,
  join: Join,
): Promise<{ readonly join: Join; readonly keys: Joining['keys'] }> => {
  const offer = offerOf(join)
  const isTurn = join.type === 'talking' && join.said.length === 1 && join.mine.length === 0
  if (!offer || !isTurn) return { join, keys: made }
  const seat = offer.seat ?? newId<SeatId>(newcomer.random)
  const device = newId<DeviceId>(newcomer.random)
  const suite = suiteOf(offer.suite)
  const keyPackage = await newKeyPackage({
    suite,
    identity: encodeIdentity(seat, device),
    seatData: encodeSeatData({ writerKey: newKeyPair().publicKey, joined: offer.joined, after: [] }),
    rules: [RULES], // what this build can, whatever was offered (7.6)
  })
  const seal = offer.seat && (await newSealKey(suite))
  const as = seal
    ? ({ type: 'device', sealTo: seal.publicKey } as const)
    : ({ type: 'member', handle } as const)
  const readied = ready(join, { keyPackage: keyPackage.publicBytes, nonce: newcomer.random(32), as })
  if (!readied.ok) return { join, keys: made }
  const { publicBytes, privateBytes } = keyPackage
  return {
    join: readied.value,
    keys: {
      seat,
      device,
      keyPackage: publicBytes,
      privateKeys: privateBytes,
      suite: offer.suite,
      sealKey: seal?.secretKey,
    },
  }
}

/** The person at this screen has compared the words. */
export const answerWords = async (newcomer: Newcomer, id: string, doMatch: boolean): Promise<boolean> => {
  const now = readJoining(newcomer.vault, id)
  const answered = now && (doMatch ? confirm(now.join) : wordsDiffer(now.join))
  if (!now || !answered?.ok) return false
  await keepJoining(newcomer.vault, id, { ...now, join: answered.value })
  return true
}
