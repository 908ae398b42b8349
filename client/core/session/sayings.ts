/** From what was stored to what members see. Throws if what is stored is out of order: the book keeps it sorted. */

import type { Committee } from '../committee/committee.ts'
import { applyAll, emptyCommittee } from '../committee/committee.ts'
import { decodeContent } from '../committee/content.ts'
import { beginWith, decodeResults } from '../committee/results.ts'
import type { Said } from '../committee/said.ts'
import type { Shelf } from './bookShelf.ts'
import type { StoredSaying } from './state.ts'

/** From what was stored to what members see, folded again only when something came or went, or stands where something else stood. */
/** `begin`: what this device was told when it came in (told.ts). */
export const createFolding = (): ((sayings: Shelf<StoredSaying>, begin?: Uint8Array) => Committee) => {
  let folded: readonly StoredSaying[] = []
  let begun: Uint8Array | undefined
  let committee = emptyCommittee
  return (sayings, begin) => {
    const now = sayings.all()
    const isContinued = begun === begin && folded.every((saying, i) => now[i] === saying)
    if (isContinued && now.length === folded.length) return committee
    const fresh = now.slice(isContinued ? folded.length : 0).flatMap(saidOf)
    committee = applyAll(isContinued ? committee : beginningOf(begin), fresh)
    folded = now
    begun = begin
    return committee
  }
}

/** All at once. */
export const foldSayings = (sayings: readonly StoredSaying[], begin?: Uint8Array): Committee =>
  foldSaid(sayings.flatMap(saidOf), begin)

export const foldSaid = (said: readonly Said[], begin?: Uint8Array): Committee =>
  applyAll(beginningOf(begin), said)

const beginningOf = (told: Uint8Array | undefined): Committee => {
  const results = told && decodeResults(told)
  return results ? beginWith(results) : emptyCommittee
}

/** Nothing, where it does not decode. */
export const saidOf = (stored: StoredSaying): readonly Said[] => {
  const { content, electorate, decisions, ...said } = stored
  const decoded = decodeContent(content)
  if (!decoded.ok) return []
  const then = { ...(electorate ? { electorate } : {}), ...(decisions ? { decisions } : {}) }
  return [{ ...said, ...then, content: decoded.value }]
}
