/**
 * I14: who is removed, or whose leaf is replaced, can compute nothing of what comes after, from all states that this device ever held and
 * all that stands in the logs. Each device for itself: what an accomplice who is still in could tell it, no protocol keeps back.
 */
import type { DeviceId } from '../../client/core/governance/ids.ts'
import { deviceAt, deviceOf } from '../../client/core/governance/roster.ts'
import { ownLeafOf } from '../../client/core/mls/group.ts'
import type { Group } from '../../client/core/mls/types.ts'
import { rosterOf } from '../../client/core/session/state.ts'
import { logKey } from '../../shared/protocol/ids.ts'
import { pathSecretsOpened, reach } from '../support/formerMember.ts'
import { bookAt } from './adversary.ts'
import { broken, type Chronicle, groupIn } from './chronicle.ts'
import type { HeldEpoch } from './peek.ts'
import type { Device } from './world.ts'

export type Step = { readonly from: HeldEpoch; readonly to: HeldEpoch; readonly commit: Uint8Array }

/** `device` has just followed this commit. */
export const checkFormer = async (chronicle: Chronicle, device: Device, step: Step): Promise<void> => {
  const { from, to, commit } = step
  await noteFormer(chronicle, step)
  const witness = await groupIn(chronicle, device, from)
  const after = new Set(chronicle.epochs.get(to.id)?.logs.map(({ id }) => logKey(id)))
  for (const [former, groups] of chronicle.former) {
    if (deviceOf(to.info.roster, former)) continue
    const loot = { groups, logs: [] }
    const found = (await reach(loot, [commit])).some(({ id }) => after.has(logKey(id)))
    if (found || (witness && (await pathSecretsOpened(loot, witness, commit)) > 0))
      broken(chronicle, 'I14', `a removed device computes what comes after ${from.info.number}`)
  }
}

/** What every device whose leaf is gone held until then. */
const noteFormer = async (chronicle: Chronicle, { from, to }: Step): Promise<void> => {
  const { former } = chronicle
  const gone = from.info.roster.devices.filter((one) => !deviceOf(to.info.roster, one.device))
  if (gone.length === 0) return
  for (const { own, group } of await statesOf(chronicle)) {
    const known = former.get(own) ?? []
    if (gone.some(({ device }) => device === own) && !known.includes(group))
      former.set(own, [...known, group])
  }
}

type State = { readonly own: DeviceId; readonly group: Group }

/** Whatever is on any disk, and what the adversary has entered beyond. */
const statesOf = async ({ world, adversary }: Chronicle): Promise<readonly State[]> => {
  const books = await Promise.all(world.devices.map(bookAt))
  const epochs = [...books.flatMap((book) => book.epochs()), ...[...adversary.beyond.values()].flat()]
  return epochs.flatMap((epoch) => {
    const own = epoch.group && deviceAt(rosterOf(epoch), ownLeafOf(epoch.group))?.device
    return epoch.group && own ? [{ own, group: epoch.group }] : []
  })
}
