/**
 * What a device holds of one committee, in memory and on disk. Changes are made in memory and noted; `save` writes all that was noted as
 * one vault transaction. Whoever is about to send bytes saves first (protocol.md section 6, crash rule).
 */
import { bytes, encode, flag, u48 } from '../../../shared/base/codec.ts'
import { toHex } from '../../../shared/base/text.ts'
import { type Drawers, drawersRoot, openDrawers } from '../files/drawer.ts'
import type { Change } from '../vault/records.ts'
import { owing, sweep } from '../vault/sweeping.ts'
import { createShelf, epochChanges, read, readEpoch, type Vault } from './bookShelf.ts'
import { storedBulletin } from './bulletin.ts'
import { care, rungBefore, waitingCheck } from './care.ts'
import { arrival, handedOver, toldResults } from './joinings.ts'
import { statusOf } from './standing.ts'
import {
  candidate,
  deviceRecord,
  type Epoch,
  handleText,
  heardOf,
  knownMotion,
  type Own,
  openInvite,
  openRequest,
  openWelcome,
  outgoing,
  own,
  peer,
  type StoredOwn,
  staged,
  storedSaying,
  suspicion,
} from './state.ts'

export type Book = ReturnType<typeof shelves> & {
  readonly id: string
  /** How far files have come; written at once and not by `save`. */
  readonly files: Drawers
  readonly own: () => Own
  readonly setOwn: (change: Partial<StoredOwn>) => void
  /** Oldest first. */
  readonly epochs: () => readonly Epoch[]
  readonly epoch: (number: number) => Epoch | undefined
  readonly newest: () => Epoch
  /** Adds an epoch, or puts a changed one in the place of its earlier value. */
  readonly setEpoch: (epoch: Epoch) => void
  readonly dropEpoch: (number: number) => void
  readonly save: () => Promise<void>
  /** Something was forgotten: with the next `save` the vault owes that it leaves the bytes on the disk, too. */
  readonly owe: () => void
  /** Sees to that, when it is time. */
  readonly sweep: (nowMs: number) => Promise<void>
  /** Forgets everything of this committee, from the bytes on the disk too, and writes nothing any more. */
  readonly erase: () => Promise<void>
}

const shelves = (notes: Change[], vault: Vault, root: string) => ({
  outgoing: createShelf(notes, vault, `${root}out/`, outgoing),
  /** Read back, but its epoch could still be voided and it would have to be said again. */
  delivered: createShelf(notes, vault, `${root}delivered/`, outgoing),
  /** Said in an epoch that was dropped, and not read again yet. */
  homeless: createShelf(notes, vault, `${root}homeless/`, u48),
  staged: createShelf(notes, vault, `${root}staged/`, staged),
  motions: createShelf(notes, vault, `${root}motion/`, knownMotion),
  peers: createShelf(notes, vault, `${root}peer/`, peer),
  heard: createShelf(notes, vault, `${root}heard/`, heardOf),
  handles: createShelf(notes, vault, `${root}handle/`, handleText),
  sayings: createShelf(notes, vault, `${root}said/`, storedSaying),
  requests: createShelf(notes, vault, `${root}request/`, openRequest),
  welcomes: createShelf(notes, vault, `${root}welcome/`, openWelcome),
  invites: createShelf(notes, vault, `${root}invite/`, openInvite),
  candidates: createShelf(notes, vault, `${root}candidate/`, candidate),
  /** At most one: how this device came in. */
  arrivals: createShelf(notes, vault, `${root}arrival/`, arrival),
  /** At most one: what another device of this member handed over. */
  handovers: createShelf(notes, vault, `${root}handover/`, handedOver),
  /** At most one: what stood before this device came in. */
  told: createShelf(notes, vault, `${root}told/`, toldResults),
  /** Checks that may still open, by id. */
  checks: createShelf(notes, vault, `${root}check/`, waitingCheck),
  /** What calls the city and was stopped by this member, by the saying. */
  stopped: createShelf(notes, vault, `${root}stopped/`, flag),
  /** At most one each: what the owner wants of alarms, and what was loud. */
  cares: createShelf(notes, vault, `${root}care/`, care),
  ringings: createShelf(notes, vault, `${root}ringing/`, rungBefore),
  devices: createShelf(notes, vault, `${root}device/`, deviceRecord),
  /** What was read of the bulletins of its city, by term. */
  bulletins: createShelf(notes, vault, `${root}bulletin/`, storedBulletin),
  /** At most one: what this device's letter keys come from. */
  letterSeeds: createShelf(notes, vault, `${root}letter/`, bytes(32)),
  suspicions: createShelf(notes, vault, `${root}suspicion/`, suspicion),
})

const rootOf = (id: string): string => `committee/${id}/`

/** Ids of the committees in this vault. */
export const bookIds = (vault: Vault): readonly string[] => [
  ...new Set(vault.keys('committee/').flatMap((key) => key.split('/')[1] ?? [])),
]

export const openBook = async (vault: Vault, id: string): Promise<Book> => {
  const root = rootOf(id)
  const epochs = new Map<number, Epoch>()
  const mine = read(vault, `${root}own`, own)
  for (const key of vault.keys(`${root}epoch/`).filter((k) => k.endsWith('/info'))) {
    const epoch = await readEpoch(vault, key.slice(0, -'info'.length), mine.suite)
    epochs.set(epoch.info.number, epoch)
  }
  return assemble(vault, id, mine, epochs)
}

export const newBook = (vault: Vault, mine: StoredOwn, id: string): Book => {
  const book = assemble(vault, id, mine, new Map())
  book.setOwn({})
  return book
}

const assemble = (vault: Vault, id: string, first: StoredOwn, epochs: Map<number, Epoch>): Book => {
  const notes: Change[] = []
  const root = rootOf(id)
  const owes = `${root}owes`
  let mine = withStatus(first)
  let isErased = false
  const inOrder = (): readonly Epoch[] => [...epochs.values()].sort((a, b) => a.info.number - b.info.number)
  const folder = (number: number): string => `${root}epoch/${String(number).padStart(10, '0')}/`
  return {
    ...shelves(notes, vault, root),
    id,
    files: openDrawers(vault, id),
    own: () => mine,
    setOwn: (change) => {
      mine = withStatus({ ...mine, ...change })
      notes.push({ key: `${root}own`, value: encode(own, mine) })
    },
    epochs: inOrder,
    epoch: (number) => epochs.get(number),
    newest: () => {
      const last = inOrder().at(-1)
      if (!last) throw new Error('no epoch held')
      return last
    },
    setEpoch: (epoch) => {
      notes.push(...epochChanges(vault, folder(epoch.info.number), epochs.get(epoch.info.number), epoch))
      epochs.set(epoch.info.number, epoch)
    },
    dropEpoch: (number) => {
      epochs.delete(number)
      const pending = notes.map((n) => n.key).filter((key) => key.startsWith(folder(number)))
      for (const key of new Set([...vault.keys(folder(number)), ...pending]))
        notes.push({ key, value: undefined })
    },
    save: async () => {
      const changes = notes.splice(0)
      if (changes.length > 0 && !isErased) await vault.write(changes)
    },
    owe: () => {
      notes.push(owing(owes))
    },
    sweep: async (nowMs) => {
      if (!isErased) await sweep(vault, owes, nowMs)
    },
    erase: async () => {
      isErased = true
      notes.length = 0
      const keys = [...vault.keys(root), ...vault.keys(drawersRoot(id))]
      if (keys.length === 0) return
      await vault.write(keys.map((key) => ({ key, value: undefined })))
      await vault.compact()
    },
  }
}

const withStatus = (mine: StoredOwn): Own => ({
  ...mine,
  status: statusOf(mine.standing),
  alarmed: mine.standing.alarmed,
})

/** A shelf key that sorts by number. */
export const numberKey = (n: number): string => String(n).padStart(16, '0')
export const bytesKey = (raw: Uint8Array): string => toHex(raw)
