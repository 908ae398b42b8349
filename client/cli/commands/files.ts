/** Files of the committee: the list, and fetching one. */

import { stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { ok } from '../../../shared/base/result.ts'
import type { FileView } from '../../core/session/fileList.ts'
import { plainNamesIn } from '../../core/session/names.ts'
import { fileJson } from '../../core/session/records.ts'
import { type Command, type Context, type Input, type Outcome, refused, textOf } from '../command.ts'
import { pickFile, tellProgress } from '../files/choosing.ts'
import { createSink } from '../files/openSink.ts'
import { fetchRefusal } from '../fileWords.ts'
import { type Sitting, withCommittee } from '../open.ts'
import { fileLines, fileViewJson } from '../show/files.ts'
import { namesIn } from '../show/names.ts'
import { shortIds } from '../show/shortIds.ts'

export const filesCommand: Command = {
  usage: '',
  about: [
    'Every file that was sent to the committee, oldest first, with whom it is from, how large it is,',
    'how long it can be fetched, and where it stands. A file is forgotten with the words it came with;',
    'what you have saved stays where you saved it.',
  ],
  examples: ['files'],
  run: (context) =>
    withCommittee(context, async ({ session }) => {
      const list = session.files.list()
      const view = session.view()
      const short = shortIds(list.map(({ id }) => id))
      const lines = list.flatMap((one, i) =>
        fileLines(one, { number: i + 1, names: namesIn(view), short, nowMs: Date.now() }),
      )
      return ok({
        text: list.length === 0 ? ['No files.'] : lines,
        json: { files: list.map((one, i) => fileViewJson(one, i + 1, plainNamesIn(view))) },
      })
    }),
}

export const getFile: Command = {
  usage: 'NUMBER or ID',
  about: [
    'Fetches a file by its number in `npx tocsin files` or by its id, into this folder or where --to',
    'says. Only you can read it, and nothing is overwritten. If it is interrupted, the same command',
    'goes on where it stopped. It is saved as it is, NOT LOCKED: mind where you keep it.',
  ],
  options: { to: { type: 'string', value: 'PATH', help: 'a folder, or the name it gets' } },
  takes: 1,
  examples: ['get-file 2', 'get-file 3fa2 --to /media/stick'],
  run: (context, input) =>
    withCommittee(context, async (sitting) => {
      const [typed] = input.positionals
      if (typed === undefined)
        return refused('no_number', 'Say which file: a number that `npx tocsin files` shows.', 2)
      const picked = pickFile(sitting.session.files.list(), typed)
      return picked.ok ? fetchOne(context, sitting, { view: picked.value, input }) : picked
    }),
}

const fetchOne = async (
  context: Context,
  { session, halt }: Sitting,
  { view, input }: { readonly view: FileView; readonly input: Input },
): Promise<Outcome> => {
  const { id, content, state } = view
  if (state.is === 'sending') return refused('not_sent', 'This file is your own and not sent yet.')
  const target = await targetOf(view, textOf(input, 'to'))
  if ((await kindOf(target)) !== undefined)
    return refused(
      'exists',
      `${target} is there already, and nothing is overwritten: name another place with --to.`,
    )
  if (halt === 'offline') return { ok: false, error: fetchRefusal('offline') }
  context.ifInterrupted('Stopped, and what is here is kept: run the same command again to go on.')
  const onProgress = tellProgress(context, `Fetching ${content.name}`)
  const fetched = await session.files.fetch(id, createSink(target, id), { onProgress })
  context.terminal.progress(undefined)
  context.ifInterrupted(undefined)
  if (!fetched.ok)
    return fetched.error === 'no_such_file'
      ? refused('no_such_file', 'This file has been forgotten: run `npx tocsin files`.')
      : { ok: false, error: fetchRefusal(fetched.error) }
  return ok({ text: [`Saved ${target}`], json: { id, path: target, ...fileJson(content) } })
}

/** Where an unfinished one was begun, unless somewhere else is asked for. */
const targetOf = async ({ content, state }: FileView, to: string | undefined): Promise<string> => {
  if (to === undefined) return state.is === 'begun' ? state.place : resolve(content.name)
  const asked = resolve(to)
  const isFolder = to.endsWith('/') || (await kindOf(asked)) === 'folder'
  return isFolder ? join(asked, content.name) : asked
}

const kindOf = async (path: string): Promise<'folder' | 'other' | undefined> => {
  const found = await stat(path).catch(() => undefined)
  if (!found) return undefined
  return found.isDirectory() ? 'folder' : 'other'
}
