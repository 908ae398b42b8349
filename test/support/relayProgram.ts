/** The relay's program as somebody calls it, with words and settings, until it ends by itself: as a process, or in this one. */
import { spawn } from 'node:child_process'
import { run } from '../../server/operations/run.ts'

export type Ran = { readonly code: number | null; readonly out: string; readonly err: string }

/** Cheaper, and the same but for signals and streams. */
export const runHere = async (
  env: Readonly<Record<string, string>>,
  ...words: readonly string[]
): Promise<Ran> => {
  let out = ''
  let err = ''
  const code = await run(words, {
    environment: env,
    say: (text) => {
      out += `${text}\n`
    },
    complain: (text) => {
      err += `${text}\n`
    },
    writeLog: () => undefined,
    asked: () => new AbortController().signal,
  })
  return { code, out, err }
}

export const runProgram = (
  env: Readonly<Record<string, string>>,
  ...words: readonly string[]
): Promise<Ran> => startProgram(env, ...words).ran

export type Program = {
  readonly pid: number
  /** Once it has ended. */
  readonly ran: Promise<Ran>
}

/** `env` replaces the environment, apart from PATH. */
export const startProgram = (env: Readonly<Record<string, string>>, ...words: readonly string[]): Program => {
  const child = spawn(process.execPath, ['server/tocsinRelay.mjs', ...words], {
    env: { PATH: process.env.PATH ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let out = ''
  let err = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text
  })
  const ran = new Promise<Ran>((resolve) => child.once('close', (code) => resolve({ code, out, err })))
  return { pid: child.pid ?? 0, ran }
}
