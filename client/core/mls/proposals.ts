/** Our four kinds of proposal to the library's and back (V3). Not here: which of them belong together (client/core/governance). */
import { decodeKeyPackage, encodeKeyPackage, type KeyPackage } from 'ts-mls/keyPackage.js'
import type { Proposal as LibraryProposal } from 'ts-mls/proposal.js'
import type { ProposalOrRef } from 'ts-mls/proposalOrRefType.js'
import { decodeExactly } from './bytes.ts'
import { ACT_PROPOSAL, CHARTER_EXTENSION } from './config.ts'
import type { LeafIndex, Proposal } from './types.ts'

/** Throws on a key package that does not decode: it was to be inspected before. */
export const toLibrary = (proposal: Proposal): LibraryProposal => {
  switch (proposal.type) {
    case 'add':
      return { proposalType: 'add', add: { keyPackage: decoded(proposal.keyPackage) } }
    case 'remove':
      return { proposalType: 'remove', remove: { removed: proposal.leaf } }
    case 'charter':
      return {
        proposalType: 'group_context_extensions',
        groupContextExtensions: {
          extensions: [{ extensionType: CHARTER_EXTENSION, extensionData: proposal.charter }],
        },
      }
    case 'act':
      return { proposalType: ACT_PROPOSAL, proposalData: proposal.data }
  }
}

/**
 * undefined for anything that is not one of ours by value, for a second charter or act, and for a leaf that is removed
 * twice or by itself.
 */
export const fromLibrary = (
  author: LeafIndex,
  listed: readonly ProposalOrRef[],
): readonly Proposal[] | undefined => {
  const proposals: Proposal[] = []
  for (const item of listed) {
    const proposal = item.proposalOrRefType === 'proposal' ? readProposal(item.proposal) : undefined
    if (proposal === undefined) return undefined
    proposals.push(proposal)
  }
  const removed = proposals.flatMap((proposal) => (proposal.type === 'remove' ? [proposal.leaf] : []))
  const once = (type: Proposal['type']) => proposals.filter((proposal) => proposal.type === type).length <= 1
  const sound = once('charter') && once('act') && new Set(removed).size === removed.length
  return sound && !removed.includes(author) ? proposals : undefined
}

const readProposal = (proposal: LibraryProposal): Proposal | undefined => {
  if (isOfType(proposal, 'add')) {
    return { type: 'add', keyPackage: encodeKeyPackage(proposal.add.keyPackage) }
  }
  if (isOfType(proposal, 'remove')) return { type: 'remove', leaf: proposal.remove.removed as LeafIndex }
  if (isOfType(proposal, 'group_context_extensions')) {
    const [extension, ...more] = proposal.groupContextExtensions.extensions
    return extension?.extensionType === CHARTER_EXTENSION && more.length === 0
      ? { type: 'charter', charter: extension.extensionData }
      : undefined
  }
  return proposal.proposalType === ACT_PROPOSAL && 'proposalData' in proposal
    ? { type: 'act', data: proposal.proposalData }
    : undefined
}

/** The library's custom proposals have a number for a type, which keeps TypeScript from telling the union apart. */
const isOfType = <T extends LibraryProposal['proposalType'] & string>(
  proposal: LibraryProposal,
  type: T,
): proposal is Extract<LibraryProposal, { proposalType: T }> => proposal.proposalType === type

const decoded = (bytes: Uint8Array): KeyPackage => {
  const keyPackage = decodeExactly(decodeKeyPackage, encodeKeyPackage, bytes)
  if (keyPackage === undefined) throw new Error('key package does not decode')
  return keyPackage
}
