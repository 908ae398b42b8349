/**
 * One tab of a browser has the vault (Web Locks). A tab that is asked gives it up; one that does not answer loses it, and what it writes then is
 * refused by the storage (vaultIdb.ts). Not here: what giving it up means (vault requests).
 */

export type VaultLock = {
  /** Undefined when another tab has it. `onLost`: it was taken from us; nothing of ours may go on. */
  readonly take: (onLost: () => void) => Promise<(() => void) | undefined>
  readonly isTaken: () => Promise<boolean>
  /** Ends it in the other tab, and comes back when nobody has it any more. */
  readonly takeOver: () => Promise<void>
  /** Called when another tab wants it. */
  readonly onAsked: (listener: () => void) => void
  /** Called when another tab that had it has it no more, also when that tab was closed without a word. */
  readonly onFreed: (listener: () => void) => void
}

/** Milliseconds for the other tab to put its things down. */
const PATIENCE_MS = 3000

export const createVaultLock = (name: string): VaultLock => {
  const others = new BroadcastChannel(name)
  let asked: () => void = () => undefined
  let freed: () => void = () => undefined
  let isWaiting = false
  /** Whoever waits stands in line beside others that wait, and takes it from nobody. */
  const awaitFree = async (): Promise<void> => {
    if (isWaiting) return
    isWaiting = true
    await navigator.locks.request(name, { mode: 'shared' }, () => undefined)
    isWaiting = false
    freed()
  }
  others.onmessage = ({ data }: MessageEvent<unknown>) => {
    if (data === 'give') asked()
    if (data === 'taken') void awaitFree()
  }
  return {
    take: (onLost) => hold(name, onLost, () => others.postMessage('taken')),
    isTaken: async () => {
      const { held = [] } = await navigator.locks.query()
      const is = held.some((lock) => lock.name === name && lock.mode === 'exclusive')
      if (is) void awaitFree()
      return is
    },
    takeOver: async () => {
      others.postMessage('give')
      const signal = AbortSignal.timeout(PATIENCE_MS)
      const isGiven = await navigator.locks.request(name, { signal }, () => true).catch(() => false)
      if (!isGiven) await navigator.locks.request(name, { steal: true }, () => undefined)
    },
    onAsked: (listener) => {
      asked = listener
    },
    onFreed: (listener) => {
      freed = listener
    },
  }
}

const hold = (name: string, onLost: () => void, onHeld: () => void): Promise<(() => void) | undefined> =>
  new Promise((resolve) => {
    const held = navigator.locks.request(name, { ifAvailable: true }, (lock) => {
      if (!lock) return resolve(undefined)
      onHeld()
      return new Promise<void>((free) => resolve(() => free()))
    })
    held.catch(onLost)
  })
