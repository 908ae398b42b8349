/** Handing a relay what it appends by itself, and taking it back (SPEC.md section T). Not here: why anybody would (committee). */
import { err, ok, type Result } from '../../../shared/base/result.ts'
import {
  type CancelToken,
  type Deposit,
  type DepositName,
  nameOfDeposit,
} from '../../../shared/protocol/deposit.ts'
import { BUCKETS, MAX_DEPOSIT_BYTES } from '../../../shared/protocol/limits.ts'
import { atFull, policyOf, signatureOf } from './appending.ts'
import type { Asked } from './calls.ts'
import { type Line, OFFLINE, opened, openNow, refused, roleName, type Standing } from './operations.ts'
import { patiently } from './patience.ts'
import type { Failure, LogAccess } from './relay.ts'

export const deposit = async (
  standing: Standing,
  line: Line,
  access: LogAccess,
  one: Deposit,
): Promise<Result<DepositName, Failure>> => {
  const rules = policyOf(access)
  const isBucket = BUCKETS.some((size) => size === one.blob.length && size <= MAX_DEPOSIT_BYTES)
  if (!isBucket || one.lifeDays > rules.ttlDays) return err({ type: 'size' })
  const writer = rules.writerSigned ? signatureOf(access, rules, one.blob) : undefined
  const done = await ask(standing, line, access, { type: 'deposit', log: access.id, ...one, writer })
  return done.ok ? ok(nameOfDeposit(access.id, one)) : done
}

export const cancel = (
  standing: Standing,
  line: Line,
  access: LogAccess,
  { name, token }: { readonly name: DepositName; readonly token: CancelToken },
): Promise<Result<undefined, Failure>> =>
  ask(standing, line, access, { type: 'cancel', log: access.id, deposit: name, token })

const ask = async (
  standing: Standing,
  line: Line,
  access: LogAccess,
  asked: Extract<Asked, { type: 'deposit' | 'cancel' }>,
): Promise<Result<undefined, Failure>> => {
  const open = await opened(standing, line, access, 'writer')
  if (!open.ok) return open
  const answer = await patiently(standing.timer, undefined, () => line.ask(asked))
  if (answer === undefined) return OFFLINE
  if (answer.type === 'ok') return ok(undefined)
  if (answer.refusal.type === 'none') line.opened.delete(roleName(access, 'writer'))
  if (answer.refusal.type !== 'full' || asked.type === 'cancel') return refused(answer.refusal)
  const now = await openNow(standing, line, access, 'writer')
  return now.ok ? atFull(now.value, policyOf(access)) : now
}
