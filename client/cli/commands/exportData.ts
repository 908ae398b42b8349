/** One's own data as files that need no Tocsin: JSON for programs, text for people. Not locked. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { ok } from '../../../shared/base/result.ts'
import { ownData } from '../../core/session/exporting.ts'
import { type Command, type Context, isOn, type Outcome, refused } from '../command.ts'
import { exportedLines } from '../exported.ts'
import { nameOfCommittee, withCommittee } from '../open.ts'

export const exportData: Command = {
  usage: '[FOLDER]',
  about: [
    'Writes committee.json and committee.txt into a new folder. They are NOT LOCKED: whoever has',
    'them reads them. Yours is what you said, raised, answered and agreed to, and the rules you',
    'agreed to. With --all also what the others said, as far as this device has it: ask them first.',
  ],
  options: { all: { type: 'boolean', help: 'what the others said, too' } },
  takes: 1,
  examples: ['export', 'export /media/stick/mine'],
  run: (context, input) =>
    withCommittee(context, async ({ session }) => {
      const today = new Date().toISOString().slice(0, 10)
      const folder = resolve(input.positionals[0] ?? `tocsin-export-${today}`)
      const [view, isAll, now] = [session.view(), isOn(input, 'all'), Date.now()]
      const [json, text] = [ownData(view, isAll, now), exportedLines(view, isAll, now)]
      return writeFiles(context, folder, {
        'committee.json': `${JSON.stringify(json, undefined, 2)}\n`,
        'committee.txt': `${nameOfCommittee(session)}, exported ${today}\n\n${text.join('\n')}\n`,
      })
    }),
}

const writeFiles = async (
  { terminal }: Context,
  folder: string,
  files: Readonly<Record<string, string>>,
): Promise<Outcome> => {
  try {
    await mkdir(folder, { mode: 0o700 })
    for (const [name, content] of Object.entries(files))
      await writeFile(join(folder, name), content, { mode: 0o600, flag: 'wx' })
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
    return code === 'EEXIST'
      ? refused('exists', `${folder} exists already, and nothing is overwritten: name another folder.`)
      : refused('not_written', `${folder} could not be written (${code}): name another folder.`)
  }
  terminal.note('These files are not locked: keep them where nobody else can read them.')
  return ok({
    text: Object.keys(files).map((name) => `Wrote ${join(folder, name)}`),
    json: { folder, files: Object.keys(files) },
  })
}
