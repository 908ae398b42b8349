/**
 * People with devices, for stories: a vault in memory, a client on it, and the clicks that the CLI makes for them. The clock stands
 * still unless a test moves it. Not here: a relay (memoryRelay.ts, relay.ts).
 */
import { type Client, createClient } from '../../client/core/client.ts'
import type { SeatId } from '../../client/core/governance/ids.ts'
import type { Dial } from '../../client/core/relay/ports.ts'
import type { Founding } from '../../client/core/session/founding.ts'
import type { Session } from '../../client/core/session/session.ts'
import { createVault, openVault, type Vault } from '../../client/core/vault/vault.ts'
import type { AdmissionSecret } from '../../shared/protocol/access.ts'
import type { RelayKey } from '../../shared/protocol/relayKey.ts'
import { CHEAP_COST, createMemoryDisk, type MemoryDisk } from './memoryVaultFile.ts'

export type Place = {
  readonly address: string
  readonly relayKey: RelayKey
  readonly admission: AdmissionSecret
  readonly dial: Dial
}

/** `longestWaitMs`: no timer of a device runs longer, so that a relay in memory is never waited for. A real one takes its time. */
export type Time = { now: number; longestWaitMs: number }
export const newTime = (longestWaitMs = 20): Time => ({ now: Date.UTC(2026, 0, 5, 12), longestWaitMs })
export const realTime = (): Time => newTime(60_000)

export type Person = {
  readonly name: string
  readonly disk: MemoryDisk
  readonly client: Client
  readonly vault: Vault
  readonly time: Time
  session: Session
}

const awake = new Set<Session>()

/** Closed with everybody. */
export const wake = (session: Session): Session => {
  awake.add(session)
  return session
}

/** At the end of a test file: ends every connection, or the process would wait for them. */
export const closeEverybody = async (): Promise<void> => {
  for (const session of awake) await session.close()
  awake.clear()
}

export const PASSPHRASE = 'correct horse battery staple'

export const worldOf = (dial: Dial, time: Time) => ({
  dial,
  timer: (delayMs: number, wake: () => void) => {
    const id = setTimeout(wake, Math.min(delayMs, time.longestWaitMs))
    return () => clearTimeout(id)
  },
  clock: () => time.now,
  chance: () => 0.5,
})

export const newDevice = async (name: string, dial: Dial, time: Time): Promise<Omit<Person, 'session'>> => {
  const disk = createMemoryDisk()
  const vault = await createVault(disk.open(), PASSPHRASE, { cost: CHEAP_COST })
  return { name, disk, vault, time, client: createClient(vault, worldOf(dial, time)) }
}

/** The same device after its process ended: everything it knows comes from its disk. */
export const restart = async (person: Person, dial: Dial, disk = person.disk): Promise<Person> => {
  const opened = await openVault(disk.open(), PASSPHRASE)
  if (!opened.ok) throw new Error(opened.error)
  const client = createClient(opened.value, worldOf(dial, person.time))
  const [session] = await client.committees()
  if (!session) throw new Error('no committee in this vault')
  return { ...person, disk, vault: opened.value, client, session: wake(session) }
}

export const foundBy = async (
  name: string,
  place: Place,
  more: Partial<Founding> = {},
  time: Time = newTime(),
): Promise<Person> => {
  const device = await newDevice(name, place.dial, time)
  const session = await device.client.found({
    name: 'Night shift',
    purpose: 'Safe breaks for everybody',
    handle: name,
    suite: 'x25519',
    relay: { address: place.address, key: place.relayKey, admission: place.admission },
    ...more,
  })
  await session.sync()
  return { ...device, session: wake(session) }
}

/** Invite, compare the words, vouch; `approvers` approve; the newcomer comes in. Throws where somebody is refused. */
export const joinBy = async (
  name: string,
  sponsor: Person,
  place: Place,
  approvers: readonly Person[] = [],
): Promise<Person> => {
  const device = await newDevice(name, place.dial, sponsor.time)
  const met = await meet(device, sponsor, must(await sponsor.session.invite('link')))
  return comeIn(device, met, approvers)
}

/** The same for another device: the sponsor's own, or that of a member who has lost theirs. */
export const linkBy = async (
  sponsor: Person,
  place: Place,
  approvers: readonly Person[] = [],
  seat?: SeatId,
): Promise<Person> => {
  const device = await newDevice(`${sponsor.name} again`, place.dial, sponsor.time)
  const met = await meet(device, sponsor, must(await sponsor.session.invite('device', seat)))
  return comeIn(device, met, approvers)
}

export type Device = Omit<Person, 'session'>
/** `motion`: that the sponsor put when the words matched. */
export type Met = { readonly sponsor: Person; readonly joining: string; readonly motion: string }

/** Both follow the invite and see the same words, and say so. */
export const meet = async (
  device: Device,
  sponsor: Person,
  invite: { readonly id: string; readonly link: string },
): Promise<Met> => {
  must(await sponsor.session.sync())
  const id = must(await device.client.startJoining(invite.link, device.name))
  must(await device.client.continueJoining(id))
  must(await sponsor.session.sync())
  const comparing = must(await device.client.continueJoining(id))
  must(await sponsor.session.sync())
  const shown = sponsor.session.view().invites.find((one) => one.id === invite.id)
  if (comparing.is !== 'comparing' || shown?.words.join() !== comparing.words.join())
    throw new Error(`words differ: ${JSON.stringify([comparing, shown])}`)
  await device.client.answerWords(id, true)
  const { motion } = must(await sponsor.session.vouch(invite.id))
  return { sponsor, joining: id, motion }
}

/** Throws where the others have not let it in. */
export const comeIn = async (
  device: Device,
  { sponsor, joining, motion }: Met,
  approvers: readonly Person[],
): Promise<Person> => {
  for (const approver of approvers) {
    await approver.session.sync()
    must(await approver.session.approve(motion))
  }
  await sponsor.session.sync()
  const joined = must(await device.client.continueJoining(joining))
  if (joined.is !== 'joined') throw new Error(`not joined: ${joined.is}`)
  const { session } = joined
  await session.sync()
  for (const one of [sponsor, ...approvers]) await one.session.sync()
  return { ...device, session: wake(session) }
}

export const must = <T, E>(result: { ok: true; value: T } | { ok: false; error: E }): T => {
  if (!result.ok) throw new Error(`refused: ${JSON.stringify(result.error)}`)
  return result.value
}

export const textsOf = (person: Person): readonly string[] =>
  person.session.view().committee.posts.map((post) => post.text)

export const say = async (person: Person, text: string): Promise<string> => {
  const said = must(await person.session.say({ type: 'post', text }))
  return said.is
}
