import type { Result } from '../../../shared/base/result.ts'
import type { Group, LeafIndex } from './types.ts'

const soon = (): never => {
  throw new Error('not written yet')
}
export const seal = async (
  _group: Group,
  _plaintext: Uint8Array,
): Promise<{ readonly next: Group; readonly message: Uint8Array }> => soon()
export const open = async (
  _group: Group,
  _message: Uint8Array,
): Promise<
  Result<{ readonly next: Group; readonly plaintext: Uint8Array; readonly sender: LeafIndex }, 'rejected'>
> => soon()
export const senderOf = async (_group: Group, _message: Uint8Array): Promise<LeafIndex | undefined> => soon()
export const isCommit = (_message: Uint8Array): boolean => soon()
