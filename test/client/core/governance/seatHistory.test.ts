/** I1, I12 and I13 over generated histories of seats and devices (protocol.md section 9). */
import fc from 'fast-check'
import t from 'tap'
import { ledgerHash } from '../../../../client/core/governance/ledger.ts'
import { needed } from '../../../../client/core/governance/motion.ts'
import { devicesOf, fullSeats, seatsOf } from '../../../../client/core/governance/roster.ts'
import { aMotion, filled } from '../../../support/court.ts'
import { type Edge, history, steps } from '../../../support/seatHistory.ts'

const holdsOnEdges = (rule: (edge: Edge) => boolean, numRuns = 150): number => {
  let seen = 0
  fc.assert(
    fc.property(steps, (list) => {
      const edges = history(list)
      seen += edges.length
      return edges.every(rule)
    }),
    { numRuns },
  )
  return seen
}

t.test('I13 over any history a seat goes by a removal or by leaving, and by nothing else', async (t) => {
  const kindsSeen = new Set<string>()
  const edges = holdsOnEdges(({ before, after, effect }) => {
    kindsSeen.add(effect.action)
    const was = seatsOf(before.roster)
    const now = new Set(seatsOf(after.roster))
    const gone = was.filter((seat) => !now.has(seat))
    return gone.length === effect.removed.length && gone.every((seat) => effect.removed.includes(seat))
  })
  t.ok(edges > 300, `${edges} edges`)
  t.same(
    [...kindsSeen].sort(),
    ['add', 'charter', 'deviceAdd', 'drop', 'leave', 'remove', 'settleDrop'],
    'every act happened',
  )
})

t.test(
  'I12 over any history acts on devices change neither who counts nor how many approvals anything takes',
  async (t) => {
    const deviceActs = ['drop', 'deviceAdd', 'settleDrop']
    holdsOnEdges(({ before, after, effect }) => {
      if (!deviceActs.includes(effect.action)) return true
      const later = { ...after, roster: { ...after.roster, epoch: before.roster.epoch } }
      const change = aMotion(before, { type: 'charter', charter: filled(1, 4) })
      const sameFull =
        [...fullSeats(before.roster)].sort().join() === [...fullSeats(later.roster)].sort().join()
      return sameFull && needed(before, change) === needed(later, change)
    })
    t.pass()
  },
)

t.test(
  'I11 over any history whoever counts goes on counting, whatever the charter asks of others',
  async (t) => {
    let kept = 0
    holdsOnEdges(({ before, after, effect }) => {
      const now = fullSeats(after.roster)
      const { epoch, devices } = after.roster
      const isLater = devices.some(
        ({ joined, seat }) => now.includes(seat) && joined + after.charter.probation > epoch && joined > 0,
      )
      if (effect.change?.type === 'raised' && isLater) kept += 1
      return fullSeats(before.roster).every((seat) => now.includes(seat) || effect.removed.includes(seat))
    })
    t.ok(kept > 0, `${kept} times somebody would have lost a vote`)
  },
)

t.test(
  'I11 over any history nobody counts who came after a probation was raised and has not waited',
  async (t) => {
    holdsOnEdges(({ before, after }) => {
      const was = seatsOf(before.roster)
      return seatsOf(after.roster).every((seat) => {
        const isNew = !was.includes(seat) && seatsOf(before.roster).length >= 3
        return !isNew || after.charter.probation === 0 || !fullSeats(after.roster).includes(seat)
      })
    })
    t.pass()
  },
)

t.test(
  '4.11 over any history there is one device or one vacant place for every seat, and one open drop for each initiator',
  async (t) => {
    holdsOnEdges(({ after, ledger }) => {
      const { roster } = after
      const vacant = ledger.vacant.map(({ seat }) => seat)
      const isApart = vacant.every((seat) => devicesOf(roster, seat).length === 0)
      const few = seatsOf(roster).every((seat) => devicesOf(roster, seat).length <= 3)
      const initiators = ledger.drops.map(({ by }) => by)
      return isApart && few && new Set(initiators).size === initiators.length
    })
    t.pass()
  },
)

t.test('I1 the ledger is a function of the effects: same history, same hash', async () => {
  fc.assert(
    fc.property(steps, (list) => {
      const [one, two] = [history(list), history(list)]
      return one.every((edge, i) => {
        const other = two[i]
        return other !== undefined && ledgerHash(edge.ledger) === ledgerHash(other.ledger)
      })
    }),
    { numRuns: 40 },
  )
})
