/**
 * Which release of the web client the devices of a committee run, as they say themselves. An operator who sends one of them another program has to
 * make it lie about that too; where two phones differ, somebody can ask. Not here: what keeps a release on a device (client/web/serviceWorker).
 */
import type { Takers, Writable } from './area.ts'
import type { Id } from './said.ts'

export type Program = {
  readonly seat: Id
  readonly device: Id
  readonly release: string
  readonly isLoaderChanged: boolean
  readonly at: number
}

/** Per device, what it said last. */
export type Programs = { readonly programs: ReadonlyMap<Id, Program> }
export const noPrograms: Programs = { programs: new Map() }

export const programs: Takers<'runs', Writable<Programs>> = {
  runs: ({ programs }, { seat, device, at, content: { type: _, ...program } }) =>
    void programs.set(device, { seat, device, at, ...program }),
}

/** Beside one device, among those that are here. */
export type Compared = {
  readonly mine: Program | undefined
  /** Other devices that say the same release. */
  readonly same: number
  /** Those that say another one, or that their loader was changed. */
  readonly different: readonly Program[]
}

export const compareProgram = ({ programs }: Programs, mine: Id, here: ReadonlySet<Id>): Compared => {
  const own = programs.get(mine)
  const others = [...programs.values()].filter(({ device }) => device !== mine && here.has(device))
  const isSame = (one: Program): boolean => one.release === own?.release && !one.isLoaderChanged
  return {
    mine: own,
    same: others.filter(isSame).length,
    different: own ? others.filter((one) => !isSame(one)) : others.filter((one) => one.isLoaderChanged),
  }
}
