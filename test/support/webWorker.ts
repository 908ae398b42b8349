/** The worker of the web client without a browser: its door on storage in memory, and a page that asks. What passes is cloned as between page and worker. */
import type { Dial } from '../../client/core/relay/ports.ts'
import { createDoor } from '../../client/web/worker/door.ts'
import type { Answer, Asked, FromWorker, RequestName, WorkerEvent } from '../../client/web/worker/port.ts'
import type { Views } from '../../client/web/worker/shown.ts'
import type { VaultLock } from '../../client/web/worker/vaultLock.ts'
import { CHEAP_COST, createMemoryDisk, type MemoryDisk } from './memoryVaultFile.ts'
import { newTime, type Time, worldOf } from './people.ts'

export const PASSPHRASE = 'four words nobody guesses'

export type Tab = {
  readonly ask: <N extends RequestName>(name: N, asked: Asked<N>) => Promise<Answer<N>>
  readonly look: <V extends keyof Views>(committee: string, view: V) => Promise<Views[V]>
  /** As it comes from a page that may have gone mad. */
  readonly post: (message: unknown) => Promise<FromWorker | undefined>
  readonly events: WorkerEvent[]
  /** Comes back when this is so, looked at after every event and every few milliseconds. */
  readonly until: (isSo: () => boolean | Promise<boolean>) => Promise<void>
}

export type Browser = {
  readonly disk: MemoryDisk
  readonly openTab: () => Tab
  /** How often a tab did not give the lock when it was asked, and lost it. */
  readonly stolen: () => number
}

export const newBrowser = (dial: Dial, time: Time = newTime()): Browser => {
  const disk = createMemoryDisk()
  const { lockOf, stolen } = sharedLock()
  return { disk, openTab: () => openTab(disk, dial, time, lockOf()), stolen }
}

const openTab = (disk: MemoryDisk, dial: Dial, time: Time, lock: VaultLock): Tab => {
  const events: WorkerEvent[] = []
  const door = createDoor({
    world: worldOf(dial, time),
    storage: { has: async () => disk.stored() !== undefined, open: async () => disk.open() },
    lock,
    isForbidden: () => false,
    tell: (event) => void events.push(structuredClone(event)),
    cost: CHEAP_COST,
  })
  let number = 0
  const post = async (message: unknown): Promise<FromWorker | undefined> =>
    structuredClone(await door.ask(structuredClone(message)))
  const ask: Tab['ask'] = async (name, asked) => {
    number++
    const message = await post({ number, do: name, ...asked })
    if (!message || !('answer' in message) || message.number !== number)
      throw new Error(`no answer to ${name}`)
    return message.answer as never
  }
  return {
    ask,
    look: async (committee, view) => {
      const answer = await ask('view', { committee, view })
      if (!answer.ok) throw new Error(answer.error)
      return answer.value as never
    },
    post,
    events,
    until: async (isSo) => {
      const end = Date.now() + PATIENCE_MS
      while (!(await isSo())) {
        if (Date.now() > end) throw new Error(`it did not come: ${JSON.stringify(events.slice(-5))}`)
        // Whoever waits for others to act first waits by this clock.
        time.now += 250
        await new Promise((resolve) => setTimeout(resolve, 5))
      }
    },
  }
}

/** For slow machines: nothing is measured by it. */
const PATIENCE_MS = 60_000

/** What Web Locks and a channel between tabs do for the tabs of one browser. */
const sharedLock = (): { readonly lockOf: () => VaultLock; readonly stolen: () => number } => {
  let stolen = 0
  type One = { asked: () => void; freed: () => void }
  const tabs = new Set<One>()
  let held: { readonly by: One; readonly onLost: () => void } | undefined
  const free = (by: One): void => {
    if (held?.by !== by) return
    held = undefined
    for (const tab of tabs) if (tab !== by) tab.freed()
  }
  const lockOf = (): VaultLock => {
    const tab: One = { asked: () => undefined, freed: () => undefined }
    tabs.add(tab)
    return {
      take: async (onLost) => {
        if (held) return undefined
        held = { by: tab, onLost }
        return () => free(tab)
      },
      isTaken: async () => held !== undefined,
      takeOver: async () => {
        held?.by.asked()
        for (let i = 0; i < 20 && held; i++) await new Promise((resolve) => setTimeout(resolve, 5))
        if (held) stolen++
        held?.onLost()
        held = undefined
      },
      onAsked: (listener) => {
        tab.asked = listener
      },
      onFreed: (listener) => {
        tab.freed = listener
      },
    }
  }
  return { lockOf, stolen: () => stolen }
}
