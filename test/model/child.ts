/** A process of its own for a mutated build: schedules from a seed on, and what came of them as one line of JSON. */
import { explore } from './explore.ts'
import type { Plot } from './mixture.ts'

const [first, count, plot] = process.argv.slice(2)
const { schedules, failure } = await explore(Number(first), Number(count), plot as Plot | undefined)
process.stdout.write(
  `${JSON.stringify({ schedules, violations: failure?.violations ?? [], seed: failure?.seed })}\n`,
)
