/**
 * Entries that expired before this device read them. One of them may have been the commit that ended the epoch; as long as nobody who had read
 * them shows that it went on, no commit after them is believed, and at the head of the log the device is LOST (protocol.md section 6).
 */
import type { SeenHead } from '../epochlog/payload.ts'
import type { Place } from '../governance/fold.ts'
import { isBefore } from './desk.ts'
import type { Epoch } from './state.ts'

export const openGap = (epoch: Epoch, place: Place): Epoch => ({
  ...epoch,
  notes: { ...epoch.notes, missed: epoch.notes.missed + 1, gap: place },
})

/** `seen`: the newest entry that somebody knew who said something in this epoch, or arrived in it. */
export const closeGap = (epoch: Epoch, seen: SeenHead): Epoch => {
  const { gap } = epoch.notes
  if (!gap || isBefore(seen, gap)) return epoch
  return { ...epoch, notes: { ...epoch.notes, gap: undefined } }
}
