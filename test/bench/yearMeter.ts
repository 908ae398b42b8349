/** What the devices of the year cost: processor time and bytes on the line, counted per device. Not here: what they do (yearLife.ts). */
import type { MemoryRelay } from '../support/memoryRelay.ts'
import type { Place } from '../support/people.ts'

/** `cpuMs` contains what the relay in memory does for this device: it is in the same process. */
export type Spent = { cpuMs: number; sent: number; received: number; requests: number; looks: number }

export type Meters = {
  /** The relay on a line of this device's own. */
  readonly place: (name: string) => Place
  readonly of: (name: string) => Spent
  readonly measured: <T>(name: string, work: () => Promise<T>) => Promise<T>
  readonly all: () => Spent
  readonly reset: () => void
}

const nothing = (): Spent => ({ cpuMs: 0, sent: 0, received: 0, requests: 0, looks: 0 })

export const cpuMs = (): number => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

export const createMeters = (relay: MemoryRelay): Meters => {
  const spent = new Map<string, Spent>()
  const of = (name: string): Spent => {
    const known = spent.get(name) ?? nothing()
    spent.set(name, known)
    return known
  }
  return {
    of,
    place: (name) => ({
      ...relay,
      dial: (address, events) => {
        const line = relay.dial(address, {
          ...events,
          onFrame: (frame) => {
            of(name).received += frame.length
            events.onFrame(frame)
          },
        })
        return {
          ...line,
          send: (frame) => {
            of(name).sent += frame.length
            of(name).requests++
            line.send(frame)
          },
        }
      },
    }),
    measured: async (name, work) => {
      const from = cpuMs()
      const done = await work()
      of(name).cpuMs += cpuMs() - from
      of(name).looks++
      return done
    },
    all: () =>
      [...spent.values()].reduce((sum, one) => {
        const next = nothing()
        for (const field of ['cpuMs', 'sent', 'received', 'requests', 'looks'] as const)
          next[field] = sum[field] + one[field]
        return next
      }, nothing()),
    reset: () => spent.clear(),
  }
}
