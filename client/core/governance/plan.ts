/**
 * V4: what a commit must contain, to the byte, when it carries out an act (protocol.md 7.1). The executor makes its commit with this
 * and the judge compares with it, so that "exactly" means one thing.
 */
import { sameBytes } from '../../../shared/base/bytes.ts'
import { unreachable } from '../../../shared/base/unreachable.ts'
import { type Act, encodeAct } from './act.ts'
import type { DeviceId } from './ids.ts'
import type { Action } from './motion.ts'
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
  const changes = changesOf(roster, act, keyPackage)
  return changes && [...changes, { type: 'act', data: encodeAct(act) }]
}

const changesOf = (
  roster: Roster,
  act: Act,
  keyPackage: Uint8Array | undefined,
): readonly Proposal[] | undefined => {
  switch (act.type) {
    case 'mandate':
      return mandated(roster, act.mandate.motion.action, keyPackage)
    case 'leave':
      return removals(devicesOf(roster, act.request.seat))
    case 'drop':
      return removalOf(roster, act.request.device)
    case 'resync': {
      const [removal, addition] = [removalOf(roster, act.request.device), additionOf(keyPackage)]
      return removal && addition && [...removal, ...addition]
    }
    default:
      return unreachable(act)
  }
}

/** A vacant seat has no leaves to remove: its removal is the act alone. */
const mandated = (
  roster: Roster,
  action: Action,
  keyPackage: Uint8Array | undefined,
): readonly Proposal[] | undefined => {
  switch (action.type) {
    case 'remove':
      return removals(devicesOf(roster, action.seat))
    case 'charter':
      return [{ type: 'charter', charter: action.charter }]
    case 'settleDrop':
      return []
    case 'add':
    case 'deviceAdd':
      return additionOf(keyPackage)
    default:
      return unreachable(action)
  }
}

const removals = (devices: readonly Device[]): readonly Proposal[] =>
  devices.map(({ leaf }) => ({ type: 'remove', leaf }))

const removalOf = (roster: Roster, device: DeviceId): readonly Proposal[] | undefined => {
  const one = deviceOf(roster, device)
  return one && removals([one])
}

const additionOf = (keyPackage: Uint8Array | undefined): readonly Proposal[] | undefined =>
  keyPackage && [{ type: 'add', keyPackage }]

/** V5: MLS makes no path where nothing is removed; a TIDY is nothing but one. */
export const wantsPath = (proposals: readonly Proposal[]): boolean =>
  proposals.length === 0 || proposals.some(({ type }) => type === 'remove')

export const sameProposals = (a: readonly Proposal[], b: readonly Proposal[]): boolean =>
  a.length === b.length && a.every((one, i) => sameProposal(one, b[i]))

const sameProposal = (a: Proposal, b: Proposal | undefined): boolean => {
  if (a.type === 'remove') return b?.type === 'remove' && a.leaf === b.leaf
  if (a.type === 'add') return b?.type === 'add' && sameBytes(a.keyPackage, b.keyPackage)
  if (a.type === 'charter') return b?.type === 'charter' && sameBytes(a.charter, b.charter)
  return b?.type === 'act' && sameBytes(a.data, b.data)
}
