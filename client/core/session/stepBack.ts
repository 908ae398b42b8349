/** A commit was voided: back to the epoch it had ended (protocol.md section 6). What was said only in dropped epochs is said again. */
import { isSpent } from '../governance/ledger.ts'
import { motionHash } from '../governance/motion.ts'
import { numberKey } from './book.ts'
import { type Desk, firstOrderOf } from './desk.ts'
import { type Epoch, forumOf } from './state.ts'

/** `epoch` is the one whose commit was voided; its fold has no current commit any more. */
export const stepBack = (desk: Desk, epoch: Epoch): void => {
  const { book } = desk
  const dropped = book.epochs().filter((held) => held.info.number > epoch.info.number)
  for (const held of dropped) book.dropEpoch(held.info.number)
  for (const key of book.staged.keys()) {
    const stage = book.staged.get(key)
    if (stage && stage.epoch > epoch.info.number) book.staged.drop(key)
  }
  book.setEpoch({ ...epoch, notes: { ...epoch.notes, leftAt: undefined } })
  sayAgain(desk, epoch.info.number + 1)
  reopenMotions(desk, epoch)
  const { status, stuck } = book.own()
  const wasAbout = status === 'removed' || (status === 'stuck' && (stuck?.epoch ?? 0) >= epoch.info.number)
  if (wasAbout) book.setOwn({ status: 'member', since: desk.clock(), stuck: undefined })
}

/** Ours goes back to the outbox under its id; it and the others' will come again, and are let pass although their counter is not new. */
const sayAgain = (desk: Desk, firstDropped: number): void => {
  const { book } = desk
  for (const saying of book.sayings.all().filter((s) => s.order >= firstOrderOf(firstDropped))) {
    book.sayings.drop(numberKey(saying.order))
    desk.saidIds.delete(saying.id)
    book.homeless.put(saying.id, saying.at)
  }
  // What is still on its way was sealed for a log that is gone.
  for (const waiting of book.outgoing.all().filter((o) => (o.sealed?.epoch ?? 0) >= firstDropped))
    book.outgoing.put(numberKey(waiting.number), { ...waiting, sealed: undefined })
  for (const waiting of book.delivered.all().filter((d) => (d.sealed?.epoch ?? 0) >= firstDropped)) {
    book.delivered.drop(numberKey(waiting.number))
    book.outgoing.put(numberKey(waiting.number), { ...waiting, sealed: undefined })
  }
}

/** What the voided commits had carried out is open again. */
const reopenMotions = (desk: Desk, epoch: Epoch): void => {
  const { ledger } = forumOf(epoch)
  for (const known of desk.book.motions.all()) {
    const hash = motionHash(known.motion)
    if (known.outcome !== 'open' && !isSpent(ledger, hash))
      desk.book.motions.put(hash, { ...known, outcome: 'open' })
  }
}
