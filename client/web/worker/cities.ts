/**
 * Committees and their cities, kept up as long as the vault is open: what this device owes to them is said. Not here: what is
 * owed (client/core/session/cityOwed.ts), what is shown (cityShown.ts).
 */
import { keepCities } from '../../core/session/cityCarrying.ts'
import type { Session } from '../../core/session/session.ts'
import type { World } from '../../core/session/world.ts'

export type Cities = {
  /** Something was said in one of the groups. */
  readonly touch: () => void
  /** When nothing is under way any more. */
  readonly close: () => Promise<void>
}

type Around = {
  readonly world: World
  /** All on this device, assemblies among them. */
  readonly groups: () => readonly Session[]
  /** Screens may look different. */
  readonly onChange: () => void
  readonly onBroken: () => void
}

/** Milliseconds that changes are gathered for. */
const GATHER_MS = 400
/** Milliseconds after which it is looked again although nothing was heard: a week begins, somebody else did not post. */
const AGAIN_MS = 120_000

export const openCities = ({ world, groups, onChange, onBroken }: Around): Cities => {
  let isOver = false
  let isStale = false
  let under: Promise<void> | undefined
  let cancelNext: () => void = () => undefined
  let cancelAgain: () => void = () => undefined
  /** What was folded from each when it was last kept up: only what was said since can owe something new. */
  let seen = ''

  const standing = (): string =>
    groups()
      .map((one) => `${one.id} ${one.connection()} ${one.view().committee.last}`)
      .join()
  const keep = async (): Promise<void> => {
    const before = standing()
    await keepCities(groups())
    if (isOver) return
    seen = before === standing() ? before : ''
    onChange()
    cancelAgain()
    cancelAgain = world.timer(AGAIN_MS * (0.5 + world.chance()), now)
  }
  const now = (): void => {
    if (isOver) return
    isStale = under !== undefined
    under ??= keep()
      .catch(() => {
        if (!isOver) onBroken()
      })
      .finally(() => {
        under = undefined
        if (isStale) now()
      })
  }
  now()
  return {
    touch: () => {
      if (isOver || standing() === seen) return
      cancelNext()
      cancelNext = world.timer(GATHER_MS, now)
    },
    close: async () => {
      isOver = true
      cancelNext()
      cancelAgain()
      await under
    },
  }
}
