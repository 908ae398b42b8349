/**
 * Meetings as the members remember them (product.md 3.B). Who was there each says for themselves, so nobody can be put into a meeting by others; screens
 * show how many, not who. Not here: what two meetings are needed for (founding.ts).
 */
import type { Takers, Writable } from './area.ts'
import type { Id } from './said.ts'
import type { MeetingContent, MeetingNotes } from './unityContent.ts'

export type Meeting = {
  readonly id: Id
  readonly seat: Id
  readonly order: number
  readonly at: number
  readonly content: MeetingContent
  /** Whether each seat says that it was there; its newest word. */
  readonly there: ReadonlyMap<Id, boolean>
  readonly notes: readonly (Pick<MeetingNotes, 'notes' | 'tasks'> & {
    readonly seat: Id
    readonly at: number
  })[]
}

export type Meetings = { readonly meetings: ReadonlyMap<Id, Meeting> }
export const noMeetings: Meetings = { meetings: new Map() }

export const meetings: Takers<'meeting' | 'meetingThere' | 'meetingNotes', Writable<Meetings>> = {
  meeting: (draft, { id, seat, order, at, content }) =>
    void draft.meetings.set(id, { id, seat, order, at, content, there: new Map(), notes: [] }),
  meetingThere: (draft, { seat, content }) => {
    const meeting = draft.meetings.get(content.meeting)
    if (meeting)
      draft.meetings.set(meeting.id, { ...meeting, there: new Map(meeting.there).set(seat, content.was) })
  },
  meetingNotes: (draft, { seat, at, content: { type: _, meeting: id, ...words } }) => {
    const meeting = draft.meetings.get(id)
    if (meeting) draft.meetings.set(id, { ...meeting, notes: [...meeting.notes, { ...words, seat, at }] })
  },
}

/** How many say that they were there. */
export const attendance = ({ there }: Meeting): number => [...there.values()].filter((was) => was).length

/** Days on which everybody of `seats` was at a meeting, each by their own word. */
export const sharedDays = ({ meetings: all }: Meetings, seats: readonly Id[]): readonly string[] => [
  ...new Set(
    [...all.values()]
      .filter(({ there }) => seats.every((seat) => there.get(seat) === true))
      .map(({ content }) => content.on),
  ),
]

/** Whose turn it is: of the members, whoever did it longest ago or never; among equals, by seat. */
export const nextFor = (
  { meetings: all }: Meetings,
  task: 'facilitator' | 'noteTaker',
  seats: readonly Id[],
): Id | undefined => {
  const last = new Map<Id, number>()
  for (const { order, content } of all.values()) {
    const seat = content[task]
    if (seat !== undefined) last.set(seat, order)
  }
  const [next] = [...seats].sort((a, b) => (last.get(a) ?? -1) - (last.get(b) ?? -1) || (a < b ? -1 : 1))
  return next
}
