/** Invites that are followed on this device: the worker looks after each by itself until it has led somewhere. Not here: how (client/core/session/newcoming.ts). */
import type { Client, JoinState } from '../../core/client.ts'
import type { JoinFailure } from '../../core/session/newcoming.ts'
import type { Session } from '../../core/session/session.ts'
import type { World } from '../../core/session/world.ts'
import type { WorkerEvent } from './port.ts'
import { createQueue } from './queue.ts'
import type { JoiningShown } from './shown.ts'

export type Joinings = {
  readonly shown: () => readonly JoiningShown[]
  /** Looks at once, and then again and again. */
  readonly follow: (id: string) => void
  readonly answer: (id: string, doMatch: boolean) => Promise<boolean>
  readonly forget: (id: string) => Promise<void>
  /** Comes back when the look under way is over. */
  readonly close: () => Promise<void>
}

type Around = {
  readonly client: Client
  readonly world: World
  readonly tell: (event: WorkerEvent) => void
  readonly onJoined: (session: Session) => void
  readonly onBroken: () => void
}

/** Milliseconds between two looks: while two people stand beside each other, and while others decide or there is no connection. */
const LOOK_MS = 1500
const SLOW_LOOK_MS = 6000

/** There is nothing more to come. */
const OVER: readonly JoinState['is'][] = ['declined', 'aborted']
const HOPELESS: readonly (JoinFailure | undefined)[] = ['no_such_joining', 'expired', 'relay_lied', 'refused']

export const openJoinings = ({ client, world, tell, onJoined, onBroken }: Around): Joinings => {
  const troubles = new Map<string, JoinFailure>()
  const timers = new Map<string, () => void>()
  const told = new Map<string, string>()
  let isOver = false
  const next = createQueue()

  const shown = (): readonly JoiningShown[] =>
    client
      .joinings()
      .flatMap(({ id, state }) =>
        state.is === 'joined' ? [] : [{ joining: id, state, trouble: troubles.get(id) }],
      )
  const shownOf = (id: string): JoiningShown | undefined => shown().find(({ joining }) => joining === id)
  const stop = (id: string): void => {
    timers.get(id)?.()
    timers.delete(id)
  }
  const tellWhereItStands = (id: string): void => {
    const now = shownOf(id)
    if (isOver || !now) return
    const print = JSON.stringify(now)
    if (told.get(id) !== print) tell({ is: 'joining', joining: now })
    told.set(id, print)
    if (!isDone(now))
      timers.set(
        id,
        world.timer(paceOf(now), () => follow(id)),
      )
  }
  const look = async (id: string): Promise<void> => {
    if (isOver || !shownOf(id)) return
    const looked = await client.continueJoining(id)
    if (looked.ok && looked.value.is === 'joined') {
      await arrive(id, looked.value.session)
      return
    }
    if (looked.ok) troubles.delete(id)
    else troubles.set(id, looked.error)
    tellWhereItStands(id)
  }
  const arrive = async (id: string, session: Session): Promise<void> => {
    // It is in the vault: after the next unlocking it is there.
    if (isOver) return session.close()
    onJoined(session)
    tell({ is: 'joiningOver', joining: id, committee: session.id })
  }
  const follow = (id: string): void => {
    stop(id)
    next(() => look(id)).catch(onBroken)
  }
  for (const { joining } of shown()) follow(joining)
  return {
    shown,
    follow,
    answer: async (id, doMatch) => {
      const isTaken = await next(() => client.answerWords(id, doMatch))
      if (isTaken) follow(id)
      return isTaken
    },
    forget: async (id) => {
      stop(id)
      await next(() => client.forgetJoining(id))
      tell({ is: 'joiningOver', joining: id, committee: undefined })
    },
    close: async () => {
      isOver = true
      for (const id of timers.keys()) stop(id)
      await next(async () => undefined)
    },
  }
}

const isDone = ({ state, trouble }: JoiningShown): boolean =>
  OVER.includes(state.is) || HOPELESS.includes(trouble)

const paceOf = ({ state, trouble }: JoiningShown): number =>
  state.is === 'deciding' || trouble !== undefined ? SLOW_LOOK_MS : LOOK_MS
