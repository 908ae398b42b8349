/** What this phone keeps about alarms for its owner alone: what was loud, when it may be, and whom to call. Stored, never sent. Not here: how it is used (ringing.ts). */
import { flag, list, option, struct, text, u8, u32, u48, type Value } from '../../../shared/base/codec.ts'
import { idText } from '../governance/ids.ts'

/** As many as somebody calls before help is there; a list of everybody on a phone that is taken would be a gift. */
export const MOST_CALLS = 3

/** Bytes of UTF-8 in the vault; the fields themselves are shorter. */
const call = struct({ name: text(160), number: text(160) })
export type Call = Value<typeof call>

/** `hasOwnHours`: `quiet` is the owner's word, where undefined stands for none at all; otherwise the committee's hours hold. */
export const care = struct({
  hasOwnHours: flag,
  quiet: option(struct({ from: u8, to: u8 })),
  forNow: flag,
  calls: list(call, MOST_CALLS),
})
export type Care = Value<typeof care>

/** committee/ladder.ts, `Ringing`. */
export const rungBefore = struct({
  lookedAt: u48,
  born: list(struct({ alarm: idText, askedAt: u48, at: u48 }), 65_535),
  rung: list(struct({ alarm: idText, at: u48 }), 65_535),
})

/** A sealed alarm that may open in the log of this epoch; when, by this device's clock (waitingChecks.ts). */
export const waitingCheck = struct({ epoch: u32, dueAt: u48 })
