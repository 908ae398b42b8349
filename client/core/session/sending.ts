/**
 * Appending: what waits in the outbox, signed statements, and any blob. State is saved before bytes leave (section 6, crash rule); a blob
 * that may have arrived is appended again as the same bytes, and recognised when it is read back.
 */
import { err, ok, type Result } from '../../../shared/base/result.ts'
import { type SecretKey, sha256 } from '../../../shared/crypto/sodium.ts'
import type { Blob } from '../../../shared/protocol/ids.ts'
import { sealEnvelope } from '../epochlog/envelope.ts'
import { LOG_TTL_DAYS } from '../epochlog/keys.ts'
import { encodePayload } from '../epochlog/payload.ts'
import { type Stated, signStatement } from '../epochlog/statement.ts'
import type { DeviceId } from '../governance/ids.ts'
import { deviceAt, deviceOf } from '../governance/roster.ts'
import { ownLeafOf, signatureKeyPair } from '../mls/group.ts'
import { seal } from '../mls/message.ts'
import { type Book, numberKey } from './book.ts'
import { newestSeen, payloadFor } from './outbox.ts'
import { type Halt, halt, type Line, noteHead, readEpoch, readLog } from './reading.ts'
import type { Epoch, Outgoing, Sealed } from './state.ts'

/** `overtaken`: an effective commit ended the epoch first. `full`: every log of the epoch is. */
export type AppendFailure = Halt | 'overtaken' | 'full'

type Attempt = {
  readonly epoch: number
  /** Appends that ask for an unchanged head, before the blob goes whatever happened (4.2). */
  readonly politeTries: number
  /** Kept so that the same bytes go again after a crash; the answer is the blob to append. */
  readonly sealIn: (log: number) => Promise<Blob>
}

/** Into the first log of the epoch that is not full. After it returns `ok`, the entry has been read back. */
export const appendTo = async (line: Line, attempt: Attempt): Promise<Result<undefined, AppendFailure>> => {
  for (;;) {
    const log = newestLog(line, attempt.epoch)
    if (log === undefined) return err('full')
    const appended = await appendBlob(line, { ...attempt, log, blob: await attempt.sealIn(log) })
    if (appended.ok || appended.error !== 'full') return appended
    const read = await readEpoch(line, attempt.epoch)
    if (!read.ok) return read
    if (newestLog(line, attempt.epoch) === log) return err('full')
  }
}

const newestLog = (line: Line, number: number): number | undefined => {
  const epoch = line.book.epoch(number)
  return epoch?.logs[epoch.witnesses.length - 1] && epoch.witnesses.length - 1
}

type Here = Attempt & { readonly log: number; readonly blob: Blob }

const appendBlob = async (line: Line, here: Here): Promise<Result<undefined, AppendFailure>> => {
  for (let tries = 0; ; tries++) {
    const outcome = await appendOnce(line, here, tries < here.politeTries)
    if (outcome !== 'gap') return outcome
    const isOver = line.book.newest().info.number !== here.epoch
    if (isOver && here.politeTries > 0) return err('overtaken')
  }
}

/** `gap`: somebody wrote first, and what they wrote has been read. */
const appendOnce = async (
  line: Line,
  here: Here,
  isPolite: boolean,
): Promise<Result<undefined, AppendFailure> | 'gap'> => {
  const epoch = line.book.epoch(here.epoch)
  const at = epoch?.logs[here.log]
  const witness = epoch?.witnesses[here.log]
  if (!at || !witness) return err('overtaken')
  const polite = isPolite ? { after: { seq: witness.seq, chain: witness.chain } } : {}
  const result = await line.relay.append(at.access, here.blob, { lifeDays: LOG_TTL_DAYS, ...polite })
  if (result.ok) return thenRead(line, here, noteHead(line, here.epoch, here.log, result.value))
  if (result.error.type === 'full') {
    const noted = noteHead(line, here.epoch, here.log, result.error.head)
    return noted.ok ? err('full') : noted
  }
  if (result.error.type !== 'conflict') return err(halt(line, here.epoch, result.error))
  const read = await readLog(line, here.epoch, here.log)
  return read.ok ? 'gap' : read
}

const thenRead = (
  line: Line,
  here: Here,
  noted: Result<undefined, Halt>,
): Promise<Result<undefined, Halt>> | Result<undefined, Halt> =>
  noted.ok ? readLog(line, here.epoch, here.log) : noted

/** A signed statement into the log of an epoch. Goes unconditionally: a flood cannot starve it (4.2). */
export const state = async (
  line: Line,
  number: number,
  stated: Stated,
): Promise<Result<undefined, AppendFailure>> => {
  const epoch = line.book.epoch(number)
  const signer = epoch && signerIn(line.book, epoch)
  if (!epoch || !signer) return err('overtaken')
  const statement = { leaf: signer.leaf, seen: newestSeen(epoch), stated }
  const appended = await appendTo(line, {
    epoch: number,
    politeTries: 0,
    sealIn: async (log) => {
      const at = epoch.logs[log]
      if (!at) throw new Error('no such log')
      return sealEnvelope(at, { kind: 4, body: signStatement(signer.key, at.id, statement) })
    },
  })
  if (appended.ok) line.book.setOwn({ spokeAt: line.clock() })
  return appended
}

/** The leaf that this device had in that epoch, which need not be the one it has now; without a snapshot, its key was kept. */
export const signerIn = (
  book: Book,
  { group, info }: Epoch,
): { readonly leaf: number; readonly device: DeviceId; readonly key: SecretKey } | undefined => {
  const { device, signer } = book.own()
  const mine = group ? deviceAt(info.roster, ownLeafOf(group)) : deviceOf(info.roster, device)
  const key = group ? signatureKeyPair(group).secretKey : (signer as SecretKey | undefined)
  return mine && key ? { leaf: mine.leaf, device: mine.device, key } : undefined
}

/** Appends without a commit in the gap after which chat stops asking for an unchanged head (section 6). */
const POLITE_SAYINGS = 5

/** Everything in the outbox, in order. What stays in it was not sent and will be. */
export const sendWaiting = async (line: Line): Promise<Result<undefined, Halt | 'full'>> => {
  for (;;) {
    const waiting = line.book.outgoing.all()[0]
    if (!waiting) return ok(undefined)
    const sent = await sendOne(line, waiting.number)
    if (sent.ok) line.book.setOwn({ spokeAt: line.clock() })
    if (!sent.ok && sent.error !== 'overtaken') return err(sent.error)
  }
}

const sendOne = async (line: Line, number: number): Promise<Result<undefined, AppendFailure>> => {
  const epoch = line.book.newest().info.number
  return appendTo(line, {
    epoch,
    politeTries: POLITE_SAYINGS,
    sealIn: async (log) => {
      const blob = await sealWaiting(line, number, log)
      await line.book.save()
      return blob
    },
  })
}

/** The sealed form for this log of the newest epoch, made once. The ratchet's step is in the book before the bytes exist outside. */
const sealWaiting = async (line: Line, number: number, log: number): Promise<Blob> => {
  const { book } = line
  const waiting = book.outgoing.get(numberKey(number))
  const epoch = book.newest()
  const at = epoch.logs[log]
  if (!waiting || !at) throw new Error('nothing to seal')
  const { sealed } = waiting
  if (sealed?.epoch === epoch.info.number && sealed.log === log) return sealed.blob as Blob
  const message =
    sealed?.epoch === epoch.info.number ? sealed.message : await sealMessage(line, epoch, waiting)
  const blob = sealEnvelope(at, { kind: 1, body: message })
  const now: Sealed = { epoch: epoch.info.number, log, message, blob }
  book.outgoing.put(numberKey(number), { ...waiting, sealed: now })
  return blob
}

const sealMessage = async (line: Line, epoch: Epoch, waiting: Outgoing): Promise<Uint8Array> => {
  if (!epoch.group) throw new Error('the newest epoch has a group')
  const { next, message } = await seal(epoch.group, encodePayload(payloadFor(epoch, waiting)))
  const mine = [...epoch.notes.mine, sha256(message)]
  line.book.setEpoch({ ...epoch, group: next, notes: { ...epoch.notes, mine } })
  return message
}
