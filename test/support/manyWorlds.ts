/**
 * The world at every moment at which a device could die: before each write to its disk, and when each of its entries has reached the relay
 * but is not stored there yet. Each moment can be lived on from, apart from all others. In memory only, so a copy costs nothing.
 */

import { decryptSenderData } from 'ts-mls/privateMessage.js'
import { openEnvelope } from '../../client/core/epochlog/envelope.ts'
import { decodePayload, payloadHash } from '../../client/core/epochlog/payload.ts'
import { decodeIdentity, type SeatId } from '../../client/core/governance/ids.ts'
import { decodePrivate } from '../../client/core/mls/bytes.ts'
import { epochAuthenticatorOf, leavesOf } from '../../client/core/mls/group.ts'
import { inside } from '../../client/core/mls/inside.ts'
import { open } from '../../client/core/mls/message.ts'
import type { Group } from '../../client/core/mls/types.ts'
import type { Dial } from '../../client/core/relay/ports.ts'
import { toHex } from '../../shared/base/text.ts'
import { sha256 } from '../../shared/crypto/sodium.ts'
import type { Loot } from './formerMember.ts'
import { copyLog, type MemoryLog } from './memoryLog.ts'
import { createMemoryRelay, type MemoryRelay } from './memoryRelay.ts'
import type { MemoryDisk } from './memoryVaultFile.ts'
import { type Person, restart } from './people.ts'

/** An entry on its way into a log, as whoever sits in the relay sees it. */
export type SeenEntry = { readonly log: Uint8Array; readonly blob: Uint8Array }

/** `told`: what the device had promised its person by then. */
export type Moment = {
  readonly disks: readonly { readonly person: Person; readonly disk: MemoryDisk }[]
  readonly logs: readonly MemoryLog[]
  readonly seen: readonly SeenEntry[]
  readonly told: readonly string[]
  readonly now: number
}

export type Recorder = {
  readonly moments: readonly Moment[]
  /** Everybody whose disk belongs to the world. */
  readonly people: Person[]
  readonly told: string[]
  /** The mortal's line to the relay: its entries make moments too. */
  readonly dial: Dial
  /** The mortal's connection only. */
  readonly disconnect: (isOffline: boolean) => void
  readonly begin: (mortal: Person) => void
}

export const newRecorder = (relay: MemoryRelay): Recorder => {
  const moments: Moment[] = []
  const people: Person[] = []
  const told: string[] = []
  const lines = new Set<number>()
  let isOffline = false
  const take = (): void =>
    void moments.push({
      disks: people.map((person) => ({ person, disk: person.disk.copy() })),
      logs: [...relay.logs.values()].map((log) => copyLog(log)),
      seen: entriesIn(relay),
      told: [...told],
      now: people[0]?.time.now ?? 0,
    })
  return {
    moments,
    people,
    told,
    dial: (address, events) => {
      if (isOffline) {
        queueMicrotask(events.onClose)
        return { send: () => undefined, close: () => undefined }
      }
      lines.add(relay.dialed() + 1)
      return relay.dial(address, events)
    },
    disconnect: (now) => {
      isOffline = now
      if (now) for (const line of lines) relay.cut(line)
    },
    begin: (mortal) => {
      mortal.disk.beforeWrite = take
      relay.misbehave({
        receive: (request, connection) => {
          if (request.type === 'append' && lines.has(connection)) take()
          return undefined
        },
      })
    },
  }
}

const entriesIn = (relay: MemoryRelay): readonly SeenEntry[] =>
  relay.requests.flatMap(({ request }) =>
    request.type === 'append' ? [{ log: request.log, blob: request.blob }] : [],
  )

export type World = {
  readonly relay: MemoryRelay
  readonly people: readonly Person[]
  /** All entries that were ever sent here, before the moment and since. */
  readonly seen: () => readonly SeenEntry[]
}

/** Those who are awake start again from their disks, at a relay that has what it had. */
export const liveOn = async (moment: Moment, awake: readonly string[]): Promise<World> => {
  const relay = createMemoryRelay()
  for (const log of moment.logs) relay.logs.set(toHex(log.id), copyLog(log))
  const people: Person[] = []
  for (const { person, disk } of moment.disks.filter((one) => awake.includes(one.person.name))) {
    const time = { ...person.time, now: moment.now }
    people.push(await restart({ ...person, time }, relay.dial, disk.copy()))
  }
  return { relay, people, seen: () => [...moment.seen, ...entriesIn(relay)] }
}

type Use = { readonly key: string; readonly what: string }

/** What one entry uses up, by entry: worlds have most of their past in common. */
export type Uses = Map<string, readonly Use[]>

/**
 * Keys that a seat has used twice, as far as a member who also sits in the relay can tell: two messages of one generation, two payloads of one
 * number, one nonce for two blobs. `loot`: of a member who holds all epochs.
 */
export const usedTwice = async (
  seen: readonly SeenEntry[],
  seat: SeatId,
  loot: Loot,
  known: Uses = new Map(),
): Promise<readonly string[]> => {
  const all = new Map<string, Set<string>>()
  for (const entry of seen) {
    const hash = toHex(sha256(entry.blob))
    const uses = known.get(hash) ?? (await usesOf(entry, seat, loot))
    known.set(hash, uses)
    for (const { key, what } of [...uses, { key: `nonce ${toHex(entry.blob.slice(0, 24))}`, what: hash }])
      all.set(key, (all.get(key) ?? new Set()).add(what))
  }
  return [...all].filter(([, whats]) => whats.size > 1).map(([key]) => key)
}

const usesOf = async ({ log, blob }: SeenEntry, seat: SeatId, loot: Loot): Promise<readonly Use[]> => {
  const own = loot.logs.find(({ id }) => Buffer.compare(id, log) === 0)
  const opened = own && openEnvelope(own, blob)
  if (!opened?.ok || opened.value.kind !== 1) return []
  const uses: Use[] = []
  for (const group of loot.groups) uses.push(...(await usesIn(group, seat, opened.value.body)))
  return uses
}

const usesIn = async (group: Group, seat: SeatId, message: Uint8Array): Promise<readonly Use[]> => {
  const { suite, state } = inside(group)
  const decoded = decodePrivate(message)
  if (!decoded || decoded.epoch !== state.groupContext.epoch) return []
  const sender = await decryptSenderData(decoded, state.keySchedule.senderDataSecret, suite.cs)
  const leaf = leavesOf(group).find(({ index }) => index === sender?.leafIndex)
  if (!sender || !leaf || decodeIdentity(leaf.identity)?.seat !== seat) return []
  const where = `${toHex(epochAuthenticatorOf(group)).slice(0, 16)}/${sender.leafIndex}`
  const opened = await open(group, message)
  const payload = opened.ok ? decodePayload(opened.value.plaintext) : undefined
  const sent = { key: `${decoded.contentType} ${where}/${sender.generation}`, what: toHex(sha256(message)) }
  if (!payload?.ok) return [sent]
  const what = toHex(payloadHash(payload.value))
  const counted = { key: `counter ${toHex(leaf.identity)}/${payload.value.counter}`, what }
  return [sent, counted, { key: `id ${payload.value.id}`, what }]
}
