/**
 * The command line's composition root: streams, signals, exit. Exit codes are in command.ts; 130 after Ctrl-C, as shells expect.
 * What went wrong inside Tocsin itself is one sentence, and with TOCSIN_DEBUG=1 also where it happened.
 */
import { toPlainText } from '../core/committee/plainText.ts'
import { run } from './run.ts'
import { createTerminal } from './terminal.ts'

const INTERRUPTED = 130

const closers = new Set<() => Promise<void>>()
let goOnWith: string | undefined
let exitWith = INTERRUPTED
let isLeaving = false

/** The vault is closed whatever happens; whoever is in a hurry presses Ctrl-C again. */
const leave = (): void => {
  if (isLeaving) process.exit(INTERRUPTED)
  isLeaving = true
  terminal.close()
  process.stderr.write(goOnWith === undefined ? '\n' : `\n${toPlainText(goOnWith)}\n`)
  void Promise.allSettled([...closers].map((close) => close())).then(() => process.exit(exitWith))
}

const terminal = createTerminal(
  { input: process.stdin, output: process.stdout, errors: process.stderr },
  leave,
)

const fail = (error: unknown): void => {
  if (isLeaving) return
  terminal.close()
  const where = process.env.TOCSIN_DEBUG === '1' && error instanceof Error ? `\n${error.stack ?? ''}` : ''
  process.stderr.write(
    `Something went wrong inside Tocsin, and what was saved is safe: try again, and report it if it happens again.${toPlainText(where)}\n`,
  )
  void Promise.allSettled([...closers].map((close) => close())).then(() => process.exit(1))
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, leave)
process.on('uncaughtException', fail)
process.on('unhandledRejection', fail)
// Whoever reads us has read enough, as `tocsin read | head` does.
process.stdout.on('error', leave)

run(process.argv.slice(2), {
  terminal,
  environment: process.env,
  onLeave: (close) => {
    closers.add(close)
    return () => closers.delete(close)
  },
  ifInterrupted: (sentence, exit = INTERRUPTED) => {
    goOnWith = sentence
    exitWith = exit
  },
}).then((exit) => {
  terminal.close()
  if (!isLeaving) process.exit(exit)
}, fail)
