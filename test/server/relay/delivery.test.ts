/** Delivery with outlets that fill up when the test says so: who is behind is not written to, and misses nothing. */
import fc from 'fast-check'
import t from 'tap'
import { createDelivery, type Watch } from '../../../server/relay/delivery.ts'
import type { Standing } from '../../../server/relay/ports.ts'
import type { FreshEntry } from '../../../server/relay/tail.ts'
import { decodeEvent } from '../../../shared/protocol/frames.ts'
import type { Blob, Chain, Day, Head, LogId, Seq } from '../../../shared/protocol/ids.ts'

const LOG = new Uint8Array(24).fill(1) as LogId
const standing = (head: number): Standing => ({
  head: head as Head,
  chain: new Uint8Array(32) as Chain,
  full: false,
})
const freshOf = (seq: number): FreshEntry => ({
  entry: { seq: seq as Seq, content: { type: 'blob', blob: new Uint8Array(8) as Blob }, writer: undefined },
  expiryDay: 9 as Day,
})
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** A store with `head` entries that answers a turn later, and a delivery on it. */
const newScene = (tailBytes: number) => {
  const state = { head: 0, reads: 0, frames: 0 }
  const delivery = createDelivery({
    today: () => 1 as Day,
    sign: (_id, at) => ({ ...at, signature: new Uint8Array(64) }),
    framing: (payload) => {
      state.frames += 1
      return payload
    },
    limits: { tailBytes, allTailBytes: 1 << 20 },
    store: {
      read: async (_id, from, max) => {
        state.reads += 1
        const at = standing(state.head)
        await turn()
        const count = Math.max(0, Math.min(max, 3, at.head - from + 1))
        return { at, entries: Array.from({ length: count }, (_, i) => freshOf(from + i).entry) }
      },
    },
  })
  const commit = (count: number): void => {
    const fresh = Array.from({ length: count }, (_, i) => freshOf(state.head + i + 1))
    state.head += count
    delivery.committed(LOG, fresh, standing(state.head))
  }
  return { state, delivery, commit }
}

type Peer = { readonly seqs: number[]; readonly watch: Watch; isFull: boolean; writesWhileFull: number }

const newPeer = (scene: ReturnType<typeof newScene>, from = 1): Peer => {
  const seqs: number[] = []
  const write = (framed: Uint8Array): boolean => {
    const event = decodeEvent(framed)
    if (!event.ok || event.value.type !== 'entries') throw new Error('not a page')
    if (peer.isFull && wasFull) peer.writesWhileFull += 1
    wasFull = peer.isFull
    seqs.push(...event.value.entries.map((entry) => entry.seq))
    return !peer.isFull
  }
  let wasFull = false
  const outlet = { write }
  const peer: Peer = {
    seqs,
    isFull: false,
    writesWhileFull: 0,
    watch: { drained: () => undefined, end: () => undefined },
  }
  const failed = (error: unknown): void => {
    throw error
  }
  const drainable = scene.delivery.watch({ id: LOG, from: from as Seq, outlet, failed })
  return Object.assign(peer, {
    watch: {
      end: drainable.end,
      drained: () => {
        wasFull = false
        drainable.drained()
      },
    },
  })
}

t.test('F6 all who are up to date share one frame, and no store is asked', async (t) => {
  const scene = newScene(1024)
  const peers = Array.from({ length: 50 }, () => newPeer(scene))
  await turn()
  await turn()
  const [reads, frames] = [scene.state.reads, scene.state.frames]

  scene.commit(5)

  t.equal(scene.state.frames - frames, 1)
  t.equal(scene.state.reads, reads)
  for (const peer of peers) t.strictSame(peer.seqs, [1, 2, 3, 4, 5])
})

t.test('F6 who is behind is written to once more at most, until it has caught up', async (t) => {
  const scene = newScene(64)
  const [slow, quick] = [newPeer(scene), newPeer(scene)]
  await turn()
  await turn()
  slow.isFull = true

  for (let i = 0; i < 40; i++) {
    scene.commit(1)
    await turn()
  }

  t.equal(slow.writesWhileFull, 0)
  t.ok(slow.seqs.length <= 1)
  t.equal(quick.seqs.length, 40)
  slow.isFull = false
  slow.watch.drained()
  for (let i = 0; i < 60; i++) await turn()
  t.strictSame(slow.seqs, quick.seqs)
})

t.test(
  'F6 in any order of commits, full outlets, drains and doubts everybody gets all from its start, once',
  async (t) => {
    const happening = fc.record({
      what: fc.constantFrom('commit', 'commit', 'fill', 'drain', 'turn', 'unsure', 'join'),
      n: fc.integer({ min: 1, max: 6 }),
    })
    const run = async (
      happenings: readonly { readonly what: string; readonly n: number }[],
    ): Promise<boolean> => {
      const scene = newScene(24)
      const peers: { readonly peer: Peer; readonly from: number }[] = []
      const drain = (peer: Peer): void => {
        peer.isFull = false
        peer.watch.drained()
      }
      const actions: Readonly<Record<string, (n: number) => unknown>> = {
        commit: scene.commit,
        fill: (n) => Object.assign(peers[n % (peers.length || 1)]?.peer ?? {}, { isFull: true }),
        drain: (n) => peers.slice(0, n).forEach(({ peer }) => void drain(peer)),
        turn: () => turn(),
        unsure: () => scene.delivery.unsure(LOG),
        join: (n) => peers.push({ peer: newPeer(scene, n), from: n }),
      }
      for (const { what, n } of happenings) await actions[what]?.(n)
      for (let i = 0; i < 60; i++) {
        for (const { peer } of peers) drain(peer)
        await turn()
      }
      return peers.every(({ peer, from }) => {
        const expected = Array.from({ length: Math.max(0, scene.state.head - from + 1) }, (_, i) => from + i)
        return JSON.stringify(peer.seqs) === JSON.stringify(expected) && peer.writesWhileFull === 0
      })
    }

    await fc.assert(fc.asyncProperty(fc.array(happening, { maxLength: 40 }), run), { numRuns: 150 })
    t.pass('every schedule')
  },
)
