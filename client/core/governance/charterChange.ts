/** A charter with some of its rules different, as members ask for it. Not here: the rules themselves and their floors (charter.ts), carrying it out (targets.ts). */
import { utf8 } from '../../../shared/base/bytes.ts'
import { err, ok, type Result } from '../../../shared/base/result.ts'
import { toOneLine } from '../committee/plainText.ts'
import { CHARTER_BYTES, type Charter, meetsFloors } from './charter.ts'

/** What is never changed so: relays move by relocation, the suite by a migration, and founding has a vote of its own. */
export type CharterChange = Partial<Omit<Charter, 'rules' | 'suite' | 'isFounded' | 'relays'>>

export type ChangeRefusal = 'no_change' | 'below_floor' | 'too_long'

export const changedCharter = (charter: Charter, change: CharterChange): Result<Charter, ChangeRefusal> => {
  const next: Charter = { ...charter, ...inOneLine(change) }
  if (isTooLong(next)) return err('too_long')
  if (next.name === '' || !meetsFloors(next)) return err('below_floor')
  return JSON.stringify(next) === JSON.stringify({ ...charter }) ? err('no_change') : ok(next)
}

const inOneLine = ({ standingOrders, ...change }: CharterChange): CharterChange => ({
  ...Object.fromEntries(
    Object.entries(change).map(([name, value]) => [
      name,
      typeof value === 'string' ? toOneLine(value) : value,
    ]),
  ),
  ...(standingOrders ? { standingOrders: standingOrders.map(toOneLine) } : {}),
})

const isTooLong = (charter: Charter): boolean => {
  const { name, purpose, purposeEasy, mayJoin, mayBeDelegate, standingOrders } = charter
  return (
    isLonger(name, CHARTER_BYTES.name) ||
    isLonger(purpose, CHARTER_BYTES.purpose) ||
    isLonger(purposeEasy, CHARTER_BYTES.sentence) ||
    [mayJoin, mayBeDelegate, ...standingOrders].some((rule) => isLonger(rule, CHARTER_BYTES.rule))
  )
}

const isLonger = (text: string, bytes: number): boolean => utf8(text).length > bytes
