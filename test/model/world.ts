/**
 * A committee of real clients on a relay in memory, made once and copied for every schedule: disks and logs are values. Not here: who
 * does what (moves.ts, hostileMoves.ts) and what must hold (oracle.ts).
 */
import sodium from 'libsodium-wrappers'
import { createClient } from '../../client/core/client.ts'
import type { SeatId } from '../../client/core/governance/ids.ts'
import type { Session } from '../../client/core/session/session.ts'
import type { World as Ports } from '../../client/core/session/world.ts'
import type { StoredVault } from '../../client/core/vault/ports.ts'
import { openVault, type Vault } from '../../client/core/vault/vault.ts'
import { copyLog, type MemoryLog } from '../support/memoryLog.ts'
import { createMemoryRelay, type MemoryRelay } from '../support/memoryRelay.ts'
import { createMemoryDisk, type MemoryDisk } from '../support/memoryVaultFile.ts'
import { PASSPHRASE } from '../support/people.ts'
import { type Line, openLine } from './line.ts'

/** One device of one seat. `offset`: how far its clock is off, in milliseconds. */
export type Device = {
  readonly name: string
  /** Number of the person, from 0. */
  readonly person: number
  readonly seat: SeatId
  readonly isHostile: boolean
  readonly disk: MemoryDisk
  readonly line: Line
  /** Does nothing until it is back. */
  isAway: boolean
  offset: number
  vault: Vault
  session: Session
}

export type World = {
  readonly relay: MemoryRelay
  readonly devices: Device[]
  /** Milliseconds since 1970: the time on a wall, which no device is bound to. */
  readonly time: { now: number }
}

/** A founded committee at rest. */
export type Founded = {
  readonly now: number
  readonly logs: readonly (readonly [string, MemoryLog])[]
  readonly disks: readonly { readonly person: number; readonly stored: StoredVault }[]
}

export const hostile = (world: World): readonly Device[] => world.devices.filter((d) => d.isHostile)
export const honest = (world: World): readonly Device[] => world.devices.filter((d) => !d.isHostile)

/** A copy to play with. `traitors`: persons that the adversary owns. */
export const openWorld = async (founded: Founded, traitors: readonly number[]): Promise<World> => {
  const relay = createMemoryRelay('model')
  for (const [name, log] of founded.logs) relay.logs.set(name, copyLog(log))
  const time = { now: founded.now }
  const devices: Device[] = []
  for (const { person, stored } of founded.disks) {
    const nth = devices.filter((d) => d.person === person).length
    const name = `${String.fromCharCode(97 + person)}${nth || ''}`
    const fresh = { name, person, disk: createMemoryDisk(stored), isHostile: traitors.includes(person) }
    devices.push(await startDevice({ relay, time }, fresh))
  }
  return { relay, devices, time }
}

type Fresh = Omit<Device, 'seat' | 'line' | 'isAway' | 'offset' | 'vault' | 'session'>

export const startDevice = async (world: Omit<World, 'devices'>, fresh: Fresh): Promise<Device> => {
  const device = { ...fresh, line: openLine(world.relay), isAway: false, offset: 0 } as Device
  await restart(world, device)
  return Object.assign(device, { seat: device.session.view().own.seat })
}

/** Everything that the process held is gone; what it knows comes from its disk. */
export const restart = async (world: Omit<World, 'devices'>, device: Device): Promise<void> => {
  device.line.end()
  const opened = await openVault(device.disk.open(), PASSPHRASE)
  if (!opened.ok) throw new Error(opened.error)
  device.vault = opened.value
  await reopen(world, device)
}

/** A new session on the same vault: what was written to it from elsewhere is in force. */
export const reopen = async (world: Omit<World, 'devices'>, device: Device): Promise<void> => {
  device.line.end()
  const [session] = await createClient(device.vault, portsOf(world, device)).committees()
  if (!session) throw new Error('no committee in this vault')
  device.session = session
}

/** Back on the line, without limits. */
export const mend = async (world: Omit<World, 'devices'>, device: Device): Promise<void> => {
  if (device.line.mend()) await reopen(world, device)
}

/** No timer runs by itself: the relay in memory answers at once or never, and a line that was lost is dialed by the next session. */
export const portsOf = (world: Omit<World, 'devices'>, device: Pick<Device, 'line' | 'offset'>): Ports => ({
  dial: device.line.dial,
  timer: device.line.timer,
  clock: () => world.time.now + device.offset,
  chance: () => 0.5,
})

type Pair = { readonly publicKey: Uint8Array; readonly privateKey: Uint8Array; readonly keyType: string }

/** Pure functions of libsodium that all devices of a committee ask for the same answers: a third of the time. */
export const rememberAnswers = (): void => {
  const {
    crypto_sign_verify_detached: verify,
    crypto_sign_seed_keypair: pairOf,
    crypto_scalarmult: dh,
  } = sodium
  const verdicts = new Map<string, boolean>()
  const pairs = new Map<string, Pair>()
  const points = new Map<string, Uint8Array>()
  Object.assign(sodium, {
    crypto_sign_verify_detached: (signature: Uint8Array, message: Uint8Array, key: Uint8Array): boolean =>
      once(verdicts, [signature, key, sodium.crypto_hash_sha256(message)], () =>
        verify(signature, message, key),
      ),
    crypto_sign_seed_keypair: (seed: Uint8Array): Pair => {
      const pair = once(pairs, [seed], () => pairOf(seed))
      return { ...pair, publicKey: pair.publicKey.slice(), privateKey: pair.privateKey.slice() }
    },
    crypto_scalarmult: (scalar: Uint8Array, point: Uint8Array): Uint8Array =>
      once(points, [scalar, point], () => dh(scalar, point)).slice(),
  })
}

const once = <T>(known: Map<string, T>, inputs: readonly Uint8Array[], make: () => T): T => {
  const name = inputs.map((bytes) => Buffer.from(bytes).toString('latin1')).join('')
  const value = known.get(name) ?? make()
  if (known.size > 20_000) known.clear()
  known.set(name, value)
  return value
}
