/**
 * What the adversary has: the disks of its devices, every epoch that any of them could ever enter, private ones included, and a pen for
 * every log of those. It writes past the wire, which holds nobody back who has the keys. Not here: what it does with them (treason.ts).
 */

import { type Envelope, sealEnvelope } from '../../client/core/epochlog/envelope.ts'
import { type Stated, signStatement } from '../../client/core/epochlog/statement.ts'
import { deviceOf } from '../../client/core/governance/roster.ts'
import { followCommit } from '../../client/core/mls/commit.ts'
import { signatureKeyPair } from '../../client/core/mls/group.ts'
import type { Group } from '../../client/core/mls/types.ts'
import { type Book, newBook, openBook } from '../../client/core/session/book.ts'
import { type Desk, type Entrance, makeEpoch } from '../../client/core/session/desk.ts'
import { type Epoch, rosterOf } from '../../client/core/session/state.ts'
import type { StoredVault } from '../../client/core/vault/ports.ts'
import { randomBytes } from '../../shared/crypto/sodium.ts'
import { logKey } from '../../shared/protocol/ids.ts'
import { appendTo, logIsFull, newMemoryLog } from '../support/memoryLog.ts'
import type { Forged } from './forge.ts'
import { type Device, hostile, reopen, type World } from './world.ts'

/** One of its devices in one epoch. */
export type Foothold = { readonly device: Device; readonly epoch: Epoch & { readonly group: Group } }

export type Adversary = {
  readonly world: World
  /** Epochs that a device has entered beyond what its client holds. */
  readonly beyond: Map<Device, Epoch[]>
  /** Made ahead of time, for the log of an epoch that may come to be. */
  readonly prepared: { readonly epoch: Epoch; readonly message: Uint8Array }[]
  /** Epochs that its own commits lead to, by the first log's key. */
  readonly forged: Map<string, Epoch>
  /** Entries that must not change anything, as "log seq". */
  readonly junk: Set<string>
}

export const newAdversary = (world: World): Adversary => ({
  world,
  beyond: new Map(),
  prepared: [],
  forged: new Map(),
  junk: new Set(),
})

const books = new WeakMap<StoredVault, Promise<Book>>()

/** What the disk says now. To be read, not to be written: it is the same value as long as the disk does not change. */
export const bookAt = (device: Device): Promise<Book> => {
  const stored = device.disk.stored()
  const book = (stored && books.get(stored)) ?? openBook(device.vault, device.session.id)
  if (stored) books.set(stored, book)
  return book
}

/** Of one device, oldest first. */
export const footholdsOf = async (adversary: Adversary, device: Device): Promise<readonly Foothold[]> => {
  const book = await bookAt(device)
  const held = [...book.epochs(), ...(adversary.beyond.get(device) ?? [])]
  return held
    .filter((epoch) => deviceOf(rosterOf(epoch), book.own().device))
    .flatMap((epoch) => (epoch.group ? [{ device, epoch: { ...epoch, group: epoch.group } }] : []))
    .sort((a, b) => a.epoch.info.number - b.epoch.info.number)
}

/** Into the first log of the epoch that is not full, made if nobody has. */
export const write = (adversary: Adversary, epoch: Epoch, envelope: Envelope, isJunk = false): void =>
  writeBlob(adversary, epoch, (log) => sealEnvelope(log, envelope), isJunk)

export const writeBlob = (
  { world, junk }: Adversary,
  epoch: Epoch,
  blobFor: (log: Epoch['logs'][number]) => ReturnType<typeof sealEnvelope>,
  isJunk: boolean,
): void => {
  for (const log of epoch.logs) {
    const name = logKey(log.id)
    const at = world.relay.logs.get(name) ?? newMemoryLog(log.access.policy)
    if (!at) throw new Error('an epoch log has a policy')
    world.relay.logs.set(name, at)
    if (logIsFull(at)) continue
    const seq = appendTo(at, blobFor(log))
    if (isJunk) junk.add(`${name} ${seq}`)
    return
  }
}

/** Signed by the device's leaf in that epoch. */
export const state = (adversary: Adversary, { device, epoch }: Foothold, stated: Stated): void => {
  const leaf = rosterOf(epoch).devices.find(
    ({ signatureKey }) => signatureKey.join() === signatureKeyPair(epoch.group).publicKey.join(),
  )?.leaf
  const [log] = epoch.logs
  if (leaf === undefined || !log) throw new Error(`${device.name} has no leaf there`)
  const seen = { log: 0, seq: 0, chain: new Uint8Array(32) }
  const body = signStatement(signatureKeyPair(epoch.group).secretKey, log.id, { leaf, seen, stated })
  write(adversary, epoch, { kind: 4, body })
}

/** The epoch a commit of its own leads to, for its author and for whoever of the others can follow. */
export const enterForged = async (
  adversary: Adversary,
  from: Foothold,
  { message, next }: Pick<Forged, 'message' | 'next'>,
  entrance: Entrance,
): Promise<Epoch | undefined> => {
  const made = await makeEpoch(next, entrance, adversary.world.time.now)
  if (made === 'foreign' || made === 'outdated') return undefined
  const [log] = made.logs
  if (log) adversary.forged.set(logKey(log.id), made)
  keep(adversary, from.device, made)
  for (const device of hostile(adversary.world).filter((one) => one !== from.device)) {
    const there = (await footholdsOf(adversary, device)).find(({ epoch }) => sameEpoch(epoch, from.epoch))
    const followed = there && (await followCommit(there.epoch.group, message))
    const epoch = followed?.ok && (await makeEpoch(followed.value, entrance, adversary.world.time.now))
    if (epoch && epoch !== 'foreign' && epoch !== 'outdated') keep(adversary, device, epoch)
  }
  return made
}

const sameEpoch = (a: Epoch, b: Epoch): boolean => a.info.logSeeds[0]?.join() === b.info.logSeeds[0]?.join()

const keep = ({ beyond }: Adversary, device: Device, epoch: Epoch): void =>
  void beyond.set(device, [...(beyond.get(device) ?? []), epoch])

/** Changes what a device's client knows, behind its back. */
export const tamper = async (
  { world }: Pick<Adversary, 'world'>,
  device: Device,
  change: (book: Book) => void,
): Promise<void> => {
  const book = await openBook(device.vault, device.session.id)
  change(book)
  await book.save()
  await reopen(world, device)
}

/** A desk whose book is on no disk, standing in this epoch: for what a client makes out of its state, to be used otherwise. */
export const shadowOf = async ({ device, epoch }: Foothold): Promise<Desk> => {
  const real = await bookAt(device)
  const book = newBook(PAPER, real.own(), real.id)
  for (const key of real.requests.keys()) {
    const request = real.requests.get(key)
    if (request) book.requests.put(key, request)
  }
  book.setEpoch(epoch)
  return { book, clock: () => 0, random: randomBytes, gatherings: new Map(), saidIds: new Set() }
}

const PAPER: Parameters<typeof newBook>[0] = {
  get: () => undefined,
  keys: () => [],
  write: async () => undefined,
  compact: async () => undefined,
}
