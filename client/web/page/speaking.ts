/** Saying something to a committee from a screen: whether it was sent stands at the edge, and why not is the answer. */
import type { DecideStep } from '../../core/session/decideContent.ts'
import type { Sayable } from '../worker/sayable.ts'
import type { Core } from './core.svelte.ts'
import { tellSending } from './notice.svelte.ts'
import { refusalWords } from './refusal.ts'

/** The sentence of what is wrong, if anything is. */
export type Speak<T> = (what: T) => Promise<string | undefined>

export const speaker =
  (core: Core, committee: () => string): Speak<Sayable> =>
  async (content) => {
    const said = await core.ask('say', { committee: committee(), content })
    if (!said.ok) return refusalWords(said.error)
    tellSending(said.value.is)
    return undefined
  }

export const decider =
  (core: Core, committee: () => string): Speak<DecideStep> =>
  async (step) => {
    const decided = await core.ask('decide', { committee: committee(), step })
    if (!decided.ok) return refusalWords(decided.error)
    tellSending(decided.value.is)
    return undefined
  }
