/**
 * Branches on offer to a device that is stuck: opened from a Welcome, read to their newest epoch, and judged by who has arrived there.
 * Not here: asking for one, and what follows from a good one (resyncing.ts).
 */
import { sameBytes } from '../../../shared/base/bytes.ts'
import { toHex } from '../../../shared/base/text.ts'
import { verifyResync } from '../governance/act.ts'
import { type DeviceId, decodeIdentity, type SeatId } from '../governance/ids.ts'
import { type Device, deviceOf, devicesOf, presentSeats, twoThirds } from '../governance/roster.ts'
import { leavesOf } from '../mls/group.ts'
import { inspectKeyPackage, restoreKeyPackage } from '../mls/keyPackage.ts'
import { joinFromWelcome } from '../mls/welcome.ts'
import type { Vault } from '../vault/vault.ts'
import { type Book, newBook } from './book.ts'
import { makeEpoch } from './desk.ts'
import { type Line, readAll } from './reading.ts'
import { newStanding } from './standing.ts'
import { type Candidate, type Epoch, rosterOf } from './state.ts'
import { type FreshKeys, MAX_REQUESTS, type Stuck } from './stuck.ts'
import { tell } from './telling.ts'
import { decodeBundle, entranceOf, type WelcomeBundle } from './welcomes.ts'

/** Where a Welcome led, and as which of the devices that this one asked to come back as. */
export type Branch = { readonly epoch: Epoch; readonly device: DeviceId }

/** Undefined if the Welcome leads anywhere but into a later epoch of our own committee. */
export const openBranch = async (
  line: Line,
  stuck: Stuck,
  candidate: Candidate,
): Promise<Branch | undefined> => {
  const held = line.book.epoch(stuck.epoch)
  const bundle = decodeBundle(candidate.bundle)
  if (!held || !bundle) return undefined
  for (const keys of stuck.keys.toReversed()) {
    const epoch = await enterBranch(line, bundle, keys)
    if (epoch && isOurs(held, epoch, { seat: stuck.seat, device: keys.device }))
      return { epoch, device: keys.device }
  }
  return undefined
}

const enterBranch = async (
  line: Line,
  bundle: WelcomeBundle,
  { keyPackage: publicBytes, privateKeys }: FreshKeys,
): Promise<Epoch | undefined> => {
  const { suite } = line.book.own()
  const keyPackage = restoreKeyPackage(suite, publicBytes, privateKeys)
  if (!keyPackage) return undefined
  const joined = await joinFromWelcome({ suite, welcome: bundle.welcome, keyPackage })
  if (!joined.ok) return undefined
  const { group, opener } = joined.value
  const entrance = entranceOf(bundle, leavesOf(group).find((leaf) => leaf.index === opener)?.identity)
  const branch = await makeEpoch(group, entrance, line.clock())
  return branch === 'foreign' || branch === 'outdated' ? undefined : branch
}

/** Same committee, later, with our seat; and whoever we knew before still signs with the key we knew. */
const isOurs = (
  held: Epoch,
  branch: Epoch,
  ours: { readonly seat: SeatId; readonly device: DeviceId },
): boolean =>
  sameBytes(held.info.anchor, branch.info.anchor) &&
  branch.info.number > held.info.number &&
  deviceOf(rosterOf(branch), ours.device)?.seat === ours.seat &&
  rosterOf(branch).devices.every((device) => {
    const known = deviceOf(rosterOf(held), device.device)
    return !known || (known.seat === device.seat && sameBytes(known.signatureKey, device.signatureKey))
  })

/**
 * The branch read to its newest epoch, in a book that is thrown away: whoever serves one stuck device may have to commit again for the
 * next one before anybody could arrive. Undefined if it cannot be read now.
 */
export const followBranch = async (
  line: Line,
  { epoch: branch, device }: Branch,
): Promise<Line | undefined> => {
  const mine = {
    ...line.book.own(),
    device,
    standing: newStanding(branch.info.number),
    stuck: undefined,
    polledAt: line.clock(),
  }
  const book = newBook(PAPER, mine, line.book.id)
  book.setEpoch(branch)
  const shadow: Line = {
    relay: line.relay,
    relayKey: line.relayKey,
    clock: line.clock,
    random: line.random,
    book,
    gatherings: new Map(),
    saidIds: new Set(),
    made: new Set(),
    onProgress: () => undefined,
  }
  const read = await readAll(shadow)
  if (read.ok) return shadow
  if (book.own().alarmed) tell(line, { type: 'lie' })
  return undefined
}

/** A vault that keeps nothing. */
const PAPER: Pick<Vault, 'get' | 'keys' | 'write' | 'compact'> = {
  get: () => undefined,
  keys: () => [],
  write: async () => undefined,
  compact: async () => undefined,
}

type Followed = { readonly held: Epoch; readonly stuck: Stuck; readonly epochs: readonly Epoch[] }

/** In one of its epochs two thirds have arrived, by devices that we know. */
export const hasSettled = async (line: Line, { held, stuck, epochs }: Followed): Promise<boolean> => {
  const vouched = await vouchedKeys(line, held)
  const isTrusted = (device: Device): boolean =>
    deviceOf(rosterOf(held), device.device) !== undefined ||
    vouched.get(device.device) === toHex(device.signatureKey)
  return epochs.some(({ info: { roster }, fold }) => {
    const electorate = presentSeats(roster).filter((seat) => seat !== stuck.seat && seat !== stuck.author)
    const arrived = electorate.filter(
      (seat) => fold.hellos.includes(seat) && devicesOf(roster, seat).every(isTrusted),
    )
    return arrived.length >= twoThirds(electorate.length)
  })
}

/**
 * Devices that were stuck beside us, and the keys with which they will come back: their old leaf signed for them in the log that we can
 * read. Without that, a branch could fill the seats of the others with devices of its maker's.
 */
const vouchedKeys = async ({ book }: Line, { info }: Epoch): Promise<ReadonlyMap<DeviceId, string>> => {
  const known = new Map(info.roster.devices.map((d) => [d.device, d]))
  const asked = book.requests.all().flatMap(({ resync }) => (resync ? [resync] : []))
  const keys = new Map<DeviceId, string>()
  // A further request is signed by the leaf that the one before would have put in: as often as there are requests in a row.
  for (let round = 0; round < MAX_REQUESTS; round++) {
    for (const { request, keyPackage } of asked) {
      const by = known.get(request.device)
      const fresh = by && verifyResync(by.signatureKey, request) && (await leafIn(book, by, keyPackage))
      if (!fresh || known.has(fresh.device)) continue
      known.set(fresh.device, fresh)
      keys.set(fresh.device, toHex(fresh.signatureKey))
    }
  }
  return keys
}

/** The device that these keys would be: of the same seat, or none. */
const leafIn = async (book: Book, by: Device, keyPackage: Uint8Array): Promise<Device | undefined> => {
  const facts = await inspectKeyPackage(book.own().suite, keyPackage)
  const identity = facts.ok ? decodeIdentity(facts.value.identity) : undefined
  if (!facts.ok || identity?.seat !== by.seat) return undefined
  return { ...by, device: identity.device, signatureKey: facts.value.signatureKey }
}
