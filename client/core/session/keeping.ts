/** Carrying less than the committee agreed (product.md 3.J): a device keeps what was said for fewer days, if its owner wants that. Never for more. */
import { err, ok, type Result } from '../../../shared/base/result.ts'
import type { Turns } from '../vault/turns.ts'
import { forget } from './forgetting.ts'
import type { Keeper } from './upkeep.ts'

/** Days that somebody may ask for. */
export const MAX_KEEP_DAYS = 365

export type KeepingCommands = {
  /** From now on, and of what is here already: it is gone from the disk when this resolves, in a large vault within a day. Undefined: as agreed. */
  readonly keepAtMost: (days: number | undefined) => Promise<Result<undefined, 'out_of_bounds'>>
}

export const keepingCommands = ({
  keeper,
  turns,
}: {
  readonly keeper: Keeper
  readonly turns: Turns
}): KeepingCommands => ({
  keepAtMost: (days) =>
    turns.next(async () => {
      const isGood = days === undefined || (Number.isInteger(days) && days >= 1 && days <= MAX_KEEP_DAYS)
      if (!isGood) return err('out_of_bounds')
      keeper.book.setOwn({ keepAtMost: days })
      await forget(keeper)
      await keeper.book.sweep(keeper.clock())
      return ok(undefined)
    }),
})
