/**
 * Branches on offer to a device that is stuck: opened from a Welcome, read to their newest epoch, and judged by who has arrived there.
 * Not here: asking for one, and what follows from a good one (resyncing.ts).
 */
import { sameBytes } from '../../../shared/base/bytes.ts'
import { toHex } from '../../../shared/base/text.ts'
import { decodeIdentity } from '../governance/ids.ts'
import { type Device, deviceOf, devicesOf, presentSeats, twoThirds } from '../governance/roster.ts'
import { leavesOf } from '../mls/group.ts'
import { inspectKeyPackage, restoreKeyPackage } from '../mls/keyPackage.ts'
import { joinFromWelcome } from '../mls/welcome.ts'
import type { Vault } from '../vault/vault.ts'
import { newBook } from './book.ts'
import { makeEpoch } from './desk.ts'
import { type Line, readAll } from './reading.ts'
import { newStanding } from './standing.ts'
import { type Candidate, type Epoch, rosterOf, type Stuck } from './state.ts'
import { tell } from './telling.ts'
import { decodeBundle, entranceOf } from './welcomes.ts'

/** The branch as an epoch; undefined if the Welcome leads anywhere but into a later epoch of our own committee. */
export const openBranch = async (
  line: Line,
  stuck: Stuck,
  candidate: Candidate,
): Promise<Epoch | undefined> => {
  const held = line.book.epoch(stuck.epoch)
  const bundle = decodeBundle(candidate.bundle)
  const { suite } = line.book.own()
  const keyPackage = restoreKeyPackage(suite, stuck.keyPackage, stuck.privateKeys)
  if (!held || !bundle || !keyPackage) return undefined
  const joined = await joinFromWelcome({ suite, welcome: bundle.welcome, keyPackage })
  if (!joined.ok) return undefined
  const { group, opener } = joined.value
  const entrance = entranceOf(bundle, leavesOf(group).find((leaf) => leaf.index === opener)?.identity)
  const branch = await makeEpoch(group, entrance, line.clock())
  if (branch === 'foreign' || branch === 'outdated') return undefined
  return isOurs(held, branch, stuck) ? branch : undefined
}

/** Same committee, later, with our seat; and whoever we knew before still signs with the key we knew. */
const isOurs = (held: Epoch, branch: Epoch, stuck: Stuck): boolean =>
  sameBytes(held.info.anchor, branch.info.anchor) &&
  branch.info.number > held.info.number &&
  deviceOf(rosterOf(branch), stuck.device)?.seat === stuck.seat &&
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
  branch: Epoch,
  { device }: Pick<Stuck, 'device'>,
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

type Branch = { readonly held: Epoch; readonly stuck: Stuck; readonly epochs: readonly Epoch[] }

/** In one of its epochs two thirds have arrived, by devices that we know. */
export const hasSettled = async (line: Line, { held, stuck, epochs }: Branch): Promise<boolean> => {
  const vouched = await vouchedKeys(line)
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
const vouchedKeys = async ({ book }: Line): Promise<ReadonlyMap<string, string>> => {
  const keys = new Map<string, string>()
  for (const { resync } of book.requests.all()) {
    const facts = resync && (await inspectKeyPackage(book.own().suite, resync.keyPackage))
    const identity = facts?.ok && decodeIdentity(facts.value.identity)
    if (identity && facts.ok) keys.set(identity.device, toHex(facts.value.signatureKey))
  }
  return keys
}
