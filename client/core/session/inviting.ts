/** Inviting somebody, or another device of a member, and answering for the words. Not here: how (sponsoring.ts). */
import { err, ok, type Result } from '../../../shared/base/result.ts'
import type { SeatId } from '../governance/ids.ts'
import type { InviteKind } from '../join/invite.ts'
import type { Turns } from '../vault/turns.ts'
import type { OfferFailure } from './linking.ts'
import type { Patience } from './patience.ts'
import { makeInvite, refuse, tendInvites, type VouchFailure, vouch } from './sponsoring.ts'
import type { Keeper } from './upkeep.ts'

export type InvitingCommands = {
  /** `seat`: whose next device this is to be, if the invite is for a device; our own, if not said. */
  readonly invite: (
    kind: InviteKind,
    seat?: SeatId,
  ) => Promise<Result<{ readonly id: string; readonly link: string }, 'not_member' | OfferFailure>>
  /** The words match. */
  readonly vouch: (
    invite: string,
  ) => Promise<Result<{ readonly motion: string; readonly is: 'sent' | 'waiting' }, VouchFailure>>
  readonly refuse: (invite: string, why: 'words_differ' | 'declined') => Promise<void>
}

type Around = {
  readonly keeper: Keeper
  readonly turns: Turns
  readonly patience: Patience
  readonly isMember: () => boolean
  readonly sendNow: () => Promise<'sent' | 'waiting'>
}

export const invitingCommands = ({
  keeper,
  turns,
  patience,
  isMember,
  sendNow,
}: Around): InvitingCommands => ({
  invite: async (kind, seat) => {
    const made = await turns.next(
      async (): ReturnType<InvitingCommands['invite']> =>
        isMember() ? makeInvite(keeper, kind, seat) : err('not_member'),
    )
    if (made.ok) void tendSoon(turns, keeper)
    return made
  },
  vouch: (invite) =>
    turns.next(async () => {
      const vouched = await vouch(keeper, invite)
      if (!vouched.ok) return vouched
      patience.hurry(vouched.value)
      return ok({ motion: vouched.value, is: await sendNow() })
    }),
  refuse: (invite, why) => turns.next(() => refuse(keeper, invite, why)),
})

/** The line needs no relay, so whoever shows it does not wait for one. */
const tendSoon = (turns: Turns, keeper: Keeper): Promise<unknown> =>
  turns.next(() => tendInvites(keeper)).catch(() => undefined)
