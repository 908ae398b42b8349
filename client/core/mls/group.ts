import type { KeyPair } from '../../../shared/crypto/sodium.ts'
import type { Group, Leaf, LeafIndex, NewKeyPackage, SuiteName } from './types.ts'

const soon = (): never => {
  throw new Error('not written yet')
}
/** The founding epoch: one leaf, the founder's. `groupId` is 32 random bytes, the committee's anchor. */
export const createGroup = async (_: {
  suite: SuiteName
  groupId: Uint8Array
  charter: Uint8Array
  keyPackage: NewKeyPackage
}): Promise<Group> => soon()
export const anchorOf = (_: Group): Uint8Array => soon()
export const epochOf = (_: Group): number => soon()
export const charterOf = (_: Group): Uint8Array => soon()
export const ownLeafOf = (_: Group): LeafIndex => soon()
export const suiteOf = (_: Group): SuiteName => soon()
export const epochAuthenticatorOf = (_: Group): Uint8Array => soon()
export const leavesOf = (_: Group): readonly Leaf[] => soon()
export const signatureKeyPair = (_: Group): KeyPair => soon()
export const exportRoot = async (_: Group): Promise<Uint8Array> => soon()
