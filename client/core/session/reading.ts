/**
 * Reading the committee's logs to their heads, from epoch to epoch (protocol.md section 6, SYNC). The log is the truth: whatever arrived
 * otherwise is read again from here. Every page is one transaction of the vault.
 */
import { encode } from '../../../shared/base/codec.ts'
import { err, ok, type Result } from '../../../shared/base/result.ts'
import type { SignedHead } from '../../../shared/protocol/chain.ts'
import { logKey } from '../../../shared/protocol/ids.ts'
import type { RelayKey } from '../../../shared/protocol/relayKey.ts'
import { evidence, type Lie } from '../relay/evidence.ts'
import { observeHead } from '../relay/observe.ts'
import type { Failure, Relay } from '../relay/relay.ts'
import { newestHead, newWitness, type Witness } from '../relay/witness.ts'
import { type Desk, suspect } from './desk.ts'
import { forgetEpochs, forgetFiles, forgetPosts } from './forgetting.ts'
import { takeEntries } from './receive.ts'
import type { Epoch } from './state.ts'

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
const START_POLL_MS = 10 * 60_000

/** Everything that is new in the held epochs, oldest first, and in those that follow from it. */
export const readAll = async (line: Line): Promise<Result<undefined, Halt>> => {
  const { book } = line
  const isDue = isPollDue(line)
  const done = new Set<number>()
  const from = isDue ? 0 : book.newest().info.number - 1
  for (;;) {
    const next = book.epochs().find(({ info }) => info.number >= from && !done.has(info.number))
    if (!next) break
    done.add(next.info.number)
    const read = await readEpoch(line, next.info.number)
    if (!read.ok) return read
  }
  if (isDue) {
    book.setOwn({ polledAt: line.clock() })
    forgetPosts(line)
    await forgetFiles(line)
  }
  forgetEpochs(line)
  await book.save()
  return ok(undefined)
}

/** A clock that was set back counts as time that has passed. */
const isPollDue = ({ book, clock, made }: Line): boolean => {
  const age = clock() - book.own().polledAt
  const isStart = made.size === 0
  return age < 0 || age > (isStart ? START_POLL_MS : POLL_MS)
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

/** False if the epoch has no such log, or it is an old one that the relay does not have any more. */
const ensureLog = async (line: Line, number: number, log: number): Promise<Result<boolean, Halt>> => {
  const { book, made, relay } = line
  const epoch = book.epoch(number)
  const at = epoch?.logs[log]
  if (!epoch || !at) return ok(false)
  if (!epoch.witnesses[log])
    book.setEpoch({ ...epoch, witnesses: [...epoch.witnesses, newWitness(at.access)] })
  const name = logKey(at.id)
  if (made.has(name)) return ok(true)
  const isNewest = number === book.newest().info.number
  const opened = await relay.open(at.access, ['reader'])
  // The log of a new epoch is there already for everybody but the first to come.
  const isMissing = !opened.ok && opened.error.type === 'none'
  const result = isMissing && isNewest ? await relay.create(at.access) : opened
  if (result.ok) made.add(name)
  else if (result.error.type !== 'none' || isNewest) return err(halt(line, number, result.error))
  return ok(result.ok)
}

/** Pages until the relay has no more. */
export const readLog = async (line: Line, number: number, log: number): Promise<Result<undefined, Halt>> => {
  for (;;) {
    const epoch = line.book.epoch(number)
    const at = epoch?.logs[log]
    const witness = epoch?.witnesses[log]
    if (!at || !witness) return ok(undefined)
    const pulled = await line.relay.pull(at.access, witness)
    if (!pulled.ok) return err(halt(line, number, pulled.error))
    await takeEntries(line, number, log, pulled.value)
    await line.book.save()
    line.onProgress({ epoch: number, entries: pulled.value.entries.length })
    if (pulled.value.atHead) return ok(undefined)
  }
}

/** What a failure means for the session; a lie is kept with its evidence and stops sending until somebody decides (ALARM). */
export const halt = (line: Line, epoch: number, failure: Failure): Halt => {
  if (failure.type === 'offline') return 'offline'
  if (failure.type !== 'lie') return 'refused'
  noteLie(line, epoch, failure.lie)
  return 'alarm'
}

/** A log that nobody wrote to for its whole life is gone by the rules (L6): that is a loss and not a lie. */
export const noteLie = (line: Line, epoch: number, lie: Lie): void => {
  const { book } = line
  const wasAwayTooLong = line.clock() - book.own().polledAt > 45 * DAY_MS
  if (lie.kind === 'rollback' && wasAwayTooLong) {
    book.setOwn({ status: 'lost', since: line.clock() })
    return
  }
  const found = lie.evidence && encode(evidence, lie.evidence)
  suspect(line, 'relay_lied', found ? { epoch, evidence: found } : { epoch })
  book.setOwn({ alarmed: true })
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
