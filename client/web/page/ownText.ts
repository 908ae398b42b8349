/** Records as text that needs no program to be read, in the language of the page. Not here: what is in them (client/core/session/exporting.ts). */
import type { Charter } from '../../core/governance/charter.ts'
import type { OwnData } from '../../core/session/exporting.ts'
import { formats, say, sayLater } from '../words/say.svelte.ts'
import { now } from './clock.svelte.ts'
import { ruleRows } from './ruleRows.ts'

const part = (title: string, lines: readonly string[]): readonly string[] =>
  lines.length === 0 ? [] : ['', title, '', ...lines]

const moment = (written: string): string => {
  const ms = Date.parse(written)
  return `${formats().date(ms)}, ${formats().time(ms)}`
}

/** What goes on is indented: no text can look like somebody else's words. */
const after = (head: string, text: string): string => `${head} ${text.replaceAll('\n', '\n    ')}`

const alarmLines = (alarm: OwnData['alarms'][number]): readonly string[] => {
  const { severities, kinds, states, notes, isOnIt, raisedBy } = say().alarm
  return [
    after(`${moment(alarm.at)}  ${severities[alarm.severity]}, ${kinds[alarm.kind]}:`, alarm.facts),
    `    ${raisedBy(alarm.handle)}. ${states[alarm.state]}`,
    ...alarm.onIt.map(({ handle, what }) => after(`    ${isOnIt(handle)}:`, what)),
    ...alarm.notes.map((note) => `    ${after(`${note.handle} ${notes[note.said]}:`, note.text ?? '')}`),
  ]
}

const answerLines = ({ answer, notes }: OwnData['answers'][number]): readonly string[] => [
  ...(answer ? [say().alarm.myAnswer[answer.answer]] : []),
  ...notes.map((note) => after(`${say().alarm.notes[note.said]}:`, note.text ?? '')),
]

const decisionLines = (one: OwnData['decisions'][number]): readonly string[] => {
  const { kinds, states } = say().decide
  return [
    `${kinds[one.kind]}: ${one.title ?? ''} (${states[one.state]})`,
    ...(one.text ? [after('   ', one.text)] : []),
    ...(one.outcome ? [after('   ', one.outcome)] : []),
  ]
}

export const ownText = (data: OwnData, charter: Charter): string => {
  const { shell, talk } = say()
  return [
    data.committee.name,
    `${sayLater().care.files}, ${moment(new Date(now()).toISOString())}`,
    ...part(
      sayLater().charter.title,
      ruleRows(charter).map(({ name, text }) => after(`${name}:`, text)),
    ),
    ...part(
      talk.title,
      data.posts.map(({ at, handle, text, file }) =>
        after(`${moment(at)}  ${handle}:`, [...(file ? [file.name] : []), text].join(' ')),
      ),
    ),
    ...part(say().alarm.title, [...data.alarms.flatMap(alarmLines), ...data.answers.flatMap(answerLines)]),
    ...part(shell.decide, data.decisions.flatMap(decisionLines)),
    '',
  ].join('\n')
}
