/**
 * V4: what a commit must contain, to the byte, when it carries out an act (protocol.md 7.1). The executor makes its commit with this
 * and the judge compares with it, so that "exactly" means one thing.
 */
import { sameBytes } from '../../../shared/base/bytes.ts'
import { type Act, encodeAct } from './act.ts'
import { type Device, deviceOf, devicesOf, type Roster } from './roster.ts'

export type Proposal =
  | { readonly type: 'add'; readonly keyPackage: Uint8Array }
  | { readonly type: 'remove'; readonly leaf: number }
  | { readonly type: 'charter'; readonly charter: Uint8Array }
  | { readonly type: 'act'; readonly data: Uint8Array }

/** Undefined when the act has nothing to act on. */
export const planProposals = (
  roster: Roster,
  act: Act,
  keyPackage: Uint8Array | undefined,
): readonly Proposal[] | undefined => {
  const end: Proposal = { type: 'act', data: encodeAct(act) }
  const removals = (devices: readonly Device[]): Proposal[] =>
    devices.map(({ leaf }) => ({ type: 'remove', leaf }))
  const add: Proposal[] = keyPackage ? [{ type: 'add', keyPackage }] : []
  if (act.type === 'leave') return [...removals(devicesOf(roster, act.request.seat)), end]
  if (act.type === 'resync') {
    const stuck = deviceOf(roster, act.request.device)
    return stuck && keyPackage ? [...removals([stuck]), ...add, end] : undefined
  }
  const { action } = act.mandate.motion
  if (action.type === 'remove') return [...removals(devicesOf(roster, action.seat)), end]
  if (action.type === 'charter') return [{ type: 'charter', charter: action.charter }, end]
  return keyPackage ? [...add, end] : undefined
}

export const sameProposals = (a: readonly Proposal[], b: readonly Proposal[]): boolean =>
  a.length === b.length && a.every((one, i) => sameProposal(one, b[i]))

const sameProposal = (a: Proposal, b: Proposal | undefined): boolean => {
  if (a.type === 'remove') return b?.type === 'remove' && a.leaf === b.leaf
  if (a.type === 'add') return b?.type === 'add' && sameBytes(a.keyPackage, b.keyPackage)
  if (a.type === 'charter') return b?.type === 'charter' && sameBytes(a.charter, b.charter)
  return b?.type === 'act' && sameBytes(a.data, b.data)
}
