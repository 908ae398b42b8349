/** What every request is made of. Not here: the requests (port.ts, cityPort.ts). */
import type { Result } from '../../../shared/base/result.ts'

/**
 * What every request may be refused with. invalid: not as its type says, which is the page's mistake. broken: a write to the storage failed or the worker has
 * a fault; the vault was closed and opens again, and what was acknowledged is there.
 */
export type DoorRefusal = 'invalid' | 'locked' | 'no_such_committee' | 'broken'

/** What is asked, what comes of it, why not. */
export type Ask<Asked, Answer = undefined, Why = never> = {
  readonly asked: Asked
  readonly answer: Result<Answer, Why | DoorRefusal>
}
export type In = { readonly committee: string }
