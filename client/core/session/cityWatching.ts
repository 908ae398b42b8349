/**
 * Staying at the bulletins that run, each on a line of its own: whoever is online hears a call of another committee after one trip through the relay. A page that
 * comes is only a bell: what stands there is read and checked by whoever rings for it (bulletin.ts).
 */
import type { BulletinTerm } from '../city/bulletinTerm.ts'
import type { Page } from '../relay/observe.ts'
import { newWitness } from '../relay/witness.ts'
import { type Book, numberKey } from './book.ts'
import { dialBulletin, logOfTerm } from './bulletin.ts'
import type { CommitteeView } from './view.ts'
import type { World } from './world.ts'

type Around = {
  readonly keeper: { readonly book: Book; readonly clock: () => number }
  readonly world: World
  readonly view: () => CommitteeView
}

/** Milliseconds after which it is looked whether a week has begun, or a watch has ended. */
const LOOK_MS = 60_000

export const watchBulletins = ({ keeper, world, view }: Around, onNews: () => void): (() => void) => {
  const watched = new Map<number, () => void>()
  let isOver = false
  let cancel: () => void = () => undefined

  const watch = (term: BulletinTerm, writer: string): (() => void) => {
    const { access } = logOfTerm(term, writer)
    const relay = dialBulletin(world, term)
    const witness = () => keeper.book.bulletins.get(numberKey(term.term))?.witness ?? newWitness(access)
    const end = (): void => {
      relay.close()
      watched.delete(term.term)
    }
    const onPage = ({ entries }: Page): void => {
      if (!isOver && entries.some(({ seq }) => seq > witness().seq)) onNews()
    }
    // nobody stays at a log that nobody has made yet
    void relay.create(access).then(() => {
      if (!isOver && watched.get(term.term) === end) relay.watch(access, { witness, onPage, onEnd: end })
    })
    return end
  }
  const look = (): void => {
    if (isOver) return
    const { homeTerms, keyLists } = view().committee
    const running = [...homeTerms.values()].filter(({ term }) => term.startsAt <= keeper.clock())
    for (const term of [...watched.keys()].filter((one) => !running.some(({ term }) => term.term === one)))
      watched.get(term)?.()
    for (const { term } of running) {
      const list = keyLists.get(term.term)
      if (list && !watched.has(term.term)) watched.set(term.term, watch(term, list.writer))
    }
    cancel()
    cancel = world.timer(LOOK_MS, look)
  }
  look()
  return () => {
    isOver = true
    cancel()
    for (const end of [...watched.values()]) end()
  }
}
