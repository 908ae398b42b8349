/**
 * `npm run bench [-- name …] [-- --quick]`: prints ratios against a peer that runs beside in the same run, and how they stand to their goals.
 * Times alone say little about another machine. All of it takes half an hour on two cores, and wants the machine for itself.
 */
import { appends } from './appends.ts'
import type { Pace } from './bench.ts'
import { catchUp } from './catchUp.ts'
import { city } from './city.ts'
import { edge } from './edge.ts'
import { embedded } from './embedded.ts'
import { fanout } from './fanout.ts'
import { flood } from './flood.ts'
import { idle } from './idle.ts'
import { mls } from './mls.ts'
import { several } from './several.ts'
import { storm } from './storm.ts'
import { web } from './web.ts'
import { year } from './year.ts'

const benches = {
  appends,
  fanout,
  several,
  idle,
  storm,
  embedded,
  edge,
  mls,
  catchUp,
  year,
  web,
  city,
  flood,
}

// so that what was started ends
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))

const words = process.argv.slice(2)
const quick = words.includes('--quick')
const wanted = words.filter((word) => !word.startsWith('--'))
const pace: Pace = quick ? { quick, rounds: 1, ms: 1000 } : { quick, rounds: 5, ms: 3000 }
for (const [name, bench] of Object.entries(benches)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue
  process.stdout.write(`\n== ${name} ==\n`)
  await bench(pace)
}
process.exit(0)
