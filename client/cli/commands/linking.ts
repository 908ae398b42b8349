/** Another phone: one's own, or that of a member who has lost every one. The seat and the vote stay what they are. */

import { askText } from '../ask.ts'
import { type Command, isOn, refused } from '../command.ts'
import { findMember } from '../findMember.ts'
import { withMembership } from '../open.ts'
import { proceed } from '../steps.ts'
import { haltRefusal } from '../words.ts'
import { inviteWith } from './invite.ts'

const BRIEF = {
  'no-wait': { type: 'boolean', help: 'print the link and end; go on with `approve`' },
} as const

export const phoneLink: Command = {
  usage: '[OPTIONS]',
  about: [
    'Run this on the phone that you have. On the new one, `npx tocsin join` asks for the link, and both screens show',
    'three words: compare them. Then another member who has seen you says yes with `npx tocsin approve`, and a day',
    'later the new phone is in; at once, if one more says yes. Everybody is told. You stay one member with one vote.',
    'What you can read here moves over, sealed for that phone alone; leave this one online until it has.',
  ],
  options: BRIEF,
  examples: ['phone link', 'phone link --no-wait'],
  run: (context, input) =>
    withMembership(context, async ({ session, halt }) => {
      if (halt !== undefined) return { ok: false, error: haltRefusal(halt) }
      const opening = 'Scan this with your other phone, or paste the link there. Show it to nobody:'
      const { seat } = session.view().own
      return inviteWith(context, session, { kind: 'device', seat, opening }, isOn(input, 'no-wait'))
    }),
}

export const rejoinInvite: Command = {
  usage: '[NAME] [OPTIONS]',
  about: [
    'For a member who has lost every phone and stands before you: be sure who it is. They run `npx tocsin join` on the',
    'phone that they have now, and both screens show three words. Then one more of you who has met them says yes',
    'with `npx tocsin approve`. In a committee of two it takes a day instead; and also while a phone of theirs is',
    'still here, so that whoever is robbed of their name can say no: a phone that is lost or taken is cut off first,',
    'with `npx tocsin phone cut-off`. They keep their seat and vote; what was written before does not come back.',
  ],
  options: BRIEF,
  takes: 1,
  examples: ['rejoin invite carol'],
  run: (context, input) =>
    withMembership(context, async ({ session, halt }) => {
      if (halt !== undefined) return { ok: false, error: haltRefusal(halt) }
      const typed = await askText(context, input.positionals[0], 'Who has lost their phone?')
      return proceed(typed, (name) =>
        proceed(findMember(session.view(), name), ({ seat, isMe }) => {
          if (isMe) return refused('yourself', 'For another phone of yours: `npx tocsin phone link`.')
          const opening = 'Let them scan this, or give them the link. Only them:'
          return inviteWith(context, session, { kind: 'device', seat, opening }, isOn(input, 'no-wait'))
        }),
      )
    }),
}
