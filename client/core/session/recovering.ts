/**
 * One look at where this device stands (protocol.md section 6): time is counted, what is offered is looked at, and what the standing owes is done.
 * Everything that is owed is in the vault, so that a crash between any two steps only does it again.
 */
import { LOG_TTL_DAYS } from '../epochlog/keys.ts'
import { appendAgain } from './committing.ts'
import { eraseContent, eraseLogKeys } from './erasing.ts'
import type { Line } from './reading.ts'
import { forgetRequests } from './requests.ts'
import { askForHelp, lookAtOffers } from './resyncing.ts'
import { state } from './sending.ts'
import type { Target, Vote } from './standing.ts'
import { type Owed, owedBy } from './standingInput.ts'
import { tell, votesOf } from './telling.ts'

const DAY_MS = 86_400_000

/** `online`: milliseconds that ticks have counted since the last look. */
export const recover = async (line: Line, online: number): Promise<void> => {
  const { book } = line
  forgetKeys(line)
  forgetRequests(book)
  if (book.candidates.keys().length > 0) await lookAtOffers(line)
  tell(line, { type: 'passed', now: line.clock(), online, votes: votesOf(book) })
  await book.save()
  for (const owed of owedBy(book.own().standing)) await pay(line, owed)
}

const pay = async (line: Line, owed: Owed): Promise<void> => {
  if (owed.type === 'resync') await askForHelp(line)
  else if (owed.type === 'append') await appendAgain(line, owed)
  else if (owed.type === 'erase') await erase(line)
  else await vote(line, owed.type, owed)
}

/** The turn is in the vault before the vote leaves: a later one always counts more. */
const vote = async (line: Line, is: Vote['is'], { epoch, commit }: Target): Promise<void> => {
  const { book } = line
  if (book.epoch(epoch)?.fold.current?.commit !== commit) tell(line, { type: 'moot', epoch, commit })
  else {
    const turn = book.own().turn + 1
    book.setOwn({ turn })
    await book.save()
    const said = await state(line, epoch, { type: is, commit, turn })
    if (said.ok) tell(line, { type: 'voted', is, epoch, commit })
    else if (said.error === 'overtaken' || said.error === 'full') tell(line, { type: 'moot', epoch, commit })
  }
  await book.save()
}

const erase = async (line: Line): Promise<void> => {
  eraseContent(line)
  tell(line, { type: 'erased' })
  await line.book.save()
}

/** Keys of an answer that nobody can give anew; and, of a committee that this device was removed from, the rest when its log has died. */
const forgetKeys = ({ book, clock }: Line): void => {
  const { stuck, standing, since } = book.own()
  if (stuck?.settled !== undefined && !book.epoch(stuck.epoch)?.group) book.setOwn({ stuck: undefined })
  const isErased = standing.at.type === 'removed' && standing.at.content === 'erased'
  if (isErased && clock() - since > (LOG_TTL_DAYS + 1) * DAY_MS) eraseLogKeys(book)
}
