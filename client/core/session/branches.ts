/**
 * Branches on offer to a device that is stuck: opened from a Welcome, read to their newest epoch, and judged by who has arrived there.
 * Not here: asking for one, and what follows from a good one (resyncing.ts).
 */
import { sameBytes } from '../../../shared/base/bytes.ts'
import type { DeviceId, SeatId } from '../governance/ids.ts'
import { type Device, deviceOf, presentSeats } from '../governance/roster.ts'
import { comesAfter } from '../governance/succession.ts'
import { leavesOf } from '../mls/group.ts'
import { restoreKeyPackage } from '../mls/keyPackage.ts'
import { joinFromWelcome } from '../mls/welcome.ts'
import type { Vault } from '../vault/vault.ts'
import { newBook } from './book.ts'
import { makeEpoch } from './desk.ts'
import { type Line, readAll } from './reading.ts'
import { newStanding } from './standing.ts'
import { type Candidate, type Epoch, rosterOf } from './state.ts'
import type { FreshKeys, Stuck } from './stuck.ts'
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

/**
 * In one of its epochs at least half of those have arrived whom this device knew when it could still read, without itself and the culprit. The
 * branch does not say who they are: a private one could have put them out, and others in. Insiders below half of the committee are never so
 * many without somebody honest; the honest are, also where one of four was cut off in the same breath.
 */
export const hasSettled = ({ held, stuck, epochs }: Followed): boolean => {
  const others = presentSeats(rosterOf(held)).filter((seat) => seat !== stuck.seat && seat !== stuck.author)
  return epochs.some((epoch) => {
    const arrived = arrivedAs(held, epoch)
    return 2 * others.filter((seat) => arrived.has(seat)).length >= others.length
  })
}

/** Seats whose HELLO came from a device that was known, or that has come after one: a branch could have put any other into a seat. */
const arrivedAs = ({ info }: Epoch, { info: { roster }, fold }: Epoch): ReadonlySet<SeatId> => {
  const there = roster.devices.filter(({ device }) => fold.hellos.includes(device))
  const isThere = (known: Device): boolean =>
    there.some((one) => one.seat === known.seat && comesAfter(info.anchor, known, one))
  return new Set(info.roster.devices.filter(isThere).map(({ seat }) => seat))
}
