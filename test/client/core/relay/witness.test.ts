import fc from 'fast-check'
import t from 'tap'
import {
  evidence,
  type Lie,
  type LieKind,
  provesEquivocation,
} from '../../../../client/core/relay/evidence.ts'
import { observeHead, observePage, type Page } from '../../../../client/core/relay/observe.ts'
import {
  chainAt,
  comparePeer,
  MAX_AHEAD,
  newestHead,
  newWitness,
  REMEMBERED,
  type Witness,
  witness as witnessCodec,
} from '../../../../client/core/relay/witness.ts'
import { decode, encode } from '../../../../shared/base/codec.ts'
import { ok, type Result } from '../../../../shared/base/result.ts'
import { cryptoReady, keyPairFromSeed, sha256 } from '../../../../shared/crypto/sodium.ts'
import type { SignedHead } from '../../../../shared/protocol/chain.ts'
import type { Entry } from '../../../../shared/protocol/frames.ts'
import type { Chain, Head, Seq } from '../../../../shared/protocol/ids.ts'
import { BUCKETS, MAX_PAGE_ENTRIES } from '../../../../shared/protocol/limits.ts'
import {
  appendTo,
  copyLog,
  expireUpTo,
  headBy,
  headOf,
  type MemoryLog,
  newMemoryLog,
  pageOf,
  testAccess,
  testBlob,
  truncateLog,
} from '../../../support/memoryLog.ts'

await cryptoReady

const relay = keyPairFromSeed(new Uint8Array(32).fill(7))
const access = testAccess(1)

const emptyLog = (of = access): MemoryLog => newMemoryLog(of.policy) as MemoryLog

const logOf = (length: number, mark = 'entry'): MemoryLog => {
  const log = emptyLog()
  for (let i = 1; i <= length; i++) appendTo(log, testBlob(`${mark} ${i}`))
  return log
}

const signed = (log: MemoryLog, at = log.entries.length): SignedHead => headOf(relay.secretKey, log, at)

const page = (log: MemoryLog, from: number, max?: number, floor = 0): Page => ({
  log: log.id,
  entries: pageOf(log, from, max),
  head: signed(log),
  floor: floor as Head,
})

const value = <T>(result: Result<T, Lie>): T => {
  if (!result.ok) throw new Error(`unexpected lie: ${result.error.kind}`)
  return result.value
}
const observe = (witness: Witness, seen: Page): Witness =>
  value(observePage(witness, relay.publicKey, seen)).witness
const kindOf = (result: Result<unknown, Lie>): LieKind | 'none' => (result.ok ? 'none' : result.error.kind)
const pageKind = (witness: Witness, seen: Page): LieKind | 'none' =>
  kindOf(observePage(witness, relay.publicKey, seen))
const headKind = (witness: Witness, head: SignedHead, floor?: number): LieKind | 'none' =>
  kindOf(observeHead(witness, relay.publicKey, head, floor))

/** Read to the end, page by page. */
const readAll = (log: MemoryLog, from: Witness = newWitness(access), max?: number): Witness => {
  let witness = from
  while (witness.seq < log.entries.length) witness = observe(witness, page(log, witness.seq + 1, max))
  return witness
}

const isProof = (result: Result<unknown, Lie>): boolean =>
  !result.ok &&
  result.error.evidence !== undefined &&
  provesEquivocation(relay.publicKey, result.error.evidence)

/** What an honest relay may do and a device may see, in any order. */
type Move =
  | { readonly move: 'append'; readonly bucket: number }
  | { readonly move: 'pull' | 'repeat'; readonly max: number }
  | { readonly move: 'receipt' | 'staleHead'; readonly back: number }
  | { readonly move: 'expire'; readonly back: number }
  | { readonly move: 'store' }

const moves: fc.Arbitrary<readonly Move[]> = fc.array(
  fc.oneof(
    { weight: 5, arbitrary: fc.record({ move: fc.constant('append' as const), bucket: fc.nat({ max: 3 }) }) },
    {
      weight: 3,
      arbitrary: fc.record({
        move: fc.constantFrom('pull' as const, 'repeat' as const),
        max: fc.integer({ min: 1, max: 6 }),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        move: fc.constantFrom('receipt' as const, 'staleHead' as const),
        back: fc.nat({ max: 8 }),
      }),
    },
    { weight: 1, arbitrary: fc.record({ move: fc.constant('expire' as const), back: fc.nat({ max: 8 }) }) },
    { weight: 1, arbitrary: fc.record({ move: fc.constant('store' as const) }) },
  ),
  { maxLength: 40 },
)

/** One honest step; answers with the witness after it. */
const play = (log: MemoryLog, witness: Witness, move: Move): Witness => {
  const length = log.entries.length
  switch (move.move) {
    case 'append':
      appendTo(log, testBlob(`${length}`, BUCKETS[move.bucket]))
      return witness
    case 'pull':
      return observe(witness, page(log, witness.seq + 1, move.max, newestHead(witness)?.head ?? 0))
    case 'repeat':
      return observe(witness, page(log, Math.max(1, witness.seq - 2), move.max))
    case 'receipt':
    case 'staleHead':
      return value(observeHead(witness, relay.publicKey, signed(log, Math.max(0, length - move.back))))
    case 'expire':
      expireUpTo(log, length - move.back)
      return witness
    case 'store':
      return value(decode(witnessCodec, encode(witnessCodec, witness)) as Result<Witness, never>)
  }
}

t.test('H3 whatever an honest relay does, in whatever order it is seen, is believed', async (t) => {
  fc.assert(
    fc.property(moves, (all) => {
      const log = emptyLog()
      let witness = newWitness(access)
      for (const move of all) witness = play(log, witness, move)
      witness = readAll(log, witness)
      return witness.seq === log.entries.length && headKind(witness, signed(log)) === 'none'
    }),
    { numRuns: 300 },
  )
  t.pass()
})

type Spoil = (log: MemoryLog, honest: Page, at: number) => Page

const swapAt = <T>(items: readonly T[], i: number, j: number): T[] => {
  const swapped = [...items]
  swapped.splice(i, 1, items[j] as T)
  swapped.splice(j, 1, items[i] as T)
  return swapped
}

/** One change to an honest page; none may pass. */
const SPOILED: Record<string, Spoil> = {
  'a flipped bit in a blob': (_, honest, at) => ({
    ...honest,
    entries: honest.entries.map((entry, i) => {
      if (i !== at || entry.content.type !== 'blob') return entry
      const blob = entry.content.blob.slice() as typeof entry.content.blob
      blob[at] = (blob[at] ?? 0) ^ 0x10
      return { ...entry, content: { type: 'blob' as const, blob } }
    }),
  }),
  'another hash for an expired entry': (_, honest, at) => ({
    ...honest,
    entries: honest.entries.map((entry, i) =>
      i === at ? { ...entry, content: { type: 'hash' as const, hash: sha256(Uint8Array.of(at)) } } : entry,
    ),
  }),
  'two entries exchanged, seqs kept': (_, honest, at) => {
    const other = (at + 1) % honest.entries.length
    const swapped = swapAt(honest.entries, at, other)
    return { ...honest, entries: swapped.map((entry, i) => ({ ...entry, seq: (i + 1) as Seq })) }
  },
  'two entries exchanged with their seqs': (_, honest, at) => ({
    ...honest,
    entries: swapAt(honest.entries, at, (at + 1) % honest.entries.length),
  }),
  'an entry left out': (_, honest, at) => ({
    ...honest,
    entries: honest.entries.filter((_, i) => i !== at || i === honest.entries.length - 1),
    head:
      at === honest.entries.length - 1
        ? { ...honest.head, head: (honest.head.head - 1) as Head }
        : honest.head,
  }),
  'an entry twice': (_, honest, at) => ({
    ...honest,
    entries: honest.entries.flatMap((entry, i) => (i === at ? [entry, entry] : [entry])),
  }),
  'an entry that is older, as a new one': (_, honest, at) => {
    const old = honest.entries[at]
    const seq = (honest.entries.length + 1) as Seq
    return old === undefined ? honest : { ...honest, entries: [...honest.entries, { ...old, seq }] }
  },
  'a blob that is no bucket': (_, honest, at) => ({
    ...honest,
    entries: honest.entries.map((entry, i) =>
      i === at ? { ...entry, content: { type: 'blob' as const, blob: testBlob('odd', 1025) } } : entry,
    ),
  }),
  'another head number': (_, honest) => ({
    ...honest,
    head: { ...honest.head, head: (honest.head.head + 1) as Head },
  }),
  'another chain': (_, honest) => ({
    ...honest,
    head: { ...honest.head, chain: sha256(honest.head.chain) as Chain },
  }),
  'another full': (_, honest) => ({ ...honest, head: { ...honest.head, full: !honest.head.full } }),
  'a flipped bit in the signature': (_, honest, at) => {
    const signature = honest.head.signature.slice()
    signature[at] = (signature[at] ?? 0) ^ 1
    return { ...honest, head: { ...honest.head, signature } }
  },
  'a signed head of another chain': (log, honest) => ({
    ...honest,
    head: headBy(relay.secretKey, log.id, { ...honest.head, chain: sha256(honest.head.chain) as Chain }),
  }),
  'a signed head that says full': (log, honest) => ({
    ...honest,
    head: headBy(relay.secretKey, log.id, { ...honest.head, full: true }),
  }),
  'another log': (_, honest) => ({ ...honest, log: testAccess(2).id }),
  'a head signed by another relay': (log, honest) => ({
    ...honest,
    head: headOf(keyPairFromSeed(new Uint8Array(32).fill(8)).secretKey, log),
  }),
  'a head signed for another log': (_, honest) => ({
    ...honest,
    head: headBy(relay.secretKey, testAccess(2).id, honest.head),
  }),
}

t.test('4.7 a single change to an entry, the order, the head or the signature is noticed', async (t) => {
  for (const [name, spoil] of Object.entries(SPOILED))
    t.doesNotThrow(
      () =>
        fc.assert(
          fc.property(fc.integer({ min: 2, max: 12 }), fc.nat({ max: 11 }), (length, n) => {
            const log = logOf(length)
            const start = newWitness(access)
            const honest = page(log, 1)
            return (
              pageKind(start, honest) === 'none' && pageKind(start, spoil(log, honest, n % length)) !== 'none'
            )
          }),
          { numRuns: 40 },
        ),
      name,
    )
})

t.test('4.7 a lie changes nothing in the witness, and the truth is believed after it', async (t) => {
  const log = logOf(5)
  const before = readAll(copyLog(log, 3))
  const frozen = encode(witnessCodec, before)

  t.not(pageKind(before, { ...page(log, 4), log: testAccess(2).id }), 'none')
  t.strictSame(encode(witnessCodec, before), frozen)
  t.equal(pageKind(before, page(log, 4)), 'none')
})

t.test(
  'H1 nothing new leaves the very same witness, so that nothing is written; nearly the same is checked',
  async (t) => {
    const log = logOf(5)
    const witness = readAll(log)
    t.equal(observe(witness, page(log, 6)), witness)
    const known = signed(log)
    const { signature } = known
    const flipped = Uint8Array.from(signature, (byte, i) => (i === 9 ? byte ^ 1 : byte))
    t.equal(headKind(witness, { ...known, signature: flipped }), 'bad_signature')
    t.equal(headKind(witness, { ...known, full: true }), 'bad_signature')
    t.equal(headKind(witness, { ...known, chain: signed(log, 4).chain }), 'bad_signature')
    t.equal(headKind(witness, { ...known, head: 4 as Head }), 'bad_signature')
  },
)

t.test('H2 two signed heads with the same seq are a fork, and a proof for strangers', async (t) => {
  const [mine, other] = [logOf(4), logOf(3)]
  appendTo(other, testBlob('a different fourth entry'))
  const witness = readAll(mine)

  const result = observeHead(witness, relay.publicKey, signed(other))

  t.equal(kindOf(result), 'fork')
  t.ok(isProof(result))
})

t.test('H2 a fork at an older seq is proved by the hashes from there to a newer head', async (t) => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 20 }), (before, after) => {
      const mine = logOf(before + after)
      const other = copyLog(mine, before - 1)
      appendTo(other, testBlob('another world'))
      const result = observeHead(readAll(mine), relay.publicKey, signed(other))
      return kindOf(result) === 'fork' && isProof(result)
    }),
    { numRuns: 40 },
  )
  t.pass()
})

t.test('H2 a receipt that reading does not come past is a fork, and a proof', async (t) => {
  const mine = logOf(3)
  appendTo(mine, testBlob('acknowledged'))
  const receipt = signed(mine)
  const witness = value(observeHead(newWitness(access), relay.publicKey, receipt))
  truncateLog(mine, 3)
  for (const text of ['instead', 'and more']) appendTo(mine, testBlob(text))

  const result = observePage(witness, relay.publicKey, page(mine, 1))

  t.equal(kindOf(result), 'fork')
  t.ok(isProof(result))
})

t.test('L4 a log that grows after it was full, or the other way round, is a proof', async (t) => {
  const small = testAccess(3, { cap: 0 })
  const log = emptyLog(small)
  for (let i = 0; i < 200; i++) appendTo(log, testBlob(`${i}`))
  const full = observe(newWitness(small), page(log, 1))
  appendTo(log, testBlob('one too many'))
  const grown = { ...signed(log), full: true }
  const forged = headBy(relay.secretKey, log.id, grown)

  const result = observeHead(full, relay.publicKey, forged)

  t.ok(newestHead(full)?.full)
  t.equal(kindOf(result), 'fork')
  t.ok(isProof(result))
})

t.test('H3 an older head is a rollback only if a newer one was known when the relay was asked', async (t) => {
  const log = logOf(5)
  const witness = readAll(log)

  t.equal(headKind(witness, signed(log, 3)), 'none')
  t.equal(headKind(witness, signed(log, 3), 4), 'rollback')
  t.equal(headKind(witness, signed(log, 5), 5), 'none')
  t.equal(pageKind(witness, { ...page(copyLog(log, 3), 4), floor: 5 as Head }), 'rollback')
})

t.test('H3 a rollback carries both heads; the first append after it makes them a proof', async (t) => {
  const log = logOf(5)
  const witness = readAll(log)
  truncateLog(log, 3)

  const back = observeHead(witness, relay.publicKey, signed(log), 5)
  appendTo(log, testBlob('a seq given twice'))
  const again = observeHead(witness, relay.publicKey, signed(log), 5)

  t.match(back, {
    ok: false,
    error: { kind: 'rollback', evidence: { lower: { head: 3 }, upper: { head: 5 } } },
  })
  t.notOk(isProof(back), 'heads tell no time: alone it convinces nobody')
  t.equal(kindOf(again), 'fork')
  t.ok(isProof(again))
})

t.test('P6 no honest log yields a proof, and a proof is bound to relay, log and path', async (t) => {
  const log = logOf(8)
  const other = copyLog(log, 4)
  appendTo(other, testBlob('another world'))
  const result = observeHead(readAll(log), relay.publicKey, signed(other))
  const proof = !result.ok && result.error.evidence
  if (!proof || proof.path === undefined) throw new Error('no evidence')
  const holds = (changed: Partial<typeof proof>): boolean =>
    provesEquivocation(relay.publicKey, { ...proof, ...changed })
  const { path } = proof

  t.ok(holds({}))
  t.strictSame(decode(evidence, encode(evidence, proof)), ok(proof))
  t.notOk(provesEquivocation(keyPairFromSeed(new Uint8Array(32)).publicKey, proof))
  t.notOk(holds({ log: testAccess(2).id }))
  t.notOk(holds({ lower: signed(log, 5) }), 'the log of its own past')
  t.notOk(holds({ lower: proof.upper, upper: proof.lower }))
  t.notOk(holds({ path: { ...path, chain: proof.lower.chain } }))
  t.notOk(holds({ path: { ...path, hashes: path.hashes.slice(1) } }))
  t.notOk(holds({ path: { ...path, hashes: [...path.hashes].reverse() } }))
  t.notOk(holds({ path: { chain: proof.upper.chain, hashes: [] } }), 'a path that goes nowhere')
  t.notOk(holds({ upper: { ...proof.upper, signature: proof.lower.signature } }))
  t.notOk(holds({ lower: { ...proof.lower, signature: proof.upper.signature } }))
  const fullAtEnd = headBy(relay.secretKey, log.id, { ...signed(log), full: true })
  t.notOk(holds({ lower: fullAtEnd, upper: signed(log, 5) }), 'full later than not full is as it should be')
  fc.assert(
    fc.property(fc.nat({ max: 8 }), fc.nat({ max: 8 }), (a, b) => {
      const [low, high] = [Math.min(a, b), Math.max(a, b)]
      const hashes = log.entries
        .slice(low, high)
        .flatMap(({ content }) => (content.type === 'blob' ? [sha256(content.blob)] : []))
      const joined = { chain: log.chains[low] as Chain, hashes }
      const honest = { log: log.id, lower: signed(log, low), upper: signed(log, high) }
      const one = { ...honest, path: undefined }
      return ![one, { ...honest, path: joined }].some((pair) => provesEquivocation(relay.publicKey, pair))
    }),
  )
})

t.test('L5 a first chain that is not the log’s is a proof by itself', async (t) => {
  const log = emptyLog()
  const lying = headBy(relay.secretKey, log.id, {
    head: 0 as Head,
    chain: sha256(log.id) as Chain,
    full: false,
  })

  const result = observeHead(newWitness(access), relay.publicKey, lying)

  t.equal(kindOf(result), 'fork')
  t.ok(isProof(result))
})

t.test(
  'L4 full is compared with the counts, as far as unread and expired entries leave no doubt',
  async (t) => {
    const small = testAccess(3, { cap: 0 })
    const log = emptyLog(small)
    for (let i = 0; i < 4; i++) appendTo(log, testBlob(`${i}`, 262_144))
    const says = (full: boolean, at: number): SignedHead =>
      headBy(relay.secretKey, log.id, { head: at as Head, chain: log.chains[at] as Chain, full })
    const fresh = newWitness(small)
    const read = (to: number): Witness => readAll(copyLog(log, to), fresh)

    t.equal(headKind(fresh, says(true, 4)), 'none', 'four unread entries may be 1 KiB or 256 KiB each')
    t.equal(headKind(fresh, says(false, 4)), 'none')
    t.equal(
      headKind(fresh, says(true, 3)),
      'false_full',
      'three cannot leave less than 256 KiB of a mebibyte',
    )
    t.equal(headKind(read(3), says(true, 3)), 'fork', 'said otherwise before')
    t.equal(pageKind(read(3), { ...page(log, 4), head: says(false, 4) }), 'false_full', 'all sizes are known')
    t.equal(pageKind(read(3), page(log, 4)), 'none')
    t.equal(headKind(read(2), says(true, 4)), 'none')
    t.equal(
      headKind(fresh, headBy(relay.secretKey, log.id, { ...says(true, 4), head: 201 as Head })),
      'false_full',
    )
    const expired = copyLog(log)
    expireUpTo(expired, 4)
    t.equal(
      pageKind(fresh, { ...page(expired, 1), head: says(false, 4) }),
      'none',
      'sizes of expired blobs are unknown',
    )
    const gone = readAll(expired, fresh)
    t.equal(headKind(gone, says(true, 4)), 'none')
    const tiny = emptyLog(small)
    for (let i = 0; i < 4; i++) appendTo(tiny, testBlob(`${i}`))
    const full = headBy(relay.secretKey, tiny.id, { ...signed(tiny), full: true })
    t.equal(headKind(fresh, full), 'none', 'unread, they might be large')
    t.equal(pageKind(fresh, { ...page(tiny, 1), head: full }), 'false_full', 'read, they are not')
  },
)

t.test('E3 a blob that is no bucket is noticed even where the chain holds', async (t) => {
  const log = logOf(2)
  appendTo(log, testBlob('odd', 1025))

  t.equal(pageKind(newWitness(access), page(log, 1)), 'bad_size')
})

t.test('E1 an entry that was read before may be repeated, but not be another one', async (t) => {
  const log = logOf(5)
  const witness = readAll(copyLog(log, 3))
  const forged = copyLog(log)
  forged.entries[1] = { ...(log.entries[0] as Entry), seq: 2 as Seq }

  t.equal(pageKind(witness, page(log, 1)), 'none')
  t.equal(pageKind(witness, page(forged, 1)), 'bad_chain')
})

t.test('4.7 what another member claims is compared with what this device read', async (t) => {
  const log = logOf(6)
  const reached = readAll(copyLog(log, 4))
  const witness = value(observeHead(reached, relay.publicKey, signed(log, 6)))
  const claim = (seq: number, chain = log.chains[seq] as Chain) =>
    comparePeer(witness, { seq: seq as Head, chain })

  for (const seq of [0, 1, 4, 6]) t.equal(claim(seq), 'agree', `${seq}`)
  t.equal(claim(5), 'behind', 'somebody saw more')
  t.equal(claim(9, sha256(log.id) as Chain), 'behind')
  for (const seq of [0, 2, 4, 6]) t.equal(claim(seq, sha256(log.id) as Chain), 'fork', `${seq}`)
})

t.test('4.7 the newest 1,024 entries are remembered, 128 of them on disk', async (t) => {
  const log = logOf(REMEMBERED + 10)
  const witness = readAll(log)
  const stored = value(decode(witnessCodec, encode(witnessCodec, witness)) as Result<Witness, never>)
  const claim = (from: Witness, seq: number) =>
    comparePeer(from, { seq: seq as Head, chain: log.chains[seq] as Chain })

  t.equal(witness.seq, REMEMBERED + 10)
  t.equal(claim(witness, 11), 'agree')
  t.equal(claim(witness, 10), 'unknown')
  t.equal(chainAt(witness, witness.seq + 1), undefined)
  t.equal(claim(stored, witness.seq - 127), 'agree')
  t.equal(claim(stored, witness.seq - 128), 'unknown')
  t.equal(pageKind(stored, page(log, 1)), 'none', 'what is too long ago to compare is skipped')
  t.strictSame({ ...stored, recent: [] }, { ...witness, recent: [] })
})

t.test('4.7 many receipts ahead of the reading are kept within bounds', async (t) => {
  const log = logOf(MAX_AHEAD + 20)
  let witness = newWitness(access)
  for (let at = 1; at <= log.entries.length; at++)
    witness = value(observeHead(witness, relay.publicKey, signed(log, at)))

  t.equal(witness.ahead.length, MAX_AHEAD)
  t.equal(newestHead(witness)?.head, log.entries.length)
  t.equal(readAll(log, witness).ahead.length, 0)
})

t.test('F5 a long log is read in pages, and the head is checked when it is reached', async (t) => {
  const log = logOf(2 * MAX_PAGE_ENTRIES + 3)
  const first = observePage(newWitness(access), relay.publicKey, page(log, 1))

  t.equal(value(first).entries.length, MAX_PAGE_ENTRIES)
  t.equal(value(first).witness.ahead.length, 1)
  t.equal(readAll(log).reached?.head, log.entries.length)
  const forged = logOf(2 * MAX_PAGE_ENTRIES + 3, 'made up')
  const astray = observe(newWitness(access), { ...page(forged, 1), head: signed(log) })
  const second = observe(astray, { ...page(forged, astray.seq + 1), head: signed(log) })
  t.equal(pageKind(second, { ...page(forged, second.seq + 1), head: signed(log) }), 'bad_chain')
})
