/** What people do together in a story, in one call each: everybody looks, a motion with its approvals, an alarm. Over a real relay. */
import { dialNode } from '../../client/cli/socketNode.ts'
import type { AlarmContent } from '../../client/core/committee/alarmContent.ts'
import type { Alarm } from '../../client/core/committee/alarmLife.ts'
import type { KnownContent } from '../../client/core/committee/content.ts'
import { type Charter, encodeCharter } from '../../client/core/governance/charter.ts'
import type { ActionName } from '../../client/core/governance/verdict.ts'
import { bookOf } from './hostileMember.ts'
import { must, type Person, type Place } from './people.ts'
import type { TestRelay } from './relay.ts'

export const placeOf = (relay: TestRelay): Place => ({
  address: relay.url,
  relayKey: relay.key,
  admission: relay.admission,
  dial: dialNode,
})

/** Everybody looks, in turn, until nobody finds anything to do: what one does, another may have to answer. */
export const gather = async (people: readonly Person[]): Promise<void> => {
  for (let last = ''; ; ) {
    for (const { session } of people) must(await session.sync())
    const now = people.map(markOf).join()
    if (now === last) return
    last = now
  }
}

const markOf = ({ session }: Person): string => {
  const { epoch, own, motions, committee, unsent, confirmation } = session.view()
  const open = motions.filter(({ outcome }) => outcome === 'open').length
  return [epoch, own.status, open, committee.last, unsent, confirmation.arrived].join('/')
}

export const seatOf = (person: Person) => person.session.view().own.seat

/** Proposed by the first, approved by the others until it is carried out; its hash. */
export const decide = async (
  [proposer, ...others]: readonly [Person, ...Person[]],
  action: Parameters<Person['session']['propose']>[0],
): Promise<string> => {
  await proposer.session.sync()
  const { motion } = must(await proposer.session.propose(action))
  for (const other of others) {
    await other.session.sync()
    must(await other.session.approve(motion))
  }
  return motion
}

export const changeCharter = (
  people: readonly [Person, ...Person[]],
  change: Partial<Charter>,
): Promise<string> => {
  const { charter } = people[0].session.view()
  return decide(people, { type: 'charter', charter: encodeCharter({ ...charter, ...change }) })
}

/** Says it and hands back its id. */
export const sayIt = async (person: Person, content: KnownContent): Promise<string> => {
  const { id, is } = must(await person.session.say(content))
  if (is !== 'sent') throw new Error('not sent')
  return id
}

export const anAlarm = (facts: string): AlarmContent => ({
  type: 'alarm',
  kind: 'called_in',
  severity: 'now',
  facts,
  needs: ['witness', 'come'],
  about: { who: 'me' },
  namesAllowed: { team: true, committee: true, city: false, supporters: false, public: false },
})

export const alarmIn = (person: Person, id: string): Alarm | undefined =>
  person.session.view().committee.alarms.get(id)

/** What ended each epoch that the device holds, and who did it. */
export const historyOf = async (
  person: Person,
): Promise<readonly { readonly action: ActionName; readonly author: string; readonly epoch: number }[]> => {
  const book = await bookOf(person)
  return book.epochs().flatMap(({ fold, info }) => {
    const effect = fold.current?.effect
    return effect ? [{ action: effect.action, author: effect.author, epoch: info.number }] : []
  })
}
