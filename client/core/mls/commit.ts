import type { Result } from '../../../shared/base/result.ts'
import type { CommitSummary, Group, Proposal, StagedCommit } from './types.ts'

const soon = (): never => {
  throw new Error('not written yet')
}
export const stageCommit = async (_group: Group, _proposals: readonly Proposal[]): Promise<StagedCommit> =>
  soon()
export const inspectCommit = async (
  _group: Group,
  _message: Uint8Array,
): Promise<Result<CommitSummary, 'invalid'>> => soon()
export const followCommit = async (
  _group: Group,
  _message: Uint8Array,
): Promise<Result<Group, 'invalid' | 'stuck' | 'removed'>> => soon()
