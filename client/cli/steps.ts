/** Results one after the other; the first refusal is the answer. */
import { ok, type Result } from '../../shared/base/result.ts'
import type { Refusal } from './command.ts'

type Step<T> = () => Result<T, Refusal> | Promise<Result<T, Refusal>>

/** Takes each step when the one before has given its value: questions come in the order in which they are written. */
export const inOrder = async <T extends object>(
  steps: {
    readonly [K in keyof T]: Step<T[K]>
  },
): Promise<Result<T, Refusal>> => {
  const values: Partial<T> = {}
  for (const name of Object.keys(steps) as (keyof T)[]) {
    const result = await steps[name]()
    if (!result.ok) return result
    values[name] = result.value
  }
  return ok(values as T)
}

/** `use` with the value, if there is one. */
export const proceed = <T, U, E>(
  result: Result<T, E>,
  use: (value: T) => Result<U, E> | Promise<Result<U, E>>,
): Result<U, E> | Promise<Result<U, E>> => (result.ok ? use(result.value) : result)

/** An object without the fields that have no value: for content, where a field is there or not. */
export const present = <T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>
  }
