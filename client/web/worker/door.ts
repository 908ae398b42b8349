/**
 * The worker's door: every message is looked at before anything is done, done, and answered; nothing that is thrown gets out. A fault closes the vault, as a
 * process that ended would: what was acknowledged is on the disk. Not here: what is done (the three tables of requests).
 */
import * as v from 'valibot'
import { err, type Result } from '../../../shared/base/result.ts'
import { ASKED } from './asked.ts'
import type { DoorRefusal } from './asks.ts'
import { COMMITTEE_REQUESTS, type CommitteeName } from './committeeRequests.ts'
import { HOUSE_REQUESTS } from './houseRequests.ts'
import { createKeeping, type House, type Keeping, type Means } from './keeping.ts'
import type { Answer, FromWorker, RequestName } from './port.ts'
import { VAULT_REQUESTS } from './vaultRequests.ts'

export type Door = {
  /** Undefined for what has no number to be answered by. */
  readonly ask: (message: unknown) => Promise<FromWorker | undefined>
}

export const createDoor = (means: Means): Door => {
  const keeping = createKeeping(means)
  return {
    ask: async (message) => {
      const head = v.safeParse(HEAD, message)
      if (!head.success) return undefined
      const { number } = head.output
      const answer = await answerTo(keeping, head.output.do, message).catch(() => broken(keeping))
      return { number, answer }
    },
  }
}

const HEAD = v.object({ number: v.pipe(v.number(), v.safeInteger()), do: v.unknown() })

const broken = async (keeping: Keeping): Promise<Result<never, DoorRefusal>> => {
  await keeping.next(() => keeping.moveOut('locked')).catch(() => undefined)
  return err('broken')
}

/** The tables are typed by their keys; that a name and what is asked belong together is lost in the lookup. */
type Work = (...about: readonly unknown[]) => Promise<Answer<RequestName>>

const answerTo = async (keeping: Keeping, name: unknown, message: unknown): Promise<Answer<RequestName>> => {
  if (!isName(name)) return err('invalid')
  const asked = v.safeParse(ASKED[name], message)
  if (!asked.success) return err('invalid')
  if (name in VAULT_REQUESTS)
    return (VAULT_REQUESTS as Table)[name]?.(keeping, asked.output) ?? err('invalid')
  const house = keeping.house()
  if (!house) return err('locked')
  if (name in HOUSE_REQUESTS) return (HOUSE_REQUESTS as Table)[name]?.(house, asked.output) ?? err('invalid')
  return inCommittee(house, name as CommitteeName, asked.output)
}

type Table = Partial<Readonly<Record<string, Work>>>

const inCommittee = async (
  house: House,
  name: CommitteeName,
  asked: object,
): Promise<Answer<RequestName>> => {
  const committee = 'committee' in asked ? String(asked.committee) : ''
  const sitting = house.sittings.get(committee)
  if (!sitting) return err('no_such_committee')
  // What is written shows as not sent at once, and as sent when it is.
  sitting.touch()
  try {
    return await (COMMITTEE_REQUESTS[name] as Work)(sitting, asked, house)
  } finally {
    sitting.touch()
  }
}

const isName = (name: unknown): name is RequestName => typeof name === 'string' && Object.hasOwn(ASKED, name)
