/**
 * Staying with a committee: the newest epoch's log and the one before it are watched, so that what somebody says is on the other screens
 * after one trip through the relay. A page that does not fit what is known makes the session read again from the log.
 */
import type { Result } from '../../../shared/base/result.ts'
import type { Page } from '../relay/observe.ts'
import { observePage } from '../relay/observe.ts'
import type { Failure } from '../relay/relay.ts'
import type { Turns } from '../vault/turns.ts'
import { type Halt, halt } from './reading.ts'
import { takeEntries } from './receive.ts'
import { hasWork } from './rounds.ts'
import type { Keeper } from './upkeep.ts'
import type { World } from './world.ts'

type Watching = {
  readonly keeper: Keeper
  readonly world: World
  readonly turns: Turns
  readonly settle: () => Promise<Result<undefined, Halt>>
  readonly onChange: () => void
}

/** Milliseconds between looks at what waits for its turn. */
const LOOK_MS = 5_000
/** Looks after which everything is read again, although the watch brought nothing: logs that are due, a watch that went deaf. */
const LOOKS_A_ROUND = 60

export const watchNewest = (watching: Watching): (() => void) => {
  const { keeper, world, turns, settle, onChange } = watching
  const watched = new Map<string, () => void>()
  let isOver = false
  let cancel: () => void = () => undefined

  const act = (work: () => Promise<unknown>): void => {
    if (isOver || turns.isOver()) return
    turns
      .next(async () => {
        await work()
        rewatch()
      })
      .then(onChange, () => stop())
  }
  const rewatch = (): void => {
    const wanted = keeper.book
      .epochs()
      .slice(-2)
      .map(({ info, witnesses }) => [info.number, witnesses.length - 1] as const)
    const names = new Set(wanted.map(([number, log]) => `${number}/${log}`))
    for (const [name, end] of watched) {
      if (names.has(name)) continue
      end()
      watched.delete(name)
    }
    for (const [number, log] of wanted) watch(number, log)
  }
  const watch = (number: number, log: number): void => {
    const name = `${number}/${log}`
    const at = keeper.book.epoch(number)?.logs[log]
    if (!at || isOver || watched.has(name)) return
    const witness = () => {
      const now = keeper.book.epoch(number)?.witnesses[log]
      if (!now) throw new Error('watching an epoch that is not held')
      return now
    }
    const onPage = (page: Page): void => act(() => takePage(watching, number, log, page))
    const onEnd = (failure: Failure): void => act(async () => void halt(keeper, number, failure))
    watched.set(name, keeper.relay.watch(at.access, { witness, onPage, onEnd }))
  }
  let looks = 0
  const tick = (): void => {
    if (looks++ % LOOKS_A_ROUND === 0 || hasWork(keeper)) act(settle)
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

const takePage = async (
  { keeper, settle }: Watching,
  number: number,
  log: number,
  page: Page,
): Promise<void> => {
  const witness = keeper.book.epoch(number)?.witnesses[log]
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
