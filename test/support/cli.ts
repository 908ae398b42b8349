/** People at the command line: each a folder of their own and the real command line as a child process, told line by line what to type. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { PassThrough } from 'node:stream'
import { run } from '../../client/cli/run.ts'
import { createTerminal } from '../../client/cli/terminal.ts'

const TOCSIN = resolve('client/cli/tocsin.mjs')

export type Ended = { readonly code: number | null; readonly out: string; readonly err: string }

export type Running = {
  readonly type: (line: string) => void
  /** No more will be typed. */
  readonly hangUp: () => void
  /** The first match in what has been said so far, on either output. */
  readonly until: (what: RegExp) => Promise<RegExpExecArray>
  readonly said: () => string
  readonly signal: (signal: NodeJS.Signals) => void
  readonly ended: Promise<Ended>
}

export type Person = {
  readonly home: string
  readonly folder: string
  readonly start: (...args: readonly string[]) => Running
  /** The same without a process of its own, which costs a second; it has no signals. */
  readonly begin: (...args: readonly string[]) => Running
  /** Types the lines, and says that there are no more. */
  readonly run: (args: readonly string[], ...typed: readonly string[]) => Promise<Ended>
  /** The one line of JSON that the command answers with. */
  readonly json: (...args: readonly string[]) => Promise<Ended & { readonly value: unknown }>
}

export const PASSPHRASE = 'correct horse battery'

/** Milliseconds that a single step may take on a busy machine. */
const PATIENCE_MS = 60_000

export const newPerson = (name: string, root: string): Person => {
  const home = join(root, name)
  const secret = join(root, `${name}.passphrase`)
  writeFileSync(secret, `${PASSPHRASE}\n`, { mode: 0o600 })
  const start = (...args: readonly string[]): Running =>
    watch(
      spawn(process.execPath, [TOCSIN, ...args], {
        cwd: root,
        env: {
          PATH: process.env.PATH ?? '',
          TOCSIN_HOME: home,
          TOCSIN_PASSPHRASE_FILE: secret,
          TOCSIN_DEBUG: '1',
          TZ: 'UTC',
        },
        stdio: ['pipe', 'pipe', 'pipe'],
      }),
    )
  const environment = { TOCSIN_HOME: home, TOCSIN_PASSPHRASE_FILE: secret }
  const runHere: Person['run'] = (args, ...typed) => {
    const running = startInside(environment, args)
    for (const line of typed) running.type(line)
    running.hangUp()
    return running.ended
  }
  return {
    home,
    folder: root,
    start,
    begin: (...args) => startInside(environment, args),
    run: runHere,
    json: async (...args) => {
      const ended = await runHere([...args, '--json'])
      return { ...ended, value: JSON.parse(ended.out) }
    },
  }
}

/** What a command has said so far on either output, and whoever waits for some of it. */
const newEars = () => {
  const heard = { out: '', err: '' }
  const listeners = new Set<() => void>()
  const said = (): string => `${heard.out}\n${heard.err}`
  const hear =
    (where: 'out' | 'err') =>
    (text: string): void => {
      heard[where] += text
      for (const listener of [...listeners]) listener()
    }
  const until =
    (ended: Promise<Ended>): Running['until'] =>
    (what) =>
      new Promise((found, fail) => {
        const look = (): void => {
          const match = what.exec(said())
          if (!match) return
          stop()
          found(match)
        }
        const timer = setTimeout(() => {
          stop()
          fail(new Error(`never said ${what}, but:\n${said()}`))
        }, PATIENCE_MS)
        const stop = (): void => {
          clearTimeout(timer)
          listeners.delete(look)
        }
        listeners.add(look)
        void ended.then(() => {
          look()
          if (listeners.has(look)) fail(new Error(`ended without saying ${what}:\n${said()}`))
          stop()
        })
        look()
      })
  return { heard, hear, said, until }
}

const startInside = (environment: Readonly<Record<string, string>>, args: readonly string[]): Running => {
  const { heard, hear, said, until } = newEars()
  const input = new PassThrough()
  const terminal = createTerminal(
    { input, output: { write: hear('out') }, errors: { write: hear('err') } },
    () => undefined,
  )
  const around = { terminal, environment, onLeave: () => () => undefined, ifInterrupted: () => undefined }
  const ended = run(args, around).then((code): Ended => {
    terminal.close()
    return { code, ...heard }
  })
  return {
    type: (line) => void input.write(`${line}\n`),
    hangUp: () => void input.end(),
    until: until(ended),
    said,
    signal: () => {
      throw new Error('only a process of its own has signals')
    },
    ended,
  }
}

const watch = (child: ChildProcess): Running => {
  const { heard, hear, said, until } = newEars()
  child.stdout?.setEncoding('utf8').on('data', hear('out'))
  child.stderr?.setEncoding('utf8').on('data', hear('err'))
  child.stdin?.on('error', () => undefined)
  const ended = new Promise<Ended>((done) => child.once('close', (code) => done({ code, ...heard })))
  return {
    type: (line) => void child.stdin?.write(`${line}\n`),
    hangUp: () => void child.stdin?.end(),
    until: until(ended),
    said,
    signal: (signal) => void child.kill(signal),
    ended,
  }
}

export const newFolder = (): { readonly root: string; readonly remove: () => void } => {
  const root = mkdtempSync(join(tmpdir(), 'tocsin-cli-'))
  return { root, remove: () => rmSync(root, { recursive: true, force: true }) }
}
