/** What an item of an agenda is there for. Identifiers are for ever: they are on the wire. */
export const AGENDA_KINDS = { inform: 'to tell', discuss: 'to talk about', decide: 'to decide' } as const
export type AgendaKind = keyof typeof AGENDA_KINDS
