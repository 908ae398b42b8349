/**
 * What clients were told about some logs while things went wrong, and whether all of it is true: acknowledged is stored, refused is
 * not, no seq twice, chains and heads as signed, watchers got everything once and in order. Not here: who asks (load.ts), what
 * goes wrong (the tests).
 */
import type { Test } from 'tap'
import { toHex } from '../../shared/base/text.ts'
import { sha256 } from '../../shared/crypto/sodium.ts'
import { firstChain, nextChain, type SignedHead, verifyHead } from '../../shared/protocol/chain.ts'
import type { Entry, Event } from '../../shared/protocol/frames.ts'
import type { RelayAddress } from '../../shared/protocol/relayAddress.ts'
import { connectWire, newLog, openOn, readFrom, type TestLog, type Wire } from '../support/wire.ts'

type Entries = Extract<Event, { type: 'entries' }>

/** A number: the seq of its receipt. `unknown`: no answer came, so both are allowed. */
type Fate = 'unknown' | 'refused' | number

export type LogHistory = {
  readonly log: TestLog
  /** Of every blob that was sent, by its hash. */
  readonly fates: Map<string, Fate>
  /** Hashes of acknowledged blobs, by seq. */
  readonly receipts: Map<number, string>
  /** What the relay signed, by head. */
  readonly signed: Map<number, string>
  /** Heads whose signatures were looked at: a crowd gets the same ones. */
  readonly verified: Set<string>
  /** Hashes that watchers were given, by seq. */
  readonly delivered: Map<number, string>
  /** The highest head that anybody was told. */
  known: number
  conflicts: number
  /** Appends that were told to come again later. */
  refusals: number
  readonly faults: Set<string>
}

export type History = readonly LogHistory[]

/** Logs of the largest class, so that long runs do not fill them. */
export const newHistory = (logs: number): History =>
  Array.from({ length: logs }, () => ({
    log: newLog({ cap: 2 }),
    fates: new Map(),
    receipts: new Map(),
    signed: new Map(),
    verified: new Set(),
    delivered: new Map(),
    known: 0,
    conflicts: 0,
    refusals: 0,
    faults: new Set(),
  }))

const standing = ({ chain, full }: Pick<SignedHead, 'chain' | 'full'>): string => `${toHex(chain)} ${full}`

/** `since`: what was known when the request was sent; an answer may not be older (H3), nor contradict another (H2). */
export const sawHead = (of: LogHistory, relay: RelayAddress, head: SignedHead, since: number): void => {
  if (!isGenuine(of, relay, head)) of.faults.add('H1 a head is not signed by the relay')
  if (head.head < since) of.faults.add(`H3 head ${head.head} was told after ${since}`)
  const before = of.signed.get(head.head)
  if (before !== undefined && before !== standing(head)) of.faults.add(`H2 two heads at ${head.head}`)
  of.signed.set(head.head, standing(head))
  of.known = Math.max(of.known, head.head)
}

const isGenuine = ({ log, verified }: LogHistory, relay: RelayAddress, head: SignedHead): boolean => {
  const said = `${head.head} ${standing(head)} ${toHex(head.signature)}`
  if (!verified.has(said) && !verifyHead(relay.key.signingKey, log.id, head)) return false
  verified.add(said)
  return true
}

export type Sent = { readonly hash: string; readonly ifHead: number | undefined; readonly since: number }

export const sending = (of: LogHistory, blob: Uint8Array, ifHead: number | undefined): Sent => {
  const hash = toHex(sha256(blob))
  of.fates.set(hash, 'unknown')
  return { hash, ifHead, since: of.known }
}

export const sawReceipt = (of: LogHistory, relay: RelayAddress, sent: Sent, head: SignedHead): void => {
  const seq = head.head
  if (of.receipts.has(seq)) of.faults.add(`E1 seq ${seq} was acknowledged twice`)
  if (sent.ifHead !== undefined && seq !== sent.ifHead + 1)
    of.faults.add(`R1 if_head ${sent.ifHead} became seq ${seq}`)
  of.receipts.set(seq, sent.hash)
  of.fates.set(sent.hash, seq)
  sawHead(of, relay, head, sent.since + 1)
}

/** A refused request changed nothing (R2). */
export const sawRefusal = (of: LogHistory, sent: Sent): void => {
  of.refusals += 1
  of.fates.set(sent.hash, 'refused')
}

export const sawConflict = (of: LogHistory, sent: Sent, head: number): void => {
  if (sent.ifHead === undefined || head === sent.ifHead || head < sent.since)
    of.faults.add(`R1 no conflict: if_head ${sent.ifHead}, head ${head}, known ${sent.since}`)
  of.conflicts += 1
  of.known = Math.max(of.known, head)
  of.fates.set(sent.hash, 'refused')
}

/** Of one connection: the seq that must come next, and the last head that came. */
export type Place = { next: number; head: number }

/** F6: each once, in order. */
export const sawDelivery = (of: LogHistory, relay: RelayAddress, event: Entries, place: Place): void => {
  for (const entry of event.entries) {
    if (entry.seq !== place.next) of.faults.add(`F6 a watcher got ${entry.seq} instead of ${place.next}`)
    const hash = hashOf(entry)
    if ((of.delivered.get(entry.seq) ?? hash) !== hash) of.faults.add(`F6 two entries at seq ${entry.seq}`)
    of.delivered.set(entry.seq, hash)
    place.next = entry.seq + 1
  }
  sawHead(of, relay, event.head, Math.max(place.head, place.next - 1))
  place.head = event.head.head
}

const hashOf = ({ content }: Entry): string =>
  toHex(content.type === 'blob' ? sha256(content.blob) : content.hash)

/** Every word of the history against what the relay has now; what was not true, in sentences. */
export const auditHistory = async (history: History, relay: RelayAddress): Promise<readonly string[]> => {
  for (const of of history) {
    const wire = await connectWire(relay.url)
    const entries = await readAll(wire, of, relay)
    wire.end()
    compare(of, entries)
  }
  return history.flatMap(({ faults }) => [...faults].slice(0, 20))
}

export const checkHistory = async (t: Test, history: History, relay: RelayAddress): Promise<void> => {
  const faults = await auditHistory(history, relay)
  const about = `${acknowledged(history)} acknowledged entries and ${conflicts(history)} conflicts`
  t.strictSame(faults, [], `E1 E2 R2 F6 H2 H3 all is true that was said about ${about}`)
}

export const acknowledged = (history: History): number => sum(history, ({ receipts }) => receipts.size)

const conflicts = (history: History): number => sum(history, (of) => of.conflicts)

const sum = (history: History, count: (of: LogHistory) => number): number =>
  history.reduce((all, of) => all + count(of), 0)

const readAll = async (wire: Wire, of: LogHistory, relay: RelayAddress): Promise<readonly Entry[]> => {
  const { admission } = relay
  if (admission === undefined) throw new Error('an address without admission')
  await openOn(wire, { key: relay.key, admission }, of.log, 'reader')
  const entries: Entry[] = []
  for (;;) {
    const since = of.known
    const page = await readFrom(wire, of.log, entries.length + 1)
    if (page.type !== 'entries') {
      of.faults.add(`a reader was answered ${page.type === 'refused' ? page.refusal.type : page.type}`)
      return entries
    }
    sawHead(of, relay, page.head, since)
    if (page.entries.length === 0) return entries
    entries.push(...page.entries)
  }
}

const compare = (of: LogHistory, entries: readonly Entry[]): void => {
  const stored = entries.map(hashOf)
  const chains = chainsOf(of, stored)
  const fault = (isWrong: boolean, what: string): void => void (isWrong && of.faults.add(what))
  entries.forEach(({ seq }, i) => {
    fault(seq !== i + 1, `E1 seq ${seq} stands at place ${i + 1}`)
  })
  fault(new Set(stored).size !== stored.length, 'E1 an entry is stored twice')
  for (const hash of stored) {
    const fate = of.fates.get(hash)
    fault(fate === undefined, 'an entry is stored that nobody sent')
    fault(fate === 'refused', 'R2 an entry is stored that was refused')
  }
  for (const [seq, hash] of of.receipts) fault(stored[seq - 1] !== hash, `E2 acknowledged ${seq} is lost`)
  for (const [seq, hash] of of.delivered) fault(stored[seq - 1] !== hash, `F6 delivered ${seq} is not stored`)
  for (const [head, said] of of.signed)
    fault(!said.startsWith(chains[head] ?? 'none'), `L5 H2 the chain of head ${head} is not the stored one`)
}

/** The chain after every seq, in hexadecimal; before the first at place 0. */
const chainsOf = ({ log }: LogHistory, stored: readonly string[]): readonly string[] => {
  let chain = firstChain(log.id)
  return [
    toHex(chain),
    ...stored.map((hash, i) => {
      chain = nextChain(chain, (i + 1) as Entry['seq'], Buffer.from(hash, 'hex'))
      return toHex(chain)
    }),
  ]
}
