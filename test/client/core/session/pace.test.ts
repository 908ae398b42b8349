/** What people are told in days of what is counted in changes (I11). */
import t from 'tap'
import type { Book } from '../../../../client/core/session/book.ts'
import { guessedEnd, probationDays } from '../../../../client/core/session/pace.ts'
import type { Epoch } from '../../../../client/core/session/state.ts'
import { cryptoReady } from '../../../../shared/crypto/sodium.ts'
import { createMemoryRelay } from '../../../support/memoryRelay.ts'
import { closeEverybody, foundBy, joinBy, must } from '../../../support/people.ts'

await cryptoReady
t.teardown(closeEverybody)

const DAY = 86_400_000
const START = Date.UTC(2026, 0, 1)

/** Epochs with these numbers, entered on these days. */
const heldBy = (devices: number, ...entered: readonly (readonly [number: number, day: number])[]) => {
  const epochs = entered.map(([number, day]) => ({
    info: { number, roster: { devices: Array.from({ length: devices }, () => ({})) } },
    charter: { probation: 20 },
    notes: { enteredAt: START + day * DAY },
  })) as unknown as readonly Epoch[]
  return { epochs: () => epochs, newest: () => epochs.at(-1) } as unknown as Book
}

t.test('I11 a probation is told in days by how often the committee has changed lately', async (t) => {
  const book = heldBy(3, [10, 0], [14, 20], [20, 40])
  t.equal(probationDays(book), 80, 'ten changes in 40 days')
  t.equal(guessedEnd(book, 5), START + 60 * DAY)
  t.equal(guessedEnd(book, 0), undefined, 'it is over')
})

t.test(
  'I11 a committee that has not lived for a fortnight is told by how many phones renew their keys',
  async (t) => {
    const book = heldBy(3, [0, 0], [9, 13])
    t.equal(probationDays(book), Math.round((20 * 14) / 3), 'not by how fast people came in')
    t.equal(probationDays(heldBy(3, [0, 0], [9, 14])), Math.round((20 * 14) / 9))
    t.equal(probationDays(heldBy(10, [5, 0])), 28)
    t.equal(guessedEnd(heldBy(10, [5, 0]), 10), START + 14 * DAY)
  },
)

t.test('I11 everybody is told the same of the same committee, more of us wait for fewer days', async (t) => {
  const relay = createMemoryRelay()
  const alice = await foundBy('alice', relay)
  t.equal(alice.session.view().probationDays, 280)
  const bob = await joinBy('bob', alice, relay)
  const carol = await joinBy('carol', alice, relay, [bob])
  for (const one of [alice, bob, carol]) must(await one.session.sync())
  t.strictSame(
    [alice, bob, carol].map(({ session }) => session.view().probationDays),
    [93, 93, 93],
  )
})
