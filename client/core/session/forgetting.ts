/** What is over leaves the vault: posts after the committee's days (protocol.md D10), snapshots after theirs (I8), logs after the relay's. */
import { expired } from '../committee/views.ts'
import { numberKey } from './book.ts'
import type { Desk } from './desk.ts'
import { foldSayings } from './sayings.ts'
import type { Epoch } from './state.ts'

const DAY_MS = 86_400_000

/** Their ids stay known until the process ends, and their authors' counters for good: a resend brings none back. */
export const forgetPosts = ({ book, clock }: Desk): void => {
  const now = clock()
  const sayings = book.sayings.all()
  const gone = expired(foldSayings(sayings), now - book.newest().charter.keepDays * DAY_MS, now)
  for (const saying of sayings) if (gone.has(saying.id)) book.sayings.drop(numberKey(saying.order))
}

/** A file is forgotten with its post, then only whoever saved it has it; and one of ours is no longer on its way once it was announced. */
export const forgetFiles = async ({ book }: Desk): Promise<void> => {
  const said = new Set(book.sayings.all().map(({ id }) => id))
  const { downloads, uploads } = book.files
  await downloads.drop(downloads.ids().filter((id) => !said.has(id)))
  await uploads.drop(uploads.ids().filter((id) => said.has(id)))
}

/** Hours that the snapshot of an epoch is kept (I8), at most as long as posts are. */
const SNAPSHOT_HOURS = 72

/** Ends snapshots whose time is over, and forgets epochs whose logs have died. */
export const forgetEpochs = (desk: Desk): void => {
  const { book } = desk
  const now = desk.clock()
  for (const epoch of book.epochs().slice(0, -1)) {
    const left = epoch.notes.leftAt
    if (left === undefined) continue
    const hours = Math.min(SNAPSHOT_HOURS, 24 * epoch.charter.keepDays)
    if (epoch.group && now - left > hours * 3_600_000) endSnapshot(desk, epoch)
    if (now - left > 46 * DAY_MS) book.dropEpoch(epoch.info.number)
  }
}

const endSnapshot = (desk: Desk, epoch: Epoch): void => {
  const { book } = desk
  const { number } = epoch.info
  book.setEpoch({ ...epoch, group: undefined })
  for (const key of book.staged.keys()) if (book.staged.get(key)?.epoch === number) book.staged.drop(key)
  for (const key of book.delivered.keys())
    if ((book.delivered.get(key)?.sealed?.epoch ?? number + 1) <= number) book.delivered.drop(key)
}
