/** A book with a line to its relay, made when it is first needed. */

import { type PublicKey, randomBytes } from '../../../shared/crypto/sodium.ts'
import type { AdmissionSecret } from '../../../shared/protocol/access.ts'
import type { RelayKey } from '../../../shared/protocol/relayKey.ts'
import { createRelay } from '../relay/createRelay.ts'
import type { Relay } from '../relay/relay.ts'
import type { Book } from './book.ts'
import type { Progress } from './reading.ts'
import type { Keeper } from './upkeep.ts'
import type { World } from './world.ts'

export type OpenKeeper = {
  readonly keeper: Keeper
  /** Undefined as long as nobody asked for the relay. */
  readonly relay: () => Relay | undefined
  readonly onProgress: (listener: (progress: Progress) => void) => void
}

export const createKeeper = (book: Book, world: World, mayAct: (work: string) => boolean): OpenKeeper => {
  let relay: Relay | undefined
  let ticks = 0
  let listener: (progress: Progress) => void = () => undefined
  const relayKey = (): RelayKey => {
    const { staticKey, signingKey } = book.own().relay
    return { staticKey, signingKey: signingKey as PublicKey }
  }
  const connect = (): Relay =>
    createRelay({
      dial: world.dial,
      timer: world.timer,
      redial: world.redial,
      random: world.chance,
      address: book.own().relay.address,
      relayKey: relayKey(),
      admission: book.own().relay.admission as AdmissionSecret,
      onAdmission: (admission) => book.setOwn({ relay: { ...book.own().relay, admission } }),
    })
  const keeper: Keeper = {
    book,
    clock: world.clock,
    random: randomBytes,
    gatherings: new Map(),
    saidIds: new Set(book.sayings.all().map((saying) => saying.id)),
    get relay() {
      relay ??= connect()
      return relay
    },
    get relayKey() {
      return relayKey()
    },
    made: new Set(),
    onProgress: (progress) => listener(progress),
    mayAct,
    ticked: (ms) => {
      ticks += ms
    },
    takeTicks: () => {
      const counted = ticks
      ticks = 0
      return counted
    },
    connect,
  }
  return {
    keeper,
    relay: () => relay,
    onProgress: (next) => {
      listener = next
    },
  }
}
