/** What every step of a session is handed, and the small things they share. */

import { concat } from '../../../shared/base/bytes.ts'
import { sha256 } from '../../../shared/crypto/sodium.ts'
import type { Gathering } from '../epochlog/chunks.ts'
import { LOGS_PER_EPOCH, logFromSeed, logSeed } from '../epochlog/keys.ts'
import { decodeCharter, RULES } from '../governance/charter.ts'
import type { Place } from '../governance/fold.ts'
import { newFold } from '../governance/fold.ts'
import type { DeviceId } from '../governance/ids.ts'
import { readRoster } from '../governance/roster.ts'
import { anchorOf, charterOf, epochOf, exportRoot, leavesOf } from '../mls/group.ts'
import type { Group } from '../mls/types.ts'
import { newWitness } from '../relay/witness.ts'
import { type Book, bytesKey } from './book.ts'
import { newStanding } from './standing.ts'
import type { Epoch, EpochInfo } from './state.ts'

export type Desk = {
  readonly book: Book
  /** Milliseconds since 1970, this device's clock: for deadlines and display, never for validity. */
  readonly clock: () => number
  readonly random: (size: number) => Uint8Array
  /** Chunks on their way, by log. In memory only: a restart reads them again. */
  readonly gatherings: Map<string, Gathering>
  /** Ids of everything said, to recognise what comes twice. */
  readonly saidIds: Set<string>
}

const LOG_SPAN = 32_768
const EPOCH_SPAN = LOGS_PER_EPOCH * LOG_SPAN

/** The total order of a committee: epoch, overflow log, seq. A log holds at most 20,000 entries (L3). */
export const orderOf = (epoch: number, { log, seq }: Place): number =>
  epoch * EPOCH_SPAN + log * LOG_SPAN + seq

export const firstOrderOf = (epoch: number): number => epoch * EPOCH_SPAN

export const isBefore = (a: Place, b: Place): boolean => a.log < b.log || (a.log === b.log && a.seq < b.seq)

export const NO_COMMIT = '0'.repeat(64)

export type Entrance = Pick<EpochInfo, 'opener' | 'openedBy' | 'openedUnasked' | 'parent' | 'ledger'>

/** foreign: a leaf or the charter is none of ours. outdated: the charter wants rules that this client does not know (V8). */
export const makeEpoch = async (
  group: Group,
  entrance: Entrance,
  now: number,
): Promise<Epoch | 'foreign' | 'outdated'> => {
  const charterBytes = charterOf(group)
  const charter = decodeCharter(charterBytes)
  const number = epochOf(group)
  const roster = charter && readRoster(number, charter, leavesOf(group), entrance.ledger)
  if (!charter || !roster) return 'foreign'
  if (charter.rules !== RULES) return 'outdated'
  const seed = logSeed(await exportRoot(group), 0)
  const first = logFromSeed(seed)
  return {
    info: { number, anchor: anchorOf(group), charterBytes, roster, logSeeds: [seed], ...entrance },
    notes: { enteredAt: now, leftAt: undefined, hello: 'owed', mine: [], missed: 0, gap: undefined },
    charter,
    logs: [first],
    witnesses: [newWitness(first.access)],
    fold: newFold,
    group,
  }
}

export type SuspicionKind =
  | 'relay_lied'
  | 'relay_forked'
  | 'history_differs'
  | 'other_commit'
  | 'counter_repeated'
  | 'history_rewritten'
  | 'device_copied'
  | 'words_differ'

/** Kept once for each cause, so that one liar cannot fill the vault. */
export const suspect = (
  desk: Desk,
  kind: SuspicionKind,
  about: { readonly epoch: number; readonly device?: DeviceId; readonly evidence?: Uint8Array },
): void => {
  const { device, evidence, epoch } = about
  const key = bytesKey(
    sha256(concat(...[kind, device ?? '', String(epoch)].map((t) => new TextEncoder().encode(t)))),
  ).slice(0, 32)
  if (desk.book.suspicions.get(key) || desk.book.suspicions.keys().length >= 256) return
  desk.book.suspicions.put(key, { at: desk.clock(), kind, epoch, device, evidence })
}

/** The beginning of a device's own record: a member from now on, in this epoch, who has said nothing yet. */
export const freshOwn = (now: number, epoch: number) => ({
  standing: newStanding(epoch),
  since: now,
  counter: 0,
  previous: new Uint8Array(32),
  refreshedAt: now,
  owesTidy: false,
  polledAt: now,
  forgotAt: now,
  spokeAt: now,
  keepAtMost: undefined,
  turn: 0,
  stuck: undefined,
  signer: undefined,
})
