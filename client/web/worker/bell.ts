/** When the page is to be loud: after whatever is said, and as time passes. Not here: which alarms are loud (client/core/committee/ladder.ts), the sound (page/ring.ts). */
import type { Session } from '../../core/session/session.ts'
import type { World } from '../../core/session/world.ts'
import type { WorkerEvent } from './port.ts'

export type Bell = {
  /** Soon: something was said. */
  readonly look: () => void
  readonly close: () => void
}

type Around = {
  readonly world: World
  readonly tell: (event: WorkerEvent) => void
  readonly onBroken: () => void
}

/** Milliseconds: the ladder counts in minutes. */
const LOOK_MS = 5000

export const openBell = (session: Session, { world, tell, onBroken }: Around): Bell => {
  let isOver = false
  let isLooking = false
  let cancel: () => void = () => undefined

  const ring = async (): Promise<void> => {
    const alarms = await session.ring(new Date(world.clock()).getHours())
    if (alarms.length > 0 && !isOver) tell({ is: 'loud', committee: session.id, alarms })
  }
  const look = (): void => {
    if (isOver || isLooking) return
    isLooking = true
    ring()
      .catch(() => {
        if (!isOver) onBroken()
      })
      .finally(() => {
        isLooking = false
      })
  }
  const lookAgain = (): void => {
    look()
    cancel = world.timer(LOOK_MS, lookAgain)
  }
  lookAgain()
  return {
    look,
    close: () => {
      isOver = true
      cancel()
    },
  }
}
