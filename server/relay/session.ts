/**
 * What one connection has proven, and what follows from it, as values: which logs it has open in which roles (A6), and
 * whether an append may go to the store. Not here: rates, the store, the socket.
 */

import { sameBytes } from '../../shared/base/bytes.ts'
import type { Result } from '../../shared/base/result.ts'
import { err, ok } from '../../shared/base/result.ts'
import { sha256 } from '../../shared/crypto/sodium.ts'
import type { Request } from '../../shared/protocol/frames.ts'
import { type LogId, logKey, type Role } from '../../shared/protocol/ids.ts'
import { BUCKETS } from '../../shared/protocol/limits.ts'
import type { Policy } from '../../shared/protocol/policy.ts'
import { verifyEntry } from '../../shared/protocol/writerSignature.ts'

/** A log that this connection may use; only as much of the policy as decisions need. */
export type OpenLog = {
  readonly id: LogId
  readonly ttlDays: number
  readonly writerSigned: boolean
  readonly isReader: boolean
  /** Proven writer keys by their place in the policy. */
  readonly writers: ReadonlyMap<number, Uint8Array>
}

/** By logKey. */
export type Session = ReadonlyMap<string, OpenLog>
export const newSession: Session = new Map()

export type AppendRequest = Extract<Request, { type: 'append' }>
/** What an append and a deposit have in common. */
type EntryRequest = Pick<AppendRequest, 'log' | 'lifeDays' | 'writer' | 'blob'>

/** The key's place in the list of its role; -1 when it has none. */
export const placeOf = (policy: Policy, role: Role, publicKey: Uint8Array): number => {
  const hash = sha256(publicKey)
  return policy[role === 'reader' ? 'readers' : 'writers'].findIndex((known) => sameBytes(known, hash))
}

export type Proven = {
  readonly id: LogId
  readonly policy: Policy
  readonly role: Role
  readonly publicKey: Uint8Array
  readonly place: number
}

/** A6: roles add up, and nothing is taken back. */
export const withProven = (session: Session, proven: Proven): Session => {
  const before = session.get(logKey(proven.id))
  const writers = new Map(before?.writers)
  if (proven.role === 'writer') writers.set(proven.place, proven.publicKey)
  return new Map(session).set(logKey(proven.id), {
    id: proven.id,
    ttlDays: proven.policy.ttlDays,
    writerSigned: proven.policy.writerSigned,
    isReader: proven.role === 'reader' || (before?.isReader ?? false),
    writers,
  })
}

export const openForReading = (session: Session, id: LogId): OpenLog | undefined => {
  const log = session.get(logKey(id))
  return log?.isReader ? log : undefined
}

/** The place of the first writer key that was proven. */
export const openForWriting = (session: Session, id: LogId): number | undefined => {
  const [first] = session.get(logKey(id))?.writers.keys() ?? []
  return first
}

/** An append that passes: the place of the key that its rate is counted on. `signer`: who has to have signed it (L7). */
export type Admitted = { readonly place: number; readonly signer: Uint8Array | undefined }

/**
 * R2: none, then size. A signature is looked at later (isSignedRight), when its rate is paid for: checking one is the dearest part of an
 * append, and only who proved the key on this connection can name its place, so that no stranger pays with it.
 */
export const admitAppend = (session: Session, request: EntryRequest): Result<Admitted, 'none' | 'size'> => {
  const log = session.get(logKey(request.log))
  const first = openForWriting(session, request.log)
  if (log === undefined || first === undefined) return err('none')
  const isBucket = BUCKETS.some((size) => size === request.blob.length)
  const signer = request.writer && log.writers.get(request.writer.index)
  const isSigned = log.writerSigned ? signer !== undefined : request.writer === undefined
  if (!isBucket || request.lifeDays > log.ttlDays || !isSigned) return err('size')
  return ok({ place: request.writer?.index ?? first, signer })
}

/** L7: with a key that this connection proved. */
export const isSignedRight = ({ signer }: Admitted, { log, blob, writer }: EntryRequest): boolean =>
  signer === undefined || (writer !== undefined && verifyEntry(signer, log, blob, writer.signature))
