/**
 * Reading the committee's logs to their heads, from epoch to epoch (protocol.md section 6, SYNC). The log is the truth: whatever arrived
 * otherwise is read again from here. Every page is one transaction of the vault.
 */
import { encode } from '../../../shared/base/codec.ts'
import { err, ok, type Result } from '../../../shared/base/result.ts'
import type { SignedHead } from '../../../shared/protocol/chain.ts'
import { type LogId, logKey } from '../../../shared/protocol/ids.ts'
import type { RelayKey } from '../../../shared/protocol/relayKey.ts'
import { LOG_TTL_DAYS, LOGS_PER_EPOCH, logFromSeed, logSeed } from '../epochlog/keys.ts'
import { evidence, type Lie } from '../relay/evidence.ts'
import { observeHead } from '../relay/observe.ts'
import type { Failure, Relay } from '../relay/relay.ts'
import { newestHead, newWitness, type Witness } from '../relay/witness.ts'
import { type Desk, suspect } from './desk.ts'
import { forgetEpochs } from './forgetting.ts'
import { takeEntries } from './receive.ts'
import type { Epoch } from './state.ts'
import { tell } from './telling.ts'
import { tidySoon } from './tidying.ts'
import { epochDue } from './waitingChecks.ts'

/** A desk with a line to the relay. */
export type Line = Desk & {
  readonly relay: Relay
  readonly relayKey: RelayKey
  /** Logs that this process has created or found, by id: after a void another epoch has the same number. */
  readonly made: Set<string>
  /** Called while catching up: epochs and entries so far. */
  readonly onProgress: (progress: Progress) => void
}

export type Progress = { readonly epoch: number; readonly entries: number }

/** Why nothing more can be done now. `alarm`: the relay was caught and a person has to decide. */
export type Halt = 'offline' | 'alarm' | 'refused'

const DAY_MS = 86_400_000
/** Old logs are read again after this long, and at the start of a process unless that was just done (section 6). */
const POLL_MS = 6 * 3_600_000
const POLL_JITTER_MS = 3_600_000
const START_POLL_MS = 10 * 60_000
/** After being away for so long, keys are renewed (4.1). */
const LONG_MS = 7 * DAY_MS

/** Everything that is new in the held epochs, oldest first, and in those that follow from it. */
export const readAll = async (line: Line): Promise<Result<undefined, Halt>> => {
  const { book } = line
  const isDue = isPollDue(line)
  const done = new Set<number>()
  const before = book.newest().info.number - 1
  const from = isDue ? 0 : Math.min(before, epochDue(line) ?? before)
  for (;;) {
    const next = book.epochs().find(({ info }) => info.number >= from && !done.has(info.number))
    if (!next) break
    done.add(next.info.number)
    const read = await readEpoch(line, next.info.number)
    if (!read.ok) return read
  }
  atHead(line)
  if (isDue) notePoll(line)
  forgetEpochs(line)
  await book.save()
  return ok(undefined)
}

/** What is lost stays lost: a round later the death of its log would look like a relay that goes back. */
const notePoll = (line: Line): void => {
  const { book, clock } = line
  if (book.own().status === 'lost') return
  if (clock() - book.own().polledAt > LONG_MS) tidySoon(line)
  book.setOwn({ polledAt: clock() })
}

/** Everything is read: whether this epoch goes on can be said now, unless what would say so is gone. */
const atHead = (line: Line): void => {
  const { info, notes, witnesses } = line.book.newest()
  const epoch = info.number
  if (notes.gap) tell(line, { type: 'lost', epoch, why: 'chain' })
  else if (witnesses.length > 0 && !isGone(line, epoch)) tell(line, { type: 'found' })
  tell(line, { type: 'atHead', epoch })
}

const isGone = ({ book, made }: Line, number: number): boolean => {
  const log = book.epoch(number)?.logs[0]
  return log !== undefined && !made.has(logKey(log.id))
}

/** A clock that was set back counts as time that has passed. The devices spread over an hour. */
const isPollDue = ({ book, clock, made }: Line): boolean => {
  const { polledAt, device } = book.own()
  const age = clock() - polledAt
  const isStart = made.size === 0
  const jitterMs = (Number.parseInt(device.slice(0, 4), 16) / 65_536) * POLL_JITTER_MS
  return age < 0 || age > (isStart ? START_POLL_MS : POLL_MS + jitterMs)
}

/** Log 0, then each overflow log as long as the one before it is full (4.2). */
export const readEpoch = async (line: Line, number: number): Promise<Result<undefined, Halt>> => {
  for (let log = 0; ; log++) {
    const opened = await ensureLog(line, number, log)
    if (!opened.ok) return opened
    if (!opened.value) return ok(undefined)
    const read = await readLog(line, number, log)
    if (!read.ok) return read
    const witness = line.book.epoch(number)?.witnesses[log]
    if (!witness || !newestHead(witness)?.full) return ok(undefined)
  }
}

/** The keys of log `k` are made when the log before it is full. There are none behind an epoch that was erased. */
const withLog = (epoch: Epoch, k: number): Epoch => {
  const before = epoch.info.logSeeds[k - 1]
  if (epoch.logs[k] || !before || k === LOGS_PER_EPOCH) return epoch
  const seed = logSeed(before, k)
  const info = { ...epoch.info, logSeeds: [...epoch.info.logSeeds, seed] }
  return { ...epoch, info, logs: [...epoch.logs, logFromSeed(seed)] }
}

/** False if the epoch has no such log, or it is an old one that the relay does not have any more. */
const ensureLog = async (line: Line, number: number, log: number): Promise<Result<boolean, Halt>> => {
  const { book } = line
  const held = book.epoch(number)
  const epoch = held && withLog(held, log)
  const at = epoch?.logs[log]
  if (!epoch || !at) return ok(false)
  if (!epoch.witnesses[log])
    book.setEpoch({ ...epoch, witnesses: [...epoch.witnesses, newWitness(at.access)] })
  if (line.made.has(logKey(at.id))) return ok(true)
  const opened = await line.relay.open(at.access, ['reader'])
  if (!opened.ok && opened.error.type === 'none') return makeLog(line, number, log)
  if (!opened.ok) return err(halt(line, number, opened.error))
  line.made.add(logKey(at.id))
  return ok(true)
}

/**
 * The log of a new epoch is there already for everybody but the first to come, and behind a full one there is always another: VOID may have to go
 * there. An old one that is gone stays so.
 */
const makeLog = async (line: Line, number: number, log: number): Promise<Result<boolean, Halt>> => {
  const epoch = line.book.epoch(number)
  const at = epoch?.logs[log]
  const isNewest = line.book.newest().info.number === number
  const isUnread = epoch?.witnesses[log]?.seq === 0
  if (!at || !(isNewest || (log > 0 && isUnread))) return ok(false)
  if (!isUnread && wasAwayTooLong(line)) {
    tell(line, { type: 'lost', epoch: number, why: 'log' })
    return ok(false)
  }
  const created = await line.relay.create(at.access)
  if (!created.ok) return err(halt(line, number, created.error))
  line.made.add(logKey(at.id))
  return ok(true)
}

/** A log that nobody wrote to for its whole life is gone by the rules (L6). */
const wasAwayTooLong = ({ book, clock }: Line): boolean =>
  clock() - book.own().polledAt > LOG_TTL_DAYS * DAY_MS

/** Pages until the relay has no more. */
export const readLog = async (line: Line, number: number, log: number): Promise<Result<undefined, Halt>> => {
  for (;;) {
    const epoch = line.book.epoch(number)
    const at = epoch?.logs[log]
    const witness = epoch?.witnesses[log]
    if (!at || !witness) return ok(undefined)
    const pulled = await line.relay.pull(at.access, witness)
    if (!pulled.ok) return unread(line, { number, log, id: at.id }, pulled.error)
    await takeEntries(line, number, log, pulled.value)
    await line.book.save()
    line.onProgress({ epoch: number, entries: pulled.value.entries.length })
    if (pulled.value.atHead) return ok(undefined)
  }
}

type Where = { readonly number: number; readonly log: number; readonly id: LogId }

/** A log that was there earlier in this process: an old one has died by the rules (L6); what the newest being gone means is seen by asking for it anew. */
const unread = async (
  line: Line,
  { number, log, id }: Where,
  failure: Failure,
): Promise<Result<undefined, Halt>> => {
  if (failure.type !== 'none') return err(halt(line, number, failure))
  line.made.delete(logKey(id))
  if (line.book.newest().info.number !== number) return ok(undefined)
  const again = await ensureLog(line, number, log)
  if (!again.ok) return again
  return again.value ? err('refused') : ok(undefined)
}

/** What a failure means for the session; a lie is kept with its evidence and stops sending until somebody decides (ALARM). */
export const halt = (line: Line, epoch: number, failure: Failure): Halt => {
  if (failure.type === 'offline') return 'offline'
  if (failure.type !== 'lie') return 'refused'
  noteLie(line, epoch, failure.lie)
  return 'alarm'
}

/** What is gone by the rules is a loss and not a lie. */
export const noteLie = (line: Line, epoch: number, lie: Lie): void => {
  const { book } = line
  if (lie.kind === 'rollback' && wasAwayTooLong(line)) {
    tell(line, { type: 'lost', epoch: book.newest().info.number, why: 'log' })
    return
  }
  const found = lie.evidence && encode(evidence, lie.evidence)
  suspect(line, 'relay_lied', found ? { epoch, evidence: found } : { epoch })
  tell(line, { type: 'lie' })
}

/** A receipt is a signed head like any other: it is checked against what is known of the log. */
export const noteHead = (
  line: Line,
  number: number,
  log: number,
  head: SignedHead,
): Result<undefined, Halt> => {
  const epoch = line.book.epoch(number)
  const witness = epoch?.witnesses[log]
  if (!epoch || !witness) return ok(undefined)
  const observed = observeHead(witness, line.relayKey.signingKey, head)
  if (!observed.ok) return err(halt(line, number, { type: 'lie', lie: observed.error }))
  setWitness(line, epoch, log, observed.value)
  return ok(undefined)
}

export const setWitness = (line: Line, epoch: Epoch, log: number, witness: Witness): void => {
  const witnesses = [...epoch.witnesses]
  witnesses[log] = witness
  line.book.setEpoch({ ...epoch, witnesses })
}
