/**
 * "Check on me" (product.md 3.E, protocol.md D5): an alarm is sealed now and handed to the relay, which appends it by itself when the time is over, with or without this
 * phone. Each other seat holds one token, and this phone forgets them: so neither who takes it nor one member alone can stop the alarm. Not here: what members see (committee/check.ts).
 */
import { err, ok, type Result } from '../../../shared/base/result.ts'
import { fromHex, toHex } from '../../../shared/base/text.ts'
import {
  type CancelToken,
  cancelHash,
  type Deposit,
  type DepositName,
} from '../../../shared/protocol/deposit.ts'
import { CANCEL_HASHES } from '../../../shared/protocol/limits.ts'
import type { AlarmContent } from '../committee/alarmContent.ts'
import { openingOf } from '../committee/check.ts'
import { type CheckContent, MAX_CHECK_MINUTES } from '../committee/checkContent.ts'
import { checkContent, encodeContent } from '../committee/content.ts'
import { openSealed, sealTo } from '../crypto/sealTo.ts'
import { sealEnvelope } from '../epochlog/envelope.ts'
import { LOG_TTL_DAYS } from '../epochlog/keys.ts'
import { signStatement } from '../epochlog/statement.ts'
import { newId, type SeatId } from '../governance/ids.ts'
import { devicesOf, seatsOf } from '../governance/roster.ts'
import type { Turns } from '../vault/turns.ts'
import { newestSeen, queue } from './outbox.ts'
import { signerIn } from './sending.ts'
import { type Epoch, rosterOf } from './state.ts'
import type { Keeper } from './upkeep.ts'
import type { CommitteeView } from './view.ts'

type Sending = 'sent' | 'waiting'

const MINUTE_MS = 60_000
/** So many members take it back; in a committee of two or three, one (product.md 3.E). */
const NEEDED = 2
const SMALL = 3

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
}

export const checkingCommands = (around: Around): CheckingCommands => ({
  startCheck: (draft) => around.turns.next(() => start(around, draft)),
  endCheck: (check) => around.turns.next(() => end(around, check)),
})

const start = async (around: Around, draft: CheckDraft): Promise<Result<Sending, CheckFailure>> => {
  const { keeper, isMember, sendNow } = around
  const alarm = checkContent(draft.alarm)
  if (!alarm.ok) return alarm
  if (!isMinutes(draft.minutes)) return err({ field: 'minutes' })
  if (!isMember()) return err('not_member')
  const handed = await handIn(keeper, { ...draft, alarm: alarm.value })
  if (!handed.ok) return handed
  queue(keeper, { type: 'content', content: encodeContent(handed.value) })
  return ok(await sendNow())
}

const isMinutes = (minutes: number): boolean =>
  Number.isInteger(minutes) && minutes >= 1 && minutes <= MAX_CHECK_MINUTES

/** To the relay first: where the announcement is lost, the alarm opens all the same. */
const handIn = async (
  keeper: Keeper,
  { minutes, note, alarm }: CheckDraft,
): Promise<Result<CheckContent, CheckFailure>> => {
  const epoch = keeper.book.newest()
  const { seat } = keeper.book.own()
  const roster = rosterOf(epoch)
  const seats = seatsOf(roster).filter((one) => one !== seat && devicesOf(roster, one).length > 0)
  if (seats.length === 0) return err('nobody')
  const id = newId<string>(keeper.random)
  const { tokens, hashes } = tokensFor(keeper, epoch, seats)
  const needed = Math.min(seats.length + 1 <= SMALL ? 1 : NEEDED, seats.length)
  const log = epoch.witnesses.length - 1
  const at = epoch.logs[log]
  const blob = at && sealedAlarm(keeper, epoch, at, { id, minutes, alarm })
  if (!at || !blob) return err('refused')
  const deposit: Deposit = {
    blob,
    lifeDays: LOG_TTL_DAYS,
    waitSeconds: minutes * 60,
    needed,
    cancelHashes: hashes,
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
    tokens,
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

/** One token for each other seat, sealed to each of its devices; and always as many hashes, in no order. */
const tokensFor = (
  { random }: Keeper,
  epoch: Epoch,
  seats: readonly SeatId[],
): { readonly tokens: CheckContent['tokens']; readonly hashes: readonly Uint8Array[] } => {
  const held = seats.slice(0, CANCEL_HASHES).map((seat) => ({ seat, token: random(32) as CancelToken }))
  const tokens = held.flatMap(({ seat, token }) =>
    devicesOf(rosterOf(epoch), seat).map(({ device, signatureKey }) => ({
      device: device as string,
      sealed: toHex(sealTo(signatureKey, token)),
    })),
  )
  const real = held.map(({ token }) => cancelHash(token))
  const fillers = Array.from({ length: CANCEL_HASHES - real.length }, () => random(32))
  const hashes = [...real, ...fillers].map(toHex).sort()
  return { tokens, hashes: hashes.map((one) => fromHex(one) ?? new Uint8Array(32)) }
}

const end = async (
  { keeper, view, isMember, sendNow }: Around,
  id: string,
): Promise<Result<Sending, EndFailure>> => {
  const check = view().committee.checks.get(id)
  if (!isMember()) return err('not_member')
  if (!check) return err('no_such_check')
  const epoch = keeper.book.epoch(check.content.epoch)
  const at = epoch?.logs[check.content.log]
  const token = epoch && tokenIn(keeper, epoch, check.content)
  if (!at || !token) return err('no_token')
  const name = fromHex(check.content.deposit) as DepositName | undefined
  if (!name) return err('no_such_check')
  const done = await keeper.relay.cancel(at.access, name, token)
  if (!done.ok && done.error.type === 'offline') return err('offline')
  if (!done.ok) return err('too_late')
  queue(keeper, { type: 'content', content: encodeContent({ type: 'checkEnd', check: id }) })
  return ok(await sendNow())
}

const tokenIn = ({ book }: Keeper, epoch: Epoch, { tokens }: CheckContent): CancelToken | undefined => {
  const signer = signerIn(book, epoch)
  const mine = tokens.find(({ device }) => device === signer?.device)
  const sealed = mine && fromHex(mine.sealed)
  return signer && sealed && (openSealed(signer.key, sealed) as CancelToken | undefined)
}
