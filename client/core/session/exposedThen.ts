/** How the record of a phone that was cut off says what was on it then. Not here: looking it up (exposed.ts). */
import { option, struct, u32, u48, type Value } from '../../../shared/base/codec.ts'

const counted = struct({
  posts: u32,
  files: u32,
  open_alarms: u32,
  closed_alarms: u32,
  open_motions: u32,
  decisions: u32,
  unity: u32,
  meetings: u32,
  roles: u32,
  concerns: u32,
  statements: u32,
  profiles: u32,
  names: u32,
})

/** `reportedAt`: when its owner said that it was taken. `doubtful`: what was posted with it since. */
export const exposed = struct({ counted, reportedAt: option(u48), doubtful: u32 })
export type ExposedThen = Value<typeof exposed>
