/**
 * What one can ask of a relay about one log, on one greeted connection: create, open, read, watch.
 * Not here: appending (appending.ts), staying connected (createRelay.ts).
 */
import { err, ok, type Result } from '../../../shared/base/result.ts'
import { toHex } from '../../../shared/base/text.ts'
import {
  type AdmissionSecret,
  type Challenge,
  proveAccess,
  proveAdmission,
} from '../../../shared/protocol/access.ts'
import { type SignedHead, verifyHead } from '../../../shared/protocol/chain.ts'
import { type Head, logKey, type Role, type Seq } from '../../../shared/protocol/ids.ts'
import { MAX_PAGE_ENTRIES } from '../../../shared/protocol/limits.ts'
import type { Refusal } from '../../../shared/protocol/refusals.ts'
import type { RelayKey } from '../../../shared/protocol/relayKey.ts'
import type { AnswerTo, Calls } from './calls.ts'
import { type LieKind, lie } from './evidence.ts'
import { observePage } from './observe.ts'
import { patiently } from './patience.ts'
import type { Timer } from './ports.ts'
import type { Failure, LogAccess, Pulled, Watcher } from './relay.ts'
import { newestHead, type Witness } from './witness.ts'

/** A greeted connection, with the roles it has proven or is proving. */
export type Line = {
  readonly ask: Calls['ask']
  readonly challenge: Challenge
  readonly opened: Map<string, Promise<Result<SignedHead, Failure>>>
}

/** What outlives a connection. */
export type Standing = {
  readonly relayKey: RelayKey
  readonly timer: Timer
  readonly admission: () => AdmissionSecret
  readonly learnAdmission: (secret: AdmissionSecret) => void
}

export const OFFLINE = err<Failure>({ type: 'offline' })
export const caught = (kind: LieKind): { readonly ok: false; readonly error: Failure } =>
  err({ type: 'lie', lie: lie(kind) })

export const create = async (
  standing: Standing,
  line: Line,
  access: LogAccess,
): Promise<Result<undefined, Failure>> => {
  const proof = { log: access.id, challenge: line.challenge }
  const answer = await patiently(standing.timer, proof, (work) =>
    line.ask({
      type: 'create',
      policy: access.policy,
      admission: proveAdmission(standing.admission(), access.id),
      work,
    }),
  )
  if (answer?.type === 'ok') return ok(undefined)
  return answer === undefined ? OFFLINE : refused(answer.refusal)
}

/** Proves the key of one role, again if need be; answers with the log's head as it is now. */
export const openNow = async (
  standing: Standing,
  line: Line,
  access: LogAccess,
  role: Role,
): Promise<Result<SignedHead, Failure>> => {
  const key = access[role]
  const binding = { relayStaticKey: standing.relayKey.staticKey, challenge: line.challenge }
  const answer = await patiently(standing.timer, undefined, () =>
    line.ask({
      type: 'open',
      log: access.id,
      role,
      publicKey: key.publicKey,
      signature: proveAccess(key.secretKey, binding, access.id, role),
    }),
  )
  if (answer === undefined) return OFFLINE
  if (answer.type === 'refused') return refused(answer.refusal)
  standing.learnAdmission(answer.admission)
  const head = signedBy(standing, access, answer.head)
  // a lie is no answer to whoever asks once a person has decided to go on
  if (head.ok) line.opened.set(roleName(access, role), Promise.resolve(head))
  return head
}

/** For the map of what a connection has opened: another key of the same role proves nothing. */
export const roleName = (access: LogAccess, role: Role): string =>
  `${role} ${logKey(access.id)} ${toHex(access[role].publicKey)}`

/** Once a connection and role; questions that come meanwhile wait for the same answer (A6). */
export const opened = (
  standing: Standing,
  line: Line,
  access: LogAccess,
  role: Role,
): Promise<Result<SignedHead, Failure>> => {
  const name = roleName(access, role)
  const known = line.opened.get(name)
  if (known !== undefined) return known
  const opening = openNow(standing, line, access, role).then((result) => {
    if (!result.ok) line.opened.delete(name)
    return result
  })
  line.opened.set(name, opening)
  return opening
}

export const signedBy = (
  { relayKey }: Standing,
  access: LogAccess,
  head: SignedHead,
): Result<SignedHead, Failure> =>
  verifyHead(relayKey.signingKey, access.id, head) ? ok(head) : caught('bad_signature')

/** A refusal as a failure. FULL and CONFLICT answer appends only (appending.ts), elsewhere they are nonsense. */
export const refused = (refusal: Refusal): { readonly ok: false; readonly error: Failure } => {
  if (refusal.type === 'full') return caught('false_full')
  if (refusal.type === 'conflict') return caught('false_conflict')
  return refusal.type === 'size' ? caught('false_size') : err(refusal)
}

export const pull = async (
  standing: Standing,
  line: Line,
  access: LogAccess,
  witness: Witness,
): Promise<Result<Pulled, Failure>> => {
  const open = await opened(standing, line, access, 'reader')
  if (!open.ok) return open
  const from = (witness.seq + 1) as Seq
  const asked = { type: 'read', log: access.id, from, max: MAX_PAGE_ENTRIES } as const
  const answer: AnswerTo<'read'> = await patiently(standing.timer, undefined, () => line.ask(asked))
  if (answer === undefined) return OFFLINE
  if (answer.type === 'refused') {
    if (answer.refusal.type === 'none') line.opened.delete(roleName(access, 'reader'))
    return refused(answer.refusal)
  }
  const page = observePage(witness, standing.relayKey.signingKey, { ...answer, floor: floorOf(witness) })
  if (!page.ok) return err({ type: 'lie', lie: page.error })
  const { witness: after, entries } = page.value
  if (entries.length === 0 && answer.head.head > after.seq) return caught('gap')
  return ok({ witness: after, entries, atHead: floorOf(after) <= after.seq })
}

/** What a relay that is asked now may not fall below (H3). */
export const floorOf = (witness: Witness): Head => newestHead(witness)?.head ?? (0 as Head)

/** `asked` and `live`: the connection on which WATCH was sent, and on which it was answered. */
export type Watch = {
  readonly access: LogAccess
  readonly watcher: Watcher
  asked: Line | undefined
  live: Line | undefined
}

/** WATCH from what the watcher knows now; answers once the relay has agreed. */
export const askWatch = async (
  { timer }: Standing,
  line: Line,
  watch: Watch,
): Promise<Result<undefined, Failure>> => {
  const answer: AnswerTo<'watch'> = await patiently(timer, undefined, () => {
    const from = (watch.watcher.witness().seq + 1) as Seq
    watch.asked = line
    return line.ask({ type: 'watch', log: watch.access.id, from }, (said) => {
      if (said?.type === 'ok') watch.live = line
    })
  })
  if (answer === undefined) return OFFLINE
  return answer.type === 'ok' ? ok(undefined) : refused(answer.refusal)
}
