/** What was announced about a file, from the vault and as a log. Not here: its schema (committee/fileContent.ts). */
import { fromHex } from '../../../shared/base/text.ts'
import { decodeContent, encodeContent } from '../committee/content.ts'
import type { FileContent } from '../committee/fileContent.ts'
import type { Upload } from './drawer.ts'
import { type FileLog, fileLogOf } from './fileLog.ts'

export const storedContent = (content: FileContent): Uint8Array => encodeContent(content)

/** Throws if what was stored is no file: it was ours. */
export const contentOf = ({ content }: Upload): FileContent => {
  const decoded = decodeContent(content)
  if (!decoded.ok || decoded.value.type !== 'file') throw new Error('stored file does not decode')
  return decoded.value
}

export const logOf = ({ secret, size, life }: FileContent): FileLog =>
  fileLogOf(fromHex(secret) ?? new Uint8Array(0), { size, life })
