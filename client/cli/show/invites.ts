/** Who comes by an invite, in words. */
import { toOneLine } from '../../core/committee/plainText.ts'
import type { InviteView } from '../../core/session/inviteView.ts'
import type { CommitteeView } from '../../core/session/view.ts'

/** Our own other phone, under the words given for it; or a member who comes back, or whoever is new, by name. */
export const comerOf = (
  { own }: CommitteeView,
  { forSeat, handle }: InviteView,
  phone: 'your other phone' | 'Your other phone',
): string => (forSeat === own.seat ? phone : toOneLine(handle ?? 'somebody'))

/** An invite that nobody has opened yet. */
export const inviteTitle = (view: CommitteeView, invite: InviteView): string => {
  const { forSeat } = invite
  const member = view.members.find(({ seat }) => seat === forSeat)
  if (forSeat === view.own.seat) return 'An invite for another phone of yours, not opened yet.'
  if (member) return `An invite for another phone of ${toOneLine(member.handle)}, not opened yet.`
  return 'An invite of yours that nobody has opened yet: wait for them.'
}
