/** An invite that was just made, as long as there is something to show of it: once somebody has followed it, its code is good for nothing. */
import type { InviteView } from '../../core/session/inviteView.ts'
import type { MadeInvite } from '../worker/shown.ts'

export type ShownInvite = {
  readonly now: MadeInvite | undefined
  readonly show: (made: MadeInvite) => void
}

/** `list`: the invites of now. A new one comes into it a little later than it is made, and what is over leaves it. */
export const createShownInvite = (list: () => readonly InviteView[] | undefined): ShownInvite => {
  let made = $state.raw<MadeInvite>()
  let wasListed = $state(false)
  const stands = $derived(list()?.find(({ id }) => id === made?.invite)?.state)
  $effect(() => {
    if (stands !== undefined) wasListed = true
  })
  return {
    get now() {
      return stands === 'waiting' || (stands === undefined && !wasListed) ? made : undefined
    },
    show: (one) => {
      wasListed = false
      made = one
    },
  }
}
