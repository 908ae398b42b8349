/** What a device says about being rung alone by the members of this committee. Not here: what follows (ticket.ts). */
import * as v from 'valibot'

/** Said by the device itself, once its person has read what that shows; without `ticket` it is taken back. */
const ticket = v.object({
  type: v.literal('ticket'),
  ticket: v.exactOptional(v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/))),
})

export const ticketSchemas = { ticket }
