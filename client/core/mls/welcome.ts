import type { Result } from '../../../shared/base/result.ts'
import type { Group, LeafIndex, NewKeyPackage, SuiteName } from './types.ts'

const soon = (): never => {
  throw new Error('not written yet')
}
export const joinFromWelcome = async (_: {
  suite: SuiteName
  welcome: Uint8Array
  keyPackage: NewKeyPackage
}): Promise<Result<{ readonly group: Group; readonly opener: LeafIndex }, 'rejected'>> => soon()
