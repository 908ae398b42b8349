/**
 * A member who turns on the committee: with the keys of a real device, and with the insides of MLS, it writes into the newest log what
 * no client of ours would make. Not here: the forgery itself (hostileCommit.ts).
 */

import { filteredDirectPathAndCopathResolution } from 'ts-mls/ratchetTree.js'
import { leafToNodeIndex, toLeafIndex } from 'ts-mls/treemath.js'
import type { UpdatePath } from 'ts-mls/updatePath.js'
import { type Envelope, sealEnvelope } from '../../client/core/epochlog/envelope.ts'
import { LOG_TTL_DAYS } from '../../client/core/epochlog/keys.ts'
import { encodeAct } from '../../client/core/governance/act.ts'
import { charterHash } from '../../client/core/governance/charter.ts'
import type { SeatId } from '../../client/core/governance/ids.ts'
import { approve } from '../../client/core/governance/motion.ts'
import { type Device, devicesOf } from '../../client/core/governance/roster.ts'
import { ACT_PROPOSAL } from '../../client/core/mls/config.ts'
import { signatureKeyPair } from '../../client/core/mls/group.ts'
import type { Group } from '../../client/core/mls/types.ts'
import { createRelay } from '../../client/core/relay/createRelay.ts'
import type { Relay } from '../../client/core/relay/relay.ts'
import { type Book, openBook } from '../../client/core/session/book.ts'
import { type Epoch, rosterOf } from '../../client/core/session/state.ts'
import { randomBytes } from '../../shared/crypto/sodium.ts'
import { forgeCommit, type Scene } from './hostileCommit.ts'
import type { Person, Place } from './people.ts'

/** Everything that a device's disk holds of its committee, as it was saved last. */
export const bookOf = (person: Person): Promise<Book> => openBook(person.vault, person.session.id)

export const groupOf = (epoch: Epoch | undefined): Group => {
  if (!epoch?.group) throw new Error('no group held for this epoch')
  return epoch.group
}

/** A line to the relay that asks nobody's session. */
export const lineTo = (place: Place): Relay =>
  createRelay({
    dial: place.dial,
    timer: (delayMs, wake) => {
      const id = setTimeout(wake, delayMs)
      return () => clearTimeout(id)
    },
    random: () => 0.5,
    address: place.address,
    relayKey: place.relayKey,
    admission: place.admission,
    onAdmission: () => undefined,
  })

/** Into the first log of the epoch, whoever wrote before. */
export const putMessage = (place: Place, epoch: Epoch, message: Uint8Array): Promise<void> =>
  putEnvelope(place, epoch, { kind: 1, body: message })

export const putEnvelope = async (place: Place, epoch: Epoch, envelope: Envelope): Promise<void> => {
  const [log] = epoch.logs
  if (!log) throw new Error('an epoch has a log')
  const relay = lineTo(place)
  const blob = sealEnvelope(log, envelope)
  const result = await relay.append(log.access, blob, { lifeDays: LOG_TTL_DAYS })
  relay.close()
  if (!result.ok) throw new Error(`the relay refused: ${result.error.type}`)
}

const leavesOfSeat = (epoch: Epoch, seat: SeatId): readonly Device[] => devicesOf(rosterOf(epoch), seat)

/** Removes the seat, with everything that MLS asks for and nothing that the committee asks for. */
export const removalWithoutMandate = (epoch: Epoch, victim: SeatId): Promise<Uint8Array> =>
  forgeCommit(groupOf(epoch), {
    proposals: leavesOfSeat(epoch, victim).map(({ leaf }) => ({
      proposalType: 'remove',
      remove: { removed: leaf },
    })),
  })

/** The same under a mandate that only its author approved. */
export const removalByOneVote = async (person: Person, epoch: Epoch, victim: SeatId): Promise<Uint8Array> => {
  const { charter, info } = epoch
  const motion = {
    anchor: info.anchor,
    charterHash: charterHash(info.charterBytes),
    rules: charter.rules,
    nonce: randomBytes(16),
    lastEpoch: info.number + 10,
    action: { type: 'remove' as const, seat: victim },
  }
  const { device } = person.session.view().own
  const approvals = [approve(signatureKeyPair(groupOf(epoch)).secretKey, device, motion)]
  const act = encodeAct({ type: 'mandate', mandate: { motion, approvals } })
  return forgeCommit(groupOf(epoch), {
    proposals: [
      ...leavesOfSeat(epoch, victim).map(({ leaf }) => ({
        proposalType: 'remove' as const,
        remove: { removed: leaf },
      })),
      { proposalType: ACT_PROPOSAL, proposalData: act },
    ],
  })
}

/** A TIDY that everybody can follow but these seats: what its path holds for them does not open. */
export const tidyGarbledFor = (epoch: Epoch, victims: readonly SeatId[]): Promise<Uint8Array> => {
  const leaves = victims.flatMap((seat) => leavesOfSeat(epoch, seat).map(({ leaf }) => leaf))
  return forgeCommit(groupOf(epoch), { path: (path, scene) => garbled(path, scene, leaves) })
}

/** Throws when a victim shares its place in the path with somebody else: then it cannot be hit alone. */
const garbled = (path: UpdatePath, { author, treeBefore }: Scene, leaves: readonly number[]): UpdatePath => {
  const levels = filteredDirectPathAndCopathResolution(toLeafIndex(author), treeBefore)
  const targets = leaves.map((leaf) => {
    const node = leafToNodeIndex(toLeafIndex(leaf))
    const level = levels.findIndex(({ resolution }) => resolution.includes(node))
    if (level < 0) throw new Error(`leaf ${leaf} has no ciphertext of its own`)
    return { level, place: levels[level]?.resolution.indexOf(node) }
  })
  const isHit = (level: number, place: number): boolean =>
    targets.some((target) => target.level === level && target.place === place)
  return {
    ...path,
    nodes: path.nodes.map((node, level) => ({
      ...node,
      encryptedPathSecret: node.encryptedPathSecret.map((sealed, place) =>
        isHit(level, place)
          ? { ...sealed, ciphertext: sealed.ciphertext.with(0, (sealed.ciphertext[0] ?? 0) ^ 1) }
          : sealed,
      ),
    })),
  }
}
