/** What tests of the store begin with: a day, a log that is there, an entry as a relay hands it in, an answer that has to come. */
import type { NewEntry, Store } from '../../server/relay/ports.ts'
import type { Day } from '../../shared/protocol/ids.ts'
import type { Policy } from '../../shared/protocol/policy.ts'
import { newBlob, newLog, type TestLog } from './wire.ts'

export const DAY = 20_000 as Day
export const later = (days: number): Day => (DAY + days) as Day

/** Of a database that is neither away nor somebody else's. */
export const answered = <T>(answer: T | 'away' | 'taken' | 'newer'): T => {
  if (answer === 'away' || answer === 'taken' || answer === 'newer') throw new Error(`no answer: ${answer}`)
  return answer
}

/** Of a log that is there as well. */
export const must = <T>(answer: T | 'away' | 'taken' | 'newer' | undefined): T => {
  const found = answered(answer)
  if (found === undefined) throw new Error('nothing is there')
  return found
}

/** With a life of seven days. */
export const newEntry = (log: TestLog, changes: Partial<NewEntry> = {}): NewEntry => ({
  log: log.id,
  blob: newBlob(),
  expiryDay: later(7),
  ifHead: undefined,
  writer: undefined,
  ...changes,
})

export const created = async (store: Store, changes: Partial<Policy> = {}): Promise<TestLog> => {
  const log = newLog(changes)
  must(await store.create(log.id, log.encoded, DAY))
  return log
}
