/** From what was stored to what members see. Throws if what is stored is out of order: the book keeps it sorted. */

import type { Committee } from '../committee/committee.ts'
import { applyAll, emptyCommittee } from '../committee/committee.ts'
import { decodeContent } from '../committee/content.ts'
import type { Said } from '../committee/said.ts'
import type { Shelf } from './book.ts'
import type { StoredSaying } from './state.ts'

/** From what was stored to what members see, folded again only when something came or went. */
export const createFolding = (): ((sayings: Shelf<StoredSaying>) => Committee) => {
  let keys: readonly string[] = []
  let committee = emptyCommittee
  return (sayings) => {
    const now = sayings.keys()
    if (now.length === keys.length && now.at(-1) === keys.at(-1)) return committee
    const isContinued = keys.every((key, i) => now[i] === key)
    const fresh = now.slice(isContinued ? keys.length : 0).flatMap((key) => saidOf(sayings.get(key)))
    committee = applyAll(isContinued ? committee : emptyCommittee, fresh)
    keys = now
    return committee
  }
}

/** All at once. */
export const foldSayings = (sayings: readonly StoredSaying[]): Committee =>
  applyAll(emptyCommittee, sayings.flatMap(saidOf))

const saidOf = (stored: StoredSaying | undefined): readonly Said[] => {
  if (!stored) return []
  const { content, electorate, decisions, ...said } = stored
  const decoded = decodeContent(content)
  if (!decoded.ok) return []
  const then = { ...(electorate ? { electorate } : {}), ...(decisions ? { decisions } : {}) }
  return [{ ...said, ...then, content: decoded.value }]
}
