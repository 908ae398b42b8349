/** A process of its own for a mutated build: schedules from a seed on, and what came of them as one line of JSON. */
import { explore } from './explore.ts'

const [first, count] = process.argv.slice(2).map(Number)
const { schedules, failure } = await explore(first ?? 1, count ?? 1)
process.stdout.write(
  `${JSON.stringify({ schedules, violations: failure?.violations ?? [], seed: failure?.seed })}\n`,
)
