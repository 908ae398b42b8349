import type { Group, GroupDelta, SuiteName } from './types.ts'

const soon = (): never => {
  throw new Error('not written yet')
}
export const encodeGroup = (_: Group): Uint8Array => soon()
export const decodeGroup = async (
  _suite: SuiteName,
  _base: Uint8Array,
  _deltas: readonly GroupDelta[],
): Promise<Group | undefined> => soon()
export const deltaOf = (_before: Group, _after: Group): readonly GroupDelta[] => soon()
