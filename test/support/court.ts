/**
 * A committee as the rules see it, without MLS: seats, devices, motions, approvals and commits as values. Keys come from seeds, so that
 * the same committee is the same bytes. Not here: real groups (mlsGroup.ts).
 */
import {
  type Act,
  type DropRequest,
  encodeAct,
  type LeaveRequest,
  type ResyncRequest,
  signDrop,
  signLeave,
  signResync,
} from '../../client/core/governance/act.ts'
import {
  type Charter,
  charterHash,
  defaultCharter,
  encodeCharter,
} from '../../client/core/governance/charter.ts'
import { type DeviceId, encodeIdentity, type SeatId } from '../../client/core/governance/ids.ts'
import { type Ledger, newLedger } from '../../client/core/governance/ledger.ts'
import {
  type Action,
  type Approval,
  approve,
  type Forum,
  MOTION_LIFE_EPOCHS,
  type Motion,
} from '../../client/core/governance/motion.ts'
import type { Proposal } from '../../client/core/governance/plan.ts'
import { type Device, encodeSeatData } from '../../client/core/governance/roster.ts'
import type { Court, KeyPackageView, Seen } from '../../client/core/governance/verdict.ts'
import { utf8 } from '../../shared/base/bytes.ts'
import { toHex } from '../../shared/base/text.ts'
import { cryptoReady, keyPairFromSeed, type SecretKey, sha256 } from '../../shared/crypto/sodium.ts'

await cryptoReady

/** A device that can sign. */
export type Signer = Device & { readonly secretKey: SecretKey }

export type SeatPlan = {
  readonly devices?: number
  readonly joined?: number
  readonly resynced?: boolean
}

export const hashOf = (label: string): string => toHex(sha256(utf8(label)))
export const filled = (byte: number, size = 32): Uint8Array => new Uint8Array(size).fill(byte)

export const seatNumber = (n: number): SeatId => (0xa00 + n).toString(16).padStart(32, '0') as SeatId
export const deviceNumber = (seat: number, k: number): DeviceId =>
  (0xd000 + 16 * seat + k).toString(16).padStart(32, '0') as DeviceId

export const signerOf = (seat: number, k: number, leaf: number, plan: SeatPlan = {}): Signer => {
  const keys = keyPairFromSeed(sha256(utf8(`device ${seat}/${k}`)))
  return {
    leaf,
    seat: seatNumber(seat),
    device: deviceNumber(seat, k),
    signatureKey: keys.publicKey,
    joined: plan.joined ?? 0,
    after: [],
    resynced: plan.resynced ?? false,
    secretKey: keys.secretKey,
  }
}

export const ANCHOR = filled(0xaa)

export const RELAY = {
  address: 'wss://relay.example.org',
  staticKey: filled(0x51),
  signingKey: filled(0x52),
}

export const aCharter = (change: Partial<Charter> = {}): Charter => ({
  ...defaultCharter({ suite: 84, name: 'Night shift', purpose: 'Rest', relays: [RELAY] }),
  ...change,
})

export type Committee = {
  readonly court: Court
  /** In the order of leaves. */
  readonly signers: readonly Signer[]
  /** The devices of seat `n`, counted from 0. */
  readonly of: (n: number) => Signer
}

export type CommitteePlan = {
  readonly seats: number | readonly SeatPlan[]
  readonly epoch?: number
  readonly charter?: Partial<Charter>
  readonly court?: Partial<Pick<Court, 'hellos' | 'barred' | 'opener' | 'ledger' | 'anchor'>>
}

/** A ledger in which these motions are spent. */
export const ledgerOf = (...motions: readonly string[]): Ledger => ({
  ...newLedger,
  spent: [...motions].sort().map((motion) => ({ motion, lastEpoch: 1000 })),
})

/** In epoch 30 unless told otherwise: beyond the probation of whoever joined in the first ten. */
export const aCommittee = ({ seats, epoch = 30, charter: change, court }: CommitteePlan): Committee => {
  const plans = typeof seats === 'number' ? Array.from({ length: seats }, (): SeatPlan => ({})) : seats
  const signers: Signer[] = []
  plans.forEach((plan, n) => {
    for (let k = 0; k < (plan.devices ?? 1); k++) signers.push(signerOf(n, k, signers.length, plan))
  })
  const charter = aCharter(change)
  const devices = signers.map(({ secretKey: _, ...device }) => device)
  const { vacant, counted } = court?.ledger ?? newLedger
  return {
    signers,
    of: (n) => {
      const signer = signers.find(({ seat }) => seat === seatNumber(n))
      if (!signer) throw new Error('no such seat')
      return signer
    },
    court: {
      anchor: ANCHOR,
      charter,
      charterBytes: encodeCharter(charter),
      roster: { epoch, probation: charter.probation, devices, vacant, counted },
      ledger: newLedger,
      hellos: new Set(),
      barred: new Set(),
      opener: undefined,
      ...court,
    },
  }
}

/** A motion put in this epoch. */
export const aMotion = (forum: Forum, action: Action, change: Partial<Motion> = {}): Motion => ({
  anchor: forum.anchor,
  charterHash: charterHash(forum.charterBytes),
  rules: forum.charter.rules,
  nonce: filled(7, 16),
  lastEpoch: forum.roster.epoch + MOTION_LIFE_EPOCHS,
  action,
  ...change,
})

export const approvalOf = (motion: Motion, { secretKey, device }: Signer): Approval =>
  approve(secretKey, device, motion)

export const inOrder = (approvals: readonly Approval[]): readonly Approval[] =>
  [...approvals].sort((a, b) => (a.device < b.device ? -1 : 1))

export const mandateOf = (motion: Motion, signers: readonly Signer[]): Act => ({
  type: 'mandate',
  mandate: { motion, approvals: inOrder(signers.map((signer) => approvalOf(motion, signer))) },
})

export type Newcomer = {
  readonly bytes: Uint8Array
  readonly view: KeyPackageView
  readonly seat: SeatId
  readonly device: DeviceId
}

export type NewcomerPlan = {
  readonly seat?: SeatId
  readonly device?: DeviceId
  readonly joined?: number
  readonly resynced?: boolean
}

/** That a leaf took another's place: nobody here looks whose. */
export const A_LINK = { device: deviceNumber(2, 9), signatureKey: filled(0x78), signature: filled(0x79, 64) }

/** A key package for a new leaf: of seat 90 unless told otherwise. */
export const aNewcomer = (plan: NewcomerPlan = {}): Newcomer => {
  const { seat = seatNumber(90), device = deviceNumber(90, 0), joined = 31, resynced = false } = plan
  const bytes = utf8(JSON.stringify({ seat, device, joined, resynced }))
  return {
    bytes,
    seat,
    device,
    view: {
      hash: toHex(sha256(bytes)),
      identity: encodeIdentity(seat, device),
      seatData: encodeSeatData({ writerKey: filled(0x77), joined, after: resynced ? [A_LINK] : [] }),
    },
  }
}

export const resyncOf = (
  stuck: Signer,
  fresh: Newcomer,
  change: Partial<Omit<ResyncRequest, 'signature'>> = {},
): ResyncRequest =>
  signResync(stuck.secretKey, {
    anchor: ANCHOR,
    epoch: 29,
    commit: hashOf('garbled'),
    device: stuck.device,
    keyPackage: fresh.view.hash,
    ...change,
  })

export const leaveOf = (
  leaver: Signer,
  change: Partial<Omit<LeaveRequest, 'signature'>> = {},
): LeaveRequest =>
  signLeave(leaver.secretKey, { anchor: ANCHOR, seat: leaver.seat, device: leaver.device, ...change })

export const actProposal = (act: Act): Proposal => ({ type: 'act', data: encodeAct(act) })
export const removeLeaf = (leaf: number): Proposal => ({ type: 'remove', leaf })
export const addLeaf = ({ bytes }: Newcomer): Proposal => ({ type: 'add', keyPackage: bytes })

export type CommitPlan = {
  readonly by: Signer
  readonly proposals: readonly Proposal[]
  readonly hasPath?: boolean
  readonly added?: Newcomer
  readonly label?: string
}

/** A commit as the MLS door would show it. It carries a path unless told otherwise. */
export const aCommit = ({ by, proposals, hasPath = true, added, label = '' }: CommitPlan): Seen => ({
  hash: hashOf(`commit ${by.device} ${label}`),
  author: by.leaf,
  hasPath,
  proposals,
  keyPackage: added?.view,
})

export const aTidy = (by: Signer, label = ''): Seen => aCommit({ by, proposals: [], label: `tidy ${label}` })

/** `target` cut off by `by`. */
export const dropOfDevice = (target: Signer, by: Signer, change: Partial<DropRequest> = {}): DropRequest => ({
  ...signDrop(by.secretKey, {
    anchor: ANCHOR,
    device: target.device,
    by: by.device,
    lastEpoch: 200,
    ...change,
  }),
  ...(change.signature && { signature: change.signature }),
})

/** A drop of `target`, carried out by `author`. */
export const dropCommit = (request: DropRequest, target: Signer, author: Signer): Seen =>
  aCommit({ by: author, proposals: [removeLeaf(target.leaf), actProposal({ type: 'drop', request })] })
