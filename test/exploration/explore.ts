/**
 * Every reachable state of an abstract committee, breadth first, and from each of them the question of invariant I4: do honest steps alone,
 * with a relay that delivers, lead to one epoch with all honest seats in it and no insider?
 */

import { stepsOf } from './honest.ts'
import { hostileMoves } from './hostile.ts'
import { land } from './log.ts'
import { at, begin, type Cast, has, headOf, honestDevices, keyOf, type State } from './world.ts'

export type Found = {
  readonly states: number
  /** False when the bound was reached before the end. */
  readonly isWhole: boolean
  /** States from which honest steps alone do not lead home. */
  readonly stuck: number
  readonly example: { readonly from: State; readonly end: State } | undefined
}

export const explore = (cast: Cast, maxStates: number): Found => {
  const start = begin(cast)
  const seen = new Set([keyOf(start)])
  const home = new Set<string>()
  let stuck = 0
  let example: Found['example']
  let wave: readonly State[] = [start]
  while (wave.length > 0 && seen.size <= maxStates) {
    for (const state of wave) {
      const end = settle(cast, state, home)
      if (!end) continue
      stuck++
      example ??= { from: state, end }
    }
    wave = wave.flatMap((state) => fresh(seen, maxStates, successors(cast, state)))
  }
  return { states: seen.size, isWhole: seen.size <= maxStates, stuck, example }
}

/** Those not seen before, which are seen now; none once there are too many. */
const fresh = (seen: Set<string>, maxStates: number, states: readonly State[]): readonly State[] =>
  states.filter((state) => {
    const key = keyOf(state)
    if (seen.has(key) || seen.size > maxStates) return false
    seen.add(key)
    return true
  })

export const successors = (cast: Cast, state: State): readonly State[] => [
  ...honestDevices(cast).flatMap((device) => honestMoves(cast, state, device)),
  ...state.flying.flatMap((_, i) => deliver(cast, state, i)),
  ...hostileMoves(cast, state),
]

/** A device whose entry is on its way waits for it. The relay may keep any entry back and deliver it later. */
const honestMoves = (cast: Cast, state: State, device: number): readonly State[] => {
  if (state.flying.some((op) => op.device === device)) return []
  const steps = stepsOf(cast, state, device, true)
  const kept = steps.flatMap(({ op }) =>
    op && state.flying.length < cast.flights ? [{ ...state, flying: [...state.flying, op] }] : [],
  )
  return [...steps.map(({ state: after }) => after), ...kept]
}

/** An entry that has become a no-op is in the log all the same. */
const deliver = (cast: Cast, state: State, i: number): readonly State[] => {
  const op = at(state.flying, i)
  const without = { ...state, flying: state.flying.filter((_, j) => j !== i) }
  return [land(cast, without, op) ?? without]
}

const isHome = (cast: Cast, state: State): boolean => {
  const head = headOf(state)
  const { seats } = at(state.epochs, head)
  return (
    (seats & cast.hostile) === 0 &&
    honestDevices(cast).every((d) => has(at(state.held, d), head) && has(at(state.epochs, head).devices, d))
  )
}

const MAX_STEPS = 300

/** Honest steps alone; the state they end in, or undefined when they lead home. */
const settle = (cast: Cast, from: State, home: Set<string>): State | undefined => {
  const path: string[] = []
  let state: State = { ...from, decided: true }
  for (let i = 0; i < MAX_STEPS; i++) {
    const key = keyOf(state)
    if (home.has(key) || isHome(cast, state)) {
      for (const one of path) home.add(one)
      return undefined
    }
    path.push(key)
    const next = nextHonest(cast, state)
    if (!next) return state
    state = next
  }
  return state
}

const nextHonest = (cast: Cast, state: State): State | undefined => {
  const delivered = state.flying.length > 0 ? deliver(cast, state, 0)[0] : undefined
  if (delivered) return delivered
  for (const mayGiveUp of [false, true]) {
    for (const device of honestDevices(cast)) {
      const [step] = stepsOf(cast, state, device, mayGiveUp)
      if (step) return step.state
    }
  }
  return undefined
}
