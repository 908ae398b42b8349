/**
 * Staying with the bulletins that run, each on a connection of its own, so that an alert of another committee is on the screen after one trip through the relay. Not here: reading
 * them now and then (cityCommands.ts), what counts (city/bulletin.ts).
 */
import { sameBytes } from '../../../shared/base/bytes.ts'
import type { PublicKey } from '../../../shared/crypto/sodium.ts'
import { emptyBulletin, readBulletin } from '../city/bulletin.ts'
import type { BulletinLog, BulletinTerm } from '../city/bulletinTerm.ts'
import type { Committee } from '../committee/committee.ts'
import { observePage, type Page } from '../relay/observe.ts'
import type { Relay } from '../relay/relay.ts'
import { newWitness } from '../relay/witness.ts'
import type { Turns } from '../vault/turns.ts'
import { numberKey } from './book.ts'
import { dialBulletin, logOfTerm, type Read } from './bulletin.ts'
import type { Keeper } from './upkeep.ts'
import type { World } from './world.ts'

type Around = {
  readonly keeper: Keeper
  readonly world: World
  readonly turns: Turns
  readonly committee: () => Committee
  readonly isMember: () => boolean
  readonly onChange: () => void
  readonly onBroken: () => void
}

export type BulletinWatch = {
  /** Something has changed: perhaps there is another term. */
  readonly look: () => void
  readonly stop: () => void
}

/** Milliseconds between looks by itself: terms begin by the clock, and a watch that the relay has ended is begun again. */
const LOOK_MS = 60_000

type Running = { readonly term: BulletinTerm; readonly writer: string }
type Watched = { readonly term: BulletinTerm; readonly log: BulletinLog; readonly relay: Relay }

type Own = {
  readonly around: Around
  /** By the number of the term. */
  readonly watched: Map<number, Watched>
  isOver: boolean
}

export const watchBulletins = (around: Around): BulletinWatch => {
  const own: Own = { around, watched: new Map(), isOver: false }
  let cancel: () => void = () => undefined
  const tick = (): void => {
    look(own)
    cancel = around.world.timer(LOOK_MS, tick)
  }
  tick()
  return {
    look: () => look(own),
    stop: () => {
      cancel()
      stop(own)
    },
  }
}

const stop = (own: Own): void => {
  own.isOver = true
  for (const one of [...own.watched.values()]) end(own, one)
}

const end = ({ watched }: Own, one: Watched): void => {
  one.relay.close()
  if (watched.get(one.term.term) === one) watched.delete(one.term.term)
}

const look = (own: Own): void => {
  const { watched, around, isOver } = own
  if (isOver) return
  const wanted = around.isMember() ? running(around.committee(), around.keeper.clock()) : []
  const isWanted = ({ term }: Watched): boolean => wanted.some((one) => isSame(one.term, term))
  for (const one of [...watched.values()].filter((each) => !isWanted(each))) end(own, one)
  for (const one of wanted.filter(({ term }) => !watched.has(term.term))) begin(own, one)
}

const begin = (own: Own, { term, writer }: Running): void => {
  const one = { term, log: logOfTerm(term, writer), relay: dialBulletin(own.around.world, term) }
  own.watched.set(term.term, one)
  watch(own, one, true)
}

const watch = (own: Own, one: Watched, mayMake: boolean): void =>
  void one.relay.watch(one.log.access, {
    witness: () => readOf(own.around.keeper, one).witness,
    onPage: (page) => take(own, one, page),
    onEnd: ({ type }) => {
      if (type === 'none' && mayMake) void make(own, one)
      else end(own, one)
    },
  })

/** Nobody has said anything in this term: whoever listens makes the log. */
const make = async (own: Own, one: Watched): Promise<void> => {
  const made = await one.relay.create(one.log.access)
  if (own.watched.get(one.term.term) !== one) return
  if (made.ok) watch(own, one, false)
  else end(own, one)
}

const take = (own: Own, one: Watched, page: Page): void => {
  const { turns, keeper, onChange, onBroken } = own.around
  if (own.isOver || turns.isOver()) return
  turns
    .next(() => takePage(keeper, one, page))
    .then(
      (came) => {
        if (came === 'lie') end(own, one)
        if (came === 'news') onChange()
      },
      () => {
        stop(own)
        onBroken()
      },
    )
}

const isSame = (a: BulletinTerm, b: BulletinTerm): boolean => a.term === b.term && sameBytes(a.seed, b.seed)

/** Terms that have begun, and that our committee's list is known of. */
const running = ({ homeTerms, keyLists }: Committee, nowMs: number): readonly Running[] =>
  [...homeTerms.values()].flatMap(({ term }) => {
    const list = keyLists.get(term.term)
    return list && term.startsAt <= nowMs ? [{ term, writer: list.writer }] : []
  })

const readOf = ({ book }: Keeper, { term, log }: Watched): Read =>
  book.bulletins.get(numberKey(term.term)) ?? { ...emptyBulletin, witness: newWitness(log.access) }

const takePage = async (keeper: Keeper, one: Watched, page: Page): Promise<'news' | 'nothing' | 'lie'> => {
  const { log, term } = one
  const before = readOf(keeper, one)
  const observed = observePage(before.witness, term.relay.signingKey as PublicKey, page)
  if (!observed.ok) return 'lie'
  const { witness, entries } = observed.value
  if (entries.length === 0) return 'nothing'
  keeper.book.bulletins.put(numberKey(term.term), {
    ...readBulletin(before, { log, term }, entries),
    witness,
  })
  await keeper.book.save()
  return 'news'
}
