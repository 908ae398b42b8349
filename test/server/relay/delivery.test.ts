/**
 * Delivery on a store that the test moves: entries of other relays, reads that answer late or not at all, hints and none, and
 * outlets that fill up. Whatever happens, every watcher gets every entry from its start, once, in order.
 */
import fc from 'fast-check'
import t from 'tap'
import { createDelivery } from '../../../server/relay/delivery.ts'
import type { Page, Standing } from '../../../server/relay/ports.ts'
import type { FreshEntry } from '../../../server/relay/tail.ts'
import { decodeEvent } from '../../../shared/protocol/frames.ts'
import type { Blob, Chain, Day, Head, LogId, Seq } from '../../../shared/protocol/ids.ts'

const LOG = new Uint8Array(24).fill(1) as LogId
const TODAY = 1 as Day
const standing = (head: number): Standing => ({
  head: head as Head,
  chain: new Uint8Array(32).fill(head % 256) as Chain,
  full: false,
})
const freshOf = (seq: number): FreshEntry => ({
  entry: { seq: seq as Seq, content: { type: 'blob', blob: new Uint8Array(8) as Blob }, writer: undefined },
  goodOn: 9 as Day,
})
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
const turns = async (count: number): Promise<void> => {
  for (let i = 0; i < count; i++) await turn()
}

type Answer = 'late' | 'away' | 'broken'
type Peer = {
  readonly seqs: number[]
  readonly heads: number[]
  /** Takes no more after the next write. */
  isFull: boolean
  writesWhileFull: number
  failure: unknown
  readonly drain: () => void
  readonly leave: () => void
}

const PAGE = 3

/** A store with `head` entries that answers some turns later with what it had when it was asked, and a delivery on it. */
const newScene = (tailBytes = 1024) => {
  const state = { head: 0, reads: 0, underWay: 0, most: 0, frames: 0, answer: 'late' as Answer, lag: 1 }
  let waiting: (() => void)[] = []
  let unanswered: (() => void) | undefined
  const delivery = createDelivery({
    today: () => TODAY,
    sign: (_id, at) => ({ ...at, signature: new Uint8Array(64) }),
    framing: (payload) => {
      state.frames += 1
      return payload
    },
    limits: { tailBytes, allTailBytes: 1 << 20 },
    soon: setImmediate,
    later: (_ms, run) => void waiting.push(run),
    store: {
      read: async (_id, from, max): Promise<Page | 'away'> => {
        state.reads += 1
        state.underWay += 1
        state.most = Math.max(state.most, state.underWay)
        const [at, answer] = [standing(state.head), state.answer]
        await turns(state.lag)
        state.underWay -= 1
        if (answer === 'broken') throw new Error('the store is broken')
        const count = Math.max(0, Math.min(max, PAGE, at.head - from + 1))
        return answer === 'away'
          ? 'away'
          : { at, entries: Array.from({ length: count }, (_, i) => freshOf(from + i).entry) }
      },
      heads: async (ids) => {
        const [head, answer] = [state.head, state.answer]
        await turn()
        if (answer === 'broken') throw new Error('the store is broken')
        return answer === 'late' ? ids.map((id) => [id, head as Head]) : 'away'
      },
    },
  })
  /** The relay hears of its own batch a little later, but before it writes the next one. */
  const answered = (): void => {
    unanswered?.()
    unanswered = undefined
  }
  const begin = (count: number): void => {
    answered()
    const fresh = Array.from({ length: count }, (_, i) => freshOf(state.head + i + 1))
    state.head += count
    const at = standing(state.head)
    unanswered = () => delivery.committed(LOG, fresh, at)
  }
  return {
    state,
    delivery,
    begin,
    answered,
    commit: (count: number): void => {
      begin(count)
      answered()
    },
    /** What was to be done later is done. */
    pass: (): void => {
      const due = waiting
      waiting = []
      for (const run of due) run()
    },
  }
}

type Scene = ReturnType<typeof newScene>

const newPeer = ({ delivery }: Scene, from = 1): Peer => {
  let wasFull = false
  const write = (framed: Uint8Array): boolean => {
    const event = decodeEvent(framed)
    if (!event.ok || event.value.type !== 'entries') throw new Error('not a page')
    if (peer.isFull && wasFull) peer.writesWhileFull += 1
    wasFull = peer.isFull
    peer.seqs.push(...event.value.entries.map((entry) => entry.seq))
    peer.heads.push(event.value.head.head)
    return !peer.isFull
  }
  const peer: Peer = {
    seqs: [],
    heads: [],
    isFull: false,
    writesWhileFull: 0,
    failure: undefined,
    drain: () => {
      peer.isFull = false
      wasFull = false
      delivery.drained(watch)
    },
    leave: () => delivery.end(watch),
  }
  const failed = (error: unknown): void => {
    peer.failure = error
  }
  const watch = delivery.watch({ id: LOG, from: from as Seq, outlet: { write }, failed })
  return peer
}

const upTo = (head: number, from = 1): readonly number[] =>
  Array.from({ length: Math.max(0, head - from + 1) }, (_, i) => from + i)

const settle = async (scene: Scene, peers: readonly Peer[] = []): Promise<void> => {
  for (let i = 0; i < 40; i++) {
    for (const peer of peers) peer.drain()
    await turns(4)
    scene.pass()
  }
}

t.test('F6 all who are up to date share one frame, and no store is asked', async (t) => {
  const scene = newScene()
  const peers = Array.from({ length: 50 }, () => newPeer(scene))
  await turns(3)
  const [reads, frames] = [scene.state.reads, scene.state.frames]

  scene.commit(5)

  t.equal(scene.state.frames - frames, 1)
  t.equal(scene.state.reads, reads)
  for (const peer of peers) t.strictSame(peer.seqs, upTo(5))
})

t.test(
  'F6 what another relay wrote is read once for all who are live, however often it is hinted at',
  async (t) => {
    const scene = newScene()
    const peers = Array.from({ length: 200 }, () => newPeer(scene))
    await turns(3)
    const [reads, frames] = [scene.state.reads, scene.state.frames]

    scene.state.head += 2
    for (let i = 0; i < 10; i++) scene.delivery.grown([LOG])
    await turns(6)

    t.ok(scene.state.reads - reads <= 2, 'one, and one more for what was said meanwhile')
    t.equal(scene.state.frames - frames, 1)
    scene.state.head += 1
    scene.commit(1)
    await turns(6)
    t.ok(scene.state.reads - reads <= 4, 'a batch that does not follow is read the same way')
    for (const peer of peers) t.strictSame(peer.seqs, upTo(4))
  },
)

t.test('F6 a hint is kept while a page is on its way, and while everybody is behind', async (t) => {
  const scene = newScene()
  const peer = newPeer(scene)
  await turns(3)
  scene.state.lag = 5

  scene.state.head += 1
  scene.delivery.grown([LOG])
  await turns(2)
  scene.state.head += 1
  scene.delivery.grown([LOG])
  await turns(20)
  t.strictSame(peer.seqs, upTo(2), 'without another look')

  peer.isFull = true
  scene.commit(1)
  const { reads } = scene.state
  scene.state.head += 4
  scene.delivery.grown([LOG])
  await turns(10)
  t.equal(scene.state.reads, reads, 'for nobody nothing is read')
  peer.drain()
  await turns(30)
  t.strictSame(peer.seqs, upTo(7))
})

t.test('F6 a growth that nobody told of is found by looking', async (t) => {
  const scene = newScene()
  const peer = newPeer(scene)
  await turns(3)

  scene.state.head += 7
  await turns(9)
  t.strictSame(peer.seqs, [])
  scene.pass()
  await turns(12)

  t.strictSame(peer.seqs, upTo(7))
  const { reads } = scene.state
  for (let i = 0; i < 5; i++) {
    scene.pass()
    await turns(3)
  }
  t.equal(scene.state.reads, reads, 'looking reads nothing where nothing grew')
})

t.test('F6 who is behind is written to once more at most, until it has caught up', async (t) => {
  const scene = newScene(64)
  const [slow, quick] = [newPeer(scene), newPeer(scene)]
  await turns(2)
  slow.isFull = true

  for (let i = 0; i < 40; i++) {
    scene.commit(1)
    await turn()
  }

  t.equal(slow.writesWhileFull, 0)
  t.ok(slow.seqs.length <= 1)
  t.equal(quick.seqs.length, 40)
  slow.drain()
  await turns(60)
  t.strictSame(slow.seqs, quick.seqs)
})

t.test(
  'many who come back together ask for each page once, and for few pages at the same time',
  async (t) => {
    const scene = newScene(0)
    scene.state.head = 30

    const same = Array.from({ length: 500 }, () => newPeer(scene, 25))
    await turns(20)
    t.equal(scene.state.reads, 2, 'two pages of three entries for five hundred')
    for (const peer of same) t.strictSame(peer.seqs, upTo(30, 25))
    const others = Array.from({ length: 300 }, (_, i) => newPeer(scene, 1 + (i % 30)))
    await turns(200)

    t.ok(scene.state.most <= 3, `${scene.state.most} at once`)
    t.ok(others.every((peer, i) => JSON.stringify(peer.seqs) === JSON.stringify(upTo(30, 1 + (i % 30)))))
  },
)

t.test('a read for all who are live does not wait behind a storm of those who come back', async (t) => {
  const scene = newScene(0)
  const live = newPeer(scene)
  await turns(3)
  for (let i = 0; i < 3; i++) scene.commit(100)
  await turns(3)

  const storm = Array.from({ length: 300 }, (_, i) => newPeer(scene, i + 1))
  scene.state.head += 1
  scene.delivery.grown([LOG])
  await turns(8)

  t.equal(live.seqs.length, 301)
  t.ok(
    storm.some((peer) => peer.seqs.length === 0),
    'while others still wait',
  )
})

t.test(
  'E2 while the store is away watchers wait, what is in memory is served, and nobody is cut off',
  async (t) => {
    const scene = newScene()
    const live = newPeer(scene)
    await turns(3)
    scene.commit(4)
    scene.state.answer = 'away'

    const [fromMemory, fromStore] = [newPeer(scene, 2), newPeer(scene, 1)]
    scene.state.head += 2
    scene.delivery.grown(undefined)
    scene.delivery.grown([LOG])
    const { reads } = scene.state
    await turns(20)
    t.ok(scene.state.reads - reads <= 3, 'the store is not asked again and again')
    t.strictSame(fromMemory.seqs, upTo(4, 2))
    t.strictSame(
      scene.delivery.recent(LOG, 3 as Seq, 9)?.entries.map((entry) => Number(entry.seq)),
      [3, 4],
    )
    t.equal(scene.delivery.recent(LOG, 3 as Seq, 1)?.entries.length, 1)
    t.equal(scene.delivery.recent(LOG, 5 as Seq, 9)?.entries.length, 0)
    scene.state.answer = 'late'
    await settle(scene)

    for (const peer of [live, fromStore]) t.strictSame(peer.seqs, upTo(6))
    t.strictSame(fromMemory.seqs, upTo(6, 2))
    for (const peer of [live, fromMemory, fromStore]) t.equal(peer.failure, undefined)
  },
)

t.test('F6 where the store fails the watchers concerned are ended, and nobody else', async (t) => {
  const scene = newScene(0)
  const [live, idle] = [newPeer(scene), newPeer(scene, 50)]
  await turns(3)
  scene.commit(2)
  scene.state.answer = 'broken'

  const late = newPeer(scene)
  await turns(3)

  t.match(late.failure, /broken/)
  t.equal(live.failure ?? idle.failure, undefined)
  scene.delivery.grown([LOG])
  await turns(3)
  t.match(live.failure, /broken/)
  t.equal(idle.failure, live.failure, 'all who wait for the same read')
  t.equal(scene.delivery.watchedLogs(), 0)
  scene.state.answer = 'late'
  const blind = newPeer(scene)
  await turns(3)
  scene.state.answer = 'broken'
  scene.delivery.grown(undefined)
  await turns(3)
  t.match(blind.failure, /broken/, 'who would never hear of growth')
})

t.test('L6 who watched a log that died and was made anew is ended, and the new one is served', async (t) => {
  const scene = newScene()
  const old = newPeer(scene)
  await turns(3)
  scene.commit(9)

  scene.state.head = 2
  scene.pass()
  await turns(6)

  t.match(old.failure, /made anew/)
  const young = newPeer(scene)
  await turns(9)
  t.strictSame(young.seqs, upTo(2))
})

const HAPPENINGS = [
  ...['commit', 'commit', 'begin', 'answered', 'foreign', 'hint', 'any', 'doubt'],
  ...['fill', 'drain', 'turn', 'turn', 'pass', 'away', 'back', 'lag', 'join', 'leave'],
] as const
type Happening = { readonly what: (typeof HAPPENINGS)[number]; readonly n: number }

/** Every schedule ends with the store back and everybody drained; what is left over must come by itself. */
const play = async (tailBytes: number, happenings: readonly Happening[]): Promise<readonly string[]> => {
  const scene = newScene(tailBytes)
  const { state, delivery } = scene
  const peers: { readonly peer: Peer; readonly from: number; hasLeft: boolean }[] = []
  const some = (n: number) => peers.slice(0, n)
  const actions: Readonly<Record<Happening['what'], (n: number) => unknown>> = {
    commit: scene.commit,
    begin: scene.begin,
    answered: scene.answered,
    foreign: (n) => {
      state.head += n
    },
    hint: () => delivery.grown([LOG]),
    any: () => delivery.grown(undefined),
    doubt: (n) => {
      scene.answered()
      state.head += n % 2
      delivery.grown([LOG])
    },
    fill: (n) => Object.assign(peers[n % (peers.length || 1)]?.peer ?? {}, { isFull: true }),
    drain: (n) => some(n).forEach(({ peer }) => void peer.drain()),
    turn: () => turn(),
    pass: scene.pass,
    away: () => Object.assign(state, { answer: 'away' }),
    back: () => Object.assign(state, { answer: 'late' }),
    lag: (n) => Object.assign(state, { lag: n % 4 }),
    join: (n) => peers.push({ peer: newPeer(scene, n), from: n, hasLeft: false }),
    leave: (n) => {
      const leaver = peers[n % (peers.length || 1)]
      leaver?.peer.leave()
      Object.assign(leaver ?? {}, { hasLeft: true })
    },
  }
  for (const { what, n } of happenings) await actions[what](n)
  scene.answered()
  state.answer = 'late'
  await settle(
    scene,
    peers.filter(({ hasLeft }) => !hasLeft).map(({ peer }) => peer),
  )
  return peers.flatMap(({ peer, from, hasLeft }, i) => [
    ...faultsOf(peer, upTo(state.head, from), hasLeft).map((fault) => `peer ${i}: ${fault}`),
  ])
}

const faultsOf = (peer: Peer, expected: readonly number[], hasLeft: boolean): readonly string[] => {
  const due = hasLeft ? expected.slice(0, peer.seqs.length) : expected
  const isHeadsForward = peer.heads.every((head, i) => head >= (peer.heads[i - 1] ?? 0))
  return [
    JSON.stringify(peer.seqs) === JSON.stringify(due) ? '' : `got ${peer.seqs} of ${due}`,
    isHeadsForward ? '' : `H3: heads ${peer.heads}`,
    peer.writesWhileFull === 0 ? '' : 'written to while full',
    peer.failure === undefined ? '' : String(peer.failure),
    hasLeft || peer.heads.length > 0 ? '' : 'never told where the log stands',
  ].filter((fault) => fault !== '')
}

t.test(
  'F6 in any order of own and foreign growth, hints, doubts, absences and full outlets everybody gets all, once',
  async (t) => {
    const happening = fc.record({ what: fc.constantFrom(...HAPPENINGS), n: fc.integer({ min: 1, max: 6 }) })
    const isRight = async (tailBytes: number, list: readonly Happening[]): Promise<boolean> => {
      const faults = await play(tailBytes, list)
      if (faults.length > 0) throw new Error(faults.join('; '))
      return true
    }
    const rounds = Number(process.env.TOCSIN_TEST_ROUNDS ?? 400)

    await fc.assert(
      fc.asyncProperty(fc.constantFrom(0, 24, 1024), fc.array(happening, { maxLength: 50 }), isRight),
      { numRuns: rounds },
    )
    t.pass('every schedule')
  },
)
