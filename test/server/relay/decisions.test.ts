/** The relay's pure parts: rates, the price of creations, turns in the write queue, the tail, pages, the websocket header. */
import fc from 'fast-check'
import t from 'tap'
import { bitsAsked, newPurse, payCreation } from '../../../server/relay/creation.ts'
import { createInTurn } from '../../../server/relay/inTurn.ts'
import { DEFAULT_LIMITS } from '../../../server/relay/limits.ts'
import { firstPage, framePages } from '../../../server/relay/pages.ts'
import type { NewEntry, Outcome } from '../../../server/relay/ports.ts'
import { createBuckets, fullBucket, refilled, spent, waitSeconds } from '../../../server/relay/rates.ts'
import {
  addFresh,
  createTails,
  type FreshEntry,
  newTail,
  pageFrom,
  type Tail,
} from '../../../server/relay/tail.ts'
import { createTurns } from '../../../server/relay/turns.ts'
import { createWriteQueue, takeBatch, type Waiting } from '../../../server/relay/writeQueue.ts'
import { framing } from '../../../server/routes/framing.ts'
import { cryptoReady } from '../../../shared/crypto/sodium.ts'
import { decodeEvent, type Entry } from '../../../shared/protocol/frames.ts'
import type { Blob, Chain, Day, Head, LogId, Seq } from '../../../shared/protocol/ids.ts'
import { MAX_POW_BITS } from '../../../shared/protocol/limits.ts'

await cryptoReady

t.test('R3 a bucket gives its burst, then its rate, and never more', async (t) => {
  const rate = { perSecond: 2, burst: 5 }
  const isBounded = (pauses: readonly number[]): boolean => {
    let bucket = fullBucket(rate)
    let [now, taken] = [0, 0]
    for (const pause of pauses) {
      now += pause
      bucket = refilled(bucket, rate, now)
      if (waitSeconds(bucket, rate, 1) > 0) continue
      bucket = spent(bucket, 1)
      taken += 1
    }
    return taken <= 5 + (now / 1000) * 2 + 1e-6
  }

  fc.assert(fc.property(fc.array(fc.nat(2000), { maxLength: 200 }), isBounded))
  const empty = { tokens: 0, at: 0 }
  t.equal(waitSeconds(empty, rate, 1), 1, 'whole seconds')
  t.equal(waitSeconds(empty, rate, 4), 2)
  t.equal(waitSeconds(empty, rate, 500), 3, 'what costs more than a burst waits for a full bucket')
  t.equal(refilled({ tokens: 3, at: 9000 }, rate, 1000).tokens, 3, 'a clock that steps back fills nothing')
})

t.test('buckets that are full again are forgotten', async (t) => {
  const buckets = createBuckets({ perSecond: 1000, burst: 2 })

  for (let i = 0; i < 5000; i++) buckets.take(`key ${i}`, 1, i)

  t.ok(buckets.size() < 1100, `${buckets.size()} of 5000 are kept`)
})

t.test('A4 the price of a creation rises with what was created, is bounded, and falls again', async (t) => {
  const own = newPurse({ perSecond: 1, burst: 10 })
  const all = newPurse({ perSecond: 10, burst: 100 })
  const prices: number[] = []
  for (let i = 0; i < 60; i++) {
    prices.push(bitsAsked([own, all], 0))
    payCreation([own, all], MAX_POW_BITS, 0)
  }

  t.strictSame(prices.slice(0, 10), Array(10).fill(0), 'nothing under the rate')
  t.ok((prices[10] ?? 0) >= 8)
  t.strictSame(
    prices,
    [...prices].sort((a, b) => a - b),
    'never cheaper by creating more',
  )
  t.ok(Math.max(...prices) > (prices[10] ?? 0) && Math.max(...prices) <= MAX_POW_BITS)
  t.equal(bitsAsked([own, all], 60_000), 0, 'a minute later it is free again')
  for (let i = 0; i < 101; i++) payCreation([newPurse(own.rate), all], 0, 0)
  t.ok(bitsAsked([newPurse(own.rate), all], 0) > 0, 'many connections that create one each are asked as well')
})

const entryOf = (log: number, size = 1024): NewEntry => ({
  log: new Uint8Array(24).fill(log) as LogId,
  blob: new Uint8Array(size) as Blob,
  expiryDay: 1 as Day,
  ifHead: undefined,
  writer: undefined,
})
const waitingOf = (entry: NewEntry): Waiting => ({ entry, done: () => undefined, failed: () => undefined })

t.test(
  'I23 a flood waits behind itself: every batch takes a few from each connection, in turn',
  async (t) => {
    const flooder = {}
    const others = Array.from({ length: 10 }, () => ({}))
    const turns = createTurns<Waiting>()
    for (let i = 0; i < 5000; i++) turns.add(flooder, waitingOf(entryOf(0)))
    for (const [i, other] of others.entries())
      for (const _twice of [1, 2]) turns.add(other, waitingOf(entryOf(i + 1)))

    const batch = takeBatch(turns)

    const places = batch.map((waiting) => waiting.entry.log[0] ?? 0)
    t.strictSame(
      places,
      [...Array(11).keys(), ...Array(11).keys(), 0, 0],
      'and of the flood no more than four',
    )
    turns.add(others[0] ?? {}, waitingOf(entryOf(1)))
    const next = takeBatch(turns).map((waiting) => waiting.entry.log[0] ?? 0)
    t.equal(next.indexOf(1), 1, 'who comes anew is served at once, and the flooder goes on')
    const heavy = createTurns<Waiting>()
    for (let i = 0; i < 100; i++) heavy.add({}, waitingOf(entryOf(0, 262_144)))
    t.equal(takeBatch(heavy).length, 16, 'a batch is at most 4 MiB')
    const many = createTurns<Waiting>()
    for (let i = 0; i < 600; i++) many.add({}, waitingOf(entryOf(0)))
    t.equal(takeBatch(many).length, 512, 'and at most 512 entries')
  },
)

t.test('I23 what locks a log is done one piece at a time, one from each connection in turn', async (t) => {
  const inTurn = createInTurn()
  const [flooder, other] = [{}, {}]
  const done: string[] = []
  let underWay = 0
  const work = (name: string) => async (): Promise<string> => {
    underWay += 1
    t.equal(underWay, 1)
    await new Promise(setImmediate)
    underWay -= 1
    done.push(name)
    if (name === 'b') throw new Error('the disk is full')
    return name
  }

  const asked = [...'abc'].map((name) => inTurn(flooder, work(name)))
  asked.push(inTurn(other, work('other')))
  const ends = await Promise.allSettled(asked)

  t.strictSame(done, ['a', 'b', 'other', 'c'], 'whoever comes anew waits for one of a flood, or two')
  t.strictSame(
    ends.map(({ status }) => status),
    ['fulfilled', 'rejected', 'fulfilled', 'fulfilled'],
  )
})

t.test(
  'E1 what waits while one batch is written goes in the next, in order, each answered once',
  async (t) => {
    const batches: number[] = []
    let free: () => void = () => undefined
    const write = async (batch: readonly NewEntry[]): Promise<readonly Outcome[]> => {
      batches.push(batch.length)
      await new Promise<void>((resolve) => {
        free = resolve
      })
      if (batches.length === 3) throw new Error('the disk is full')
      return batch.map(() => ({ type: 'full' }))
    }
    const queue = createWriteQueue({ write, committed: () => undefined, soon: setImmediate })
    const answers: string[] = []
    const add = (name: string, connection: object): void =>
      queue.add(connection, {
        entry: entryOf(1),
        done: () => answers.push(name),
        failed: () => answers.push(`${name} failed`),
      })
    const turn = (): Promise<void> => new Promise((resolve) => setImmediate(() => setImmediate(resolve)))
    const [one, two] = [{}, {}]

    add('a', one)
    add('b', one)
    await turn()
    for (const name of ['c', 'd', 'e']) add(name, two)
    free()
    await turn()
    add('f', one)
    free()
    await turn()
    free()
    await queue.idle()

    t.strictSame(batches, [2, 3, 1])
    t.strictSame(answers, ['a', 'b', 'c', 'd', 'e', 'f failed'])
  },
)

const freshOf = (seq: number, size = 1024, goodOn = 100): FreshEntry => ({
  entry: {
    seq: seq as Seq,
    content: { type: 'blob', blob: new Uint8Array(size) as Blob },
    writer: undefined,
  },
  goodOn: goodOn as Day,
})

t.test('F6 a tail never has a gap, keeps to its bytes, and gives what it has', async (t) => {
  const day = 5 as Day
  /** The newest `count` entries before `next`, and nothing else. */
  const holds = (tail: Tail, next: number, count: number): boolean => {
    const page = pageFrom(tail, (next - count) as Seq, day) ?? []
    const isWhole = page.length === count && page.every((entry, i) => entry.seq === next - count + i)
    const isAll = pageFrom(tail, (next - count - 1) as Seq, day) === undefined && tail.bySeq.size === count
    return isWhole && isAll && tail.bytes === count * 1024
  }
  const keeps = (batches: readonly (readonly [number, number])[]): boolean => {
    const tail = newTail()
    let [next, unbroken] = [1, 0]
    return batches.every(([count, skip]) => {
      next += skip
      addFresh(
        tail,
        Array.from({ length: count }, (_, i) => freshOf(next + i)),
        8192,
      )
      next += count
      unbroken = Math.min(8, skip > 0 ? count : unbroken + count)
      return holds(tail, next, unbroken)
    })
  }

  fc.assert(
    fc.property(fc.array(fc.tuple(fc.integer({ min: 1, max: 12 }), fc.constantFrom(0, 0, 0, 3))), keeps),
  )
  const old = newTail()
  addFresh(old, [freshOf(1, 1024, 4), freshOf(2, 1024, 9)], 8192)
  t.equal(pageFrom(old, 1 as Seq, day), undefined, 'E4 what is past its life is asked of the store')
  t.equal(pageFrom(old, 2 as Seq, day)?.length, 1)
  t.equal(pageFrom(old, 3 as Seq, day), undefined)
})

t.test(
  'tails of all logs keep to their bytes, and the log written to least recently loses its own first',
  async (t) => {
    const tails = createTails({ tailBytes: 4096, allTailBytes: 8192 })
    const [one, two, three] = [{}, {}, {}]
    for (const log of [one, two, one, three])
      tails.add(
        log,
        [1, 2, 3].map((seq) => freshOf(seq)),
      )
    const has = (log: object): boolean => tails.page(log, 3 as Seq, 5 as Day) !== undefined

    t.strictSame([one, two, three].map(has), [true, false, true])
    tails.drop(one)
    tails.add(two, [freshOf(3)])
    t.strictSame([one, two, three].map(has), [false, true, true], 'what is dropped counts no more')
  },
)

/** RFC 6455 section 5.2, as a reader would do it; undefined for anything but whole unmasked binary messages. */
const framesIn = (bytes: Uint8Array): readonly Uint8Array[] | undefined => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const frames: Uint8Array[] = []
  for (let at = 0; at < bytes.length; ) {
    if (bytes[at] !== 0x82) return undefined
    const short = bytes[at + 1] ?? 0
    const [length, start] = [
      [126, () => [view.getUint16(at + 2), at + 4]] as const,
      [127, () => [Number(view.getBigUint64(at + 2)), at + 10]] as const,
    ].find(([mark]) => mark === short)?.[1]() ?? [short, at + 2]
    at = (start ?? 0) + (length ?? 0)
    frames.push(bytes.slice(start, at))
  }
  return frames
}

t.test('F1 the header in front of a frame is what websocket clients read, at every length', async (t) => {
  for (const length of [0, 1, 125, 126, 65_535, 65_536, 300_000]) {
    const [frame] = framesIn(framing(new Uint8Array(length).fill(7))) ?? []
    t.equal(frame?.length, length)
  }
})

t.test('F5 pages hold every entry once, in order, none more than it may', async (t) => {
  const head = {
    head: 0 as Head,
    chain: new Uint8Array(32) as Chain,
    full: false,
    signature: new Uint8Array(64),
  }
  const log = new Uint8Array(24) as LogId
  const sizes = fc.array(fc.constantFrom(1024, 16_384, 262_144), { maxLength: 300 })
  const pagesOf = (entries: readonly Entry[]) =>
    (framesIn(framePages({ ref: 0, log, entries, head }, framing)) ?? []).map((frame) => {
      const event = decodeEvent(frame)
      return event.ok && event.value.type === 'entries' ? event.value.entries : undefined
    })
  const isWhole = (list: readonly number[]): boolean => {
    const entries = list.map((size, i) => freshOf(i + 1, size).entry)
    const pages = pagesOf(entries)
    const seqs = pages.flatMap((page) => page?.map((entry) => entry.seq as number) ?? [-1])
    const isShort = pages.every((page) => page !== undefined && firstPage(page).length === page.length)
    return (
      isShort && pages.length >= 1 && seqs.every((seq, i) => seq === i + 1) && seqs.length === list.length
    )
  }

  fc.assert(fc.property(sizes, isWhole), { numRuns: 30 })
  t.equal(pagesOf([]).length, 1, 'no entries make one empty page')
})

t.test('R3 one connection alone cannot use up a key of a log', async (t) => {
  const { connectionAppends, logKeyAppends, signedConnectionAppends, signedKeyAppends } = DEFAULT_LIMITS

  for (const [one, all] of [
    [connectionAppends, logKeyAppends],
    [signedConnectionAppends, signedKeyAppends],
  ] as const) {
    t.ok(one.perSecond < all.perSecond)
    t.ok(one.burst < all.burst)
  }
})
