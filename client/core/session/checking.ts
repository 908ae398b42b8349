/**
 * "Check on me" (product.md 3.E, protocol.md D5): an alarm is sealed now and handed to the relay, which appends it by itself when the time is over, with or without this
 * phone. Each other seat holds one token, and this phone forgets them: so neither who takes it nor one member alone can stop the alarm. Not here: what members see (committee/check.ts).
 */
import { err, ok, type Result } from '../../../shared/base/result.ts'
import { fromHex, toHex } from '../../../shared/base/text.ts'
import type { Deposit, DepositName } from '../../../shared/protocol/deposit.ts'
import type { AlarmContent } from '../committee/alarmContent.ts'
import { openingOf } from '../committee/check.ts'
import { type CheckContent, MAX_CHECK_MINUTES } from '../committee/checkContent.ts'
import { checkContent, encodeContent } from '../committee/content.ts'
import { sealEnvelope } from '../epochlog/envelope.ts'
import { LOG_TTL_DAYS } from '../epochlog/keys.ts'
import { signStatement } from '../epochlog/statement.ts'
import { newId } from '../governance/ids.ts'
import type { Turns } from '../vault/turns.ts'
import type { CallAbout } from './calling.ts'
import { naming } from './naming.ts'
import { newestSeen, queue } from './outbox.ts'
import { signerIn } from './sending.ts'
import type { Epoch } from './state.ts'
import { hashesOf, neededOf, othersIn, ownToken, tokensFor } from './tokens.ts'
import type { Keeper } from './upkeep.ts'
import type { CommitteeView } from './view.ts'

type Sending = 'sent' | 'waiting'

const MINUTE_MS = 60_000

export type CheckDraft = {
  readonly minutes: number
  readonly note: string | undefined
  readonly alarm: AlarmContent
}

/** `offline`: nothing waits anywhere, so tell somebody by voice. */
export type CheckFailure = 'not_member' | 'nobody' | 'offline' | 'refused' | { readonly field: string }
/** `no_token`: this device came after it began. `too_late`: the alarm is open. */
export type EndFailure = 'not_member' | 'no_such_check' | 'no_token' | 'too_late' | 'offline'

export type CheckingCommands = {
  /** The relay has it when this resolves. */
  readonly startCheck: (draft: CheckDraft) => Promise<Result<Sending, CheckFailure>>
  /** "I have spoken to them." */
  readonly endCheck: (check: string) => Promise<Result<Sending, EndFailure>>
}

type Around = {
  readonly keeper: Keeper
  readonly turns: Turns
  readonly view: () => CommitteeView
  readonly isMember: () => boolean
  readonly sendNow: () => Promise<Sending>
  /** Whoever has spoken to them stops what it calls, too. */
  readonly onEnded: () => void
  /** Hands in what the alarm would call out of the committee, where the charter says so (calling.ts). */
  readonly callFor: (about: CallAbout, after: number) => Promise<unknown>
}

export const checkingCommands = (around: Around): CheckingCommands => ({
  startCheck: async (draft) => {
    const started = await around.turns.next(() => start(around, draft))
    if (!started.ok) return started
    await around.callFor(started.value.about, draft.minutes)
    return ok(started.value.is)
  },
  endCheck: (check) => around.turns.next(() => end(around, check)),
})

type Started = { readonly is: Sending; readonly about: CallAbout }

/** Known to the committee before its city is asked, whose relay may be slow. */
const start = async (around: Around, draft: CheckDraft): Promise<Result<Started, CheckFailure>> => {
  const { keeper, isMember, sendNow } = around
  const alarm = checkContent(draft.alarm)
  if (!alarm.ok) return alarm
  if (!isMinutes(draft.minutes)) return err({ field: 'minutes' })
  if (!isMember()) return err('not_member')
  const id = newId<string>(keeper.random)
  const handed = await handIn(keeper, { ...draft, id, alarm: naming(keeper.book, alarm.value) })
  if (!handed.ok) return handed
  queue(keeper, { type: 'content', content: encodeContent(handed.value) })
  const { kind, severity, needs } = alarm.value
  const askedAt = keeper.clock() + draft.minutes * MINUTE_MS
  const about = { id, kind, severity, needs, askedAt, checkedBy: [] }
  return ok({ is: await sendNow(), about })
}

const isMinutes = (minutes: number): boolean =>
  Number.isInteger(minutes) && minutes >= 1 && minutes <= MAX_CHECK_MINUTES

/** To the relay first: where the announcement is lost, the alarm opens all the same. */
const handIn = async (
  keeper: Keeper,
  { id, minutes, note, alarm }: CheckDraft & { readonly id: string },
): Promise<Result<CheckContent, CheckFailure>> => {
  const epoch = keeper.book.newest()
  const seats = othersIn(keeper)
  if (seats.length === 0) return err('nobody')
  const tokens = tokensFor(keeper, seats)
  const needed = neededOf(seats)
  const log = epoch.witnesses.length - 1
  const at = epoch.logs[log]
  const blob = at && sealedAlarm(keeper, epoch, at, { id, minutes, alarm })
  if (!at || !blob) return err('refused')
  const deposit: Deposit = {
    blob,
    lifeDays: LOG_TTL_DAYS,
    waitSeconds: minutes * 60,
    needed,
    cancelHashes: hashesOf(tokens.held, keeper.random),
  }
  const done = await keeper.relay.deposit(at.access, deposit)
  if (!done.ok) return err(done.error.type === 'offline' ? 'offline' : 'refused')
  return ok({
    type: 'check',
    minutes,
    opens: openingOf(id),
    needed,
    epoch: epoch.info.number,
    log,
    deposit: toHex(done.value),
    tokens: tokens.sealed,
    ...(note === undefined ? {} : { note }),
  })
}

/** A statement, since no ratchet waits for an hour: signed by the leaf, good in this log only. */
const sealedAlarm = (
  { book, clock }: Keeper,
  epoch: Epoch,
  at: Epoch['logs'][number],
  { id, minutes, alarm }: { readonly id: string; readonly minutes: number; readonly alarm: AlarmContent },
) => {
  const signer = signerIn(book, epoch)
  if (!signer) return undefined
  const stated = {
    type: 'timed' as const,
    id,
    at: clock() + minutes * MINUTE_MS,
    content: encodeContent(alarm),
  }
  const statement = { leaf: signer.leaf, seen: newestSeen(epoch), stated }
  return sealEnvelope(at, { kind: 4, body: signStatement(signer.key, at.id, statement) })
}

const end = async (
  { keeper, view, isMember, sendNow, onEnded }: Around,
  id: string,
): Promise<Result<Sending, EndFailure>> => {
  const check = view().committee.checks.get(id)
  if (!isMember()) return err('not_member')
  if (!check) return err('no_such_check')
  const epoch = keeper.book.epoch(check.content.epoch)
  const at = epoch?.logs[check.content.log]
  const token = epoch && ownToken(keeper, epoch, check.content.tokens)
  if (!at || !token) return err('no_token')
  const name = fromHex(check.content.deposit) as DepositName | undefined
  if (!name) return err('no_such_check')
  const done = await keeper.relay.cancel(at.access, name, token)
  if (!done.ok && done.error.type === 'offline') return err('offline')
  if (!done.ok) return err('too_late')
  queue(keeper, { type: 'content', content: encodeContent({ type: 'checkEnd', check: id }) })
  const is = await sendNow()
  onEnded()
  return ok(is)
}
