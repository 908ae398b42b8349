/**
 * Devices that the members of this committee may ring alone, by a ticket that each of them gave (shared/bell/SPEC.md, B1). Not here: the bell, and when it is
 * rung (client/core/bell/bell.ts).
 */
import type { Takers, Writable } from './area.ts'
import type { Id } from './said.ts'

/** Per device. */
export type Tickets = { readonly tickets: ReadonlyMap<Id, string> }
export const noTickets: Tickets = { tickets: new Map() }

export const tickets: Takers<'ticket', Writable<Tickets>> = {
  ticket: ({ tickets }, { device, content }) => {
    if (content.ticket === undefined) tickets.delete(device)
    else tickets.set(device, content.ticket)
  },
}
