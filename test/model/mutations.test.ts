/** The schedules notice when a rule is switched off (protocol.md section 9). */
import t from 'tap'
import { type Mutant, tryMutant } from './mutants.ts'

const MUTANTS: readonly Mutant[] = [
  {
    name: 'VOID',
    replacements: [
      {
        file: 'client/core/governance/fold.ts',
        text: 'if (2 * voids.length <= current.electorate.length)',
        by: 'if (voids.length >= 0)',
      },
    ],
    breaks: ['I4'],
  },
]

for (const mutant of MUTANTS)
  t.test(`section 9: without ${mutant.name}, ${mutant.breaks.join(' or ')} breaks`, async (t) => {
    const { schedules, violations } = await tryMutant(mutant, 1, 200)
    t.comment(`after ${schedules} schedules: ${violations[0]}`)
    t.ok(violations.some((one) => mutant.breaks.some((rule) => one.startsWith(`${rule}:`))))
  })
