/** Tells every committee which release runs here; and that the loader was changed, before everything is locked. */
import type { Core } from './core.svelte.ts'
import type { Releases } from './release.svelte.ts'

/** What was told while this page was open, and need not be asked again. */
const told = new Set<string>()

export const tellProgram = async (core: Core, releases: Releases): Promise<void> => {
  const { running, isLoaderChanged } = releases
  const committees = core.frames
    .filter(({ own }) => own.status === 'member')
    .map(({ committee }) => committee)
  if (running)
    await Promise.all(committees.map((committee) => tellOne({ core, releases, committee }, running.id)))
  if (isLoaderChanged) await core.ask('lock', {})
}

type One = { readonly core: Core; readonly releases: Releases; readonly committee: string }

const tellOne = async ({ core, releases, committee }: One, release: string): Promise<void> => {
  const { isLoaderChanged } = releases
  const what = [committee, release, isLoaderChanged].join()
  if (told.has(what)) return
  told.add(what)
  const answer = await core.ask('runs', { committee, release, isLoaderChanged })
  if (!answer.ok) told.delete(what)
  else if (isLoaderChanged) releases.told()
}
