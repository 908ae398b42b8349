/** CREATE and OPEN: who may make a log, who may use one. Unknown, wrong and not allowed do the same work and get the same answer (A5). */

import { decode } from '../../shared/base/codec.ts'
import {
  type AdmissionSecret,
  type ChannelBinding,
  powBits,
  verifyAccess,
  verifyAdmission,
} from '../../shared/protocol/access.ts'
import type { Request } from '../../shared/protocol/frames.ts'
import type { Chain, Head, LogId } from '../../shared/protocol/ids.ts'
import { encodePolicy, type Policy, policy as policyCodec } from '../../shared/protocol/policy.ts'
import type { Admission, Standing } from './ports.ts'
import { placeOf } from './session.ts'

export type OpenRequest = Extract<Request, { type: 'open' }>
export type CreateRequest = Extract<Request, { type: 'create' }>

/** What an unknown log is compared with. Nobody knows a key with an all-zero hash. */
const DECOY_POLICY: Policy = {
  version: 1,
  ttlDays: 45,
  cap: 1,
  wake: 0,
  writerSigned: false,
  readers: [new Uint8Array(32)],
  writers: [new Uint8Array(32)],
}
const DECOY_ENCODED = encodePolicy(DECOY_POLICY)
const DECOY_SECRET = new Uint8Array(32) as AdmissionSecret
export const DECOY_STANDING: Standing = {
  head: 0 as Head,
  chain: new Uint8Array(32) as Chain,
  full: false,
}

export type Opening = { readonly policy: Policy; readonly place: number }

/** A2. `encoded` is the policy that was found, or undefined: then a decoy is worked on. */
export const checkOpen = (
  request: OpenRequest,
  binding: ChannelBinding,
  encoded: Uint8Array | undefined,
): Opening | undefined => {
  const decoded = decode(policyCodec, encoded ?? DECOY_ENCODED)
  const policy = decoded.ok ? decoded.value : DECOY_POLICY
  const place = placeOf(policy, request.role, request.publicKey)
  const isProven = verifyAccess(request, binding, request.log, request.role)
  return isProven && place >= 0 && encoded !== undefined ? { policy, place } : undefined
}

/** A3: both secrets are tried, whichever is right. */
export const isAdmitted = (admission: Admission, id: LogId, proof: Uint8Array): boolean => {
  const byCurrent = verifyAdmission(admission.current, id, proof)
  const byPrevious = verifyAdmission(admission.previous ?? DECOY_SECRET, id, proof)
  return byCurrent || (byPrevious && admission.previous !== undefined)
}

/** A4: bits of work that came with the request. */
export const bitsBrought = (request: CreateRequest, binding: ChannelBinding, id: LogId): number =>
  request.work === undefined ? 0 : powBits(binding.challenge, id, request.work)
