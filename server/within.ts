/** Waiting for something, but not for ever. */
import type { Database } from './store/database.ts'

/** Milliseconds for the database to say that it is there. */
const ANSWER_MS = 2_000

export const answers = async ({ sql }: Database): Promise<boolean> =>
  (await within(
    ANSWER_MS,
    sql`select 1`.then(
      () => true,
      () => false,
    ),
  )) ?? false

/** Undefined where it took longer. */
export const within = async <T>(ms: number, work: Promise<T>): Promise<T | undefined> => {
  let timer: NodeJS.Timeout | undefined
  const enough = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), ms)
  })
  return Promise.race([work, enough]).finally(() => clearTimeout(timer))
}
