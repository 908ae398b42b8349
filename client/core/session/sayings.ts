/** From what was stored to what members see. Throws if what is stored is out of order: the book keeps it sorted. */

import type { Committee } from '../committee/committee.ts'
import { applyAll, emptyCommittee } from '../committee/committee.ts'
import { decodeContent } from '../committee/content.ts'
import type { Said } from '../committee/said.ts'
import type { Shelf } from './bookShelf.ts'
import type { StoredSaying } from './state.ts'

/** From what was stored to what members see, folded again only when something came or went, or stands where something else stood. */
export const createFolding = (): ((sayings: Shelf<StoredSaying>) => Committee) => {
  let folded: readonly StoredSaying[] = []
  let committee = emptyCommittee
  return (sayings) => {
    const now = sayings.all()
    const isContinued = folded.every((saying, i) => now[i] === saying)
    if (isContinued && now.length === folded.length) return committee
    const fresh = now.slice(isContinued ? folded.length : 0).flatMap(saidOf)
    committee = applyAll(isContinued ? committee : emptyCommittee, fresh)
    folded = now
    return committee
  }
}

/** All at once. */
export const foldSayings = (sayings: readonly StoredSaying[]): Committee =>
  applyAll(emptyCommittee, sayings.flatMap(saidOf))

const saidOf = (stored: StoredSaying): readonly Said[] => {
  const { content, electorate, decisions, ...said } = stored
  const decoded = decodeContent(content)
  if (!decoded.ok) return []
  const then = { ...(electorate ? { electorate } : {}), ...(decisions ? { decisions } : {}) }
  return [{ ...said, ...then, content: decoded.value }]
}
