/** What members say about having seen each other: whom they met in person, and whether the committee's words were the same. Not here: what follows (met.ts). */
import * as v from 'valibot'
import { messageId } from './fields.ts'

/** As an id: 32 hex digits. */
const seat = messageId

/** Seats named in one comparison: as many as a committee has. */
const MAX_NAMED = 1024
/** The last number that an epoch can have. */
const MAX_EPOCH = 0xff_ff_ff_ff

/** "I have met this person, and compared words with them." Said by the device of whoever vouches in person, or by hand. */
const met = v.object({ type: v.literal('met'), seat })

/** The four words of epoch `epoch`, read aloud to each other. */
const wordsCompared = v.object({
  type: v.literal('wordsCompared'),
  with: v.pipe(
    v.array(seat),
    v.minLength(1),
    v.maxLength(MAX_NAMED),
    v.check((seats) => new Set(seats).size === seats.length),
    v.readonly(),
  ),
  epoch: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(MAX_EPOCH)),
  same: v.boolean(),
})

export const metSchemas = { met, wordsCompared }
