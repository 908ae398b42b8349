/** Files as lines and as JSON. Never their secrets. */

import type { FileContent } from '../../core/committee/fileContent.ts'
import { FILE_KINDS } from '../../core/committee/fileWords.ts'
import { toPlainText } from '../../core/committee/plainText.ts'
import type { FileState, FileView } from '../../core/session/fileList.ts'
import type { Names } from '../../core/session/names.ts'
import { fileJson } from '../../core/session/records.ts'
import { dayOf, momentOf } from './time.ts'

const DAY_MS = 86_400_000
const UNITS = ['bytes', 'KB', 'MB'] as const

/** `2.1 MB`: as file managers count, in thousands. */
export const sizeOf = (bytes: number): string => {
  const power = bytes < 1000 ? 0 : Math.min(2, Math.floor(Math.log10(bytes) / 3))
  const value = bytes / 1000 ** power
  return `${power === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${UNITS[power]}`
}

/** The last day on which it can be had. */
export const untilOf = ({ until }: FileContent): string => dayOf(until * DAY_MS + DAY_MS / 2)

/** `photo.jpg (a photo, 2.1 MB, until Monday 30 November)` */
export const fileTitle = (file: FileContent): string =>
  `${file.name} (${FILE_KINDS[file.kind]}, ${sizeOf(file.size)}, until ${untilOf(file)})`

export const percentOf = (parts: number, of: number): number => Math.floor((100 * parts) / of)

const stateWords = ({ content, state }: FileView): string => {
  switch (state.is) {
    case 'sending':
      return `sending, ${percentOf(state.parts, content.parts)} % is at the relay`
    case 'begun':
      return `${percentOf(state.parts, content.parts)} % is here`
    case 'here':
      return `here, ${state.place}`
    case 'waiting':
      return 'waiting for you'
    case 'sent':
      return 'sent'
    case 'expired':
      return 'expired: the relay has dropped it'
  }
}

export const fileLines = (
  view: FileView,
  {
    number,
    names,
    short,
    nowMs,
  }: {
    readonly number: number
    readonly names: Names
    readonly short: (id: string) => string
    readonly nowMs: number
  },
): readonly string[] => {
  const { id, seat, at, content } = view
  const when = at === undefined ? '' : `, ${momentOf(at, nowMs)}`
  return [
    `${number}. (${short(id)}) ${fileTitle(content)}, from ${names(seat)}${when}: ${stateWords(view)}`,
    ...(content.words === undefined
      ? []
      : toPlainText(content.words)
          .split('\n')
          .map((line) => `     ${line}`)),
  ]
}

const partsIn = (state: FileState): number | null => ('parts' in state ? state.parts : null)

export const fileViewJson = (view: FileView, number: number, names: Names): object => ({
  number,
  id: view.id,
  seat: view.seat,
  handle: names(view.seat),
  at: view.at === undefined ? null : new Date(view.at).toISOString(),
  ...fileJson(view.content),
  words: view.content.words === undefined ? null : toPlainText(view.content.words),
  state: view.state.is,
  parts: partsIn(view.state),
  of: view.content.parts,
  place: 'place' in view.state ? view.state.place : null,
})
