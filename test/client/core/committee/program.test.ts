/** What devices say about the release of the web client that they run, and what follows. */
import fc from 'fast-check'
import t from 'tap'
import { applyAll, emptyCommittee } from '../../../../client/core/committee/committee.ts'
import { checkContent, decodeContent, encodeContent } from '../../../../client/core/committee/content.ts'
import { compareProgram } from '../../../../client/core/committee/program.ts'
import type { Said } from '../../../../client/core/committee/said.ts'

const A = 'aa'.repeat(32)
const B = 'bb'.repeat(32)
const runs = (order: number, device: string, release: string, isLoaderChanged = false): Said => ({
  id: order.toString(16).padStart(32, '0'),
  seat: `5${device}`.padEnd(32, '0'),
  device,
  order,
  at: order,
  content: { type: 'runs', release, isLoaderChanged },
})
const compared = (here: readonly string[], ...said: readonly Said[]) => {
  const { mine, same, different } = compareProgram(applyAll(emptyCommittee, said), 'd0', new Set(here))
  return [mine?.release, same, different.map(({ device }) => device)]
}

t.test(
  'devices that say the same release agree; one that says another stands out, and so does a changed loader',
  (t) => {
    const all = ['d0', 'd1', 'd2', 'd3']
    const said = [runs(1, 'd0', A), runs(2, 'd1', A), runs(3, 'd2', B), runs(4, 'd3', A, true)]
    t.strictSame(compared(all, ...said), [A, 1, ['d2', 'd3']])
    t.strictSame(compared(all, ...said, runs(5, 'd2', A)), [A, 2, ['d3']], 'what was said last')
    t.strictSame(compared(['d0', 'd1'], ...said), [A, 1, []], 'whoever is gone does not count')
    t.strictSame(
      compared(all, ...said.slice(1)),
      [undefined, 0, ['d3']],
      'who has said nothing sees alarms alone',
    )
    t.strictSame(compared(all), [undefined, 0, []])
    t.end()
  },
)

t.test('only an id is said, and read back as it was said', (t) => {
  const hex = fc
    .uint8Array({ minLength: 32, maxLength: 32 })
    .map((bytes) => Buffer.from(bytes).toString('hex'))
  fc.assert(
    fc.property(hex, fc.boolean(), (release, isLoaderChanged) => {
      const content = { type: 'runs', release, isLoaderChanged } as const
      const read = decodeContent(encodeContent(content))
      t.strictSame(read.ok && read.value, content)
    }),
    { numRuns: 20 },
  )
  for (const release of ['', 'aa', A.toUpperCase(), `${A}a`, `<b>${A}`.slice(0, 64)])
    t.notOk(checkContent({ type: 'runs', release, isLoaderChanged: false }).ok, release)
  t.end()
})
