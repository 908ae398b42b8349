/**
 * Everything that ever was on any honest device in one schedule, as the oracle has seen it. Not here: the rules it has to keep (oracle.ts,
 * edges.ts, sent.ts).
 */

import { type EpochLog, logFromSeed } from '../../client/core/epochlog/keys.ts'
import { type Charter, decodeCharter } from '../../client/core/governance/charter.ts'
import type { DeviceId, SeatId } from '../../client/core/governance/ids.ts'
import type { Group } from '../../client/core/mls/types.ts'
import type { EpochInfo } from '../../client/core/session/state.ts'
import { logKey } from '../../shared/protocol/ids.ts'
import type { Adversary } from './adversary.ts'
import { bookAt } from './adversary.ts'
import type { HeldEpoch } from './peek.ts'
import type { Device, World } from './world.ts'

/** An epoch in which an honest device stands or stood. */
export type Known = {
  readonly id: string
  readonly info: EpochInfo
  readonly charter: Charter
  readonly logs: readonly EpochLog[]
}

/** From one epoch to the next, by the commit that was effective on an honest device. */
export type Edge = {
  readonly from: string
  readonly to: string
  readonly commit: string
  readonly author: SeatId
  /** Removed, renewed, added: in the words of the rules. */
  readonly action: string
  readonly motion: string | undefined
  readonly removed: readonly SeatId[]
}

export type Chronicle = {
  readonly world: World
  readonly adversary: Adversary
  /** Epochs that there were before the schedule. */
  readonly beginning: Set<string>
  readonly epochs: Map<string, Known>
  /** By the key of a log: whose it is. */
  readonly logs: Map<string, { readonly id: string; readonly log: EpochLog }>
  /** By the epoch they lead to. */
  readonly edges: Map<string, Edge>
  /** Where commits that remove somebody stand, by their hash. */
  readonly removals: Map<string, { readonly log: string; readonly seq: number }>
  /** By epoch and place in its logs: the fold, as somebody had it there (I1). */
  readonly folds: Map<string, string>
  /** Nonces and ratchet generations that honest devices have used (I6). */
  readonly used: Map<string, string>
  readonly groups: Map<string, Group>
  /** Devices whose leaf was taken out, with the states that they had (I14). */
  readonly former: Map<DeviceId, readonly Group[]>
  /** When all honest devices knew a complete mandate: the epochs that there were by then (I5). */
  readonly mandates: Map<string, ReadonlySet<string>>
  /** How many different states of the whole committee have been seen. */
  readonly states: Set<string>
  readonly violations: string[]
}

export const newChronicle = (world: World, adversary: Adversary): Chronicle => ({
  world,
  adversary,
  beginning: new Set(),
  epochs: new Map(),
  logs: new Map(),
  edges: new Map(),
  removals: new Map(),
  folds: new Map(),
  used: new Map(),
  groups: new Map(),
  former: new Map(),
  mandates: new Map(),
  states: new Set(),
  violations: [],
})

/** A rule is broken. `rule` is its number in protocol.md section 9. */
export const broken = (chronicle: Chronicle, rule: string, what: string): void =>
  void chronicle.violations.push(`${rule}: ${what}`)

/** True the first time. */
export const noteEpoch = (chronicle: Chronicle, { id, info }: HeldEpoch): boolean => {
  if (chronicle.epochs.has(id)) return false
  const charter = decodeCharter(info.charterBytes)
  if (!charter) throw new Error('a charter that is held decodes')
  const logs = info.logSeeds.map(logFromSeed)
  chronicle.epochs.set(id, { id, info, charter, logs })
  for (const log of logs) chronicle.logs.set(logKey(log.id), { id, log })
  return true
}

/** Any device's state of that epoch, for what is public in it. */
export const groupIn = async (
  chronicle: Chronicle,
  device: Device,
  epoch: Pick<HeldEpoch, 'id' | 'info'>,
): Promise<Group | undefined> => {
  const known = chronicle.groups.get(epoch.id)
  if (known) return known
  const group = (await bookAt(device)).epoch(epoch.info.number)?.group
  if (group) chronicle.groups.set(epoch.id, group)
  return group
}

/** From the epoch back to the first one that the oracle has seen, newest first. */
export const pathTo = ({ edges }: Chronicle, id: string): readonly Edge[] => {
  const path: Edge[] = []
  for (let edge = edges.get(id); edge; edge = edges.get(edge.from)) path.push(edge)
  return path
}
