/**
 * The schedules notice when a rule is switched off (protocol.md section 9); and the schedule that notices it is one that the client as it is
 * stands up to.
 */
import t from 'tap'
import { explore } from './explore.ts'
import { MUTANTS } from './mutantList.ts'
import { tryMutant } from './mutants.ts'

const MAX_SCHEDULES = 100

for (const mutant of MUTANTS)
  t.test(`section 9: without ${mutant.name}, ${mutant.breaks.join(' or ')} breaks`, async (t) => {
    const { violations, seed } = await tryMutant(mutant, mutant.seed, MAX_SCHEDULES)
    t.comment(`seed ${seed}: ${violations[0]}`)
    t.ok(violations.some((one) => mutant.breaks.some((rule) => one.startsWith(`${rule}:`))))
    const { failure } = await explore(seed ?? mutant.seed, 1, mutant.plot)
    t.same(failure?.violations ?? [], [], 'and with it, nothing does')
  })
