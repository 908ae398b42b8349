/** Sentences for files that did not move. Not here: all other sentences (words.ts). */
import { MAX_FILE_BYTES } from '../core/committee/fileWords.ts'
import type { SinkFailure } from '../core/files/ports.ts'
import type { CarryFailure } from '../core/session/carrying.ts'
import { type Exit, type Refusal, refusal } from './command.ts'
import { sizeOf } from './show/files.ts'
import { HALT_WORDS } from './words.ts'

export const RESUME = '`npx tocsin send-file --resume`'
export const CANCEL = '`npx tocsin send-file --cancel`'

type Words = Readonly<Record<CarryFailure, string>>

const SINK_WORDS: Readonly<Record<SinkFailure, string>> = {
  no_space: 'There is no space left on that disk: make some and try again, or name another place with --to.',
  unwritable: 'It cannot be written there: name a place that is yours with --to.',
  exists: 'There is something with that name, and nothing is overwritten: name another place with --to.',
}

const BOTH = {
  ...SINK_WORDS,
  lie: 'The relay was caught lying, so nothing was believed: run `npx tocsin status` to see what to do.',
  alarm: HALT_WORDS.alarm.sentence,
  busy: 'This file is on its way already: wait until that is done.',
} as const

const AGAIN = `take it back with ${CANCEL}, and send it again.`

const SEND_WORDS: Words = {
  ...BOTH,
  offline: `The relay cannot be reached. What it has of the file, it keeps: go on with ${RESUME} when it is back, and leave the file where it is.`,
  slow: `The relay has no time or room for this file now. What it has of it, it keeps: go on with ${RESUME} in a while.`,
  refused: 'The relay does not take this file: try again in a while, or speak to whoever runs it.',
  stopped: `Stopped: go on with ${RESUME}.`,
  changed: `The file is gone, or it is not the one any more that was to be sent: ${AGAIN}`,
  expired: `The relay has dropped what it had of the file: ${AGAIN}`,
  missing: `The relay has lost what it had of the file: ${AGAIN}`,
  spoiled: `The relay has something else than what was sent: ${AGAIN}`,
}

const FETCH_WORDS: Words = {
  ...BOTH,
  offline:
    'The relay cannot be reached. What is here of the file is kept: run the same command again when it is back.',
  slow: 'The relay has no time now. What is here of the file is kept: run the same command again in a while.',
  refused: 'The relay does not give this file out: try again in a while, or speak to whoever runs it.',
  stopped: 'Stopped. What is here of the file is kept: run the same command again.',
  changed: 'The file has changed on the way: run the same command again.',
  expired: 'This file has expired: the relay has dropped it. Ask whoever sent it to send it again.',
  missing: 'The relay does not have all of this file any more: ask whoever sent it to send it again.',
  spoiled:
    'What came is not the file that was announced, so it is not kept: tell whoever sent it, and ask them to send it again.',
}

const EXITS: Partial<Record<CarryFailure, Exit>> = { offline: 3, slow: 3, lie: 4, alarm: 4 }

export const sendRefusal = (failure: CarryFailure): Refusal =>
  refusal(failure, SEND_WORDS[failure], EXITS[failure] ?? 1)

export const fetchRefusal = (failure: CarryFailure): Refusal =>
  refusal(failure, FETCH_WORDS[failure], EXITS[failure] ?? 1)

export const PREPARE_WORDS = {
  empty: 'The file is empty: there is nothing to send.',
  too_large: `The file is larger than ${sizeOf(MAX_FILE_BYTES)}, which is the most that one can have: make it smaller, or send it in pieces.`,
  unreadable: 'The file cannot be read to its end: check the disk it is on.',
} as const

export const HIDDEN_DATA =
  'What is hidden inside this file goes with it, such as place, camera and author: send a copy without them if that could hurt somebody.'
