/** Commits in the form that the rules judge (governance/validity.ts): found in a log, or staged by this device. */
import { fromHex, toHex } from '../../../shared/base/text.ts'
import { decodeAct } from '../governance/act.ts'
import { type Proposal, planProposals } from '../governance/plan.ts'
import type { Seen } from '../governance/verdict.ts'
import { ownLeafOf } from '../mls/group.ts'
import { inspectKeyPackage } from '../mls/keyPackage.ts'
import type { CommitSummary } from '../mls/types.ts'
import type { Desk } from './desk.ts'
import { type Epoch, rosterOf, type Staged } from './state.ts'

/** The MLS door has checked V1 and the tree; a key package is checked here, by the same function on every device. */
export const seenOf = async (
  desk: Desk,
  summary: Omit<CommitSummary, 'author'> & { author: number },
): Promise<Seen> => {
  const added = summary.proposals.find((p) => p.type === 'add')
  const facts = added && (await inspectKeyPackage(desk.book.own().suite, added.keyPackage))
  return {
    hash: toHex(summary.hash),
    author: summary.author,
    hasPath: summary.hasPath,
    proposals: summary.proposals,
    keyPackage: facts?.ok ? { ...facts.value, hash: toHex(facts.value.hash) } : undefined,
  }
}

export const seenStaged = async (desk: Desk, epoch: Epoch, stage: Staged): Promise<Seen | undefined> => {
  if (!epoch.group) return undefined
  const proposals = stagedProposals(epoch, stage)
  const summary = {
    hash: fromHex(stage.hash) ?? new Uint8Array(0),
    author: ownLeafOf(epoch.group),
    proposals: proposals as CommitSummary['proposals'],
    hasPath: stage.hasPath,
  }
  return seenOf(desk, summary)
}

const stagedProposals = (epoch: Epoch, stage: Staged): readonly Proposal[] => {
  if (!stage.act) return []
  const act = decodeAct(stage.act)
  return (act && planProposals(rosterOf(epoch), act, stage.keyPackage)) ?? []
}
