/**
 * The vault of this browser as the worker keeps it: whether it is there, locked, open or with another tab; and, while it is open, everything that is done with
 * it. Not here: single requests (committeeRequests.ts, vaultRequests.ts), the storage and the lock (vaultIdb.ts, vaultLock.ts).
 */
import { type Client, createClient } from '../../core/client.ts'
import type { PassphraseCost } from '../../core/crypto/passphrase.ts'
import { forgetMarks } from '../../core/session/readMarks.ts'
import type { Session } from '../../core/session/session.ts'
import type { World } from '../../core/session/world.ts'
import type { VaultFile } from '../../core/vault/ports.ts'
import type { Vault } from '../../core/vault/vault.ts'
import { type Cities, openCities } from './cities.ts'
import { type Joinings, openJoinings } from './joinings.ts'
import { leash } from './leash.ts'
import type { FirstShown, VaultState, WorkerEvent } from './port.ts'
import { createQueue, type Queue } from './queue.ts'
import { openSitting, type Sitting } from './sitting.ts'
import type { VaultLock } from './vaultLock.ts'

export type Means = {
  readonly world: World
  readonly storage: {
    /** Whether there is a vault; changes nothing. */
    readonly has: () => Promise<boolean>
    /** Only for whoever has the lock. */
    readonly open: () => Promise<VaultFile>
  }
  readonly lock: VaultLock
  readonly tell: (event: WorkerEvent) => void
  /** Where this page's own rules let it not go, as far as it was tried. */
  readonly isForbidden: (host: string) => boolean
  /** The default of the vault, if not said. */
  readonly cost?: PassphraseCost
}

/** An open vault and what lives in it. */
export type House = {
  readonly vault: Vault
  readonly file: VaultFile
  readonly client: Client
  readonly sittings: ReadonlyMap<string, Sitting>
  readonly joinings: Joinings
  readonly isForbidden: (host: string) => boolean
  readonly add: (session: Session) => Sitting
  /** Ends the sitting; the committee is gone from this device. */
  readonly drop: (committee: string) => Promise<void>
}

export type Keeping = {
  readonly means: Means
  readonly house: () => House | undefined
  readonly state: () => Promise<VaultState>
  /** Of one that is not open here. */
  readonly shut: () => Promise<Shut>
  /** One thing at a time is done with the vault as a whole. */
  readonly next: Queue
  readonly takeLock: () => Promise<(() => void) | undefined>
  /** `free` gives the lock back when it is closed. */
  readonly moveIn: (vault: Vault, file: VaultFile, free: () => void) => Promise<void>
  /** Undefined when it was not open. Whatever is under way ends as if the relay were gone; then `end` is called and the lock given back. */
  readonly moveOut: (is: Shut, end?: (vault: Vault) => Promise<void>) => Promise<void>
}

type Shut = Exclude<VaultState, 'open'>

type Stay = {
  readonly house: House
  readonly shown: () => FirstShown
  /** Connects: the page has what it shows first, and the time to draw it. */
  readonly begin: () => void
  readonly leave: (end: (vault: Vault) => Promise<void>) => Promise<void>
}

/** Milliseconds in which a slow phone draws its first page. */
const DRAWING_MS = 250

export const createKeeping = (means: Means): Keeping => {
  const { lock, storage, tell } = means
  let stay: Stay | undefined
  const next = createQueue()

  const shut = async (): Promise<Shut> => {
    if (await lock.isTaken()) return 'elsewhere'
    return (await storage.has()) ? 'locked' : 'none'
  }
  const moveOut: Keeping['moveOut'] = async (is, end = (vault) => vault.close()) => {
    const leaving = stay
    stay = undefined
    if (!leaving) return
    // Before anything else: nothing that was shown may stay on the screen.
    tell({ is: 'vault', vault: is })
    await leaving.leave(end)
  }
  const lockUp = (is: Shut): void => {
    next(() => moveOut(is)).catch(() => undefined)
  }
  lock.onAsked(() => lockUp('elsewhere'))
  lock.onFreed(() => {
    if (!stay) next(async () => tell({ is: 'vault', vault: await shut() })).catch(() => undefined)
  })
  return {
    means,
    house: () => stay?.house,
    state: async () => (stay ? 'open' : shut()),
    shut,
    next,
    takeLock: () => lock.take(() => lockUp('elsewhere')),
    moveIn: async (vault, file, free) => {
      stay = await settleIn(means, { vault, file, free }, () => lockUp('locked'))
      tell({ is: 'vault', vault: 'open', ...stay.shown() })
      stay.begin()
    },
    moveOut,
  }
}

type Keys = { readonly vault: Vault; readonly file: VaultFile; readonly free: () => void }

const settleIn = async (
  { world: open, tell: tellPage, isForbidden }: Means,
  { vault, file, free }: Keys,
  onFault: () => void,
): Promise<Stay> => {
  const { world, cut } = leash(open)
  const client = createClient(vault, world)
  const sittings = new Map<string, Sitting>()
  let isOver = false
  let cities: Cities | undefined
  const groups = (): readonly Session[] => [...sittings.values()].map(({ session }) => session)
  const tell = (event: WorkerEvent): void => {
    if (!isOver) tellPage(event)
  }
  // What ends late, after it was locked, must not lock what was opened since.
  const onBroken = (): void => {
    if (!isOver) onFault()
  }
  const drop = async (committee: string): Promise<void> => {
    const sitting = sittings.get(committee)
    sittings.delete(committee)
    tell({ is: 'gone', committee })
    await sitting?.close()
    await sitting?.parcels.forget()
    await forgetMarks(vault, committee)
  }
  const seat = (session: Session): Sitting => {
    const onGone = (): void => void drop(session.id).catch(onBroken)
    const onChange = (): void => cities?.touch()
    const edge = { tell, onGone, onBroken, onChange, groups, isForbidden }
    const sitting = openSitting(session, { vault, world, ...edge })
    sittings.set(session.id, sitting)
    return sitting
  }
  const add = (session: Session): Sitting => {
    const sitting = seat(session)
    sitting.begin()
    sitting.touch()
    cities?.touch()
    return sitting
  }
  for (const session of await client.committees()) seat(session)
  const joinings = openJoinings({ client, world, tell, onJoined: add, onBroken })
  const begin = (): void => {
    client.bell.tend().catch(onBroken)
    for (const sitting of sittings.values()) sitting.begin()
    const onChange = (): void => {
      for (const sitting of sittings.values()) sitting.touch()
    }
    cities = openCities({ world, groups, onChange, onBroken })
  }
  let cancelBegin: () => void = () => undefined
  return {
    house: { vault, file, client, sittings, joinings, isForbidden, add, drop },
    shown: () => ({
      frames: [...sittings.values()].map((sitting) => sitting.frame()),
      joinings: joinings.shown(),
    }),
    begin: () => {
      cancelBegin = world.timer(DRAWING_MS, begin)
    },
    leave: async (end) => {
      isOver = true
      cancelBegin()
      cut()
      try {
        await Promise.all([
          client.bell.close(),
          joinings.close(),
          cities?.close(),
          ...[...sittings.values()].map((sitting) => sitting.close()),
        ])
        await end(vault)
      } finally {
        free()
      }
    },
  }
}
