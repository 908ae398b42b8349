/** What waits in the logs of the in-memory relay, as SPEC.md section T describes it: seconds pass when the test says so. */
import { sameBytes } from '../../shared/base/bytes.ts'
import { toHex } from '../../shared/base/text.ts'
import { type CancelToken, cancelHash, nameOfDeposit } from '../../shared/protocol/deposit.ts'
import type { Request } from '../../shared/protocol/frames.ts'
import { type LogId, logKey } from '../../shared/protocol/ids.ts'
import { MAX_DEPOSITS } from '../../shared/protocol/limits.ts'
import { isFull, shareOf } from '../../shared/protocol/policy.ts'
import { appendTo, type MemoryLog } from './memoryLog.ts'

type DepositRequest = Extract<Request, { type: 'deposit' }>

export type MemoryDeposit = {
  readonly name: string
  readonly request: DepositRequest
  readonly due: number
  /** Places of the hashes whose tokens have come. */
  readonly shown: Set<number>
}

/** `now`: seconds. `over`: names that were released or cancelled. */
export type Waiting = { now: number; waiting: readonly MemoryDeposit[]; readonly over: Set<string> }

export const createWaiting = (): Waiting => ({ now: 0, waiting: [], over: new Set() })

const inLog = ({ waiting }: Waiting, id: LogId): readonly MemoryDeposit[] =>
  waiting.filter(({ request }) => sameBytes(request.log, id))

/** T3: whether what waits still fits once so many entries and bytes more are there. */
const leavesRoom = (all: Waiting, log: MemoryLog, entries: number, bytes: number): boolean => {
  const waiting = inLog(all, log.id)
  const held = waiting.reduce(
    (sum, { request }) => sum + request.blob.length,
    bytes + (log.bytes.at(-1) ?? 0),
  )
  return (
    waiting.length === 0 || !isFull(log.policy.cap, log.entries.length + entries + waiting.length - 1, held)
  )
}

/** L9: whether one more blob of so many bytes stays within what the writer key has of the log; what waits counts. */
export const staysInShare = (
  all: Waiting,
  log: MemoryLog,
  { writer, blob }: Pick<DepositRequest, 'writer' | 'blob'>,
): boolean => {
  const share = shareOf(log.policy)
  if (share === undefined || writer === undefined) return true
  const waiting = inLog(all, log.id).filter(({ request }) => request.writer?.index === writer.index)
  const sizes = [
    ...log.entries.flatMap((entry, i) =>
      entry.writer?.index === writer.index ? [(log.bytes[i + 1] ?? 0) - (log.bytes[i] ?? 0)] : [],
    ),
    ...waiting.map(({ request }) => request.blob.length),
  ]
  const bytes = sizes.reduce((sum, size) => sum + size, blob.length)
  return sizes.length < share.entries && bytes <= share.bytes
}

/** `slow` where too many wait, or there is no room for it; `full` beyond the share of its writer (L9). */
export const depositInto = (
  all: Waiting,
  log: MemoryLog,
  request: DepositRequest,
): 'made' | 'slow' | 'full' => {
  const name = toHex(nameOfDeposit(log.id, request))
  if (all.over.has(name) || all.waiting.some((one) => one.name === name)) return 'made'
  const mine = inLog(all, log.id).filter(({ request: { writer } }) => writer?.index === request.writer?.index)
  if (mine.length >= MAX_DEPOSITS) return 'slow'
  if (!staysInShare(all, log, request)) return 'full'
  const before = all.waiting
  all.waiting = [...before, { name, request, due: all.now + request.waitSeconds, shown: new Set() }]
  if (leavesRoom(all, log, 0, 0)) return 'made'
  all.waiting = before
  return 'slow'
}

/** T4. */
export const cancelOf = (all: Waiting, request: Extract<Request, { type: 'cancel' }>): boolean => {
  const one = inLog(all, request.log).find(({ name }) => name === toHex(request.deposit))
  const hash = cancelHash(request.token as CancelToken)
  const place = one?.request.cancelHashes.findIndex((known) => sameBytes(known, hash)) ?? -1
  if (one === undefined || place < 0) return false
  if (one.shown.add(place).size >= one.request.needed) end(all, one)
  return true
}

const end = (all: Waiting, one: MemoryDeposit): void => {
  all.waiting = all.waiting.filter((other) => other !== one)
  all.over.add(one.name)
}

const release = (all: Waiting, log: MemoryLog | undefined, one: MemoryDeposit): void => {
  end(all, one)
  if (log) appendTo(log, one.request.blob, one.request.writer)
}

/** T3: what waits goes first where an append would leave no room for it. */
export const makeRoom = (all: Waiting, log: MemoryLog, bytes: number): void => {
  if (leavesRoom(all, log, 1, bytes)) return
  for (const one of inLog(all, log.id)) release(all, log, one)
}

/** The logs that grew. */
export const due = (
  all: Waiting,
  logs: ReadonlyMap<string, MemoryLog>,
  seconds: number,
): readonly LogId[] => {
  all.now += seconds
  const over = all.waiting.filter((one) => one.due <= all.now).sort((a, b) => a.due - b.due)
  for (const one of over) release(all, logs.get(logKey(one.request.log)), one)
  return over.map(({ request }) => request.log)
}
