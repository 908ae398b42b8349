/** Somebody new in the middle of a schedule: met, vouched for, let in or not (protocol.md 4.4). Not here: what they may not read (earlier.ts). */
import { type Client, createClient } from '../../client/core/client.ts'
import { createVault, type Vault } from '../../client/core/vault/vault.ts'
import { CHEAP_COST, createMemoryDisk, type MemoryDisk } from '../support/memoryVaultFile.ts'
import { PASSPHRASE } from '../support/people.ts'
import { checkEarlier } from './earlier.ts'
import { openLine } from './line.ts'
import { approve, type Move, present, type Stage, saySomething, someone, syncOne } from './moves.ts'
import { checkDevice } from './oracle.ts'
import { type Device, portsOf, startDevice } from './world.ts'

/** Before they are in: a vault with a joining and no committee. */
type Guest = {
  readonly disk: MemoryDisk
  readonly vault: Vault
  readonly client: Client
  readonly joining: string
}

const guests = new WeakMap<Stage['world'], Guest>()

/** At most one for each schedule. Whoever is there approves. */
export const letIn: Move = async (stage, dice) => {
  const sponsor = someone(stage, dice)
  if (!sponsor || guests.has(stage.world)) return 'nobody comes'
  await syncOne(stage, sponsor)
  const invite = await sponsor.session.invite('link')
  if (!invite.ok) return `${sponsor.name} cannot invite`
  await syncOne(stage, sponsor)
  const guest = await newGuest(stage, invite.value.link)
  guests.set(stage.world, guest)
  // Offer, commitment, answer, reveal.
  for (let i = 0; i < 2; i++) {
    await guest.client.continueJoining(guest.joining)
    await syncOne(stage, sponsor)
  }
  await guest.client.answerWords(guest.joining, true)
  await saySomething(stage, sponsor, () => sponsor.session.vouch(invite.value.id))
  for (const device of present(stage.world)) await approve(stage, device)
  await arrive(stage)
  return `${sponsor.name} vouches for somebody new`
}

const newGuest = async ({ world }: Stage, link: string): Promise<Guest> => {
  const disk = createMemoryDisk()
  const vault = await createVault(disk.open(), PASSPHRASE, { cost: CHEAP_COST })
  const client = createClient(vault, portsOf(world, { line: openLine(world.relay), offset: 0 }))
  const joining = await client.startJoining(link, 'new')
  if (!joining.ok) throw new Error(joining.error)
  return { disk, vault, client, joining: joining.value }
}

/** Looks whether a Welcome is there; once in, they are one of the devices. */
export const arrive = async (stage: Stage): Promise<void> => {
  const { world, chronicle } = stage
  const guest = guests.get(world)
  if (!guest || world.devices.some(({ disk }) => disk === guest.disk)) return
  const state = await guest.client.continueJoining(guest.joining)
  if (!state.ok || state.value.is !== 'joined') return
  await state.value.session.close()
  await guest.vault.close()
  const person = 1 + Math.max(...world.devices.map((one) => one.person))
  const device: Device = await startDevice(world, { name: 'new', person, disk: guest.disk, isHostile: false })
  world.devices.push(device)
  await checkDevice(chronicle, device)
  await checkEarlier(chronicle, device)
}
