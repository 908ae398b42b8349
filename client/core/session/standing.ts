/**
 * Where a device stands in its committee: the states of protocol.md section 6 as one value. Not here: how one follows from another
 * (standingStep.ts), and who carries out what a step asks for (recovering.ts).
 */
import {
  type Codec,
  flag,
  list,
  mapped,
  oneByteOf,
  struct,
  text,
  u32,
  u48,
  type Value,
  variant,
} from '../../../shared/base/codec.ts'
import { hashText, seatId } from '../governance/ids.ts'

/** One of a few words, as text. */
export const wordOf = <const W extends readonly string[]>(words: W): Codec<W[number]> =>
  mapped(
    text(24),
    (word) => words.find((one) => one === word),
    (word) => word,
  )

const target = { epoch: u32, commit: hashText }
const targetFields = struct(target)
/** A commit, and the epoch that it ends. */
export type Target = Value<typeof targetFields>

/** What this device wants to have said of a commit, and whether it stands in the log. */
const vote = struct({ ...target, is: wordOf(['void', 'unvoid']), isSaid: flag })
export type Vote = Value<typeof vote>

/**
 * It cannot follow `commit`; or, `isBlind`, that commit was voided and the snapshot to go back to is gone. `online`: milliseconds that
 * somebody could have helped it; at `nextAt` of them it presses on.
 */
const trouble = struct({
  ...target,
  author: seatId,
  isBlind: flag,
  hasAsked: flag,
  online: u48,
  nextAt: u48,
  /** A branch was offered: `trying` while it is given time, `doubted` when that is over. */
  offer: wordOf(['none', 'trying', 'doubted']),
  /** When time was last counted, by this device's clock. */
  lookedAt: u48,
})
export type Trouble = Value<typeof trouble>

/** `action`: what took this device's leaf out. `passed`: milliseconds since, a day at most from look to look. */
const removal = struct({
  ...target,
  author: seatId,
  action: wordOf(['remove', 'leave', 'drop', 'other']),
  passed: u48,
  lookedAt: u48,
  content: wordOf(['kept', 'due', 'erased']),
})

const place = variant({
  /** Reading the log of a new epoch. */
  sync: [0, struct({ epoch: u32 })],
  live: [1, struct({ epoch: u32 })],
  /** An own commit is on its way. */
  wait: [2, targetFields],
  /** The dry run (7.3) of a commit that counts. */
  follow: [3, targetFields],
  stuck: [4, trouble],
  /** Stuck, and the commits before the one that it cannot follow are in question too. */
  escalate: [5, trouble],
  removed: [6, removal],
  /** `log`: the relay has forgotten the newest log. `chain`: entries that may have held a commit expired unread. */
  lost: [7, struct({ epoch: u32, why: wordOf(['log', 'chain', 'erased']) })],
  ended: [8, struct({ why: wordOf(['left', 'parted', 'outdated', 'copied']) })],
})
export type Place = Value<typeof place>
export type PlaceOf<T extends Place['type']> = Extract<Place, { type: T }>

/** `alarmed` (ALARM): the relay was caught lying, and until a person decides nothing is said, whatever the place. */
export const standingCodec = struct({
  at: place,
  alarmed: flag,
  votes: list(vote, 256),
  version: oneByteOf([1]),
})
export type Standing = Value<typeof standingCodec>

export const newStanding = (epoch: number): Standing => ({
  at: { type: 'sync', epoch },
  alarmed: false,
  votes: [],
  version: 1,
})

/** What the rest of a session asks: whether this device is a member that can speak, and if not, why. */
export type Status = 'member' | 'stuck' | 'removed' | 'left' | 'parted' | 'lost' | 'outdated' | 'copied'

export const statusOf = ({ at }: Standing): Status => {
  if (at.type === 'ended') return at.why
  if (at.type === 'escalate') return 'stuck'
  return at.type === 'stuck' || at.type === 'removed' || at.type === 'lost' ? at.type : 'member'
}

export const troubleOf = ({ at }: Standing): Trouble | undefined =>
  at.type === 'stuck' || at.type === 'escalate' ? at : undefined

/** Undefined when there is no way back into any epoch. */
export const epochOf = ({ at }: Standing): number | undefined => (at.type === 'ended' ? undefined : at.epoch)
