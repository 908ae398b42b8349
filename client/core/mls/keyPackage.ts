import type { Result } from '../../../shared/base/result.ts'
import type { KeyPackageFacts, NewKeyPackage, SuiteName } from './types.ts'

const soon = (): never => {
  throw new Error('not written yet')
}
export const newKeyPackage = async (_: {
  suite: SuiteName
  identity: Uint8Array
  seatData: Uint8Array
  rules?: readonly number[]
}): Promise<NewKeyPackage> => soon()
/** undefined when the halves do not belong together. */
export const restoreKeyPackage = (
  _suite: SuiteName,
  _publicBytes: Uint8Array,
  _privateBytes: Uint8Array,
): NewKeyPackage | undefined => soon()
export const inspectKeyPackage = async (
  _suite: SuiteName,
  _bytes: Uint8Array,
): Promise<Result<KeyPackageFacts, 'invalid'>> => soon()
