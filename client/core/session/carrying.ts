/** Files under way: each on a connection of its own, until it is done or somebody stops it. Not here: what is done with them (files.ts). */
import { err, type Result } from '../../../shared/base/result.ts'
import type { Drawer } from '../files/drawer.ts'
import type { Carrier, TransferFailure, TransferProgress } from '../files/transfer.ts'
import type { Turns } from '../vault/turns.ts'
import { noteLie } from './reading.ts'
import type { Keeper } from './upkeep.ts'
import type { World } from './world.ts'

/** `alarm`: the relay was caught before, and nobody has decided to go on. `busy`: this file is being carried already. */
export type CarryFailure = TransferFailure['type'] | 'alarm' | 'busy'

export type Watched = { readonly onProgress?: (progress: TransferProgress) => void }

type Task = { readonly id: string; readonly watched: Watched | undefined }

export type Carrying = {
  readonly carry: <S, T>(
    task: Task,
    drawer: Drawer<S>,
    use: (carrier: Carrier, drawer: Drawer<S>) => Promise<Result<T, TransferFailure>>,
  ) => Promise<Result<T, CarryFailure>>
  readonly stop: (id: string) => void
  /** And nothing begins any more. */
  readonly stopAll: () => void
}

type Around = { readonly keeper: Keeper; readonly world: World; readonly turns: Turns }

/**
 * Who stops waits for nothing, be it a relay that says SLOW: what is still under way finds its connection closed and writes nothing any more, so
 * that no bytes leave that the vault does not know of.
 */
export const createCarrying = (around: Around): Carrying => {
  const { keeper } = around
  const stops = new Map<string, () => void>()
  let isOver = false
  const whyNot = (id: string): CarryFailure | undefined => {
    if (keeper.book.own().alarmed) return 'alarm'
    if (isOver) return 'stopped'
    return stops.has(id) ? 'busy' : undefined
  }
  return {
    carry: async ({ id, watched }, drawer, use) => {
      const why = whyNot(id)
      if (why) return err(why)
      const carrier = createCarrier(around, watched)
      stops.set(id, carrier.stop)
      try {
        const work = use(carrier, unless(carrier.isStopped, drawer))
        const carried = await Promise.race([work, carrier.stopped])
        return carried.ok ? carried : err(await noted(around, carried.error))
      } finally {
        carrier.relay.close()
        stops.delete(id)
      }
    },
    stop: (id) => stops.get(id)?.(),
    stopAll: () => {
      isOver = true
      for (const stop of stops.values()) stop()
    },
  }
}

type Stoppable = Carrier & {
  readonly stop: () => void
  readonly stopped: Promise<Result<never, TransferFailure>>
}

const createCarrier = ({ keeper, world }: Around, watched: Watched | undefined): Stoppable => {
  const relay = keeper.connect()
  let isStopped = false
  let resolve: (result: Result<never, TransferFailure>) => void
  const stopped = new Promise<Result<never, TransferFailure>>((settle) => {
    resolve = settle
  })
  return {
    relay,
    signingKey: keeper.relayKey.signingKey,
    timer: world.timer,
    clock: keeper.clock,
    onProgress: watched?.onProgress ?? (() => undefined),
    isStopped: () => isStopped,
    stopped,
    stop: () => {
      isStopped = true
      relay.close()
      resolve(err({ type: 'stopped' }))
    },
  }
}

const unless = <S>(isStopped: () => boolean, drawer: Drawer<S>): Drawer<S> => ({
  ...drawer,
  put: async (id, value) => {
    if (!isStopped()) await drawer.put(id, value)
  },
  drop: async (ids) => {
    if (!isStopped()) await drawer.drop(ids)
  },
})

/** A relay that lies about a file is caught as about anything else: nothing is sent to it until somebody decides (ALARM). */
const noted = async ({ keeper, turns }: Around, failure: TransferFailure): Promise<CarryFailure> => {
  if (failure.type !== 'lie') return failure.type
  await turns.next(async () => {
    noteLie(keeper, keeper.book.newest().info.number, failure.lie)
    await keeper.book.save()
  })
  return 'lie'
}
