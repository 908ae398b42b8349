/** Sending a file: it goes to the relay in pieces, and the others are told when all of it is there. */

import { basename } from 'node:path'
import { ok, type Result } from '../../../shared/base/result.ts'
import type { FileContent } from '../../core/committee/fileContent.ts'
import {
  FILE_DAYS,
  type FileDays,
  type FileKind,
  fitsKind,
  mayHideData,
  mediaOf,
} from '../../core/committee/fileWords.ts'
import { toOneLine } from '../../core/committee/plainText.ts'
import type { FileView } from '../../core/session/fileList.ts'
import type { FileDraft, PrepareFailure } from '../../core/session/files.ts'
import { fileJson } from '../../core/session/records.ts'
import type { Session } from '../../core/session/session.ts'
import {
  type Command,
  type Context,
  type Input,
  isOn,
  type Outcome,
  type Refusal,
  refusal,
  refused,
  textOf,
} from '../command.ts'
import { pickFile, tellProgress } from '../files/choosing.ts'
import { openSource } from '../files/openSource.ts'
import { CANCEL, HIDDEN_DATA, PREPARE_WORDS, RESUME, sendRefusal } from '../fileWords.ts'
import { type Sitting, withMembership } from '../open.ts'
import { notMember, told } from '../saying.ts'
import { fileTitle } from '../show/files.ts'
import { shortIds } from '../show/shortIds.ts'
import { present } from '../steps.ts'
import { fieldRefusal } from '../words.ts'

export const sendFile: Command = {
  usage: 'PATH | --resume [NUMBER] | --cancel [NUMBER]',
  about: [
    'The relay gets it locked and in pieces, and sees about how large it is, nothing else. The others',
    'can fetch it for as many days as --life says, at most 268 MB. If it is interrupted, --resume goes',
    'on where it stopped; until then leave the file where it is. --cancel forgets a file that has not',
    'been announced: what the relay has of it stays there, of use to nobody, until its days are over.',
  ],
  options: {
    life: { type: 'string', value: '1|7|45', help: 'days for which it can be fetched; 7 if not given' },
    words: { type: 'string', short: 'w', value: 'TEXT', help: 'what the others read beside it' },
    voice: { type: 'boolean', help: 'it is a voice note' },
    resume: { type: 'boolean', help: 'go on with what was interrupted, all of it or this one' },
    cancel: { type: 'boolean', help: 'forget a file that has not been announced' },
  },
  takes: 1,
  examples: ['send-file photo.jpg --words "the rota of Monday"', 'send-file --resume'],
  run: (context, input) =>
    withMembership(context, async (sitting) => {
      if (isOn(input, 'cancel')) return cancel(sitting, input)
      if (isOn(input, 'resume')) return resume(context, sitting, input)
      const [path] = input.positionals
      return path === undefined
        ? refused('no_path', 'Say which file: `npx tocsin send-file PATH`.', 2)
        : sendNew(context, sitting, { path, input })
    }),
}

const sendNew = async (
  context: Context,
  sitting: Sitting,
  { path, input }: { readonly path: string; readonly input: Input },
): Promise<Outcome> => {
  const draft = draftOf(path, input)
  if (!draft.ok) return draft
  const opened = await openSource(path)
  if (!opened.ok) return opened
  const { source, close } = opened.value
  const { terminal } = context
  const { keepDays } = sitting.session.view().charter
  if (textOf(input, 'life') !== undefined && draft.value.life > keepDays)
    terminal.note(`It can be fetched for ${keepDays} days only: then the committee forgets what was written.`)
  if (mayHideData(draft.value.media)) terminal.note(HIDDEN_DATA)
  terminal.progress(`Reading ${toOneLine(path)}`)
  const prepared = await sitting.session.files.prepare(draft.value, source)
  terminal.progress(undefined)
  await close()
  return prepared.ok ? send(context, sitting, prepared.value) : unprepared(sitting.session, prepared.error)
}

const draftOf = (path: string, input: Input): Result<FileDraft, Refusal> => {
  const days = Number(textOf(input, 'life') ?? 7)
  const life: FileDays | undefined = FILE_DAYS.find((one) => one === days)
  if (life === undefined) return refused('life', 'A file can be fetched for 1, 7 or 45 days: --life 7.', 2)
  const name = basename(path)
  const media = mediaOf(name)
  const isVoice = isOn(input, 'voice')
  if (isVoice && !fitsKind('voice', media))
    return refused(
      'no_sound',
      'A voice note is a sound, such as .ogg, .mp3, .m4a or .wav: leave out --voice.',
      2,
    )
  const seen: FileKind = fitsKind('photo', media) ? 'photo' : 'file'
  return ok({
    kind: isVoice ? 'voice' : seen,
    name,
    media,
    life,
    ...present({ words: textOf(input, 'words') }),
  })
}

const unprepared = (session: Session, why: PrepareFailure): Outcome => {
  if (typeof why === 'object') return { ok: false, error: fieldRefusal(why.field) }
  return why === 'not_member' ? notMember(session) : refused(why, PREPARE_WORDS[why])
}

/** What is written down already, from where it stopped. */
const send = async (context: Context, { session, halt }: Sitting, id: string): Promise<Outcome> => {
  const view = session.files.list().find((one) => one.id === id)
  if (view?.state.is !== 'sending') return noneWaiting()
  const { content, state } = view
  if (halt === 'offline') return queued(content, id)
  const opened = await openSource(state.place)
  if (!opened.ok) return { ok: false, error: goneFrom(opened.error) }
  context.ifInterrupted(`Stopped, and what is at the relay stays there: go on with ${RESUME}.`)
  const onProgress = tellProgress(context, `Sending ${content.name}`)
  const sent = await session.files.send(id, opened.value.source, { onProgress })
  context.terminal.progress(undefined)
  context.ifInterrupted(undefined)
  await opened.value.close()
  if (!sent.ok) {
    if (sent.error === 'not_member' || sent.error === 'no_such_file') return notMember(session)
    return { ok: false, error: sendRefusal(sent.error) }
  }
  const json = { id, ...fileJson(content) }
  const short = shortIds(session.files.list().map((one) => one.id))(id)
  return told(session, sent.value, { text: [`Sent: ${fileTitle(content)}.`], json }, `Its id is ${short}.`)
}

const goneFrom = (why: Refusal): Refusal =>
  refusal(why.reason, `${why.sentence} To forget it: ${CANCEL}.`, why.exit)

/** Offline is no failure: it is written down, and nothing of it has left. */
const queued = (content: FileContent, id: string): Outcome =>
  ok({
    text: [
      `Not sent yet: nothing of ${content.name} has left this device. Leave it where it is, and go on with ${RESUME}.`,
    ],
    json: { id, ...fileJson(content), is: 'waiting' },
    exit: 3,
  })

const waitingFiles = ({ session }: Sitting): readonly FileView[] =>
  session.files.list().filter(({ state }) => state.is === 'sending')

const noneWaiting = (): Outcome => ok({ text: ['No file of yours is on its way.'], json: { files: [] } })

/** The files that are meant: the one that was named, or all. */
const meant = (sitting: Sitting, { positionals }: Input): Result<readonly FileView[], Refusal> => {
  const waiting = waitingFiles(sitting)
  const [typed] = positionals
  if (typed === undefined) return ok(waiting)
  const picked = pickFile(sitting.session.files.list(), typed)
  if (!picked.ok) return picked
  return waiting.some(({ id }) => id === picked.value.id)
    ? ok([picked.value])
    : refused('not_on_its_way', `${picked.value.content.name} is not on its way: see \`npx tocsin files\`.`)
}

/** One after the other; the first that does not go through is what is told. */
const resume = async (context: Context, sitting: Sitting, input: Input): Promise<Outcome> => {
  const files = meant(sitting, input)
  if (!files.ok) return files
  const done: object[] = []
  const text: string[] = []
  for (const { id } of files.value) {
    const sent = await send(context, sitting, id)
    if (!sent.ok || sent.value.exit !== undefined) return sent
    text.push(...sent.value.text)
    done.push(sent.value.json ?? {})
  }
  return files.value.length === 0 ? noneWaiting() : ok({ text, json: { files: done } })
}

const cancel = async (sitting: Sitting, input: Input): Promise<Outcome> => {
  const files = meant(sitting, input)
  if (!files.ok) return files
  const [one, another] = files.value
  if (!one) return noneWaiting()
  if (another)
    return refused(
      'which_file',
      `Say which one, by its number in \`npx tocsin files\`: ${CANCEL.slice(1, -1)} NUMBER.`,
    )
  const cancelled = await sitting.session.files.cancel(one.id)
  if (!cancelled.ok)
    return refused('announced', `${one.content.name} has been announced already and cannot be taken back.`)
  return ok({
    text: [
      `Forgotten: ${one.content.name}. What the relay has of it opens for nobody and is gone after its days; nothing can be deleted there.`,
    ],
    json: { id: one.id, is: 'cancelled' },
  })
}
