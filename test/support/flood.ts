/** Whoever has the keys of a log and asks for something without end, on several connections, as much as each may have under way, and never waits when told to. */
import type { LogAccess } from '../../client/core/relay/relay.ts'
import type { Event } from '../../shared/protocol/frames.ts'
import { type Asked, connectWire, openOn, type RelayAt, type Wire } from './wire.ts'

export type Flood = {
  /** Requests that were carried out, and those that were refused. */
  readonly taken: () => number
  readonly refused: () => number
  /** Resolves when both counts satisfy the question. */
  readonly until: (satisfied: () => boolean) => Promise<void>
  readonly stop: () => void
}

type Attack = {
  readonly access: LogAccess
  readonly connections: number
  /** Of each connection. */
  readonly underWay: number
  readonly next: () => Asked
}

export const startFlood = async (relay: RelayAt, attack: Attack): Promise<Flood> => {
  let [taken, refused, isOver] = [0, 0, false]
  const askers = new Set<() => void>()
  const count = ({ type }: Event): void => {
    if (type === 'refused') refused += 1
    else taken += 1
    for (const asker of askers) asker()
  }
  const pour = async (wire: Wire): Promise<void> => {
    while (!isOver) count(await wire.ask(attack.next()))
  }
  const wires = await Promise.all(
    Array.from({ length: attack.connections }, async () => {
      const wire = await connectWire(relay.url)
      await openOn(wire, relay, attack.access, 'writer')
      return wire
    }),
  )
  for (const wire of wires) for (let i = 0; i < attack.underWay; i++) void pour(wire).catch(() => undefined) // ended with its connection
  return {
    taken: () => taken,
    refused: () => refused,
    until: (satisfied) =>
      new Promise((resolve) => {
        const asker = (): void => {
          if (!satisfied()) return
          askers.delete(asker)
          resolve()
        }
        askers.add(asker)
        asker()
      }),
    stop: () => {
      isOver = true
      for (const wire of wires) wire.end()
    },
  }
}
