/** Points of unity and meetings, as lines and as JSON. */
import { attendance, type Meeting } from '../../core/committee/meeting.ts'
import { AGENDA_KINDS } from '../../core/committee/meetingWords.ts'
import { toOneLine, toPlainText } from '../../core/committee/plainText.ts'
import type { UnityPoint } from '../../core/committee/unity.ts'
import { PRINCIPLES, STANCES, UNITY_STATES, type UnityState } from '../../core/committee/unityWords.ts'
import type { UnityPage } from '../../core/session/lifeView.ts'
import type { Names } from '../../core/session/names.ts'
import type { Showing } from './posts.ts'
import { countOf, listOf } from './time.ts'

export const pointText = ({ words }: UnityPoint): string =>
  'principle' in words ? PRINCIPLES[words.principle] : toPlainText(words.text)

export const pointLines = (
  { point, state }: { readonly point: UnityPoint; readonly state: UnityState },
  { names, short }: Showing,
): readonly string[] => {
  const [first = '', ...more] = pointText(point).split('\n')
  return [
    `(${short(point.id)}) ${UNITY_STATES[state]}: ${first}`,
    ...more.map((line) => `       ${line}`),
    ...[...point.stances].map(([seat, { stance, note }]) => {
      const words = note === undefined ? '' : `: "${toOneLine(note)}"`
      return `       ${names(seat)}: ${STANCES[stance]}${words}`
    }),
  ]
}

export const pointJson = (
  { point, state }: { readonly point: UnityPoint; readonly state: UnityState },
  names: Names,
): object => ({
  id: point.id,
  text: pointText(point),
  ...('principle' in point.words ? { principle: point.words.principle } : {}),
  state,
  by: names(point.seat),
  stances: [...point.stances].map(([seat, { stance, note }]) => ({
    handle: names(seat),
    stance,
    note: note === undefined ? null : toPlainText(note),
  })),
})

/** Where the talk stands, and what comes next. */
export const talkLines = ({ stage, founding }: UnityPage): readonly string[] => {
  if (stage === 'active') return []
  const { met, agreed, hanging, gaps } = founding
  const open = hanging.length > 0 ? `, ${countOf(hanging.length, 'point')} still open` : ''
  const ready = stage === 'founding' ? 'The founding vote is open' : 'You could found the committee now'
  return [
    `You are talking: ${countOf(met, 'day')} on which everybody met (two are needed), ${countOf(agreed, 'point')} agreed by all${open}.`,
    gaps.length === 0
      ? `${ready}: \`npx tocsin found vote\`. Everybody has to say yes.`
      : 'When you agree: `npx tocsin found vote`. If you do not: `npx tocsin part-ways`.',
  ]
}

const thereWords = (count: number): string =>
  `${countOf(count, 'member')} ${count === 1 ? 'says' : 'say'} that they were there`

export const meetingLines = (meeting: Meeting, { names, short }: Showing): readonly string[] => {
  const { content, notes } = meeting
  const where = content.where === undefined ? '' : `, ${toOneLine(content.where)}`
  const tasks = [
    ...(content.facilitator === undefined ? [] : [`${names(content.facilitator)} facilitates`]),
    ...(content.noteTaker === undefined ? [] : [`${names(content.noteTaker)} takes notes`]),
  ]
  return [
    `(${short(meeting.id)}) ${content.on}${where}: ${thereWords(attendance(meeting))}`,
    ...(tasks.length > 0 ? [`       ${listOf(tasks)}`] : []),
    ...content.agenda.map(({ item, kind }) => `       ${AGENDA_KINDS[kind]}: ${toOneLine(item)}`),
    ...notes
      .flatMap((note) => [
        ...(note.notes === undefined ? [] : toPlainText(note.notes).split('\n')),
        ...note.tasks.map(({ what, who, by }) =>
          [toOneLine(what), who && names(who), by && `by ${by}`].filter(Boolean).join(', '),
        ),
      ])
      .map((line) => `       ${line}`),
  ]
}

/** How many were there, not who. */
export const meetingJson = (meeting: Meeting, me: string, names: Names): object => {
  const { content, notes, there } = meeting
  const nameOf = (seat: string | undefined) => (seat === undefined ? null : names(seat))
  return {
    id: meeting.id,
    on: content.on,
    where: content.where === undefined ? null : toOneLine(content.where),
    agenda: content.agenda.map(({ item, kind }) => ({ item: toOneLine(item), kind })),
    facilitator: nameOf(content.facilitator),
    noteTaker: nameOf(content.noteTaker),
    attendance: attendance(meeting),
    wasThere: there.get(me) ?? null,
    notes: notes.map((note) => ({
      by: names(note.seat),
      notes: note.notes === undefined ? null : toPlainText(note.notes),
      tasks: note.tasks.map(({ what, who, by }) => ({
        what: toOneLine(what),
        who: nameOf(who),
        by: by ?? null,
      })),
    })),
  }
}
