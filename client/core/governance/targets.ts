/** Whether what a carried motion names is there and fits (protocol.md 4.5, V4): people, charters, devices. */
import { sameBytes } from '../../../shared/base/bytes.ts'
import { unreachable } from '../../../shared/base/unreachable.ts'
import { decodeCharter } from './charter.ts'
import { dropOf } from './ledger.ts'
import type { Action, Mandate } from './motion.ts'
import { deviceFault, newcomerFault } from './newcomers.ts'
import { type Device, hasSeat } from './roster.ts'
import type { ActionOf, Court, KeyPackageView, Violation } from './verdict.ts'

export const targetFault = (
  court: Court,
  author: Device,
  { motion: { action } }: Mandate,
  keyPackage: KeyPackageView | undefined,
): Violation | undefined => {
  switch (action.type) {
    case 'remove':
      return hasSeat(court.roster, action.seat) && action.seat !== author.seat ? undefined : 'bad_target'
    case 'charter':
      return charterFault(court, action.charter)
    case 'settleDrop':
      return settleFault(court, action)
    case 'deviceAdd':
      return deviceFault(court, action, keyPackage)
    case 'add':
      return additionFault(court, action, keyPackage)
    default:
      return unreachable(action)
  }
}

const additionFault = (
  court: Court,
  { keyPackage, seat, sponsor }: ActionOf<'add'>,
  shown: KeyPackageView | undefined,
): Violation | undefined => {
  const { roster } = court
  if (!hasSeat(roster, sponsor) || hasSeat(roster, seat)) return 'bad_target'
  return shown?.hash === keyPackage ? newcomerFault(court, seat, shown) : 'bad_key_package'
}

/** The motion names the drop as it stands in the ledger: it said who may decide on it. */
const settleFault = (
  { ledger }: Pick<Court, 'ledger'>,
  action: ActionOf<'settleDrop'>,
): Violation | undefined => {
  const open = dropOf(ledger, action.device)
  return open?.by === action.by && open.seat === action.seat ? undefined : 'bad_target'
}

/** Whom it names is gone, or what it would settle is settled: no commit carries it out any more. */
export const isMoot = (court: Pick<Court, 'roster' | 'ledger'>, action: Action): boolean => {
  if (action.type === 'settleDrop') return settleFault(court, action) !== undefined
  return (action.type === 'remove' || action.type === 'deviceAdd') && !hasSeat(court.roster, action.seat)
}

/** What is founded is never a talk again; the relays move by relocation only, the suite by a migration, the rules when every device knows them (7.6). */
const charterFault = (court: Court, bytes: Uint8Array): Violation | undefined => {
  const next = decodeCharter(bytes)
  const { charter } = court
  if (!next || next.suite !== charter.suite || next.rules !== charter.rules) return 'bad_charter'
  if (charter.isFounded && !next.isFounded) return 'bad_charter'
  const sameRelays =
    next.relays.length === charter.relays.length &&
    next.relays.every((relay, i) => {
      const old = charter.relays[i]
      return (
        old !== undefined &&
        relay.address === old.address &&
        sameBytes(relay.staticKey, old.staticKey) &&
        sameBytes(relay.signingKey, old.signingKey)
      )
    })
  return sameRelays ? undefined : 'bad_charter'
}
