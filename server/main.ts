/**
 * The relay program's composition root: words, environment, streams, signals, exit. What a person should read goes to
 * standard output as plain text; the log and what went wrong go to standard error. Exit codes are in operations/operation.ts.
 */
import { run } from './operations/run.ts'

const asked = new AbortController()
let isPatient = false

/** Who is in a hurry asks twice. */
const end = (): void => {
  if (!isPatient || asked.signal.aborted) process.exit(1)
  asked.abort()
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, end)

const code = await run(process.argv.slice(2), {
  environment: process.env,
  say: (text) => void process.stdout.write(`${text}\n`),
  complain: (text) => void process.stderr.write(`${text}\n`),
  writeLog: (line) => void process.stderr.write(line),
  asked: () => {
    isPatient = true
    return asked.signal
  },
})
process.exit(code)
