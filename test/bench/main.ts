/** `npm run bench [name …]`: prints ratios against a peer that runs beside in the same run. Times alone say little about another machine. */
import { catchUp } from './catchUp.ts'
import { fanout } from './fanout.ts'
import { mls } from './mls.ts'

const benches = { fanout, mls, catchUp }

const wanted = process.argv.slice(2)
for (const [name, bench] of Object.entries(benches)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue
  process.stdout.write(`\n== ${name} ==\n`)
  await bench()
}
process.exit(0)
