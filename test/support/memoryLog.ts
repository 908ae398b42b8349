/** One log in memory, as SPEC.md sections L and E describe it: for the in-memory relay and for tests of the witness. */
import { bigEndian, concat, utf8 } from '../../shared/base/bytes.ts'
import { decode } from '../../shared/base/codec.ts'
import { keyPairFromSeed, type SecretKey, sha256, sign } from '../../shared/crypto/sodium.ts'
import { firstChain, nextChain, type SignedHead, signHead } from '../../shared/protocol/chain.ts'
import type { Entry, WriterSignature } from '../../shared/protocol/frames.ts'
import type { Blob, Chain, Head, LogId, Seq } from '../../shared/protocol/ids.ts'
import { MAX_PAGE_ENTRIES, PAGE_BYTES, type TtlDays } from '../../shared/protocol/limits.ts'
import { encodePolicy, isFull, logIdOf, type Policy, policy } from '../../shared/protocol/policy.ts'

export type MemoryLog = {
  readonly id: LogId
  readonly policy: Policy
  readonly entries: Entry[]
  /** chains[s] is the chain at seq s. */
  readonly chains: Chain[]
  /** bytes[s] are the bytes of all blobs up to seq s. */
  readonly bytes: number[]
}

/** An id and its encoded policy with all keys; fits the client's LogAccess. */
export type TestAccess = {
  readonly id: LogId
  readonly policy: Uint8Array
  readonly reader: ReturnType<typeof keyPairFromSeed>
  readonly writer: ReturnType<typeof keyPairFromSeed>
}

type AccessOptions = {
  readonly ttlDays?: TtlDays
  readonly cap?: Policy['cap']
  readonly writerSigned?: boolean
  /** Writers beside its own, whose keys nobody has. */
  readonly moreWriters?: number
}

/** The n-th log of a test, with fixed keys. */
export const testAccess = (n: number, options: AccessOptions = {}): TestAccess => {
  const key = (role: string) => keyPairFromSeed(sha256(concat(utf8(`test ${role} `), bigEndian(n, 4))))
  const [reader, writer] = [key('reader'), key('writer')]
  const encoded = encodePolicy({
    version: 1,
    ttlDays: options.ttlDays ?? 45,
    cap: options.cap ?? 1,
    wake: 0,
    writerSigned: options.writerSigned ?? false,
    readers: [sha256(reader.publicKey)],
    writers: [
      sha256(writer.publicKey),
      ...Array.from({ length: options.moreWriters ?? 0 }, (_, i) => sha256(Uint8Array.of(i))),
    ],
  })
  return { id: logIdOf(encoded), policy: encoded, reader, writer }
}

/** A blob of `size` bytes that begins with the text. */
export const testBlob = (text: string, size = 1024): Blob => {
  const blob = new Uint8Array(size)
  blob.set(utf8(text))
  return blob as Blob
}

export const newMemoryLog = (encodedPolicy: Uint8Array): MemoryLog | undefined => {
  const decoded = decode(policy, encodedPolicy)
  const id = logIdOf(encodedPolicy)
  return decoded.ok
    ? { id, policy: decoded.value, entries: [], chains: [firstChain(id)], bytes: [0] }
    : undefined
}

/** The first `length` entries as a log of its own. */
export const copyLog = (log: MemoryLog, length = log.entries.length): MemoryLog => ({
  ...log,
  entries: log.entries.slice(0, length),
  chains: log.chains.slice(0, length + 1),
  bytes: log.bytes.slice(0, length + 1),
})

/** Takes back everything after `length`, in place: what no honest relay does. */
export const truncateLog = (log: MemoryLog, length: number): void => {
  log.entries.length = Math.min(log.entries.length, length)
  log.chains.length = log.entries.length + 1
  log.bytes.length = log.entries.length + 1
}

export const appendTo = (log: MemoryLog, blob: Blob, writer?: WriterSignature): Seq => {
  const seq = (log.entries.length + 1) as Seq
  log.entries.push({ seq, content: { type: 'blob', blob }, writer })
  log.chains.push(nextChain(log.chains[seq - 1] as Chain, seq, sha256(blob)))
  log.bytes.push((log.bytes[seq - 1] ?? 0) + blob.length)
  return seq
}

/** E4: entries up to `seq` become their hashes. */
export const expireUpTo = (log: MemoryLog, seq: number): void => {
  for (const [i, entry] of log.entries.slice(0, seq).entries())
    if (entry.content.type === 'blob')
      log.entries[i] = { ...entry, content: { type: 'hash', hash: sha256(entry.content.blob) } }
}

export const logIsFull = (log: MemoryLog, at = log.entries.length): boolean =>
  isFull(log.policy.cap, at, log.bytes[at] ?? 0)

/** H1, with the key of a relay of a test. */
export const headBy = (key: SecretKey, id: LogId, at: Omit<SignedHead, 'signature'>): SignedHead =>
  signHead((message) => sign(key, message), id, at)

/** H1, at `at` or the newest seq. Signing is slow, so what a key signed is remembered by its chain. */
export const headOf = (key: SecretKey, log: MemoryLog, at = log.entries.length): SignedHead => {
  const chain = log.chains[at] as Chain
  const heads = signed.get(key) ?? new WeakMap<Chain, SignedHead>()
  const head = heads.get(chain) ?? headBy(key, log.id, { head: at as Head, chain, full: logIsFull(log, at) })
  signed.set(key, heads.set(chain, head))
  return head
}

const signed = new WeakMap<SecretKey, WeakMap<Chain, SignedHead>>()

/** F5: entries from `from` on, within the limits of one frame. */
export const pageOf = (log: MemoryLog, from: number, max: number = MAX_PAGE_ENTRIES): readonly Entry[] => {
  const page: Entry[] = []
  let bytes = 0
  for (const entry of log.entries.slice(from - 1, from - 1 + Math.min(max, MAX_PAGE_ENTRIES))) {
    if (bytes >= PAGE_BYTES) break
    bytes += entry.content.type === 'blob' ? entry.content.blob.length : 32
    page.push(entry)
  }
  return page
}
