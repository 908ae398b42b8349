/** The text of a motion: paragraphs that amendments change one by one, and the hash by which ballots name it. */
import { concat, utf8 } from '../../../shared/base/bytes.ts'
import { toHex } from '../../../shared/base/text.ts'
import { sha256 } from '../../../shared/crypto/sodium.ts'

/** An empty line begins the next one. A paragraph keeps its number whatever is written into it. */
export const paragraphsOf = (text: string): readonly string[] => text.split(/\n{2,}/)

export const textOf = (paragraphs: readonly string[]): string =>
  paragraphs.filter((one) => one !== '').join('\n\n')

/** Of the id of the motion, its title and its text, so that two motions of the same words differ. */
export const textHash = (motion: string, title: string, paragraphs: readonly string[]): string =>
  toHex(sha256(concat(utf8('motion text/1'), utf8(JSON.stringify([motion, title, ...paragraphs])))))
