/** Saying something to the committee, putting a motion that binds the group, and what a member says to one. Not here: what there is to say (committee/content.ts). */
import { sameBytes } from '../../../shared/base/bytes.ts'
import { encode } from '../../../shared/base/codec.ts'
import { err, ok, type Result } from '../../../shared/base/result.ts'
import { needsMandate } from '../committee/assemblyLife.ts'
import type { Committee } from '../committee/committee.ts'
import { checkContent, encodeContent, type KnownContent } from '../committee/content.ts'
import { type Action, actionCodec, isTimely, type Motion, motionHash } from '../governance/motion.ts'
import type { Turns } from '../vault/turns.ts'
import { naming } from './naming.ts'
import { queue } from './outbox.ts'
import type { Patience } from './patience.ts'
import { approveMotion, newMotion } from './sponsoring.ts'
import { forumOf } from './state.ts'
import type { Objection } from './talking.ts'
import type { Keeper } from './upkeep.ts'

/** `sent`: in the log and read back. `waiting`: on this device's disk, and sent as soon as that is possible. */
export type Sending = 'sent' | 'waiting'
/** `not_member`: this device is stuck, removed, or has left; status says which. `needs_mandate`: only the committee's own vote answers that. */
export type SayFailure = { readonly field: string } | 'not_member' | 'needs_mandate'

export type SpeakingCommands = {
  readonly say: (
    content: KnownContent,
  ) => Promise<Result<{ readonly id: string; readonly is: Sending }, SayFailure>>
  /** Puts a motion to the committee, with this seat's approval; its hash. What is asked already gets the approval: asking twice is no second vote. */
  readonly propose: (
    action: Action,
  ) => Promise<Result<{ readonly motion: string; readonly is: Sending }, 'not_member' | 'voted_lately'>>
  /** An objection is what this device does not help with, whoever asks it. */
  readonly approve: (motion: string) => Promise<Result<Sending, 'not_member' | 'no_such_motion' | Objection>>
  readonly decline: (motion: string) => Promise<Result<Sending, 'not_member' | 'no_such_motion'>>
}

type Parts = {
  readonly keeper: Keeper
  readonly turns: Turns
  readonly patience: Patience
  readonly isMember: () => boolean
  readonly sendNow: () => Promise<Sending>
  /** What this device does not help with. */
  readonly objection: (action: Action) => Objection | undefined
  readonly committee: () => Committee
  readonly onSaid: (content: KnownContent) => void
}

export const speakingCommands = (parts: Parts): SpeakingCommands => {
  const { keeper, turns, patience, isMember, sendNow, objection, committee, onSaid } = parts
  /** `say` says it, or why not. */
  const answer = <Why extends string>(hash: string, say: (motion: Motion) => Why | undefined) =>
    turns.next(async (): Promise<Result<Sending, 'not_member' | 'no_such_motion' | Why>> => {
      const known = keeper.book.motions.get(hash)
      if (!isMember()) return err('not_member')
      if (!known) return err('no_such_motion')
      const why = say(known.motion)
      if (why !== undefined) return err(why)
      patience.hurry(hash)
      return ok(await sendNow())
    })
  return {
    say: (content) =>
      turns.next(async () => {
        const checked = checkContent(content)
        if (!checked.ok) return checked
        if (!isMember()) return err('not_member')
        if (needsMandate(committee(), checked.value)) return err('needs_mandate')
        const said = naming(keeper.book, checked.value)
        const id = queue(keeper, { type: 'content', content: encodeContent(said) })
        const is = await sendNow()
        onSaid(checked.value)
        return ok({ id, is })
      }),
    propose: (action) =>
      turns.next(async () => {
        if (!isMember()) return err('not_member')
        // What else is missing may come while the others decide.
        if (objection(action) === 'voted_lately') return err('voted_lately')
        const asked = openMotion(keeper, action)
        const motion = asked ?? newMotion(keeper, action)
        const hash = motionHash(motion)
        if (!asked) queue(keeper, { type: 'motion', motion, join: undefined })
        approveMotion(keeper, motion)
        patience.hurry(hash)
        return ok({ motion: hash, is: await sendNow() })
      }),
    approve: (hash) =>
      answer(hash, (motion) => {
        const why = objection(motion.action)
        if (!why) approveMotion(keeper, motion)
        return why
      }),
    decline: (hash) =>
      answer<never>(hash, () => {
        queue(keeper, { type: 'decline', motion: hash })
        return undefined
      }),
  }
}

const openMotion = ({ book }: Keeper, action: Action): Motion | undefined => {
  const forum = forumOf(book.newest())
  const wanted = encode(actionCodec, action)
  return book.motions
    .all()
    .find(
      ({ motion, outcome }) =>
        outcome === 'open' &&
        isTimely(forum, motion) &&
        sameBytes(encode(actionCodec, motion.action), wanted),
    )?.motion
}
