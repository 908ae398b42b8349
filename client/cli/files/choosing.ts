/** Which file is meant, and telling how far it is. */
import { ok, type Result } from '../../../shared/base/result.ts'
import type { TransferProgress } from '../../core/files/transfer.ts'
import type { FileView } from '../../core/session/fileList.ts'
import { type Context, type Refusal, refused } from '../command.ts'
import { percentOf } from '../show/files.ts'
import { findId } from '../show/shortIds.ts'

/** By the number that `files` shows, or by its id. */
export const pickFile = (list: readonly FileView[], typed: string): Result<FileView, Refusal> => {
  const numbered = /^\d{1,3}$/.test(typed) ? list[Number(typed) - 1] : undefined
  if (numbered) return ok(numbered)
  const found = findId(
    list.map(({ id }) => id),
    typed,
  )
  const one = found.ok ? list.find(({ id }) => id === found.value) : undefined
  return one
    ? ok(one)
    : refused('no_such_file', `There is no file "${typed}" here: run \`npx tocsin files\` to see them.`)
}

/** Percent between two lines where no line can be redrawn. */
const STEP = 10

/** One line that changes on a terminal, and otherwise a line every ten percent. The first is where it goes on. */
export const tellProgress = (
  { terminal }: Context,
  doing: string,
): ((progress: TransferProgress) => void) => {
  let told: number | undefined
  return ({ parts, of }) => {
    const percent = percentOf(parts, of)
    const text = `${doing}: ${percent} %`
    if (terminal.isInteractive) terminal.progress(text)
    else if (told !== undefined && percent - told >= STEP && percent < 100) terminal.note(text)
    else if (told !== undefined) return
    told = percent
  }
}
