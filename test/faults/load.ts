/**
 * People at work while things go wrong: writers with and without if_head, watchers that go on where they were and watchers that
 * begin anew, all of them dialling again whenever they are thrown off. What they are told goes into a history.
 */
import { randomInt } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  appendTo,
  connectWire,
  createOn,
  newBlob,
  openOn,
  type RelayAt,
  type Wire,
  watchFrom,
} from '../support/wire.ts'
import {
  acknowledged,
  type History,
  type LogHistory,
  type Place,
  sawConflict,
  sawDelivery,
  sawHead,
  sawReceipt,
  sawRefusal,
  sending,
} from './history.ts'

export type LoadOptions = {
  /** Where a relay is now; asked at every dialling. Several relays may take turns. */
  readonly where: () => RelayAt | undefined
  /** Appends in flight for each log; half of them with if_head. */
  readonly lines?: number
  /** Watchers of each log; every second one begins at 1 each time it comes back. */
  readonly watchers?: number
}

export type Load = {
  /** Resolves when so many more appends have been acknowledged. Rejects after the deadline, in milliseconds. */
  readonly acknowledge: (more: number, deadlineMs: number) => Promise<void>
  /**
   * No more appends until `goOn`. Resolves when all are answered and every watcher has been given what is known to be there;
   * rejects after the deadline.
   */
  readonly settle: (deadlineMs: number) => Promise<void>
  readonly goOn: () => void
  readonly stop: () => Promise<void>
}

type Running = Required<LoadOptions> & {
  phase: 'writing' | 'resting' | 'ended'
  inFlight: number
  readonly wires: Set<Wire>
  readonly watching: [LogHistory, Place][]
}

/** Milliseconds between two looks, two diallings, and after a SLOW. */
const LOOK_MS = 20
const DIAL_MS = 50
const SLOW_MS = 100

export const startLoad = (history: History, options: LoadOptions): Load => {
  const running: Running = {
    lines: 8,
    watchers: 2,
    ...options,
    phase: 'writing',
    inFlight: 0,
    wires: new Set(),
    watching: [],
  }
  const everybody = history.flatMap((of) => [
    untilEnded(running, (relay) => write(running, relay, of)),
    ...Array.from({ length: running.watchers }, (_, i) => watcher(running, of, i % 2 === 1)),
  ])
  return {
    acknowledge: (more, deadlineMs) => {
      const wanted = acknowledged(history) + more
      return until(() => acknowledged(history) >= wanted, deadlineMs, `${more} more acknowledged appends`)
    },
    settle: (deadlineMs) => {
      running.phase = 'resting'
      const isThrough = (): boolean =>
        running.inFlight === 0 && running.watching.every(([of, { next }]) => next > of.known)
      return until(isThrough, deadlineMs, 'watchers that have everything')
    },
    goOn: () => {
      running.phase = 'writing'
    },
    stop: async () => {
      running.phase = 'ended'
      for (const wire of running.wires) wire.end()
      await Promise.all(everybody)
    },
  }
}

export const until = async (isTrue: () => boolean, deadlineMs: number, what: string): Promise<void> => {
  const deadline = performance.now() + deadlineMs
  while (!isTrue()) {
    if (performance.now() > deadline) throw new Error(`not within ${deadlineMs} ms: ${what}`)
    await sleep(LOOK_MS)
  }
}

/** Dials again and again. A broken connection is nothing special here. */
const untilEnded = async (running: Running, work: (relay: RelayAt) => Promise<void>): Promise<void> => {
  while (!hasEnded(running)) {
    const relay = running.where()
    if (relay) await work(relay).catch(() => undefined)
    await sleep(DIAL_MS)
  }
}

const hasEnded = ({ phase }: Running): boolean => phase === 'ended'

/** Anybody's: each dialling comes from elsewhere, where the system lets it, so that nobody is slowed for what another does. */
const newAddress = (): string | undefined =>
  process.platform === 'linux' ? `127.${[0, 1, 2].map(() => 1 + randomInt(250)).join('.')}` : undefined

const onWire = async (
  running: Running,
  relay: RelayAt,
  work: (wire: Wire) => Promise<void>,
): Promise<void> => {
  const wire = await connectWire(relay.url, newAddress())
  running.wires.add(wire)
  try {
    if (running.phase !== 'ended') await work(wire)
  } finally {
    running.wires.delete(wire)
    wire.end()
  }
}

/** False when it has to be tried again. A log that anybody had open is never unknown again. */
const open = async (wire: Wire, relay: RelayAt, of: LogHistory): Promise<boolean> => {
  const isNew = of.signed.size === 0
  for (const role of ['reader', 'writer'] as const) {
    const since = of.known
    const answer = await openOn(wire, relay, of.log, role)
    if (answer.type === 'opened') sawHead(of, relay, answer.head, since)
    else if (answer.type !== 'refused' || answer.refusal.type !== 'none') return false
    else if (isNew) return (await createOn(wire, relay, of.log)).type === 'ok' && open(wire, relay, of)
    else of.faults.add('a log is unknown')
  }
  return true
}

const write = (running: Running, relay: RelayAt, of: LogHistory): Promise<void> =>
  onWire(running, relay, async (wire) => {
    if (running.phase !== 'writing' || !(await open(wire, relay, of))) return sleep(SLOW_MS)
    const line = async (_: unknown, i: number): Promise<void> => {
      while (running.phase === 'writing') {
        running.inFlight += 1
        await appendOne(wire, relay, of, i % 2 === 1).finally(() => {
          running.inFlight -= 1
        })
      }
    }
    await Promise.all(Array.from({ length: running.lines }, line))
  })

const appendOne = async (wire: Wire, relay: RelayAt, of: LogHistory, onHead: boolean): Promise<void> => {
  const blob = newBlob()
  const ifHead = onHead ? of.known : undefined
  const sent = sending(of, blob, ifHead)
  const answer = await appendTo(wire, of.log, { blob, lifeDays: 45, ...(ifHead !== undefined && { ifHead }) })
  if (answer.type === 'receipt') return sawReceipt(of, relay, sent, answer.head)
  if (answer.type !== 'refused') throw new Error(`an append was answered ${answer.type}`)
  const { refusal } = answer
  if (refusal.type === 'conflict') return sawConflict(of, sent, refusal.head)
  sawRefusal(of, sent)
  if (refusal.type === 'slow') await sleep(SLOW_MS)
  else of.faults.add(`an append was refused: ${refusal.type}`)
}

const watcher = (running: Running, of: LogHistory, beginsAnew: boolean): Promise<void> => {
  const place: Place = { next: 1, head: 0 }
  running.watching.push([of, place])
  const watch = async (relay: RelayAt, wire: Wire): Promise<void> => {
    if (!(await open(wire, relay, of))) return sleep(SLOW_MS)
    Object.assign(place, { next: beginsAnew ? 1 : place.next, head: 0 })
    if ((await watchFrom(wire, of.log, place.next)).type !== 'ok') return sleep(SLOW_MS)
    await take(relay, wire, of, place)
  }
  return untilEnded(running, (relay) => onWire(running, relay, (wire) => watch(relay, wire)))
}

/** Until the connection breaks. */
const take = async (relay: RelayAt, wire: Wire, of: LogHistory, place: Place): Promise<void> => {
  for (;;) {
    await wire.until((pushed) => pushed.length > 0)
    for (const event of wire.pushed.splice(0)) sawDelivery(of, relay, event, place)
  }
}
