/**
 * The bell as this device knows it (protocol.md 4.9, D6; shared/bell/SPEC.md): where it is, whether it may ring this device, and that somebody has to be woken.
 * A bell is the device's and no committee's; only a ticket belongs to a log, and only where its person asked for one. Not here: subscribing at a push
 * service and what a ring shows (client/web), and the bell itself (server/bell).
 */
import { err, ok, type Result } from '../../../shared/base/result.ts'
import { fromHex, toHex } from '../../../shared/base/text.ts'
import { parseBellAddress, RUNG } from '../../../shared/bell/bell.ts'
import { randomBytes } from '../../../shared/crypto/sodium.ts'
import type { World } from '../session/world.ts'
import { createTurns } from '../vault/turns.ts'
import type { Vault } from '../vault/vault.ts'
import { type Asked, askAt, type BellFailure, hostOf } from './asking.ts'
import {
  type BellShown,
  type Kept,
  MOST_OWED,
  type Rung,
  readKept,
  registered,
  shownOf,
  writeKept,
} from './kept.ts'

export type BellChoice = {
  readonly address: string
  readonly rung: Rung | undefined
  /** Empty where nothing is to ring here. */
  readonly endpoint: string
}

export type DeviceBell = {
  readonly shown: () => BellShown | undefined
  /** Again with the same address: another choice, or another endpoint. */
  readonly turnOn: (choice: BellChoice) => Promise<Asked>
  /** Here at once; there as far as it can be reached. */
  readonly turnOff: () => Promise<void>
  /** The ticket of this device for one committee, for its members alone. */
  readonly giveTicket: (committee: string) => Promise<Result<string, BellFailure | 'no_bell'>>
  readonly takeBack: (committee: string) => Promise<void>
  /** An alarm was raised: everybody, and whoever gave a ticket. It is tried again until the bell has heard it, for an hour. */
  readonly wake: (tickets: readonly string[]) => void
  /** Registers again before it is forgotten, and rings whom it owes that. */
  readonly tend: () => Promise<void>
  /** Waits for what was begun. */
  readonly close: () => Promise<void>
}

const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000
const AGAIN_MS = 20_000
/** Well before the bell forgets it (B8), and seldom: it is told a day each time. */
const REGISTER_DAYS = 15

type Held = {
  readonly world: World
  readonly now: () => Kept | undefined
  readonly keep: (next: Kept | undefined) => Promise<void>
  readonly ask: (address: string, request: Parameters<typeof askAt>[2]) => Promise<Asked>
  readonly isOld: () => boolean
}

export const createBell = (vault: Vault, world: World): DeviceBell => {
  const turns = createTurns()
  const held = hold(vault, world)
  let cancel: (() => void) | undefined

  const tend = (): Promise<void> =>
    turns.next(async () => {
      const isLeft = await ringOwed(held)
      if (isLeft)
        cancel ??= world.timer(AGAIN_MS, () => {
          cancel = undefined
          soon(tend())
        })
      await registerAgain(held)
    })
  return {
    shown: () => {
      const now = held.now()
      return now && shownOf(now, hostOf(now.address), held.isOld())
    },
    turnOn: (choice) => turns.next(() => turnOn(held, choice)),
    turnOff: () =>
      turns.next(async () => {
        const before = held.now()
        await held.keep(undefined)
        if (before) await forget(held, before)
      }),
    giveTicket: (committee) => turns.next(() => giveTicket(held, committee)),
    takeBack: (committee) => turns.next(() => takeBack(held, committee)),
    wake: (tickets) => {
      const ids = tickets.flatMap((one) => fromHex(one) ?? []).slice(0, MOST_OWED)
      const owe = turns.next(async () => {
        const now = held.now()
        if (now) await held.keep({ ...now, owed: { since: world.clock(), tickets: ids } })
      })
      soon(owe.then(tend))
    },
    tend,
    close: () => {
      cancel?.()
      return turns.last(async () => cancel?.())
    },
  }
}

/** Nobody waits for it: what is owed stays written down. */
const soon = (work: Promise<void>): void => void work.catch(() => undefined)

const hold = (vault: Vault, world: World): Held => {
  let now = readKept(vault)
  let isOld = false
  return {
    world,
    now: () => now,
    keep: async (next) => {
      await writeKept(vault, next)
      now = next
    },
    ask: async (address, request) => {
      const said = await askAt(world, address, request)
      if (said.ok || said.error === 'bell_old') isOld = !said.ok
      return said
    },
    isOld: () => isOld,
  }
}

const today = ({ world }: Held): number => Math.floor(world.clock() / DAY_MS)

const register = async ({ ask }: Held, one: Kept): Promise<Asked> => {
  const { address, endpoint } = one
  for (const { id, rung } of registered(one)) {
    const done = await ask(address, { type: 'register', id, rung, endpoint })
    if (!done.ok) return done
  }
  return ok(undefined)
}

const forget = ({ ask }: Held, one: Kept): Promise<unknown> =>
  Promise.all(registered(one).map(({ id }) => ask(one.address, { type: 'unregister', id })))

const registerAgain = async (held: Held): Promise<void> => {
  const one = held.now()
  if (!one || one.endpoint === '' || Math.abs(today(held) - one.day) < REGISTER_DAYS) return
  const done = await register(held, one)
  if (done.ok) await held.keep({ ...one, day: today(held) })
}

/** What the bell has of `before` and not of `next`. */
const left = (before: Kept, next: Kept): Kept => {
  if (before.address !== next.address) return before
  return {
    ...before,
    rung: next.rung ? undefined : before.rung,
    tickets: next.endpoint === '' ? before.tickets : [],
  }
}

const turnOn = async (held: Held, { address, rung, endpoint }: BellChoice): Promise<Asked> => {
  if (!parseBellAddress(address)) return err('bad_bell')
  const before = held.now()
  const next: Kept = {
    ...(before ?? { id: randomBytes(32), owed: undefined }),
    tickets: endpoint === '' ? [] : (before?.tickets ?? []),
    address: address.trim(),
    rung: rung && RUNG[rung],
    endpoint,
    day: today(held),
  }
  const done = await register(held, next)
  if (!done.ok) return done
  if (before) await forget(held, left(before, next))
  await held.keep(next)
  return ok(undefined)
}

const giveTicket: (held: Held, committee: string) => ReturnType<DeviceBell['giveTicket']> = async (
  held,
  committee,
) => {
  const now = held.now()
  if (!now || now.endpoint === '') return err('no_bell')
  const known = now.tickets.find((one) => one.committee === committee)
  if (known) return ok(toHex(known.id))
  const mine = { committee, id: randomBytes(32) }
  const done = await register(held, { ...now, rung: undefined, tickets: [mine] })
  if (!done.ok) return done
  await held.keep({ ...now, tickets: [...now.tickets, mine] })
  return ok(toHex(mine.id))
}

const takeBack = async (held: Held, committee: string): Promise<void> => {
  const before = held.now()
  const mine = before?.tickets.filter((one) => one.committee === committee) ?? []
  if (!before || mine.length === 0) return
  await held.keep({ ...before, tickets: before.tickets.filter((one) => one.committee !== committee) })
  await forget(held, { ...before, rung: undefined, tickets: mine })
}

/** Whether somebody is still to be rung. */
const ringOwed = async (held: Held): Promise<boolean> => {
  const now = held.now()
  if (!now?.owed) return false
  const isTimely = Math.abs(held.world.clock() - now.owed.since) <= HOUR_MS
  if (isTimely) {
    const said = await held.ask(now.address, { type: 'ringAll', nonce: randomBytes(16) })
    if (!said.ok && said.error === 'bell_away') return true
    await Promise.all(now.owed.tickets.map((id) => held.ask(now.address, { type: 'ringOne', id })))
  }
  await held.keep({ ...now, owed: undefined })
  return false
}
