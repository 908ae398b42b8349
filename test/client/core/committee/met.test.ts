/** Who has met whom, and where the words were the same (protocol.md 4.4): what is said, and what follows from it in any order. */
import * as fc from 'fast-check'
import t from 'tap'
import { applyAll, emptyCommittee } from '../../../../client/core/committee/committee.ts'
import { checkContent, decodeContent, encodeContent } from '../../../../client/core/committee/content.ts'
import { comparedWith, metByIn } from '../../../../client/core/committee/met.ts'
import type { Said } from '../../../../client/core/committee/said.ts'
import { utf8 } from '../../../../shared/base/bytes.ts'
import { idOf, SEATS } from './arbitraries.ts'

const [ANN = '', BEN = '', CID = ''] = SEATS

const content = fc.oneof(
  fc.record({ type: fc.constant('met' as const), seat: fc.constantFrom(...SEATS) }),
  fc.record({
    type: fc.constant('wordsCompared' as const),
    with: fc.uniqueArray(fc.constantFrom(...SEATS), { minLength: 1 }),
    epoch: fc.nat(),
    same: fc.boolean(),
  }),
)

const sayings = fc
  .array(fc.tuple(fc.constantFrom(...SEATS), content), { maxLength: 30 })
  .map((list) => list.map(([seat, said], i): Said => saidBy(seat, i, said)))

const saidBy = (seat: string, order: number, said: Said['content']): Said => ({
  id: idOf(1000 + order),
  seat,
  device: seat,
  order,
  at: order,
  content: said,
})

const fold = (list: readonly Said[]) => applyAll(emptyCommittee, list)

t.test('4.4 what members say about having met keeps its form, and nothing else has it', async (t) => {
  await fc.assert(
    fc.property(content, (one) => {
      const read = decodeContent(encodeContent(one))
      return read.ok && JSON.stringify(read.value) === JSON.stringify(one) && checkContent(one).ok
    }),
  )
  for (const bad of [
    { type: 'met', seat: 'ann' },
    { type: 'wordsCompared', with: [], epoch: 1, same: true },
    { type: 'wordsCompared', with: [ANN, ANN], epoch: 1, same: true },
    { type: 'wordsCompared', with: [ANN], epoch: -1, same: true },
    { type: 'wordsCompared', with: [ANN], epoch: 1 },
  ])
    t.strictSame(decodeContent(utf8(JSON.stringify({ v: 1, ...bad }))), { ok: false, error: 'malformed' })
})

t.test('4.4 a meeting is mutual when both say so, and counts once however often it is said', async (t) => {
  const says = (by: string, seat: string, order: number) => saidBy(by, order, { type: 'met', seat })
  const once = fold([says(ANN, BEN, 0), says(ANN, BEN, 1), says(CID, BEN, 2), says(BEN, CID, 3)])

  t.strictSame(metByIn(once, BEN, SEATS), [
    { seat: ANN, isMutual: false },
    { seat: CID, isMutual: true },
  ])
  t.strictSame(metByIn(once, BEN, [CID]), [{ seat: CID, isMutual: true }], 'whoever has gone vouches no more')
  t.strictSame(metByIn(once, ANN, SEATS), [])
})

t.test('4.4 nobody vouches for themselves, alone or through others', async (t) => {
  const alone = fold([
    saidBy(ANN, 0, { type: 'met', seat: ANN }),
    saidBy(ANN, 1, { type: 'wordsCompared', with: [ANN], epoch: 1, same: true }),
  ])
  t.strictSame([metByIn(alone, ANN, SEATS), alone.comparisons], [[], []])

  await fc.assert(
    fc.property(sayings, (list) => {
      const committee = fold(list)
      return SEATS.every((seat) => {
        const by = metByIn(committee, seat, SEATS).map((one) => one.seat)
        const said = (one: string): boolean =>
          list.some(({ seat: who, content: c }) => who === one && c.type === 'met' && c.seat === seat)
        return by.length === new Set(by).size && !by.includes(seat) && by.every(said)
      })
    }),
  )
})

t.test('4.4 the newest comparison between two counts, whichever of them said it', async (t) => {
  const compared = (by: string, other: string, order: number, same: boolean) =>
    saidBy(by, order, { type: 'wordsCompared', with: [other], epoch: order, same })
  const committee = fold([
    compared(ANN, BEN, 1, true),
    compared(BEN, ANN, 2, false),
    compared(CID, BEN, 3, true),
  ])

  t.match(comparedWith(committee, ANN, BEN), { by: BEN, same: false, epoch: 2 })
  t.match(comparedWith(committee, BEN, ANN), { by: BEN, same: false })
  t.equal(comparedWith(committee, ANN, CID), undefined)
})
