/**
 * What the page knows: the state of the vault, the frame of every committee, the invites that are followed here, and whatever a screen looks
 * at, asked for again when it changed. Nothing of it stays when the vault is locked. Not here: any rule, and any key: those are the worker's.
 */
import { getContext, setContext, untrack } from 'svelte'
import type { FirstShown, VaultState, WorkerEvent } from '../worker/port.ts'
import type { Frame, JoiningShown, Views } from '../worker/shown.ts'
import { createLine, type Line } from './line.ts'

type Changing = keyof Views | 'room'

export type Core = Line & {
  readonly vault: VaultState | undefined
  /** In the order in which this device got to know them: a route names them by it, counted from 1. */
  readonly frames: readonly Frame[]
  readonly joinings: readonly JoiningShown[]
  /** Where the newest joining that is over has led. */
  readonly arrivedIn: string | undefined
  /** `look` is called when it changed; the answer ends that. */
  readonly onChange: (committee: string, what: Changing, look: () => void) => () => void
}

type Listener = { readonly committee: string; readonly what: Changing; readonly look: () => void }

type Lookers = {
  readonly add: Core['onChange']
  readonly notify: (changed: Extract<WorkerEvent, { readonly is: 'changed' }>) => void
}

const createLookers = (): Lookers => {
  const listeners = new Set<Listener>()
  return {
    add: (committee, what, look) => {
      const listener = { committee, what, look }
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    notify: (changed) => {
      for (const { committee, what, look } of listeners)
        if (committee === changed.committee && changed.views.includes(what)) look()
    },
  }
}

/** `onLoud`: an alarm is to be heard now. */
export const createCore = (worker: Worker, onLoud: () => void): Core => {
  let vault = $state<VaultState>()
  let frames = $state.raw<readonly Frame[]>([])
  let joinings = $state.raw<readonly JoiningShown[]>([])
  let arrivedIn = $state<string>()
  const lookers = createLookers()

  const putFrame = (frame: Frame): void => {
    const isKnown = frames.some((one) => one.committee === frame.committee)
    frames = isKnown
      ? frames.map((one) => (one.committee === frame.committee ? frame : one))
      : [...frames, frame]
  }
  const putJoining = (joining: JoiningShown): void => {
    joinings = [...joinings.filter((one) => one.joining !== joining.joining), joining]
  }
  const turn = (now: VaultState, first: FirstShown = { frames: [], joinings: [] }): void => {
    vault = now
    frames = first.frames
    joinings = first.joinings
  }
  const hear = (event: WorkerEvent): void => {
    switch (event.is) {
      case 'vault':
        turn(event.vault, event.vault === 'open' ? event : undefined)
        break
      case 'frame':
        putFrame(event.frame)
        break
      case 'changed':
        lookers.notify(event)
        break
      case 'loud':
        onLoud()
        break
      case 'gone':
        frames = frames.filter(({ committee }) => committee !== event.committee)
        break
      case 'joining':
        putJoining(event.joining)
        break
      case 'joiningOver':
        joinings = joinings.filter(({ joining }) => joining !== event.joining)
        arrivedIn = event.committee
    }
  }
  const line = createLine(worker, hear)
  void line.ask('vault', {}).then((answer) => {
    if (answer.ok && vault === undefined) turn(answer.value)
  })
  return {
    ...line,
    get vault() {
      return vault
    },
    get frames() {
      return frames
    },
    get joinings() {
      return joinings
    },
    get arrivedIn() {
      return arrivedIn
    },
    onChange: lookers.add,
  }
}

const KEY = Symbol('core')

export const provideCore = (core: Core): Core => setContext(KEY, core)
export const useCore = (): Core => getContext<Core>(KEY)

/** Calls `look` now and whenever that changed, as long as the screen is there. What it reads does not make it look again. */
export const onChange = (committee: () => string, what: Changing, look: () => Promise<void>): void => {
  const core = useCore()
  const id = $derived(committee())
  $effect(() => {
    const stop = core.onChange(id, what, () => void look())
    untrack(() => void look())
    return stop
  })
}

/** What a screen shows, from when it is asked for; undefined until it is there. */
export const watch = <V extends keyof Views>(
  committee: () => string,
  view: V,
): { readonly now: Views[V] | undefined } => {
  const core = useCore()
  let now = $state.raw<Views[V]>()
  onChange(committee, view, async () => {
    const answer = await core.look(committee(), view)
    if (answer.ok) now = answer.value
  })
  return {
    get now() {
      return now
    },
  }
}
