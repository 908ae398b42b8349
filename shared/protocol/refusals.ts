/** The relay's six ways to say no, closed (SPEC.md R1). Each has one meaning and one thing to do next. */
import { struct, u8, u32, type Value, variant } from '../base/codec.ts'
import { head } from './ids.ts'

/**
 * none: unknown id, wrong key, wrong role, not open or not admitted; they look the same.
 * conflict: somebody wrote since `if_head`. full: for ever, go to the next log. slow: wait that long.
 * size: not a bucket, or a life longer than the log's. busy: do work of that many bits and ask again.
 */
export const refusal = variant({
  none: [1, struct({})],
  conflict: [2, struct({ head })],
  full: [3, struct({})],
  slow: [4, struct({ seconds: u32 })],
  size: [5, struct({})],
  busy: [6, struct({ bits: u8 })],
})

export type Refusal = Value<typeof refusal>
