/**
 * Staying with a committee: the newest epoch's log and the one before it are watched, so that what somebody says is on the other screens
 * after one trip through the relay. A page that does not fit what is known makes the session read again from the log.
 */
import type { Result } from '../../../shared/base/result.ts'
import { logKey } from '../../../shared/protocol/ids.ts'
import type { Page } from '../relay/observe.ts'
import { observePage } from '../relay/observe.ts'
import type { Failure, LogAccess } from '../relay/relay.ts'
import { newWitness } from '../relay/witness.ts'
import type { Turns } from '../vault/turns.ts'
import { type Halt, halt } from './reading.ts'
import { takeEntries } from './receive.ts'
import { hasWork } from './rounds.ts'
import type { Epoch } from './state.ts'
import type { Keeper } from './upkeep.ts'
import type { World } from './world.ts'

type Watching = {
  readonly keeper: Keeper
  readonly world: World
  readonly turns: Turns
  readonly settle: () => Promise<Result<undefined, Halt>>
  readonly onChange: () => void
  readonly onBroken: () => void
}

/** Milliseconds between looks at what waits for its turn. */
const LOOK_MS = 5_000
/** Looks after which everything is read again, although the watch brought nothing: logs that are due, a watch that went deaf. */
const LOOKS_A_ROUND = 60

export const watchNewest = (watching: Watching): (() => void) => {
  const { keeper, world, turns, settle, onChange, onBroken } = watching
  const watched = new Map<string, () => void>()
  /** Of these, what the relay has ended, by a refusal or a lie: begun again when everything could be read. */
  const ended = new Set<string>()
  let isOver = false
  let cancel: () => void = () => undefined

  const act = (work: () => Promise<unknown>): void => {
    if (isOver || turns.isOver()) return
    turns
      .next(async () => {
        await work()
        rewatch()
      })
      .then(onChange, () => {
        stop()
        onBroken()
      })
  }
  const rewatch = (): void => {
    const wanted = keeper.book.epochs().slice(-2).flatMap(watchable)
    const names = new Set(wanted.map(({ name }) => name))
    for (const name of [...watched.keys()].filter((one) => !names.has(one))) {
      watched.get(name)?.()
      watched.delete(name)
    }
    if (isOver) return
    for (const one of wanted.filter(({ name }) => !watched.has(name))) watched.set(one.name, watch(one))
  }
  const readAll = async (): Promise<void> => {
    const read = await settle()
    if (!read.ok) return
    for (const name of ended) watched.delete(name)
    ended.clear()
  }
  const watch = (one: Watchable): (() => void) => {
    const witness = () => held(keeper, one)?.witnesses[one.log] ?? newWitness(one.access)
    const onPage = (page: Page): void => act(() => takePage(watching, one, page))
    const onEnd = (failure: Failure): void => {
      ended.add(one.name)
      act(async () => void halt(keeper, one.number, failure))
    }
    return keeper.relay.watch(one.access, { witness, onPage, onEnd })
  }
  let looks = 0
  const tick = (): void => {
    keeper.ticked(LOOK_MS)
    if (looks++ % LOOKS_A_ROUND === 0 || hasWork(keeper)) act(readAll)
    cancel = world.timer(LOOK_MS, tick)
  }
  const offState = keeper.relay.onState(onChange)
  const stop = (): void => {
    isOver = true
    cancel()
    offState()
    for (const end of watched.values()) end()
    watched.clear()
  }
  tick()
  return stop
}

/** A log by its id: after a void, another epoch has the same number. */
type Watchable = {
  readonly number: number
  readonly log: number
  readonly access: LogAccess
  readonly name: string
}

const watchable = ({ info, witnesses, logs }: Epoch): readonly Watchable[] => {
  const log = witnesses.length - 1
  const at = logs[log]
  return at ? [{ number: info.number, log, access: at.access, name: logKey(at.id) }] : []
}

/** The epoch of a watched log, unless it was dropped meanwhile. */
const held = ({ book }: Keeper, { number, log, name }: Watchable): Epoch | undefined => {
  const epoch = book.epoch(number)
  const at = epoch?.logs[log]
  return at && logKey(at.id) === name ? epoch : undefined
}

const takePage = async ({ keeper, settle }: Watching, one: Watchable, page: Page): Promise<void> => {
  const { number, log } = one
  const witness = held(keeper, one)?.witnesses[log]
  if (!witness) return
  const observed = observePage(witness, keeper.relayKey.signingKey, page)
  if (!observed.ok) {
    halt(keeper, number, { type: 'lie', lie: observed.error })
    await keeper.book.save()
    return
  }
  await takeEntries(keeper, number, log, observed.value)
  await keeper.book.save()
  if (observed.value.entries.length > 0) await settle()
}
